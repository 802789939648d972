"""Run ``siting headroom queue``."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from siting.cli.show import Show
from siting.core.errors import InputError, Issue
from siting.layers.queue import Queue, read_queue
from siting.layers.safety import check_file
from siting.layers.tabular import read_csv
from siting.outputs.folder import HEADROOM, take_target
from siting.outputs.headroom import write_headroom


def run(
    file: Path,
    zone: str,
    output: Path | None,
    points: Path | None,
    probability: float | None,
    show: Show,
) -> None:
    """Read a queue, write its rivals, and say how much they take."""
    if output is not None:
        take_target(output, HEADROOM)
    queue = read_queue(file, zone, _points(points), probability)
    snippet = f"components: {{headroom: {{rivals: {{file: {output or 'DIR'}/rivals.csv}}}}}}"
    count, total = len(queue.rivals), sum(_mw(queue))
    expected = sum(_mw(queue, is_expected=True))
    summary = {
        "source": file.name,
        "as_of": queue.as_of.isoformat(),
        "projects": count,
        "draw_mw": round(total, 3),
        "expected_draw_mw": round(expected, 3),
        "notes": list(queue.notes),
        "scenario": snippet,
        "generated_by": f"siting {version('siting')}",
    }
    if output is not None:
        write_headroom(output, {"rivals": queue.rivals}, summary)
    show.result(
        summary,
        [
            f"{count} active projects of {total:,.0f} MW, as of {queue.as_of}; {expected:,.0f} MW "
            "expected by the completion probabilities",
            *(f"  {note}" for note in queue.notes),
            *([f"Written to {output}/"] if output else []),
            "In a scenario beside which the folder lies:",
            f"  {snippet}",
        ],
    )


def _mw(queue: Queue, is_expected: bool = False) -> list[float]:
    """Draw of each rival [MW], weighted by its probability if asked."""
    return [
        float(str(row["draw_mw"])) * (float(str(row["probability_frac"])) if is_expected else 1.0)
        for row in queue.rivals
    ]


def _points(path: Path | None) -> dict[str, str] | None:
    """Node by point of interconnection."""
    if path is None:
        return None
    check_file(path, path.name)
    rows = read_csv(path, path.name)
    if not rows or not {"poi", "node"} <= set(rows[0][1]):
        raise InputError([Issue(path.name, "no columns poi and node", "both of them", "Add them")])
    return {
        str(c["poi"]).strip(): str(c["node"]).strip() for _, c in rows if c["poi"] and c["node"]
    }
