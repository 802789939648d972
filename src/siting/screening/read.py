"""Read a layer of a screening: recognise its layout, filter, bring to degrees, name what is lost.

Features are sorted by a digest of their content and named by their id, or by that digest where the
file has none, so that the order of features in a file changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.resources import PREFIX, builtin_path
from siting.layers.nested import TooNested
from siting.layers.read import is_one_of, text_of
from siting.layers.safety import refused
from siting.layers.source import (
    DEGREES,
    Batch,
    Source,
    are_degrees,
    batches,
    crs_of,
    opened,
    to_degrees_from,
)
from siting.screening.cells import number
from siting.screening.columns import columns_of, filter_columns, layout_of
from siting.screening.layouts import Layout
from siting.screening.projection import FULL_TURN, HALF_TURN, continuous, divided, moved
from siting.screening.rings import Shapes, first_coordinates, parsed, repaired
from siting.screening.settings import COLUMNS, LayerSettings

import numpy as np  # isort: skip
import shapely  # isort: skip
from pyproj import Transformer  # isort: skip

OFF_EARTH = "coordinates that are not on Earth; state crs"
SWAPPED = "latitude and longitude look swapped"
OFF_EARTH_SWAPPED = f"coordinates that are not on Earth; {SWAPPED}"
IN_US = (15.0, 72.0, -180.0, -60.0)
"""Latitudes and longitudes of the United States; swapped, a box of Antarctica and beyond."""
DROPPED_RINGS = "rings of fewer than four points dropped"
TOO_WIDE = "wider than half the Earth"
NOT_IN_PLANE = (
    "coordinates in degrees under a projected coordinate system; correct that of the file, or crs"
)
MAX_EDGE_M = 5_000.0
"""Longer edges of projected layers are divided [m]."""
Report = Callable[[str, int, int], None]
"""Progress: what is done, how much of it, of how much (0 where not known)."""


@dataclass(frozen=True)
class Lost:
    """A feature that was read but cannot be used.

    Attributes:
        layer, feature: where it stands. reason: why. values: its columns, for the report.
        longitude, latitude: some point of it, None where it has none.
    """

    layer: str
    feature: str
    reason: str
    values: dict[str, Any]
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True)
class Mended:
    """A feature whose geometry was repaired."""

    layer: str
    feature: str
    reason: str


@dataclass(frozen=True)
class Features:
    """A layer as read: shapes in degrees, values under our names.

    Attributes:
        ids, shapes, values: one entry a feature, sorted by content.
        lost, mended: what could not be used, and what was repaired.
        read: features in the file. filtered: of them left out by the filters.
        layout: layout that was recognised. digest: SHA-256 over the contents, in any order.
    """

    name: str
    settings: LayerSettings
    ids: tuple[str, ...]
    shapes: Shapes
    values: dict[str, list[Any]]
    lost: tuple[Lost, ...]
    mended: tuple[Mended, ...]
    read: int
    filtered: int
    layout: str
    digest: str

    def __len__(self) -> int:
        """Features that can be used."""
        return len(self.ids)

    def chosen(self, positions: Iterable[int]) -> Features:
        """The layer with some of its features."""
        kept = list(positions)
        return replace(
            self,
            ids=tuple(self.ids[i] for i in kept),
            shapes=self.shapes[np.array(kept, dtype=int)],
            values={c: [cells[i] for i in kept] for c, cells in self.values.items()},
        )


@dataclass(frozen=True)
class _Row:
    """A feature of the file that the filters keep."""

    digest: str
    blob: bytes | None
    values: dict[str, Any]
    fault: str = ""
    """What is wrong with the geometry of one that has none for a reason."""


def path_of(settings: LayerSettings, folder: Path) -> Path:
    """The file of a layer.

    Raises:
        InputError: a built-in name that leads elsewhere.
    """
    if not settings.file.startswith(PREFIX):
        return folder / settings.file
    path = builtin_path(settings.file[len(PREFIX) :])
    if not path.resolve().is_relative_to(builtin_path("").resolve()):
        raise InputError([Issue(settings.file, "leaves the built-in data", "a built-in file", "")])
    return path


def read_features(
    name: str, settings: LayerSettings, folder: Path, most: int, report: Report
) -> Features:
    """Read a vector layer.

    Args:
        name: of the layer. folder: where relative names start. most: largest number of features.
        report: is told how many features have been read.

    Raises:
        InputError: a file, layout, column or coordinate system that does not fit.
    """
    with opened(path_of(settings, folder), settings.file, settings.layer) as source:
        layout = layout_of(name, settings, source)
        columns = columns_of(name, settings, source, layout)
        transformer = _transformer(settings, source)
        wanted = sorted({*columns.values(), *filter_columns(settings, source, columns)})
        rows: list[_Row] = []
        read = 0
        for batch in batches(source, wanted, most):
            read += len(batch.blobs)
            rows += _rows(batch, settings, columns, layout)
            report(f"reading {name}", read, 0)
    rows.sort(key=lambda row: row.digest)
    try:
        layer = _with_shapes(name, settings, rows, transformer)
    except TooNested as error:
        raise refused(settings.file, str(error), "plain polygons", "Repair it first") from error
    digest = hashlib.sha256("".join(row.digest for row in rows).encode()).hexdigest()
    return replace(
        layer,
        read=read,
        filtered=read - len(rows),
        layout=layout.name if layout else "",
        digest=digest,
    )


def _transformer(settings: LayerSettings, source: Source) -> Transformer | None:
    """From the layer's coordinate system to degrees; None where it is in degrees."""
    stated = None if settings.crs is None else crs_of(settings.crs, settings.file)
    crs = source.crs or stated or source.usual_crs
    if crs is None:
        raise InputError(
            [
                Issue(
                    settings.file,
                    "no coordinate system",
                    "an EPSG code",
                    "State it with crs, for instance crs: 4326",
                )
            ]
        )
    if source.crs is not None and stated is not None and source.crs != stated:
        raise InputError(
            [
                Issue(
                    settings.file,
                    f"the file says {source.crs.name}",
                    f"EPSG:{settings.crs} as crs states",
                    "Remove or correct crs",
                )
            ]
        )
    if crs.to_epsg() == DEGREES or crs.name == "WGS 84 (CRS84)":
        return None
    return to_degrees_from(crs, settings.file)


