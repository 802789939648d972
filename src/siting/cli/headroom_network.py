"""Run ``siting headroom network``."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import typer
from rich.progress import Progress
from rich.table import Table as Grid

from siting.cli.show import LOG_SECONDS, Show
from siting.core.errors import InputError, Issue
from siting.core.stop import check, held
from siting.core.table import Row, Table
from siting.core.warnings import listed
from siting.network.case import Network
from siting.network.read import read_network
from siting.network.tables import network_tables
from siting.outputs.folder import HEADROOM, check_target
from siting.outputs.headroom import write_headroom
from siting.outputs.headroom_kept import KeptHeadroom, key_of
from siting.solver.bus_headroom import BusHeadroom, Found, NetworkHeadroom, network_headroom
from siting.solver.dispatch import cheapest_dispatch

SHOWN = 25
"""Rows printed on a terminal; the table has all."""
COLUMNS = (
    "bus", "name", "base_kv", "load_mw", "headroom_mw", "binding_branches", "limited_by",
    "longitude", "latitude", "source",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; ``None`` stands for all buses and for no cap."""

    buses: list[str] | None
    min_kv: float
    with_outages: bool
    cap_mw: float | None
    jobs: int


@dataclass(frozen=True)
class Places:
    """Where buses lie: a file, or none, and its column of their ids."""

    file: Path | None
    id_column: str | None


def run_headroom(case: Path, places: Places, output: Path | None, asked: Asked, show: Show) -> None:
    """Read a case, compute the headroom of its buses, write and print it."""
    if output is not None:
        check_target(output, HEADROOM)
    if places.id_column is not None and places.file is None:
        what = "a column without a table of places"
        raise InputError([Issue("--id-column", what, "--coordinates too", "Name the table")])
    network = read_network(case, places.file, places.id_column)
    chosen = _chosen(network, asked)
    kept = None if output is None else _kept(output, network, asked)
    known = {} if kept is None else kept.known()
    with _counted(show, len(chosen)) as count:
        on_done = _keeping(kept, known, count)
        cap = math.inf if asked.cap_mw is None else asked.cap_mw
        found = network_headroom(
            network, chosen, asked.with_outages, cap, asked.jobs, on_done, known
        )
    with held(firm=True):
        _show_headroom(network, found, output, asked, show)
        if kept is not None and not found.missing:
            kept.remove()
    if found.missing or found.unsolved:
        raise typer.Exit(4)


def _kept(output: Path, network: Network, asked: Asked) -> KeptHeadroom:
    """Where results are kept as they come, known by all that they depend on."""
    what = {
        "with_outages": asked.with_outages,
        "extra_mw": asked.cap_mw,
        "buses": asked.buses,
        "min_kv": asked.min_kv,
        "version": version("siting"),
    }
    return KeptHeadroom(output, key_of(network, what), network)


def _keeping(
    kept: KeptHeadroom | None, known: Mapping[int, BusHeadroom], count: Callable[[int], None]
) -> Callable[[Found], None]:
    """What takes results as they come: keeps those that are new, and counts all."""
    done = 0

    def take(found: Found) -> None:
        nonlocal done
        if kept is not None:
            with held():
                if not done:
                    kept.begin(list(known.values()))
                kept.add([r for r in found if isinstance(r, BusHeadroom) and r.bus not in known])
            check()
        done += len(found)
        count(done)

    return take


