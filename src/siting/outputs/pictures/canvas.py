"""What every static picture shares: fonts, text that cannot be drawn, a scale bar, same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from math import floor, log10
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.patches import Rectangle

from siting.core.errors import InputError, Issue
from siting.outputs.folder import whole_files

FONT = "DejaVu Sans"
FORMATS = ("png", "svg", "pdf")
METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""What matplotlib would write of itself and of the day."""
STYLE: Any = {
    "font.family": FONT,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "siting",
    "pdf.fonttype": 42,
}
"""Dollars are no formulas; text stays text in SVG and PDF."""
MISSING = "\N{WHITE SQUARE}"
KM_PER_MILE = 1.609344


@contextmanager
def style() -> Iterator[None]:
    """Settings under which figures are made and written."""
    with matplotlib.rc_context(STYLE):
        yield


def new_figure(width_inches: float, height_inches: float) -> Figure:
    """A figure with its own canvas, apart from any window."""
    figure = Figure(figsize=(width_inches, height_inches))
    FigureCanvasAgg(figure)
    return figure


def write_figure(figure: Figure, path: Path, kind: str, dpi: int) -> None:
    """Write a figure, whole or not at all; the same figure gives the same bytes.

    Args:
        kind: one of ``FORMATS``.

    Raises:
        InputError: a place that cannot be written.
    """
    try:
        with whole_files([path]) as (fresh,):
            figure.savefig(fresh, format=kind, dpi=dpi, metadata=METADATA[kind])
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        raise InputError([Issue(str(path), what, "a file in a folder that exists", "")]) from error


@cache
def _glyphs() -> frozenset[int]:
    """Code points that the font can draw."""
    return frozenset(FT2Font(font_manager.findfont(FONT)).get_charmap())


def drawable(text: object, length: int) -> str:
    """Text on one line, cut to a length, with a box for what the font cannot draw."""
    line = " ".join(str(text).split())
    line = line if len(line) <= length else line[: length - 1].rstrip() + "…"
    return "".join(c if ord(c) in _glyphs() and c.isprintable() else MISSING for c in line)


def scale_bar(
    axes: Any, metres_per_unit: float, corner: tuple[float, float] = (0.03, 0.03)
) -> None:
    """A bar of a round length, in kilometres with miles, at a corner of the axes.

    Args:
        axes: with equal scales, limits set. metres_per_unit: of its coordinates.
        corner: lower left of the bar as shares of the axes.
    """
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    unit = 1000 / metres_per_unit
    most_km = (east - west) / 5 / unit
    power = 10 ** floor(log10(most_km))
    km = max(factor * power for factor in (1, 2, 5) if factor * power <= most_km)
    x, y = west + corner[0] * (east - west), south + corner[1] * (north - south)
    thick = 0.006 * (north - south)
    bar = Rectangle((x, y), km * unit, thick, facecolor="#333333", edgecolor="none", zorder=6)
    axes.add_patch(bar)
    words = f"{km:g} km, {km / KM_PER_MILE:,.0f} miles"
    back = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2.0}
    axes.text(x, y + 3 * thick, words, fontsize=9, color="#333333", zorder=6, bbox=back)
