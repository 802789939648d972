"""Batches of features from any vector file: GDAL formats, GeoParquet, CSV, each also as ``.gz``."""

from __future__ import annotations

import gzip
import json
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue
from siting.layers import vector  # first: it tells GDAL which drivers to leave alone
from siting.layers.safety import check_file
from siting.layers.tabular import read_csv

import numpy as np  # isort: skip
import pyarrow  # isort: skip
import pyarrow.parquet  # isort: skip
import pyogrio  # isort: skip
import shapely  # isort: skip
from pyproj import CRS  # isort: skip
from pyproj.exceptions import CRSError  # isort: skip

MAX_BYTES = 16 * 2**30
"""Largest file; batches keep the memory bounded whatever the size."""
MAX_UNPACKED_BYTES = 2**32
MAX_RATIO = 1000
"""Unpacked over packed bytes above which a ``.gz`` is taken for a bomb."""
MAX_HEADER = 2**20
"""Bytes of the longest header of a CSV."""
CHUNK = 2**20
BATCH = 16_384
"""Features read at a time."""
POINT_COLUMNS = (("longitude", "latitude"), ("lon", "lat"), ("x", "y"))


@dataclass(frozen=True)
class Batch:
    """Some features: WKB of each, and the values of each column asked for."""

    blobs: Sequence[bytes | None]
    values: dict[str, list[Any]]


@dataclass(frozen=True)
class Source:
    """An opened file.

    Attributes:
        columns: all of them, as in the file. crs: coordinate system, None where none is stated.
        path, kind, layer: what to read.
    """

    columns: tuple[str, ...]
    crs: CRS | None
    path: Path
    kind: str
    layer: str | None
    name: str


@contextmanager
def opened(path: Path, name: str, layer: str | None) -> Iterator[Source]:
    """Check and open a file; a ``.gz`` is unpacked to a temporary file meanwhile.

    Raises:
        InputError: not a file that may be read, or not what its name says.
    """
    if path.suffix.lower() != ".gz":
        yield _source(path, name, layer)
        return
    if not path.is_file():
        raise _bad(name, "no such file", "an existing file", "Correct the path")
    with tempfile.TemporaryDirectory(prefix="siting-") as folder:
        target = Path(folder) / (Path(path.stem).name or "layer")
        _unpack(path, target, name)
        yield _source(target, name, layer)


def _unpack(path: Path, target: Path, name: str) -> None:
    """Unpack a ``.gz``, within limits of size and ratio."""
    most = min(MAX_UNPACKED_BYTES, MAX_RATIO * max(path.stat().st_size, 2**12))
    size = 0
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as file:
            while chunk := packed.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise _bad(name, f"unpacks to more than {most / 2**20:.0f} MiB", "less")
                file.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise _bad(name, f"cannot be unpacked: {error}", "a whole .gz file") from error


