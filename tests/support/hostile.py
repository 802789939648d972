"""Files made to break a reader: a small right file of each format, changed within its own structure.

``make(kind, rng, folder, url)`` writes one and gives the command line that reads it. ``url`` is an
address that nothing may ask for.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
import re
import sqlite3
import zipfile
from collections.abc import Callable
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
QUEUE = (
    "sheet_outcome,queue_id,project_name,tech_1,mw_poi,poi,date_cod_requested,"
    "date_cod_current_or_actual,date_received,date_queue,date_withdrawn\n"
    "active,Q1,p,Solar,100,Sub,2027-01-01,2028-01-01,2020-01-01,2020-02-01,\n"
    "completed,Q2,p,Solar,50,Sub,2017-01-01,2018-01-01,2010-01-01,2010-02-01,\n"
    "withdrawn,Q3,p,Wind,50,Sub,2017-01-01,,2010-01-01,2010-02-01,2012-01-01\n"
)
LOADS = (
    "Balancing Authority,Local Time at End of Hour,UTC Time at End of Hour,Demand (MW)\n"
    + "".join(
        f"A,01/{d:02d}/2024 {h:02d}:00:00 AM,01/{d:02d}/2024 {h + 5:02d}:00:00 AM,{1000 + 7 * h}\n"
        for d in range(1, 20)
        for h in range(1, 7)
    )
)


def make(kind: str, rng: random.Random, folder: Path, url: str) -> list[str]:
    """Write a file of a kind, and give the command that reads it."""
    return KINDS[kind](rng, folder, url)


def _pick(rng: random.Random, url: str) -> Any:
    return url if rng.random() < 0.05 else rng.choice(NASTY)


def _mutated(rng: random.Random, data: Any, url: str) -> Any:
    """A copy with one value, key or item changed."""
    if isinstance(data, dict) and data and rng.random() < 0.9:
        key = rng.choice(sorted(data))
        if rng.random() < 0.08:
            return {k: v for k, v in data.items() if k != key}
        if rng.random() < 0.05:
            return {**data, str(_pick(rng, url)): rng.choice(NASTY)}
        return {**data, key: _mutated(rng, data[key], url)}
    if isinstance(data, list) and data and rng.random() < 0.9:
        place = rng.randrange(len(data))
        if rng.random() < 0.1:
            return data[:place] + data[place + 1 :]
        return [*data[:place], _mutated(rng, data[place], url), *data[place + 1 :]]
    return _pick(rng, url)


def _several(rng: random.Random, data: Any, url: str) -> Any:
    for _ in range(rng.choice((1, 1, 2, 4))):
        data = _mutated(rng, data, url)
    return data


def _bytes(rng: random.Random, raw: bytes) -> bytes:
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


def _perhaps_bytes(rng: random.Random, raw: bytes) -> bytes:
    return _bytes(rng, raw) if rng.random() < 0.4 else raw


def _text(data: Any) -> bytes:
    """JSON, also of what has no place in UTF-8."""
    return json.dumps(data, ensure_ascii=True).encode()


def _scenario(folder: Path, file: str, **more: Any) -> list[str]:
    """A scenario whose sites stand in a file."""
    data = toy()
    data["sites"] = {"file": file, **more}
    (folder / "scenario.json").write_text(json.dumps(data), encoding="utf-8")
    return ["check", str(folder / "scenario.json")]


def _yaml(rng: random.Random, folder: Path, url: str) -> list[str]:
    raw = _perhaps_bytes(rng, _text(_several(rng, toy(), url)))
    if rng.random() < 0.2:
        raw = raw.replace(b'"', b"", rng.randrange(200)).replace(b", ", b",\n")
    if rng.random() < 0.05:
        raw = b"sites: " + b"[" * rng.choice((10, 100, 5000))
    if rng.random() < 0.05:
        raw += b"\n" + b"".join(b"k%d: 1\n" % i for i in range(rng.choice((10, 2000))))
    (folder / "s.yaml").write_bytes(raw)
    changes = ["--set", f"discount_rate_frac={_pick(rng, url)}"] if rng.random() < 0.2 else []
    return [
        "check",
        str(folder / "s.yaml"),
        *(c.encode("utf-8", "replace").decode() for c in changes),
    ]


def _cells(rng: random.Random, text: str, url: str) -> bytes:
    """A CSV with some cells changed."""
    rows = list(csv.reader(io.StringIO(text)))
    for _ in range(rng.choice((1, 1, 3))):
        row = rng.choice(rows)
        if rng.random() < 0.1:
            row.append("x")
        elif rng.random() < 0.1 and len(row) > 1:
            row.pop()
        else:
            value = _pick(rng, url)
            row[rng.randrange(len(row))] = "" if value is None else str(value)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return _perhaps_bytes(rng, out.getvalue().encode("utf-8", "surrogatepass"))


def _csv(rng: random.Random, folder: Path, url: str) -> list[str]:
    out = io.StringIO()
    csv.writer(out).writerows([NAMES, *ROWS])
    (folder / "t.csv").write_bytes(_cells(rng, out.getvalue(), url))
    return _scenario(folder, "t.csv")


def _queue(rng: random.Random, folder: Path, url: str) -> list[str]:
    (folder / "q.csv").write_bytes(_cells(rng, QUEUE, url))
    return ["headroom", "queue", str(folder / "q.csv"), "--zone", "Z", "-o", str(folder / "out")]


def _loads(rng: random.Random, folder: Path, url: str) -> list[str]:
    (folder / "l.csv").write_bytes(_cells(rng, LOADS, url))
    return ["headroom", "loads", str(folder / "l.csv"), "-o", str(folder / "out")]


@cache
def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (NAMES, *ROWS):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _archive(rng: random.Random, raw: bytes) -> bytes:
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
                        content = _bytes(rng, content)
            new.writestr(name, content, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    return out.getvalue()


def _xlsx(rng: random.Random, folder: Path, url: str) -> list[str]:
    (folder / "t.xlsx").write_bytes(_perhaps_bytes(rng, _archive(rng, _workbook())))
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
    data = _several(rng, _collection(), url)
    if rng.random() < 0.1 and isinstance(data, dict):
        kind = rng.choice(("link", "url", "file"))
        data["crs"] = {"type": kind, "properties": {"href": url, "url": url, "name": url}}
    if rng.random() < 0.05:
        line = f"gdal vector pipeline ! read {url} ! write {folder}/written.csv"
        data = {"type": "gdal_streamed_alg", "command_line": line}
    name = rng.choice(("t.geojson", "t.json", "t.topojson"))
    (folder / name).write_bytes(_perhaps_bytes(rng, _text(data)))
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
def _packaged(folder: Path) -> bytes:
    path = folder.parent / "base.gpkg"
    _frame().to_file(path, layer="t")
    raw = path.read_bytes()
    path.unlink()
    return raw


def _gpkg(rng: random.Random, folder: Path, url: str) -> list[str]:
    path = folder / "t.gpkg"
    path.write_bytes(_packaged(folder))
    if rng.random() < 0.6:
        base = sqlite3.connect(path)
        for trigger in base.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            base.execute(f'DROP TRIGGER "{trigger[0]}"')
        with contextlib.suppress(sqlite3.Error):
            base.executescript(rng.choice(HOSTILE_SQL))
        base.close()
    path.write_bytes(_perhaps_bytes(rng, path.read_bytes()))
    return _scenario(folder, "t.gpkg")


def _parquet(rng: random.Random, folder: Path, url: str) -> list[str]:
    file = io.BytesIO()
    _frame().to_parquet(file)
    table = pyarrow.parquet.read_table(io.BytesIO(file.getvalue()))
    geo = json.loads(table.schema.metadata[b"geo"])
    if rng.random() < 0.6:
        table = table.replace_schema_metadata({b"geo": _text(_several(rng, geo, url))})
    if rng.random() < 0.1:
        many = pyarrow.DictionaryArray.from_arrays(
            pyarrow.array([0] * 3000, pyarrow.int32()), pyarrow.array(["x" * 1_000_000])
        )
        table = pyarrow.table({"id": many, "geometry": pyarrow.array([b"\x00"] * 3000)})
        table = table.replace_schema_metadata({b"geo": _text(geo)})
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file)
    (folder / "t.parquet").write_bytes(_perhaps_bytes(rng, file.getvalue()))
    return _scenario(folder, "t.parquet")


def _parts(folder: Path, name: str) -> dict[str, bytes]:
    """Files that a format consists of."""
    made = folder / "made"
    made.mkdir()
    _frame().to_file(made / name)
    parts = {path.name: path.read_bytes() for path in sorted(made.iterdir())}
    for path in made.iterdir():
        path.unlink()
    made.rmdir()
    return parts


def _shapefile(rng: random.Random, folder: Path, url: str) -> list[str]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts(folder, "t.shp").items():
            short = name if rng.random() < 0.95 else f"data/{name}"
            changed = _bytes(rng, content) if rng.random() < 0.3 else content
            if name.endswith(".prj") and rng.random() < 0.2:
                changed = url.encode()
            archive.writestr(short, changed)
    (folder / "t.zip").write_bytes(out.getvalue())
    return _scenario(folder, "t.zip")


def _flatgeobuf(rng: random.Random, folder: Path, url: str) -> list[str]:
    (raw,) = _parts(folder, "t.fgb").values()
    (folder / "t.fgb").write_bytes(_bytes(rng, raw))
    return _scenario(folder, "t.fgb")


KINDS: dict[str, Callable[[random.Random, Path, str], list[str]]] = {
    "yaml": _yaml, "csv": _csv, "queue": _queue, "loads": _loads, "xlsx": _xlsx, "geojson": _geojson,
    "gpkg": _gpkg, "parquet": _parquet, "shapefile": _shapefile, "flatgeobuf": _flatgeobuf,
}  # fmt: skip
SLOW = ("parquet", "shapefile", "flatgeobuf")
"""Kinds that are read in a process of their own; fewer of them fit into a campaign."""


def kind_of(number: int) -> str:
    """Kind of the case of a number: the slow ones in every tenth round of the others."""
    quick = [kind for kind in KINDS if kind not in SLOW]
    place = number % (10 * len(quick) + len(SLOW))
    return quick[place % len(quick)] if place < 10 * len(quick) else SLOW[place - 10 * len(quick)]
