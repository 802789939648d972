"""Batches of features from any vector file: the one way in which map layers are read.

Text and JSON, GeoPackage, shapefile, FlatGeobuf and GeoParquet each have one reader, chosen by name and
first bytes; a ``.gz`` is unpacked first, a shapefile is read from a folder with nothing else in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from siting.core.magnitude import number_of
from siting.core.scratch import scratch_folder
from siting.layers.curves import straightened
from siting.layers.geojson import read_json
from siting.layers.geopackage import read_geopackage
from siting.layers.room import Asked, reading
from siting.layers.safety import (
    JSON,
    MAX_COLUMNS,
    check_file,
    copy_shapefile,
    refused,
    unpack_gzip,
    unpack_shapefile,
)
from siting.layers.tabular import read_csv
from siting.layers.wkb import point

BATCH = 4096
"""Features read at a time."""
DEGREES = 4326
MAX_CRS = 20_000
MAX_LAYER_BYTES = 16 * 2**30
"""Largest file; batches keep the memory bounded whatever the size."""
POINT_COLUMNS = (("longitude", "latitude"), ("lon", "lat"), ("x", "y"))


@dataclass(frozen=True)
class Batch:
    """Some features.

    Attributes:
        blobs: WKB of each. values: of each column asked for.
        faults: what is wrong with the geometry of those by position that have none for a reason.
    """

    blobs: Sequence[bytes | None]
    values: dict[str, list[Any]]
    faults: dict[int, str]


@dataclass(frozen=True)
class Source:
    """An opened file.

    Attributes:
        columns: all of them, as in the file. crs: coordinate system, None where none is stated.
        usual_crs: that of the format where neither the file nor the user states one.
    """

    columns: tuple[str, ...]
    crs: CRS | None
    usual_crs: CRS | None
    kind: str
    name: str
    path: Path
    geometry: str = ""
    opened: Any = None


@contextmanager
def opened(
    path: Path, name: str, layer: str | None, max_bytes: int = MAX_LAYER_BYTES
) -> Iterator[Source]:
    """Check and open a file; what is packed is unpacked to a temporary folder meanwhile.

    Raises:
        InputError: not a file that may be read, or not what its name says.
    """
    kind = path.suffix.lower()
    if kind not in (".gz", ".zip", ".shp"):
        yield _source(path, name, layer, max_bytes)
        return
    with scratch_folder() as folder:
        if kind == ".gz":
            if not path.is_file():
                raise refused(name, "no such file", "an existing file", "Correct the path")
            target = folder / (Path(path.stem).name or "layer")
            unpack_gzip(path, target, name)
            if target.suffix.lower() in (".zip", ".shp", ".gz"):
                raise refused(name, f"a {target.suffix} in a .gz", "a plain layer", "Unpack it")
            yield _source(target, name, layer, max_bytes)
            return
        check_file(path, name, max_bytes)
        is_zip = kind == ".zip"
        target = (
            unpack_shapefile(path, name, layer, folder) if is_zip else copy_shapefile(path, folder)
        )
        yield _source(target, name, None, max_bytes)


def _source(path: Path, name: str, layer: str | None, max_bytes: int) -> Source:
    """Columns and coordinate system of a plain file."""
    kind = check_file(path, name, max_bytes)
    degrees = CRS.from_epsg(DEGREES)
    if kind == ".csv":
        return Source(_csv_header(path, name), None, degrees, kind, name, path)
    if kind in JSON:
        found = read_json(path, name, layer)
        usual = None if found.is_topology else degrees
        return Source(found.columns, found.crs, usual, kind, name, path, opened=found)
    if kind == ".gpkg":
        table = read_geopackage(path, name, layer)
        return Source(table.columns, table.crs, None, kind, name, path, opened=table)
    if kind in (".xlsx", ".zip"):
        raise refused(name, f"a {kind} file", "a map layer or CSV", "Save it as GeoPackage or CSV")
    with reading(Asked(str(path), kind, is_head=True), name) as (head, _):
        columns = tuple(head["columns"])
    if len(columns) > MAX_COLUMNS:
        raise refused(name, f"more than {MAX_COLUMNS} columns", "fewer")
    if kind == ".parquet":
        geo = _geo(head["geo"], name)
        geometry = str(geo["primary_column"])
        kept = tuple(column for column in columns if column != geometry)
        crs = _parquet_crs(geo["columns"][geometry], name)
        return Source(kept, crs, None, kind, name, path, geometry)
    return Source(columns, _crs(head["crs"], name), None, kind, name, path)


def batches(source: Source, columns: Sequence[str], most: int) -> Iterator[Batch]:
    """Features of a source with some of its columns, in the order of the file.

    Args:
        source: an opened file. columns: to read. most: features above which it is refused.
    """
    read = 0
    for found in _batches(source, columns, most):
        batch = replace(found, blobs=[straightened(blob) for blob in found.blobs])
        read += len(batch.blobs)
        if read > most:
            raise refused(source.name, f"more than {most} features", "fewer", "Filter it first")
        yield batch


def _batches(source: Source, columns: Sequence[str], most: int) -> Iterator[Batch]:
    """Batches by the reader of the format."""
    if source.kind == ".csv":
        yield _csv_batch(source, columns)
    elif source.kind in JSON:
        yield from _json_batches(source, columns)
    elif source.kind == ".gpkg":
        for rows in source.opened.rows(columns, BATCH, most):
            cells = list(zip(*rows, strict=True))
            named = {c: [_cell(v) for v in cells[i + 1]] for i, c in enumerate(columns)}
            yield Batch(list(cells[0]), named, {})
    else:
        asked = [*columns, source.geometry] if source.kind == ".parquet" else list(columns)
        with reading(Asked(str(source.path), source.kind, asked), source.name) as (head, rows):
            geometry = source.geometry or head["geometry"]
            for batch in rows:
                yield _arrow_batch(batch, geometry, columns)


def _cell(value: Any) -> Any:
    """A cell of a database; bytes are no value."""
    return None if isinstance(value, bytes) else value


def _arrow_batch(batch: Any, geometry: str, columns: Sequence[str]) -> Batch:
    """An Arrow batch as lists."""
    blobs = batch.column(geometry).to_pylist()
    if blobs and not all(blob is None or isinstance(blob, bytes) for blob in blobs):
        blobs = [b"\x00"] * len(blobs)
    return Batch(blobs, {c: [_cell(v) for v in batch.column(c).to_pylist()] for c in columns}, {})


def _json_batches(source: Source, columns: Sequence[str]) -> Iterator[Batch]:
    """Batches of a JSON file."""
    blobs: list[bytes | None] = []
    values: dict[str, list[Any]] = {column: [] for column in columns}
    faults: dict[int, str] = {}
    for blob, found, fault in source.opened.features():
        if fault:
            faults[len(blobs)] = fault
        blobs.append(blob)
        for column in columns:
            values[column].append(found.get(column))
        if len(blobs) == BATCH:
            yield Batch(blobs, values, faults)
            blobs, values, faults = [], {column: [] for column in columns}, {}
    if blobs:
        yield Batch(blobs, values, faults)


def _csv_header(path: Path, name: str) -> tuple[str, ...]:
    """Columns of a CSV, which must hold coordinates."""
    rows = read_csv(path, name)
    columns = tuple(rows[0][1]) if rows else ()
    if _point_columns(columns) is None:
        raise refused(name, "no columns of coordinates", "longitude and latitude, or lon and lat")
    return columns


def _point_columns(columns: Sequence[str]) -> tuple[str, str] | None:
    """Columns of longitude and latitude, whatever their case."""
    found = {column.lower(): column for column in columns}
    return next(((found[x], found[y]) for x, y in POINT_COLUMNS if x in found and y in found), None)


def _csv_batch(source: Source, columns: Sequence[str]) -> Batch:
    """All rows of a CSV as points."""
    rows = read_csv(source.path, source.name)
    lon, lat = _point_columns(source.columns) or ("", "")
    blobs: list[bytes | None] = []
    for _, row in rows:
        x, y = (number_of(str(row.get(column))) for column in (lon, lat))
        blobs.append(None if x is None or y is None else point(x, y))
    return Batch(blobs, {c: [row.get(c) for _, row in rows] for c in columns}, {})


def _geo(text: str, name: str) -> dict[str, Any]:
    """The GeoParquet metadata."""
    try:
        geo = json.loads(text)
        column = geo["columns"][geo["primary_column"]]
        encoding = str(column.get("encoding"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refused(name, "no GeoParquet metadata", "a GeoParquet file") from error
    if encoding != "WKB":
        raise refused(name, f"encoding '{encoding[:40]}'", "GeoParquet with WKB")
    return dict(geo)


def _parquet_crs(column: Any, name: str) -> CRS | None:
    """Coordinate system of a GeoParquet column; longitude and latitude where it says nothing."""
    if "crs" not in column:
        return CRS.from_epsg(DEGREES)
    if column["crs"] is None:
        return None
    if not isinstance(column["crs"], dict) or len(json.dumps(column["crs"])) > MAX_CRS:
        raise refused(name, "an unknown coordinate system", "PROJJSON")
    try:
        return CRS.from_json_dict(column["crs"])
    except (CRSError, TypeError, ValueError) as error:
        raise refused(name, "an unknown coordinate system", "PROJJSON") from error


def _crs(text: str | None, name: str) -> CRS | None:
    """A coordinate system as GDAL states it: a code or WKT."""
    if not text:
        return None
    try:
        is_code = text.startswith(("EPSG:", "ESRI:", "OGC:"))
        return CRS.from_string(text) if is_code else CRS.from_wkt(text[:MAX_CRS])
    except CRSError as error:
        raise refused(name, "an unknown coordinate system", "a known EPSG code") from error


def crs_of(code: int, name: str) -> CRS:
    """A coordinate system by EPSG code."""
    try:
        return CRS.from_epsg(code)
    except CRSError as error:
        raise refused(
            name, f"unknown coordinate system EPSG:{code}", "a known EPSG code"
        ) from error


def to_degrees_from(crs: CRS, name: str) -> Transformer:
    """From a coordinate system to longitude and latitude.

    Raises:
        InputError: one that is stated well and that no formula leads from, as of an unknown unit.
    """
    try:
        return Transformer.from_crs(crs, DEGREES, always_xy=True)
    except ProjError as error:
        what = f"coordinate system '{crs.name[:80]}' cannot be brought to degrees"
        raise refused(name, what, "a known EPSG code") from error


def are_degrees(bounds: Any, transformer: Transformer | None) -> bool:
    """Whether a box is one of degrees where metres or feet belong: nothing lies within 180 of them of the
    origin of a projection, so the coordinate system that is stated is the wrong one.

    Args:
        bounds: west, south, east, north as in the file. transformer: from its system to degrees.
    """
    crs = None if transformer is None else transformer.source_crs
    if crs is None or not crs.is_projected:
        return False
    west, south, east, north = (abs(float(side)) for side in bounds)
    return 0 < max(west, east) <= 180 and max(south, north) <= 90