def _show_headroom(
    network: Network, found: NetworkHeadroom, output: Path | None, asked: Asked, show: Show
) -> None:
    """Write and print what is known."""
    table = _table(found, asked.cap_mw)
    folder = output or "DIR"
    snippet = (
        f"nodes: {{file: {folder}/headroom.csv, id_column: bus, "
        "columns: {capacity_mw: headroom_mw, poi_kv: base_kv}}"
    )
    inside = ", ".join(
        f"{name}: {{file: {folder}/{name}.csv, id_column: {key}}}"
        for name, key in (("buses", "bus"), ("branches", "branch"), ("generators", "generator"))
    )
    whole = f"network: {{base_mva: {network.base_mva:g}, {inside}}}"
    notes = [*network.notes, *_outage_notes(found), *_open_notes(found, output)]
    summary: dict[str, Any] = {
        "source": network.name,
        "buses": len(found.buses),
        "is_complete": not (found.missing or found.unsolved),
        "missing_buses": len(found.missing),
        "unsolved_buses": [network.buses.ids[failed.bus] for failed in found.unsolved],
        "with_outages": asked.with_outages,
        "extra_mw": asked.cap_mw,
        "splitting_branches": list(found.splitting),
        "unavoidable_overload_mw": {k: round(mw, 4) for k, mw in found.overload_mw.items()},
        "notes": notes,
        "scenario": snippet,
        "scenario_network": whole,
        "generated_by": f"siting {version('siting')}",
    }
    if output is not None:
        tables = {"headroom": table, **network_tables(network)}
        write_headroom(output, tables, summary, map_of="headroom")
    show.result(
        {**summary, "rows": [dict(row) for row in table]},
        [
            _grid(table),
            *([f"  and {len(table) - SHOWN} more buses"] if len(table) > SHOWN else []),
            *(f"  {note}" for note in notes),
            *([f"Written to {output}/"] if output else []),
            "As points of interconnection of a scenario, whose sites then name node: BUS:",
            f"  {snippet}",
            "Or the whole network under components, so that plans are deliverable over its lines:",
            f"  {whole}",
        ],
    )


def run_dispatch(case: Path, output: Path | None, show: Show) -> None:
    """Read a case with costs, solve its DC optimal power flow, write and print it."""
    if output is not None:
        check_target(output, HEADROOM)
    network = read_network(case)
    found = cheapest_dispatch(network)
    generators, branches, ids = network.generators, network.branches, network.buses.ids
    tables = {
        "dispatch": Table.of(
            ("generator", "bus", "min_mw", "max_mw", "output_mw"),
            [
                {
                    "generator": name, "bus": ids[generators.bus[i]],
                    "min_mw": float(generators.min_mw[i]), "max_mw": float(generators.max_mw[i]),
                    "output_mw": round(float(found.output_mw[i]), 6),
                }
                for i, name in enumerate(generators.ids)
            ],
        ),
        "flows": Table.of(
            ("branch", "from_bus", "to_bus", "flow_mw", "rating_mw", "is_binding"),
            [
                {
                    "branch": name, "from_bus": ids[branches.from_bus[i]],
                    "to_bus": ids[branches.to_bus[i]], "flow_mw": round(float(found.flow_mw[i]), 6),
                    "rating_mw": _finite(branches.rating_mw[i]), "is_binding": name in found.binding,
                }
                for i, name in enumerate(branches.ids)
            ],
        ),
    }  # fmt: skip
    summary: dict[str, Any] = {
        "source": network.name,
        "cost_usd_per_hour": round(found.cost_usd_per_hour, 6),
        "binding_branches": list(found.binding),
        "notes": list(network.notes),
        "generated_by": f"siting {version('siting')}",
    }
    if output is not None:
        write_headroom(output, tables, summary)
    show.result(
        summary,
        [
            f"DC optimal power flow of {network.name}: {found.cost_usd_per_hour:,.2f} USD/h",
            f"Binding branches: {', '.join(found.binding) or 'none'}",
            *(f"  {note}" for note in network.notes),
            *([f"Written to {output}/"] if output else []),
        ],
    )


def _chosen(network: Network, asked: Asked) -> list[int]:
    """Indices of the buses asked for, in the order of the case."""
    known = network.bus_index
    issues = [
        Issue(f"--buses {bus}", "no such bus in service", f"buses of {network.name}", "Correct it")
        for bus in asked.buses or ()
        if bus not in known
    ]
    if issues:
        raise InputError(issues)
    wanted = known if asked.buses is None else dict.fromkeys(asked.buses)
    chosen = [i for bus, i in known.items() if bus in wanted]
    chosen = [i for i in chosen if network.buses.base_kv[i] >= asked.min_kv]
    if not chosen:
        what = f"no bus of {asked.min_kv:g} kV or more among them"
        raise InputError([Issue("--min-kv", what, "some bus", "Lower it")])
    return chosen


def _finite(value: float | np.floating[Any]) -> float | None:
    """A number, or None where there is none."""
    return float(value) if math.isfinite(value) else None


