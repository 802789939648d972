"""Labels beside marks, the first ones first; one that fits nowhere is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Where a label may stand, best first: right, left, above, below, then the corners."""
GAP_PT = 2.0
FONT_PT = 8.0
ALIGN = {1: "left", 0: "center", -1: "right"}
VERTICAL = {1: "bottom", 0: "center", -1: "top"}


@dataclass(frozen=True)
class Mark:
    """Something drawn at a point of the axes; ``reach_pt`` is its radius [pt]."""

    point: tuple[float, float]
    reach_pt: float


@dataclass(frozen=True)
class Label(Mark):
    """Text beside a mark."""

    text: str


def place_labels(
    figure: Figure, axes: Any, labels: Sequence[Label], marks: Sequence[Mark] = ()
) -> None:
    """Draw labels that meet neither each other, nor other marks, nor the edge of the axes.

    Args:
        marks: what else is drawn, beside the marks of the labels themselves.
    """
    figure.canvas.draw()
    edge = axes.get_window_extent()
    per_point = figure.dpi / 72
    own_marks = [_around(axes, label, per_point) for label in labels]
    taken = [_around(axes, mark, per_point) for mark in marks]
    for own, label in enumerate(labels):
        others = [box for place, box in enumerate(own_marks) if place != own]
        for side in SIDES:
            note = _note(axes, label, side)
            box = note.get_window_extent()
            if _is_inside(box, edge) and not box.count_overlaps([*taken, *others]):
                taken.append(box)
                break
            note.remove()


def _around(axes: Any, mark: Mark, per_point: float) -> Bbox:
    """The square of a mark [px]."""
    x, y = axes.transData.transform(mark.point)
    reach = mark.reach_pt * per_point
    return Bbox.from_extents(x - reach, y - reach, x + reach, y + reach)


def _note(axes: Any, label: Label, side: tuple[int, int]) -> Any:
    """The label drawn on one side of its mark."""
    across, up = side
    reach = label.reach_pt + GAP_PT
    slant = 0.75 if across and up else 1.0
    return axes.annotate(
        label.text,
        label.point,
        xytext=(across * reach * slant, up * reach * slant),
        textcoords="offset points",
        ha=ALIGN[across],
        va=VERTICAL[up],
        fontsize=FONT_PT,
        linespacing=1.05,
        zorder=7,
        gid="label",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.65, "pad": 0.6},
    )


def _is_inside(box: Bbox, edge: Bbox) -> bool:
    """Whether a box lies within another."""
    return bool(box.x0 >= edge.x0 and box.x1 <= edge.x1 and box.y0 >= edge.y0 and box.y1 <= edge.y1)