def _rows(
    batch: Batch, settings: LayerSettings, columns: dict[str, str], layout: Layout | None
) -> list[_Row]:
    """Rows of a batch that the filters keep, under our names."""
    constants = {**(layout.values if layout else {}), **settings.values}
    rename = {**(dict(layout.rename) if layout else {}), **settings.rename}
    found = {column.lower(): column for column in batch.values}
    rows = []
    for position, blob in enumerate(batch.blobs):
        raw = {column: cells[position] for column, cells in batch.values.items()}
        values = {ours: raw[theirs] for ours, theirs in columns.items()}
        for ours, names in rename.items():
            if ours in values:
                values[ours] = names.get(text_of(values[ours]), values[ours])
        values = {**constants, **values}
        if _is_kept(settings, values, raw, found):
            content = repr(sorted((c, text_of(v)) for c, v in raw.items())).encode()
            digest = hashlib.sha256(content + (blob or b"")).hexdigest()
            rows.append(_Row(digest, blob, values, batch.faults.get(position, "")))
    return rows


def _is_kept(
    settings: LayerSettings, values: dict[str, Any], raw: dict[str, Any], found: dict[str, str]
) -> bool:
    """Whether the filters keep a feature; they only compare values."""

    def cell(column: str) -> Any:
        return values[column] if column in values else raw[found[column.lower()]]

    def amount(column: str) -> float:
        value = number(cell(column))
        return float("nan") if value is None else value

    return (
        all(is_one_of(cell(c), kept) for c, kept in settings.only.items())
        and not any(is_one_of(cell(c), left) for c, left in settings.leave_out.items())
        and all(amount(c) >= least for c, least in settings.at_least.items())
        and all(amount(c) <= most for c, most in settings.at_most.items())
    )


def _ids(rows: Sequence[_Row]) -> list[str]:
    """Names of features: their id, or a digest of their content; repeated ones are numbered."""
    seen: dict[str, int] = {}
    names = []
    for row in rows:
        name = text_of(row.values.get("id")) or f"#{row.digest[:12]}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}/{seen[name]}")
    return names


