"""Every format reads the same rows; what is wrong is refused by name."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas
import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from siting.core.errors import InputError
from siting.layers.read import read_layer
from siting.layers.row import RawRow
from siting.layers.tabular import read_csv
from support.engine import SHARED


def frame() -> geopandas.GeoDataFrame:
    """Two sites, one of them in Alaska."""
    shapes = [shapely.Point(-76.7, 40.2), shapely.box(-150.0, 64.0, -149.0, 65.0)]
    return geopandas.GeoDataFrame({"id": ["a", "b"], "mw": [5.5, 7.0]}, geometry=shapes, crs=4326)


def read(path: Path, **settings: object) -> tuple[RawRow, ...]:
    """Read a file under its own name."""
    return read_layer(path, name=path.name, **settings)


@pytest.mark.parametrize("name", ["x.geojson", "x.gpkg", "x.parquet", "x.fgb"])
@pytest.mark.parametrize("crs", [4326, 5070])
def test_formats_and_projections(name: str, crs: int, tmp_path: Path) -> None:
    data = frame().to_crs(crs)
    path = tmp_path / name
    data.to_parquet(path) if name.endswith("parquet") else data.to_file(path)
    rows = {str(row.values["id"]): row for row in read(path)}
    assert {k: r.values["mw"] for k, r in rows.items()} == {"a": 5.5, "b": 7.0}
    assert rows["a"].point == pytest.approx((-76.7, 40.2), abs=1e-6)
    assert rows["b"].geometry is not None
    assert rows["b"].geometry["type"] == "Polygon"


def test_zipped_shapefile(tmp_path: Path) -> None:
    frame().iloc[:1].to_file(tmp_path / "x.shp")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for part in tmp_path.glob("x.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert read(tmp_path / "x.zip")[0].values["mw"] == 5.5


def test_csv_and_xlsx(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id,lon,lat,mw\na,-76.7,40.2,5.5\n", encoding="utf-8-sig")
    book = openpyxl.Workbook()
    for line in (["id", "lon", "lat", "mw"], ["a", -76.7, 40.2, 5.5]):
        book.active.append(line)
    book.save(tmp_path / "x.xlsx")
    for name in ("x.csv", "x.xlsx"):
        (row,) = read(tmp_path / name)
        assert float(str(row.values["mw"])) == 5.5
        assert row.point == (-76.7, 40.2)
        assert row.where == f"{name}:2"


def test_csv_in_metres(tmp_path: Path) -> None:
    # the origin of EPSG:5070 is 96 W, 23 N
    (tmp_path / "x.csv").write_text("id,longitude,latitude\na,0,0\n", encoding="utf-8")
    assert read(tmp_path / "x.csv", crs=5070)[0].point == pytest.approx((-96.0, 23.0))


BAD = {
    "remote": ("http://host/x.csv", b"", "not the name of a file"),
    "virtual": ("/vsicurl/x.csv", b"", "not the name of a file"),
    "inline": ("<OGRVRT>.csv", b"", "not the name of a file"),
    "unknown kind": ("x.vrt", b"<x/>", "unknown kind"),
    "empty": ("x.csv", b"", "empty file"),
    "disguised": ("x.gpkg", b"<OGRVRTDataSource/>", "not that of a .gpkg"),
    "not JSON": ("x.geojson", b"<x/>", "not JSON"),
    "broken JSON": ("x.geojson", b'{"type": ', "cannot be read"),
    "not UTF-8": ("x.csv", b"id\n\xff\n", "not UTF-8"),
    "NUL": ("x.csv", b"id\n\x00\n", "NUL"),
    "ragged": ("x.csv", b"id,a\nx\n", "1 cells"),
    "header twice": ("x.csv", b"id,a,a\nx,1,2\n", "'a' 2 times"),
    "no rows": ("x.csv", b"id,a\n", "no rows"),
    "no ids": ("x.csv", b"name\nx\n", "no column 'id'"),
    "blank id": ("x.csv", b"id,a\n,1\n", "no id"),
    "not on Earth": ("x.csv", b"id,lon,lat\na,500000,4000000\n", "not on Earth"),
}


@pytest.mark.parametrize("case", BAD)
def test_refused(case: str, tmp_path: Path) -> None:
    name, content, words = BAD[case]
    path = tmp_path / Path(name).name
    if content or case == "empty":
        path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_layer(path, name=name)


def test_zip_bomb_and_zip_slip(tmp_path: Path) -> None:
    bomb, slip = tmp_path / "bomb.zip", tmp_path / "slip.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.shp", b"\x00" * (64 * 2**20))
    with zipfile.ZipFile(slip, "w") as archive:
        archive.writestr("../x.shp", b"x")
    with pytest.raises(InputError, match="unpacks to 64 MiB"):
        read(bomb)
    with pytest.raises(InputError, match="outside it"):
        read(slip)


def test_missing_crs_is_asked_for(tmp_path: Path) -> None:
    data = frame().set_crs(None, allow_override=True)
    with pytest.warns(UserWarning):
        data.to_file(tmp_path / "x.gpkg")
    with pytest.raises(InputError, match="State it with crs"):
        read(tmp_path / "x.gpkg")
    assert len(read(tmp_path / "x.gpkg", crs=4326)) == 2


def test_a_hole_stored_as_a_part_stays_a_hole(tmp_path: Path) -> None:
    parts = [shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 2)]
    shape = shapely.MultiPolygon(parts)
    geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shape], crs=4326).to_file(tmp_path / "x.gpkg")
    (row,) = read(tmp_path / "x.gpkg", repair=True)
    assert shapely.geometry.shape(row.geometry).area == pytest.approx(15)


def test_crossed_ring_is_refused_or_repaired(tmp_path: Path) -> None:
    bow = shapely.Polygon([(-100, 40), (-99, 41), (-99, 40), (-100, 41)])
    geopandas.GeoDataFrame({"id": ["a"]}, geometry=[bow], crs=4326).to_file(tmp_path / "x.gpkg")
    with pytest.raises(InputError, match="Self-intersection"):
        read(tmp_path / "x.gpkg")
    (row,) = read(tmp_path / "x.gpkg", repair=True)
    assert row.geometry is not None


def test_column_map_suggests(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("site,Acres\na,5\n", encoding="utf-8")
    with pytest.raises(InputError, match="Did you mean 'Acres'"):
        read(tmp_path / "x.csv", columns={"id": "site", "acres": "Acers"})
    (row,) = read(tmp_path / "x.csv", columns={"id": "site", "acres": "Acres"})
    assert row.values["acres"] == "5"


@given(text=st.text(max_size=200))
def test_any_text_reads_or_is_refused(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        read_csv(path, "x.csv")
    except InputError as error:
        assert error.issues


@pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="real layers are not beside the checkout"
)
def test_real_layer() -> None:
    path = SHARED / "data" / "boundaries_us" / "cb_2018_us_state_5m.zip"
    rows = read_layer(path, name=path.name, id_column="GEOID")
    assert len(rows) == 56


def test_an_id_may_repeat_in_rows_that_are_filtered_out(tmp_path: Path) -> None:
    """One row for each zone and rate is a table of zones once a rate is chosen."""
    path = tmp_path / "x.csv"
    path.write_text("id,rate,mw\na,0.005,5\na,0.01,7\nb,0.005,6\n", encoding="utf-8")
    with pytest.raises(InputError, match="the id 'a' again"):
        read(path)
    assert len(read(path, where={"rate": ["0.005"]})) == 3
    with pytest.raises(InputError, match="the id 'a' again"):
        read(path, where={"rate": ["0.005", "0.01"]})


@pytest.mark.parametrize("names", [("Longitude", "Latitude"), ("LON", "LAT"), ("lon", "Lat")])
def test_columns_of_coordinates_are_found_in_any_case(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(f"id,{names[0]},{names[1]}\na,-77,40.5\n", encoding="utf-8")
    (row,) = read_layer(path, name=path.name)
    assert row.point == (-77.0, 40.5)
    kept = {"longitude": names[0], "latitude": names[1]}
    (row,) = read_layer(path, name=path.name, columns=kept)
    assert row.values["longitude"] == "-77"


def test_a_sheet_without_its_number_is_no_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.active.append(["a"])
    book.save(tmp_path / "right.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "right.xlsx") as right,
        zipfile.ZipFile(tmp_path / "wrong.xlsx", "w") as wrong,
    ):
        for member in right.namelist():
            wrong.writestr(member, right.read(member).replace(b"sheetId=", b"sheetIX="))
    assert len(read_layer(tmp_path / "right.xlsx", name="right.xlsx")) == 1
    with pytest.raises(InputError, match="a sheet without sheetId"):
        read_layer(tmp_path / "wrong.xlsx", name="wrong.xlsx")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('inlineStr"><is><t>a</t></is>', 's"><v>3</v>', "A2: text 3 of 0 in the workbook"),
        ('t="b"><v>1</v>', 't="b"><v>yes</v>', "B2: yes in place of true or false"),
        ('<c r="B2"', '<c r="A2"', "column 1: a cell that stands twice"),
    ],
)
def test_a_cell_of_a_workbook_that_says_nothing_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "is_on"], ["a", True]):
        book.active.append(row)
    book.save(tmp_path / "right.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "right.xlsx") as right,
        zipfile.ZipFile(tmp_path / "wrong.xlsx", "w") as wrong,
    ):
        for name in right.namelist():
            text = right.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                assert text.count(old) == 1
                text = text.replace(old, new)
            wrong.writestr(name, text)
    assert read_layer(tmp_path / "right.xlsx", name="right.xlsx")[0].values["is_on"] is True
    with pytest.raises(InputError, match=said):
        read_layer(tmp_path / "wrong.xlsx", name="wrong.xlsx")


FEATURE = '{"type": "Feature", "properties": {"id": "a"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f'{{"type": "FeatureCollection", "features": [{FEATURE}], "features": []}}', "features"),
        (f'{{"type": "FeatureCollection", "features": [{FEATURE}], "type": "Feature"}}', "type"),
        (FEATURE.replace('"id": "a"', '"id": "a", "id": "b"'), "id"),
    ],
)
def test_a_key_that_stands_twice_is_refused(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "x.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"the key '{key}' stands twice"):
        read_layer(tmp_path / "x.geojson", name="x.geojson")


def test_a_topology_beyond_all_numbers_is_refused_in_silence(tmp_path: Path) -> None:
    """Warnings are errors here: NumPy says nothing of an overflow."""
    arcs = {"transform": {"scale": [1e308, 1e308], "translate": [0, 0]}, "arcs": [[[9, 9], [9, 9]]]}
    shape = {"type": "LineString", "arcs": [0], "properties": {"id": "a"}}
    text = json.dumps({"type": "Topology", **arcs, "objects": {"x": shape}})
    (tmp_path / "x.topojson").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_layer(tmp_path / "x.topojson", name="x.topojson", crs=4326)


def test_a_coordinate_system_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    frame().iloc[:1].to_file(tmp_path / "t.shp")
    unit = tmp_path / "t.prj"
    unit.write_text(unit.read_text().replace('UNIT["Degree"', 'UNIT["none",0.0],UNIT["Degree"'))
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        for part in tmp_path.glob("t.[!z]*"):
            archive.write(part, part.name)
    with pytest.raises(InputError, match="coordinate system 'WGS 84' cannot be brought to degrees"):
        read(tmp_path / "t.zip")


def test_degrees_under_a_projected_system_are_refused(tmp_path: Path) -> None:
    """Nothing lies within 180 m of the origin of a projection, where such rows would be put in silence."""
    (tmp_path / "x.csv").write_text("id,longitude,latitude\na,-77.5,39\n")
    with pytest.raises(InputError, match=r"in degrees\. Expected those of EPSG:5070"):
        read(tmp_path / "x.csv", crs=5070)
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(-77.5, 39)], crs=3857)
    frame.to_file(tmp_path / "x.gpkg")
    with pytest.raises(InputError, match=r"in degrees\. Expected those of the projected"):
        read(tmp_path / "x.gpkg")
