"""What a page is made of: sections of text, facts, charts, tables, folds, tabs and the map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from siting.outputs.report.grid import ReportTable

Figure = dict[str, Any]
"""Plotly data and layout; ``narrow`` and ``paper`` hold what differs on a phone and on paper."""


@dataclass(frozen=True)
class Text:
    """A paragraph; a note is set smaller."""

    kind: ClassVar[str] = "text"
    text: str
    is_note: bool = True


@dataclass(frozen=True)
class Bullets:
    """A list of sentences under a heading."""

    kind: ClassVar[str] = "bullets"
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Links:
    """Words and addresses relative to the page, in a row after a title."""

    kind: ClassVar[str] = "links"
    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Facts:
    """Labels and values."""

    kind: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Chart:
    """A chart under a heading; ``label`` says in words what it shows and where its figures are."""

    kind: ClassVar[str] = "chart"
    id: str
    title: str
    label: str
    figure: Figure
    note: str = ""


@dataclass(frozen=True)
class TableBlock:
    """A table, under a heading where it has one."""

    kind: ClassVar[str] = "table"
    table: ReportTable
    title: str = ""


@dataclass(frozen=True)
class Map:
    """The map with its layers, slider and popups; ``data`` goes to its script."""

    kind: ClassVar[str] = "map"
    figure: Figure
    data: Mapping[str, Any]
    label: str


@dataclass(frozen=True)
class Fold:
    """Blocks that open on request."""

    kind: ClassVar[str] = "fold"
    id: str
    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Tabs:
    """Charts of which one shows at a time; all of them on paper."""

    kind: ClassVar[str] = "tabs"
    label: str
    charts: tuple[Chart, ...]


Block = Text | Bullets | Links | Facts | Chart | TableBlock | Map | Fold | Tabs


@dataclass(frozen=True)
class Section:
    """A part of a page, with its word in the contents."""

    id: str
    title: str
    contents: str
    blocks: tuple[Block, ...]


def charts_of(blocks: tuple[Block, ...]) -> Iterator[tuple[str, Figure]]:
    """Id and figure of everything that is drawn."""
    for block in blocks:
        match block:
            case Chart(id=name, figure=figure):
                yield name, figure
            case Map(figure=figure):
                yield "map", figure
            case Tabs(charts=charts):
                yield from charts_of(charts)
            case Fold(blocks=inner):
                yield from charts_of(inner)


def maps_of(sections: tuple[Section, ...]) -> list[Map]:
    """Maps of a page; at most one is expected."""
    return [block for section in sections for block in section.blocks if isinstance(block, Map)]
