"""No file makes a reader reach the network, run a program, write a file, or go on for ever.

All readers run in one process in which geopandas was imported first, with a listener on the loopback
address and the folder watched. The same files are given to GDAL itself, to show that they would.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import select
import socket
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas
import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
import shapely

from siting.core.errors import InputError
from siting.layers.read import read_layer
from support.hostile_tables import HOSTILE_SQL

READ_ALL = """
import geopandas, json, sys
from pathlib import Path
from siting.core.errors import InputError
from siting.layers.read import read_layer
from siting.screening.read import read_features
from siting.screening.settings import LayerSettings

def screen(path):
    settings = LayerSettings(role="exclusion", file=path.name, crs=4326)
    return read_features("x", settings, path.parent, 10**6, lambda *step: None)

found = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    for way in (lambda p: read_layer(p, name=p.name, crs=4326), screen):
        try:
            way(path)
            found.setdefault(path.name, []).append("read")
        except InputError as error:
            found.setdefault(path.name, []).append(str(error))
print(json.dumps(found))
"""
BY_GDAL = """
import sys, warnings, pyogrio
warnings.simplefilter("ignore")
try:
    pyogrio.read_dataframe(sys.argv[1])
except Exception as error:
    print(error)
"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that nobody may ask."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def asked(server: socket.socket) -> bool:
    """Whether somebody has connected."""
    return bool(select.select([server], [], [], 0)[0])