def _table(found: NetworkHeadroom, cap_mw: float | None) -> Table:
    """``headroom.csv``; with a cap it says whether each bus can take it."""
    columns = COLUMNS if cap_mw is None else (*COLUMNS, "is_enough")
    return Table.of(columns, [_row(found, result, cap_mw) for result in found.buses])


def _row(found: NetworkHeadroom, result: BusHeadroom, cap_mw: float | None) -> Row:
    """A row of ``headroom.csv``; an unknown voltage is empty."""
    buses, i = found.network.buses, result.bus
    outages = "all single-branch outages" if found.with_outages else "no outages"
    row: dict[str, Any] = {
        "bus": buses.ids[i],
        "name": buses.titles[i],
        "base_kv": float(buses.base_kv[i]) or None,
        "load_mw": float(buses.load_mw[i]),
        "headroom_mw": result.headroom_mw,
        "binding_branches": "; ".join(result.binding),
        "limited_by": result.limited_by,
        "longitude": _finite(buses.longitude[i]),
        "latitude": _finite(buses.latitude[i]),
        "source": f"Computed from {found.network.name}: DC flow with redispatch, {outages}",
    }
    if cap_mw is not None:
        row["is_enough"] = result.limited_by == "extra_mw"
    return row


def _outage_notes(found: NetworkHeadroom) -> list[str]:
    """Outages that were left out, and limits that nothing keeps."""
    if not found.with_outages:
        return []
    notes = []
    if found.splitting:
        notes.append(
            f"{len(found.splitting)} branches whose outage splits the network are left out of the "
            f"outages: {listed(found.splitting, 10)}"
        )
    if found.overload_mw:
        worst = sorted(found.overload_mw.items(), key=lambda item: (-item[1], item[0]))
        more = f" and {len(worst) - 10} more" if len(worst) > 10 else ""
        notes.append(
            f"{len(found.overload_mw)} limits after an outage that no dispatch keeps, even without "
            "extra load; they may not get worse by more than 1 % of the rating: "
            + ", ".join(f"{name} by {mw:,.1f} MW" for name, mw in worst[:10])
            + more
        )
    return notes


def _open_notes(found: NetworkHeadroom, output: Path | None) -> list[str]:
    """Buses that have no answer."""
    ids = found.network.buses.ids
    notes = [
        f"bus {ids[failed.bus]} has no answer, warm or cold: {failed.why}"
        for failed in found.unsolved[:SHOWN]
    ]
    if len(found.unsolved) > SHOWN:
        notes.append(f"{len(found.unsolved) - SHOWN} more buses have no answer")
    if found.missing:
        how = "" if output is None else "; the same command goes on from here"
        notes.append(f"Stopped: {len(found.missing)} buses are missing{how}")
    return notes


def _grid(table: Table) -> Grid:
    """The first rows, for people."""
    grid = Grid(title="Headroom of buses")
    for column, is_number in (
        ("bus", False), ("kV", True), ("load MW", True), ("headroom MW", True), ("limit", False)
    ):  # fmt: skip
        grid.add_column(column, justify="right" if is_number else "left")
    for row in table.rows[:SHOWN]:
        branches = str(row["binding_branches"])
        kv, load, mw = row["base_kv"], float(str(row["load_mw"])), float(str(row["headroom_mw"]))
        limit = (
            branches[:60] + ("…" if len(branches) > 60 else "") if branches else row["limited_by"]
        )
        name = str(limit).replace("[", r"\[")
        grid.add_row(
            str(row["bus"]), "" if kv is None else f"{kv:g}", f"{load:,.1f}", f"{mw:,.1f}", name
        )
    return grid


@contextmanager
def _counted(show: Show, total: int) -> Iterator[Callable[[int], None]]:
    """Progress over buses on stderr: a bar on a terminal, a line each ten seconds in a log."""
    if show.is_json:
        yield lambda done: None
    elif sys.stderr.isatty():
        with Progress(console=show.errors, transient=True) as bar:
            task = bar.add_task("buses", total=total)
            yield lambda done: bar.update(task, completed=done)
    else:
        last = [monotonic()]

        def log(done: int) -> None:
            if monotonic() - last[0] >= LOG_SECONDS:
                last[0] = monotonic()
                print(f"{done} of {total} buses", file=sys.stderr, flush=True)

        yield log
