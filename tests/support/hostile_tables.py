"""Tables, map layers and scenarios made to break a reader, and what changes them at random."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import random
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pyarrow
import pyarrow.parquet
import shapely

from support.engine import toy

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, -1e308, 1e-300, 10**30, 0.1, "", " ", "NaN", "inf", "-Infinity",
    "1e999", "1_000", "1,5", "1,234", "\u0661\u0662", "null", "NA", "=1+1", "\x1b]0;x\x07", "\u202e",
    "[bold]x[/bold]", ":100:", "a\nb", "a" * 5000, "2027-01", "9999-12-31", "0001-01-01", "2027-02-30",
    "../../etc/passwd", "/etc/passwd", "builtin:../x", "/vsicurl/http://127.0.0.1/x", "<OGRVRT>", [], {},
    [[]], {"type": "link"}, ["x"] * 50, "24:00", "T00-08", "\ud800",
)  # fmt: skip
ROWS = [["near", "cheap", 200, -77.0, 40.5], ["far", "dear", 200, -116.0, 37.5]]
NAMES = ["id", "zone", "buildable_acres", "longitude", "latitude"]


def picked(rng: random.Random, url: str) -> Any:
    return url if rng.random() < 0.05 else rng.choice(NASTY)


def mutated(rng: random.Random, data: Any, url: str) -> Any:
    """A copy with one value, key or item changed."""
    if isinstance(data, dict) and data and rng.random() < 0.9:
        key = rng.choice(sorted(data))
        if rng.random() < 0.08:
            return {k: v for k, v in data.items() if k != key}
        if rng.random() < 0.05:
            return {**data, str(picked(rng, url)): rng.choice(NASTY)}
        return {**data, key: mutated(rng, data[key], url)}
    if isinstance(data, list) and data and rng.random() < 0.9:
        place = rng.randrange(len(data))
        if rng.random() < 0.1:
            return data[:place] + data[place + 1 :]
        return [*data[:place], mutated(rng, data[place], url), *data[place + 1 :]]
    return picked(rng, url)


def several(rng: random.Random, data: Any, url: str) -> Any:
    for _ in range(rng.choice((1, 1, 2, 4))):
        data = mutated(rng, data, url)
    return data


def bytes_changed(rng: random.Random, raw: bytes) -> bytes:
    """Bytes flipped, cut out, doubled or put in."""
    text = bytearray(raw)
    for _ in range(rng.choice((1, 2, 8))):
        if not text:
            break
        place = rng.randrange(len(text))
        match rng.randrange(5):
            case 0:
                text[place] = rng.randrange(256)
            case 1:
                text[place] ^= 1 << rng.randrange(8)
            case 2:
                del text[place : place + rng.choice((1, 4, 64))]
            case 3:
                text[place:place] = text[place : place + rng.choice((1, 16, 256))]
            case _:
                text[place : place + 4] = rng.choice(
                    (b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\x00" * 4)
                )
    return bytes(text)


def perhaps_bytes(rng: random.Random, raw: bytes) -> bytes:
    return bytes_changed(rng, raw) if rng.random() < 0.4 else raw


def as_json(data: Any) -> bytes:
    """JSON, also of what has no place in UTF-8."""
    return json.dumps(data, ensure_ascii=True).encode()


@cache
def _toy() -> str:
    return json.dumps(toy())


def _scenario(folder: Path, file: str, **more: Any) -> list[str]:
    """A scenario whose sites stand in a file."""
    data = json.loads(_toy())
    data["sites"] = {"file": file, **more}
    (folder / "scenario.json").write_text(json.dumps(data), encoding="utf-8")
    return ["check", str(folder / "scenario.json")]


def _yaml(rng: random.Random, folder: Path, url: str) -> list[str]:
    raw = perhaps_bytes(rng, as_json(several(rng, json.loads(_toy()), url)))
    if rng.random() < 0.2:
        raw = raw.replace(b'"', b"", rng.randrange(200)).replace(b", ", b",\n")
    if rng.random() < 0.05:
        raw = b"sites: " + b"[" * rng.choice((10, 100, 5000))
    if rng.random() < 0.05:
        raw += b"\n" + b"".join(b"k%d: 1\n" % i for i in range(rng.choice((10, 2000))))
    (folder / "s.yaml").write_bytes(raw)
    changes = ["--set", f"discount_rate_frac={picked(rng, url)}"] if rng.random() < 0.2 else []
    return [
        "check",
        str(folder / "s.yaml"),
        *(c.encode("utf-8", "replace").decode() for c in changes),
    ]


def cells_changed(rng: random.Random, text: str, url: str) -> bytes:
    """A CSV with some cells changed."""
    rows = list(csv.reader(io.StringIO(text)))
    for _ in range(rng.choice((1, 1, 3))):
        row = rng.choice(rows)
        if rng.random() < 0.1 or not row:
            row.append("x")
        elif rng.random() < 0.1 and len(row) > 1:
            row.pop()
        else:
            value = picked(rng, url)
            row[rng.randrange(len(row))] = "" if value is None else str(value)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return perhaps_bytes(rng, out.getvalue().encode("utf-8", "surrogatepass"))


def _csv(rng: random.Random, folder: Path, url: str) -> list[str]:
    out = io.StringIO()
    csv.writer(out).writerows([NAMES, *ROWS])
    (folder / "t.csv").write_bytes(cells_changed(rng, out.getvalue(), url))
    return _scenario(folder, "t.csv")


def workbook(rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def archive_changed(rng: random.Random, raw: bytes) -> bytes:
    """A zip with one member changed, renamed, doubled or packed in another way."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        chosen = rng.choice(old.namelist())
        for member in old.namelist():
            name, content = member, old.read(member)
            if member == chosen:
                match rng.randrange(5):
                    case 0:
                        continue
                    case 1 if name.endswith(("xml", "rels")):
                        words = re.findall(rb'"[^"]*"|>[^<]+<|<[^>]+>', content)
                        word = rng.choice(words or [b"x"])
                        nasty = (b"", b'"A1048576"', b'"XFD1"', b"<f/>", b">999999999<", b'"s"')
                        content = content.replace(word, rng.choice(nasty), 1)
                    case 2:
                        name = rng.choice(("../x", "/x", "a/" + name, name.upper()))
                    case _:
                        content = bytes_changed(rng, content)
            new.writestr(name, content, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    return out.getvalue()


@cache
def _workbook() -> bytes:
    return workbook([NAMES, *ROWS])


def _xlsx(rng: random.Random, folder: Path, url: str) -> list[str]:
    (folder / "t.xlsx").write_bytes(perhaps_bytes(rng, archive_changed(rng, _workbook())))
    return _scenario(folder, "t.xlsx")


def _collection() -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"id": row[0], "zone": row[1], "buildable_acres": row[2]},
                "geometry": json.loads(shapely.to_geojson(shape)),
            }
            for row, shape in zip(
                ROWS, (shapely.Point(-77, 40.5), shapely.box(-116, 37, -115.9, 37.1)), strict=True
            )
        ],
    }