def started(program: str, path: Path) -> str:
    """Output of a program with a path."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True, text=True, check=True, cwd=path.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "GDAL_HTTP_TIMEOUT": "1"},
    )  # fmt: skip
    return done.stdout


def collection(**more: object) -> str:
    """GeoJSON of one site."""
    feature = {
        "type": "Feature",
        "properties": {"id": "a"},
        "geometry": {"type": "Point", "coordinates": [-77, 40]},
    }
    return json.dumps({"type": "FeatureCollection", **more, "features": [feature]})


def hostile(folder: Path, url: str, written: Path) -> None:
    """Files of every format that name an address, a program or another file."""
    link = {"type": "link", "properties": {"href": url, "type": "proj4"}}
    source = folder.parent / "src.geojson"
    source.write_text(collection(), encoding="utf-8")
    texts = {
        "link": collection(crs=link),
        "url": collection(crs={"type": "url", "properties": {"url": url}}),
        "named": collection(crs={"type": "name", "properties": {"name": url}}),
        "writes": json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector pipeline ! read {source} ! partition {written} "
                "--field id --format CSV",
            }
        ),
        "asks": json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector pipeline ! read /vsicurl/{url}.geojson ! write "
                "--of stream streamed_dataset",
            }
        ),
        "vrt": f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/vsicurl/{url}"
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    }
    for name, text in texts.items():
        for suffix in (".geojson", ".json", ".topojson", ".csv", ".gpkg", ".fgb", ".shp"):
            (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
            with zipfile.ZipFile(folder / f"{name}{suffix}.zip", "w") as archive:
                archive.writestr(f"{name}{suffix}", text)
        (folder / f"{name}.geojson.gz").write_bytes(gzip.compress(text.encode()))
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(-77, 40)], crs=4326)
    made = folder.parent / "made"
    made.mkdir()
    frame.to_file(made / "x.shp")
    (made / "x.prj").write_text(url, encoding="utf-8")
    with zipfile.ZipFile(folder / "prj.zip", "w") as archive:
        for part in sorted(made.iterdir()):
            archive.write(part, part.name)
            (folder / part.name).write_bytes(part.read_bytes())
        archive.writestr("x.vrt", texts["vrt"])
    frame.to_parquet(folder / "x.parquet")
    table = pyarrow.parquet.read_table(folder / "x.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    geo["columns"]["geometry"]["crs"] = link
    pyarrow.parquet.write_table(
        table.replace_schema_metadata({b"geo": json.dumps(geo).encode()}), folder / "x.parquet"
    )


def test_nothing_is_asked_run_or_written(tmp_path: Path, listener: socket.socket) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/crs"
    inputs, written = tmp_path / "inputs", tmp_path / "written"
    inputs.mkdir()
    hostile(inputs, url, written)
    before = sorted(str(p) for p in tmp_path.rglob("*"))
    found = json.loads(started(READ_ALL, inputs))
    assert not asked(listener)
    assert sorted(str(p) for p in tmp_path.rglob("*")) == before
    accepted = {name for name, ends in found.items() if "read" in ends}
    assert accepted <= {"x.shp", "prj.zip"}, "their coordinate system is stated, and no link"
    assert all("not followed" in end for end in found["link.geojson"])
    assert all("gdal_streamed_alg" in end for end in found["writes.json"])
    # the files are what they are taken for: GDAL alone asks and writes
    started(BY_GDAL, inputs / "link.geojson")
    started(BY_GDAL, inputs / "writes.json")
    assert asked(listener)
    assert written.exists()


def packaged(folder: Path, statements: str) -> Path:
    """A GeoPackage in which some statements were run."""
    path = folder / "x.gpkg"
    frame = geopandas.GeoDataFrame(
        {"id": ["a"], "buildable_acres": [5.0]}, geometry=[shapely.Point(-77, 40)], crs=4326
    )
    frame.to_file(path, layer="t")
    base = sqlite3.connect(path)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{name}"')
    base.executescript(statements)
    base.close()
    return path


def test_tables_only(tmp_path: Path) -> None:
    """Recursive and huge views are refused unread; a generated column is left out."""
    for number, words in ((0, "'v' is a view"), (1, "'v' is a view"), (11, "virtual table")):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = packaged(folder, HOSTILE_SQL[number])
        with pytest.raises(InputError, match=words):
            read_layer(path, name=path.name)
    (row,) = read_layer(packaged(tmp_path, HOSTILE_SQL[2]), name="x.gpkg")
    assert dict(row.values) == {"id": "a", "buildable_acres": 5.0}


def test_a_database_that_goes_on_is_stopped(tmp_path: Path) -> None:
    """A thousand rows hold a megabyte; what the reader may take follows from the size of the file."""
    from siting.layers import geopackage

    path = packaged(tmp_path, "")
    with (
        pytest.raises(InputError, match="interrupted"),
        geopackage._database(path, "x.gpkg") as base,
    ):
        base.set_authorizer(None)
        base.execute(
            "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT max(i) FROM r"
        ).fetchall()


def test_a_column_of_repeated_text_is_refused(tmp_path: Path) -> None:
    """Three gigabytes of text in some kilobytes."""
    path = tmp_path / "x.parquet"
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(-77, 40)], crs=4326)
    frame.to_parquet(path)
    geo = pyarrow.parquet.read_table(path).schema.metadata
    text = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * 3000, pyarrow.int32()), pyarrow.array(["x" * 1_000_000])
    )
    shape = pyarrow.array([shapely.to_wkb(shapely.Point(-77, 40))] * 3000)
    table = pyarrow.table({"id": text, "geometry": shape}).replace_schema_metadata(geo)
    pyarrow.parquet.write_table(table, path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match=r"far larger than the file|more time or memory|memory"):
        read_layer(path, name=path.name)


def sheet(rows: str) -> Callable[[Path], Path]:
    """Writes a workbook whose sheet holds some XML rows."""

    def write(folder: Path) -> Path:
        plain, path = folder / "plain.xlsx", folder / "x.xlsx"
        openpyxl.Workbook().save(plain)
        with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                text = old.read(name)
                if name == "xl/worksheets/sheet1.xml":
                    empty = rb"<sheetData ?/>|<sheetData></sheetData>"
                    text = re.sub(empty, f"<sheetData>{rows}</sheetData>".encode(), text)
                new.writestr(name, text)
        return path

    return write


HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
WORKBOOKS = {
    "wide": (
        HEAD + "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 200)),
        "1,000,000 cells",
    ),
    "formula": (
        HEAD + '<row r="2"><c r="A2"><f>5*2</f></c></row>',
        "A2: a formula without a stored",
    ),
    "error": (HEAD + '<row r="2"><c r="A2" t="e"><v>#DIV/0!</v></c></row>', "the error #DIV/0!"),
    "no number": (HEAD + '<row r="2"><c r="A2"><v>x</v></c></row>', "x.xlsx:2: A2"),
    "not finite": (HEAD + '<row r="2"><c r="A2"><v>1e999</v></c></row>', "no number"),
    "broken": (HEAD + "<row><c>", "not a workbook"),
}


@pytest.mark.parametrize("case", WORKBOOKS)
def test_workbooks_that_are_refused(case: str, tmp_path: Path) -> None:
    rows, words = WORKBOOKS[case]
    with pytest.raises(InputError, match=words):
        read_layer(sheet(rows)(tmp_path), name="x.xlsx")


def test_a_stored_value_of_a_formula_counts(tmp_path: Path) -> None:
    path = sheet(HEAD + '<row r="2"><c r="A2"><f>5*2</f><v>10</v></c></row>')(tmp_path)
    (row,) = read_layer(path, name="x.xlsx")
    assert row.values["id"] == 10


def test_sheets_and_layers_are_asked_for(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.active.append(["a"])
    book.create_sheet("empty")
    book.save(tmp_path / "x.xlsx")
    assert len(read_layer(tmp_path / "x.xlsx", name="x.xlsx")) == 1
    book.create_sheet("more").append(["id"])
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(InputError, match="several sheets: 'Sheet', 'more'"):
        read_layer(tmp_path / "x.xlsx", name="x.xlsx")
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(-77, 40)], crs=4326)
    for layer in ("one", "two"):
        frame.to_file(tmp_path / "x.gpkg", layer=layer)
    with pytest.raises(InputError, match="several layers: 'one', 'two'"):
        read_layer(tmp_path / "x.gpkg", name="x.gpkg")
    assert len(read_layer(tmp_path / "x.gpkg", name="x.gpkg", layer="two")) == 1


def test_a_shapefile_in_a_folder_of_a_zip(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(-77, 40)], crs=4326)
    frame.to_file(tmp_path / "x.shp")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for part in sorted(tmp_path.glob("x.*")):
            if part.suffix != ".zip":
                archive.write(part, f"data/{part.name}")
    (row,) = read_layer(tmp_path / "x.zip", name="x.zip")
    assert row.point == (-77, 40)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[-77, 40]]},
        {"type": "Polygon", "coordinates": [[[-77, 40], [-76, 40], [-76, 41], [-77, 41]]]},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Curve", "coordinates": []},
        {"type": "Point", "coordinates": ["a", "b"]},
    ],
)
def test_a_geometry_that_is_none_is_named(geometry: object, tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"id": "near"}, "geometry": geometry}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (tmp_path / "x.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.geojson: feature 1 \(id 'near'\)"):
        read_layer(tmp_path / "x.geojson", name="x.geojson")


def test_zero_and_false_are_values(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"id": number, "keep": keep},
            "geometry": {"type": "Point", "coordinates": [-77, 40]},
        }
        for number, keep in ((0, 0), (1, 1), (2, False))
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (tmp_path / "x.geojson").write_text(text, encoding="utf-8")
    rows = read_layer(tmp_path / "x.geojson", name="x.geojson")
    assert [row.values["id"] for row in rows] == [0, 1, 2]
    from siting.layers.read import fits

    kept = [row.values["id"] for row in rows if fits(row.values, {"keep": ["0", "1"]})]
    assert kept == [0, 1]
    assert [r.values["id"] for r in rows if fits(r.values, {"keep": ["false"]})] == [2]