def _with_shapes(
    name: str, settings: LayerSettings, rows: Sequence[_Row], transformer: Transformer | None
) -> Features:
    """Shapes in degrees, continuous across the antimeridian; the others are lost by name."""
    shapes, reasons, salvaged = parsed([row.blob for row in rows])
    reasons.update({i: row.fault for i, row in enumerate(rows) if row.fault})
    repairs = dict.fromkeys(sorted(salvaged), DROPPED_RINGS)
    whole = np.array([i not in reasons for i in range(len(rows))], dtype=bool)
    for position in np.flatnonzero(whole):
        if are_degrees(shapely.bounds(shapes[position]), transformer):
            reasons[int(position)], whole[position] = NOT_IN_PLANE, False
    if transformer is not None and whole.any():
        shapes[whole], straightened = _from_plane(shapes[whole], transformer)
        repairs.update({int(np.flatnonzero(whole)[i]): what for i, what in straightened.items()})
    for position in np.flatnonzero(whole):
        if reason := _misplaced(shapely.bounds(shapes[position])):
            reasons[int(position)] = reason
    kept = np.array([i for i in range(len(rows)) if i not in reasons], dtype=int)
    good = shapes[kept]
    if len(kept):
        # Repaired before long edges are divided: GEOS gives nothing for some invalid polygons.
        good, mended, lost = repaired(continuous(shapely.force_2d(good)))
        repairs.update({int(kept[i]): what for i, what in mended.items()})
        first, _, last, _ = shapely.bounds(shapes[kept]).T
        is_wide = last - first > HALF_TURN  # a box around the Earth has no area once it is turned
        reasons.update({int(kept[i]): TOO_WIDE if is_wide[i] else lost[i] for i in lost})
        west, _, east, _ = shapely.bounds(good).T
        reasons.update({int(i): TOO_WIDE for i in kept[east - west > HALF_TURN]})
        is_left = np.array([int(i) not in reasons for i in kept], dtype=bool)
        good, kept = divided(good[is_left]), kept[is_left]
    ids = _ids(rows)
    return Features(
        name=name,
        settings=settings,
        ids=tuple(ids[i] for i in kept),
        shapes=good,
        values={c: [rows[i].values.get(c) for i in kept] for c in COLUMNS[settings.role]},
        lost=tuple(_lost(name, ids[i], reasons[i], rows[i]) for i in sorted(reasons)),
        mended=tuple(Mended(name, ids[i], repairs[i]) for i in sorted(repairs) if i not in reasons),
        read=0,
        filtered=0,
        layout="",
        digest="",
    )


def _misplaced(bounds: Any) -> str:
    """What is wrong with a box in degrees; nothing where it is a place on Earth."""
    west, south, east, north = bounds
    is_finite = bool(np.isfinite(bounds).all())
    low, high, far, near = IN_US
    if is_finite and low <= west and east <= high and far <= south and north <= near:
        return OFF_EARTH_SWAPPED if south < -90 else SWAPPED
    if is_finite and max(-south, north) <= 90 and max(-west, east) <= FULL_TURN:
        return ""
    is_swapped = is_finite and max(-west, east) <= 90 and max(-south, north) <= HALF_TURN
    return OFF_EARTH_SWAPPED if is_swapped else OFF_EARTH


def _from_plane(shapes: Shapes, transformer: Transformer) -> tuple[Shapes, dict[int, str]]:
    """Projected shapes in degrees, and what was repaired; long edges are divided first, since they
    are not straight there. Shapes that a repair leaves nothing of are left for the caller to find.
    """
    flat = shapely.force_2d(shapes)
    fixed, mended, lost = repaired(flat)
    sound = np.array([i not in lost for i in range(len(flat))], dtype=bool)
    crs = transformer.source_crs
    if crs is not None and not crs.is_geographic and sound.any():
        metres = crs.axis_info[0].unit_conversion_factor
        flat[sound] = shapely.segmentize(fixed[sound], MAX_EDGE_M / metres)
    return moved(flat, transformer), mended


def _lost(layer: str, feature: str, reason: str, row: _Row) -> Lost:
    """A lost feature with the first of its coordinates, for those who look for it."""
    lon, lat = first_point(row.blob)
    return Lost(layer, feature, reason, row.values, lon, lat)


def first_point(blob: bytes | None) -> tuple[float | None, float | None]:
    """The first coordinates of a WKB feature, where they are degrees."""
    point = first_coordinates(blob)
    if point is None or abs(point[0]) > HALF_TURN or abs(point[1]) > 90:
        return None, None
    return point