def _geojson(rng: random.Random, folder: Path, url: str) -> list[str]:
    data = several(rng, _collection(), url)
    if rng.random() < 0.1 and isinstance(data, dict):
        kind = rng.choice(("link", "url", "file"))
        data["crs"] = {"type": kind, "properties": {"href": url, "url": url, "name": url}}
    if rng.random() < 0.05:
        line = f"gdal vector pipeline ! read {url} ! write {folder}/written.csv"
        data = {"type": "gdal_streamed_alg", "command_line": line}
    name = rng.choice(("t.geojson", "t.json", "t.topojson"))
    raw = perhaps_bytes(rng, as_json(data))
    if rng.random() < 0.05:
        name, raw = f"{name}.gz", perhaps_bytes(rng, gzip.compress(raw, mtime=0))
    (folder / name).write_bytes(raw)
    return _scenario(folder, name)


@cache
def _frame() -> geopandas.GeoDataFrame:
    columns = {name: [row[i] for row in ROWS] for i, name in enumerate(NAMES)}
    shapes = [shapely.box(-77, 40, -76.9, 40.1), shapely.box(-116, 37, -115.9, 37.1)]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs=4326)


HOSTILE_SQL = (
    "CREATE VIEW v AS WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r) SELECT i AS id, "
    "geom FROM r, t; UPDATE gpkg_contents SET table_name='v'; UPDATE gpkg_geometry_columns SET "
    "table_name='v', column_name='geom'",
    "CREATE VIEW v AS SELECT fid, geom, hex(zeroblob(499000000)) AS id FROM t; UPDATE gpkg_contents SET "
    "table_name='v'; UPDATE gpkg_geometry_columns SET table_name='v'",
    "ALTER TABLE t ADD COLUMN big TEXT GENERATED ALWAYS AS (hex(zeroblob(400000000))) VIRTUAL",
    "UPDATE t SET id = CAST(x'ff80' AS TEXT)",
    "UPDATE t SET geom = x'00'",
    "UPDATE t SET geom = NULL",
    "UPDATE t SET buildable_acres = 9e999",
    "UPDATE gpkg_geometry_columns SET srs_id = 99999",
    "UPDATE gpkg_contents SET table_name = 'sqlite_master'",
    "DROP TABLE gpkg_spatial_ref_sys",
    "DELETE FROM gpkg_geometry_columns",
    "CREATE VIRTUAL TABLE w USING fts5(x); UPDATE gpkg_contents SET table_name='w'",
)


