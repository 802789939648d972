"""From land features to campuses: contiguous land of an agency, less what is excluded, wide enough,
cut by a square grid where it is larger than a campus.

Every acre that was read ends as a campus or as a refused piece with its reason; the sums of both by
agency are the ledger that the tests check against an independent computation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import floor, sqrt
from typing import Any, TypeVar

import numpy as np
import shapely

from siting.screening.projection import M2_PER_ACRE, M_PER_KM
from siting.screening.rings import Shapes
from siting.screening.settings import CampusSettings

GRID_M = 0.01
"""Coordinates of land are rounded to this [m], so that cut edges meet again."""
MITRE_LIMIT = 1.4143
"""Corners of 90 degrees and more survive the opening whole; sharper ones lose their tip."""
CHUNK = 256
"""Cells or parcels opened at a time; fixed, so that threads change nothing."""
HALO = 2.0
"""Land around a cell that its opening looks at, in widths: an opening depends on no more."""
FULL = 1 - 1e-9
"""Share of a box from which on land fills it."""
CRUMBS = "corners and strips each smaller than a sliver"
X = TypeVar("X")
Y = TypeVar("Y")


@dataclass(frozen=True)
class Piece:
    """Contiguous land of one agency.

    Attributes:
        agency: whose. shape: polygon in the equal-area projection [m].
        parcel_acres: contiguous land of the agency that it is part of [acres].
        cell: column and row of the grid in which its inner point lies.
    """

    agency: str
    shape: Any
    parcel_acres: float
    cell: tuple[int, int] = (0, 0)

    @property
    def acres(self) -> float:
        """Its area [acres]."""
        return float(shapely.area(self.shape)) / M2_PER_ACRE


@dataclass(frozen=True)
class Refused:
    """Land that is no campus, and why; many small pieces together have no shape."""

    agency: str
    reason: str
    detail: str
    shape: Any
    acres: float


@dataclass(frozen=True)
class Mask:
    """Shapes that no campus may stand on, in the equal-area projection."""

    name: str
    shapes: Shapes


@dataclass(frozen=True)
class Workers:
    """Runs a function over items in threads; the results keep the order of the items."""

    threads: int

    def each(self, work: Callable[[X], Y], items: Sequence[X]) -> list[Y]:
        """Results in the order of the items."""
        if self.threads == 1 or len(items) < 2:
            return [work(item) for item in items]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(work, items))


def parcels_of(
    agencies: Sequence[str], owners: Sequence[str], shapes: Shapes
) -> tuple[list[Piece], list[Refused]]:
    """Contiguous land by agency; ground two agencies claim goes to the first in ``agencies``.

    Args:
        agencies: in order of rank. owners: agency of each shape. shapes: valid polygons [m].
    """
    found: list[Piece] = []
    refused: list[Refused] = []
    for agency in agencies:
        mine = shapes[np.array([owner == agency for owner in owners], dtype=bool)]
        parts = _polygons(shapely.union_all(mine, grid_size=GRID_M)) if len(mine) else []
        earlier = np.array([piece.shape for piece in found], dtype=object)
        tree = shapely.STRtree(earlier)
        for part in parts:
            acres = float(shapely.area(part)) / M2_PER_ACRE
            hits = np.sort(tree.query(part, predicate="intersects"))
            if not len(hits):
                found.append(Piece(agency, part, acres))
                continue
            claimed = shapely.union_all(earlier[hits], grid_size=GRID_M)
            found += [Piece(agency, p, acres) for p in _polygons(_minus(part, claimed))]
            for shape in _polygons(shapely.intersection(part, claimed, grid_size=GRID_M)):
                whose = next(found[i].agency for i in hits if shapely.intersects(earlier[i], shape))
                refused.append(_refused(agency, "claimed twice", f"counted as {whose}", shape))
    return found, refused


def _minus(shape: Any, other: Any) -> Any:
    """A difference on the grid of coordinates."""
    return shapely.difference(shape, other, grid_size=GRID_M)


def _polygons(shape: Any) -> list[Any]:
    """Polygons of a shape with some area, from west to east."""
    parts = [p for p in shapely.get_parts(shape) if shapely.get_dimensions(p) == 2]
    return sorted(parts, key=lambda part: (*part.bounds, shapely.area(part)))


def _refused(agency: str, reason: str, detail: str, shape: Any) -> Refused:
    """A refused piece with its acres."""
    return Refused(agency, reason, detail, shape, float(shapely.area(shape)) / M2_PER_ACRE)


def erased(
    pieces: Sequence[Piece], masks: Sequence[Mask], workers: Workers
) -> tuple[list[Piece], list[Refused]]:
    """Pieces without what lies in a mask, each mask in turn."""
    refused: list[Refused] = []
    left = list(pieces)
    for mask in masks:
        tree = shapely.STRtree(mask.shapes)

        def cut(
            piece: Piece, mask: Mask = mask, tree: Any = tree
        ) -> tuple[list[Piece], list[Refused]]:
            hits = np.sort(tree.query(piece.shape, predicate="intersects"))
            if not len(hits):
                return [piece], []
            blocked = shapely.union_all(mask.shapes[hits], grid_size=GRID_M)
            kept = _polygons(_minus(piece.shape, blocked))
            lost = _polygons(shapely.intersection(piece.shape, blocked, grid_size=GRID_M))
            return (
                [Piece(piece.agency, shape, piece.parcel_acres) for shape in kept],
                [_refused(piece.agency, "excluded", mask.name, shape) for shape in lost],
            )

        results = workers.each(cut, left)
        left = [piece for kept, _ in results for piece in kept]
        refused += [piece for _, lost in results for piece in lost]
    return left, refused


def campuses_of(
    pieces: Sequence[Piece], settings: CampusSettings, workers: Workers
) -> tuple[list[Piece], list[Refused]]:
    """Campuses of at least ``min_acres`` and ``min_width_km``; larger land is cut by the grid."""
    refused: list[Refused] = []
    whole: list[tuple[Piece, Any, tuple[int, int] | None]] = []
    large: list[Piece] = []
    for piece in pieces:
        if piece.acres < settings.sliver_acres:
            detail = f"{piece.acres:.3g} acres, slivers are below {settings.sliver_acres:g}"
            refused.append(_refused(piece.agency, "sliver", detail, piece.shape))
        elif piece.acres < settings.min_acres:
            refused.append(_too_small(piece.agency, piece.shape, settings))
        elif piece.acres <= settings.max_acres:
            whole.append((piece, piece.shape, None))
        else:
            large.append(piece)
    width = settings.min_width_km * M_PER_KM
    side = sqrt(settings.max_acres * M2_PER_ACRE)
    for cells in workers.each(lambda piece: _cells(piece, side, HALO * width), large):
        whole += cells
    chunks = [whole[i : i + CHUNK] for i in range(0, len(whole), CHUNK)]
    campuses: list[Piece] = []
    for kept, lost in workers.each(lambda chunk: _opened(chunk, side, width, settings), chunks):
        campuses += kept
        refused += lost
    return campuses, refused


def _too_small(agency: str, shape: Any, settings: CampusSettings) -> Refused:
    """Contiguous land below the least acreage."""
    acres = float(shapely.area(shape)) / M2_PER_ACRE
    detail = f"{acres:.4g} contiguous acres, at least {settings.min_acres:g} are asked"
    return _refused(agency, "too small", detail, shape)


def _cells(
    piece: Piece, side: float, halo: float
) -> list[tuple[Piece, Any, tuple[int, int] | None]]:
    """(piece, its land in and around a cell, the cell) of every cell that it reaches."""
    west, south, east, north = piece.shape.bounds
    box = (floor(west / side), floor(south / side), floor(east / side), floor(north / side))
    found: list[tuple[Piece, Any, tuple[int, int] | None]] = []
    stack = [(piece.shape, box)]
    while stack:
        shape, (left, low, right, high) = stack.pop()
        if shapely.is_empty(shape) or shapely.get_dimensions(shape) < 2:
            continue
        if left == right and low == high:
            found.append((piece, shape, (left, low)))
            continue
        if right - left >= high - low:
            middle = (left + right) // 2
            halves = [(left, low, middle, high), (middle + 1, low, right, high)]
        else:
            middle = (low + high) // 2
            halves = [(left, low, right, middle), (left, middle + 1, right, high)]
        stack += [(_within(shape, half, side, halo), half) for half in halves]
    return sorted(found, key=lambda cell: cell[2] or (0, 0))


def _within(shape: Any, box: tuple[int, int, int, int], side: float, halo: float) -> Any:
    """The part of a shape in some cells and the halo around them."""
    left, low, right, high = box
    frame = shapely.box(
        left * side - halo, low * side - halo, (right + 1) * side + halo, (high + 1) * side + halo
    )
    if shapely.contains_properly(frame, shape):
        return shape
    part = shapely.intersection(shape, frame)
    if shapely.area(part) >= FULL * shapely.area(frame):
        return frame
    return part


def opening(shapes: Shapes, width: float) -> Shapes:
    """Shapes without what is narrower than a width [m]: eroded by half of it, grown again by the
    same with mitred corners, and kept within the original."""
    if width <= 0:
        return shapes
    core = shapely.buffer(shapes, -width / 2)
    grown = shapely.buffer(core, width / 2, join_style="mitre", mitre_limit=MITRE_LIMIT)
    result: Shapes = shapely.intersection(grown, shapes)
    return result


def _opened(
    chunk: Sequence[tuple[Piece, Any, tuple[int, int] | None]],
    side: float,
    width: float,
    settings: CampusSettings,
) -> tuple[list[Piece], list[Refused]]:
    """Campuses and refused land of some parcels or cells."""
    shapes: Shapes = np.array([shape for _, shape, _ in chunk], dtype=object)
    open_land = opening(shapes, width)
    frames: Shapes = np.array(
        [
            shape.envelope
            if cell is None
            else shapely.box(
                cell[0] * side, cell[1] * side, (cell[0] + 1) * side, (cell[1] + 1) * side
            )
            for _, shape, cell in chunk
        ],
        dtype=object,
    )
    kept = shapely.intersection(open_land, frames)
    narrow = shapely.difference(shapely.intersection(shapes, frames), kept)
    campuses: list[Piece] = []
    refused: list[Refused] = []
    crumbs: dict[str, float] = {}
    for (piece, _, _), good, bad in zip(chunk, kept, narrow, strict=True):
        for shape in _polygons(bad):
            detail = f"narrower than {settings.min_width_km:g} km"
            lost = _refused(piece.agency, "too narrow", detail, shape)
            if lost.acres < settings.sliver_acres:
                crumbs[piece.agency] = crumbs.get(piece.agency, 0.0) + lost.acres
            else:
                refused.append(lost)
        for shape in _polygons(good):
            if shapely.area(shape) < settings.min_acres * M2_PER_ACRE:
                refused.append(_too_small(piece.agency, shape, settings))
                continue
            inner = shapely.point_on_surface(shape)
            cell = (floor(inner.x / side), floor(inner.y / side))
            campuses.append(Piece(piece.agency, shape, piece.parcel_acres, cell))
    refused += [Refused(a, "too narrow", CRUMBS, None, acres) for a, acres in crumbs.items()]
    return campuses, refused


def named(campuses: Sequence[Piece]) -> list[tuple[str, Piece]]:
    """Campuses with ids that outlast changes elsewhere: agency, cell of the grid, and a number
    from the largest to the smallest in that cell; sorted by id."""
    cells: dict[tuple[str, tuple[int, int]], list[Piece]] = {}
    for campus in campuses:
        cells.setdefault((campus.agency, campus.cell), []).append(campus)
    found = []
    for (agency, (column, row)), members in cells.items():
        members.sort(key=lambda piece: (-round(piece.acres, 6), *piece.shape.bounds))
        place = f"{axis_name(column, 'E', 'W')}{axis_name(row, 'N', 'S')}"
        word = (
            "".join(c for c in agency if c.isascii() and (c.isalnum() or c in "_.-"))[:24] or "land"
        )
        found += [(f"{word}-{place}-{n}", piece) for n, piece in enumerate(members, start=1)]
    return sorted(found, key=lambda item: item[0])


def axis_name(index: int, ahead: str, behind: str) -> str:
    """A column or row of the grid, counted from the projection's origin."""
    return f"{ahead}{index:04d}" if index >= 0 else f"{behind}{-index:04d}"