def _source(path: Path, name: str, layer: str | None) -> Source:
    """Columns and coordinate system of a plain file."""
    kind = check_file(path, name, MAX_BYTES)
    if kind == ".csv":
        return Source(_csv_header(path, name), None, path, kind, None, name)
    if kind == ".parquet":
        file = _parquet(path, name)
        return Source(
            tuple(file.schema_arrow.names), _parquet_crs(file, name), path, kind, None, name
        )
    if kind not in vector.DRIVERS:
        raise _bad(name, f"a {kind} file", "a map layer or CSV", "Save it as GeoPackage or CSV")
    try:
        info = pyogrio.read_info(gdal_path(path, kind), layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise _bad(name, f"cannot be read: {str(error)[:200]}", "a map layer") from error
    if info["driver"] not in vector.DRIVERS[kind]:
        raise _bad(
            name, f"the content is {info['driver']}", f"one of {sorted(vector.DRIVERS[kind])}"
        )
    crs = CRS.from_user_input(info["crs"]) if info["crs"] else None
    return Source(tuple(map(str, info["fields"])), crs, path, kind, layer, name)


def gdal_path(path: Path, kind: str) -> str:
    """What GDAL calls a file."""
    return f"/vsizip/{path}" if kind == ".zip" else str(path)


def batches(source: Source, columns: Sequence[str]) -> Iterator[Batch]:
    """Features of a source with some of its columns, in the order of the file."""
    if source.kind == ".csv":
        yield _csv_batch(source, columns)
    elif source.kind == ".parquet":
        file = _parquet(source.path, source.name)
        geometry = str(_geo(file, source.name)["primary_column"])
        for batch in file.iter_batches(BATCH, columns=[geometry, *columns]):
            yield _plain(batch, geometry)
    else:
        yield from _gdal_batches(source, columns)


def _gdal_batches(source: Source, columns: Sequence[str]) -> Iterator[Batch]:
    """Batches of a GDAL layer, as Arrow."""
    try:
        with pyogrio.raw.open_arrow(
            gdal_path(source.path, source.kind),
            layer=source.layer,
            columns=list(columns),
            batch_size=BATCH,
            use_pyarrow=True,
        ) as (meta, reader):
            geometry = meta["geometry_name"] or "wkb_geometry"
            if geometry not in reader.schema.names:
                raise _bad(source.name, "a layer without geometry", "a map layer")
            for batch in reader:
                yield _plain(batch, geometry)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as error:
        raise _bad(source.name, f"cannot be read: {str(error)[:200]}", "a map layer") from error


def _plain(batch: Any, geometry: str) -> Batch:
    """An Arrow batch as lists."""
    values = {
        name: batch.column(name).to_pylist() for name in batch.schema.names if name != geometry
    }
    return Batch(batch.column(geometry).to_pylist(), values)


def _csv_header(path: Path, name: str) -> tuple[str, ...]:
    """Columns of a CSV, which must hold coordinates."""
    with path.open("rb") as file:
        header = file.readline(MAX_HEADER).decode("utf-8-sig", "replace")
    columns = tuple(cell.strip().strip('"') for cell in header.rstrip("\r\n").split(","))
    if _point_columns(columns) is None:
        raise _bad(name, "no columns of coordinates", "longitude and latitude, or lon and lat")
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
        try:
            point = shapely.Point(float(str(row[lon])), float(str(row[lat])))
        except (KeyError, ValueError):
            blobs.append(None)
            continue
        blobs.append(shapely.to_wkb(point))
    return Batch(blobs, {c: [row.get(c) for _, row in rows] for c in columns})


def _parquet(path: Path, name: str) -> Any:
    """An opened Parquet file."""
    try:
        return pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise _bad(name, f"not Parquet: {str(error)[:200]}", "a GeoParquet file") from error


def _geo(file: Any, name: str) -> dict[str, Any]:
    """The GeoParquet metadata."""
    text = (file.schema_arrow.metadata or {}).get(b"geo")
    try:
        geo = json.loads(text or b"")
        column = geo["columns"][geo["primary_column"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _bad(name, "no GeoParquet metadata", "a GeoParquet file") from error
    if column.get("encoding") != "WKB":
        raise _bad(name, f"encoding '{str(column.get('encoding'))[:40]}'", "GeoParquet with WKB")
    return dict(geo)


def _parquet_crs(file: Any, name: str) -> CRS | None:
    """Coordinate system of a GeoParquet file; longitude and latitude where it says nothing."""
    geo = _geo(file, name)
    column = geo["columns"][geo["primary_column"]]
    if "crs" not in column:
        return CRS.from_epsg(vector.DEGREES)
    if column["crs"] is None:
        return None
    try:
        return CRS.from_json_dict(column["crs"])
    except (CRSError, TypeError) as error:
        raise _bad(name, "an unknown coordinate system", "PROJJSON") from error


def _bad(name: str, what: str, expected: str, fix: str = "") -> InputError:
    """An error about a whole file."""
    return InputError([Issue(name, what, expected, fix)])


def number(cell: Any) -> float | None:
    """A cell as a finite number, or None."""
    if cell is None or isinstance(cell, bool):
        return None
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if np.isfinite(value) else None