@cache
def _packaged() -> bytes:
    with tempfile.TemporaryDirectory() as made:
        _frame().to_file(Path(made) / "t.gpkg", layer="t")
        return (Path(made) / "t.gpkg").read_bytes()


def _gpkg(rng: random.Random, folder: Path, url: str) -> list[str]:
    path = folder / "t.gpkg"
    path.write_bytes(_packaged())
    if rng.random() < 0.6:
        base = sqlite3.connect(path)
        for trigger in base.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            base.execute(f'DROP TRIGGER "{trigger[0]}"')
        with contextlib.suppress(sqlite3.Error):
            base.executescript(rng.choice(HOSTILE_SQL))
        base.close()
    path.write_bytes(perhaps_bytes(rng, path.read_bytes()))
    return _scenario(folder, "t.gpkg")


@cache
def _geoparquet() -> Any:
    file = io.BytesIO()
    _frame().to_parquet(file)
    return pyarrow.parquet.read_table(io.BytesIO(file.getvalue()))


def _parquet(rng: random.Random, folder: Path, url: str) -> list[str]:
    table = _geoparquet()
    geo = json.loads(table.schema.metadata[b"geo"])
    if rng.random() < 0.6:
        table = table.replace_schema_metadata({b"geo": as_json(several(rng, geo, url))})
    if rng.random() < 0.1:
        many = pyarrow.DictionaryArray.from_arrays(
            pyarrow.array([0] * 3000, pyarrow.int32()), pyarrow.array(["x" * 1_000_000])
        )
        table = pyarrow.table({"id": many, "geometry": pyarrow.array([b"\x00"] * 3000)})
        table = table.replace_schema_metadata({b"geo": as_json(geo)})
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file)
    (folder / "t.parquet").write_bytes(perhaps_bytes(rng, file.getvalue()))
    return _scenario(folder, "t.parquet")


@cache
def _parts(name: str) -> dict[str, bytes]:
    """Files that a format consists of."""
    with tempfile.TemporaryDirectory() as made:
        _frame().rename(columns={"buildable_acres": "acres"}).to_file(Path(made) / name)
        return {path.name: path.read_bytes() for path in sorted(Path(made).iterdir())}


def _shapefile(rng: random.Random, folder: Path, url: str) -> list[str]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts("t.shp").items():
            short = name if rng.random() < 0.95 else f"data/{name}"
            changed = bytes_changed(rng, content) if rng.random() < 0.3 else content
            if name.endswith(".prj") and rng.random() < 0.2:
                changed = url.encode()
            archive.writestr(short, changed)
    (folder / "t.zip").write_bytes(out.getvalue())
    return _scenario(folder, "t.zip")


def _flatgeobuf(rng: random.Random, folder: Path, url: str) -> list[str]:
    (raw,) = _parts("t.fgb").values()
    (folder / "t.fgb").write_bytes(bytes_changed(rng, raw))
    return _scenario(folder, "t.fgb")


TABLES: dict[str, Callable[[random.Random, Path, str], list[str]]] = {
    "yaml": _yaml, "csv": _csv, "xlsx": _xlsx, "geojson": _geojson, "gpkg": _gpkg, "parquet": _parquet,
    "shapefile": _shapefile, "flatgeobuf": _flatgeobuf,
}  # fmt: skip
