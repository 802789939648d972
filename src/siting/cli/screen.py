"""The command ``screen``: from published land and grid layers to candidate sites."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siting.cli.options import Outside
from siting.cli.show import Show, printable

if TYPE_CHECKING:
    from siting.screening.run import Screened
    from siting.screening.settings import Screening

EVERY_SECONDS = 2.0
"""Seconds between two lines about the same step."""


def screen(  # noqa: PLR0913 - each option of the command is an argument
    screening: Annotated[Path, typer.Argument(help="Screening file (YAML).", metavar="SCREENING")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="GeoPackage for candidates and rejected.")
    ],
    map_: Annotated[
        Path | None, typer.Option("--map", help="Also draw a picture (PNG).", metavar="FILE.png")
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(help="Also write a scenario with these sites.", metavar="FILE.yaml"),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder of the layers instead of the file's own.")
    ] = None,
    threads: Annotated[int, typer.Option(help="Threads for geometry.", min=1, max=64)] = 2,
    outside: Outside = False,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show log and tracebacks.")] = False,
) -> None:
    """Screen federal land for campuses: candidates for solve, and what was rejected and why."""
    from siting.screening.run import check_inside, read_screening
    from siting.screening.run import screen as run_screening
    from siting.screening.write import check_output

    show = Show(json_)
    check_output(output, ".gpkg", "-o")
    if map_ is not None:
        check_output(map_, ".png", "--map")
    if scenario is not None:
        check_output(scenario, ".yaml", "--scenario")
    settings = read_screening(screening, outside)
    start = folder if folder is not None else screening.parent / settings.folder
    if not outside:
        check_inside(settings, start, screening.parent if folder is None else start)
    with _progress(json_) as report:
        found = run_screening(settings, start, threads, report)
        report("writing", 0, 0)
        _write(settings, found, output, map_, scenario)
    written = [str(p) for p in (output, map_, scenario) if p is not None]
    show.result(*_summary(found, written))


def _write(
    settings: Screening, found: Screened, output: Path, map_: Path | None, scenario: Path | None
) -> None:
    """Write what was asked for; all of it takes its place together."""
    from siting.outputs.folder import whole_files
    from siting.screening.write import write_screened

    targets = [path for path in (output, map_, scenario) if path is not None]
    with whole_files(targets) as fresh:
        places = dict(zip(targets, fresh, strict=True))
        write_screened(found, places[output])
        if map_ is not None:
            from siting.screening.picture import write_picture

            write_picture(found, places[map_])
        if scenario is not None:
            from siting.screening.scenario import write_scenario

            file = os.path.relpath(output.absolute(), scenario.absolute().parent)
            write_scenario(settings, found.candidates, Path(file), places[scenario])


@contextmanager
def _progress(is_json: bool) -> Iterator[Any]:
    """A function that prints a line on stderr for each step, and every two seconds within one."""
    started = time.monotonic()
    last: dict[str, float] = {}

    def report(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if is_json or (what in last and now - last[what] < EVERY_SECONDS):
            return
        last[what] = now
        count = f" {done:,} of {total:,}" if done and total else f" {done or total:,}"
        text = f"{now - started:6.1f} s  {what}{count if done or total else ''}"
        print(printable(text), file=sys.stderr, flush=True)

    yield report


def _summary(found: Screened, written: list[str]) -> tuple[dict[str, Any], list[Any]]:
    """What a screening found, for machines and for people."""
    from rich.table import Table

    from siting.screening.ready import MAX_ACRES_OFF
    from siting.screening.write import ledger, reasons

    rows = ledger(found)
    counts = reasons(found)
    repaired = sum(len(layer.mended) for layer in found.layers.values())
    data = {
        "candidates": len(found.candidates),
        "rejected": counts,
        "features_repaired": repaired,
        "features_of_other_acreage": sum(len(layer.differing) for layer in found.layers.values()),
        "ledger": rows,
        "projection": found.projections.area,
        "written": written,
    }
    table = Table("agency", "candidates", "acres read", "acres of candidates")
    for row in rows:
        if row["candidates"] or str(row["agency"]) in found.settings.agencies:
            acres = (f"{row[column]:,.0f}" for column in ("read_acres", "candidates_acres"))
            table.add_row(str(row["agency"]), f"{row['candidates']:,}", *acres)
    lines: list[Any] = [f"{len(found.candidates):,} candidates in {written[0]}", table]
    lines.append(f"Rejected, by reason ({repaired:,} features were repaired and kept):")
    lines += [f"  {count:7,}  {reason}" for reason, count in counts.items()]
    lines += [
        f"{name}: {len(layer.differing):,} features differ by more than {MAX_ACRES_OFF:.0%} from "
        f"the acres that the file states, see the table acreage (stated in all "
        f"{layer.stated_acres:,.0f}, read {layer.measured_acres:,.0f})"
        for name, layer in sorted(found.layers.items())
        if layer.differing
    ]
    lines += [f"Also written: {name}" for name in written[1:]]
    return data, lines
