"""Formats, layouts and filters; and what is wrong is refused by name, without a traceback."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from siting.core.errors import InputError
from siting.screening.layouts import recognised
from siting.screening.read import Features, read_features
from siting.screening.settings import LayerSettings
from support.engine import SHARED
from support.lands import land, rectangle, screened, settings_of, write_layer

DATA = SHARED / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not there")


def read(folder: Path, **settings: Any) -> Features:
    """Read one layer."""
    return read_features("x", LayerSettings(**settings), folder, 10**6, lambda *step: None)


def frame() -> geopandas.GeoDataFrame:
    """Two parcels in degrees."""
    shapes = [shapely.box(-116, 37, -115.9, 37.1), shapely.box(-115, 37, -114.9, 37.1)]
    return geopandas.GeoDataFrame({"agency": ["BLM", "DOE"]}, geometry=shapes, crs=4326)


ESRI = {
    "geometryType": "esriGeometryPolygon",
    "spatialReference": {"wkid": 4326},
    "fields": [{"name": "agency", "type": "esriFieldTypeString"}],
    "features": [
        {
            "attributes": {"agency": a},
            "geometry": {"rings": [list(map(list, s.exterior.coords))[::-1]]},
        }
        for a, s in zip(frame()["agency"], frame().geometry, strict=True)
    ],
}
TOPO = {
    "type": "Topology",
    "arcs": [list(map(list, s.exterior.coords)) for s in frame().geometry],
    "objects": {
        "land": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[i]], "properties": {"agency": a}}
                for i, a in enumerate(frame()["agency"])
            ],
        }
    },
}


def written(folder: Path, name: str) -> str:
    """The two parcels in a format."""
    path = folder / name
    if name == "esri.json":
        path.write_text(json.dumps(ESRI), encoding="utf-8")
    elif name == "x.topojson":
        path.write_text(json.dumps(TOPO), encoding="utf-8")
    elif name.endswith(".gz"):
        frame().to_file(folder / "plain.geojson")
        path.write_bytes(gzip.compress((folder / "plain.geojson").read_bytes()))
    elif name.endswith(".zip"):
        frame().to_file(folder / "x.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.glob("x.*"):
                if part.suffix != ".zip":
                    archive.write(part, part.name)
    elif name.endswith(".parquet"):
        frame().to_parquet(path)
    else:
        frame().to_crs(5070 if "5070" in name else 4326).to_file(path)
    return name


@pytest.mark.parametrize(
    "name",
    [
        "x.geojson",
        "x.gpkg",
        "5070.gpkg",
        "x.fgb",
        "x.shp",
        "x.zip",
        "x.parquet",
        "x.geojson.gz",
        "esri.json",
        "x.topojson",
    ],
)
def test_every_format_gives_the_same_land(tmp_path: Path, name: str) -> None:
    crs = 4326 if name == "x.topojson" else None
    found = read(tmp_path, role="land", file=written(tmp_path, name), crs=crs)
    areas = dict(zip(found.values["agency"], shapely.area(found.shapes), strict=True))
    assert areas == {"BLM": pytest.approx(0.01, rel=1e-4), "DOE": pytest.approx(0.01, rel=1e-4)}


def test_csv_with_coordinates_and_missing_cells(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("name,LAT,Lon,mw\na,37,-115,5\nb,,-115,5\nc,137,-115,5\n")
    found = read(tmp_path, role="plants", file="p.csv")
    assert found.values["name"] == ["a"] and found.read == 3
    assert sorted(lost.reason.split(";")[0] for lost in found.lost) == [
        "coordinates that are not on Earth",
        "no geometry",
    ]


SAMPLES = {
    "pad_us": ("land", "federal_lands_us/padus_extract_wichita_ks.geojson.gz", 17),
    "blm_allotments": ("exclusion", "federal_lands_us/blm_grazing-allotments-nv.geojson.gz", 759),
    "mirta_points": ("land", "federal_lands_us/mirta_installations_points.csv", 832),
    "hifld_lines": ("lines", "transmission_hifld/hifld_tlines_houston_tx.gpkg", 131),
    "im3_lines": ("lines", "transmission_hifld/im3_hifld_lines_345kV_plus_conus.gpkg", 5021),
    "gridwatch_lines": (
        "lines",
        "transmission_hifld/gridwatch_indiana_transmission.geojson.gz",
        1237,
    ),
    "eia_860_pypsa_usa": ("plants", "plants_us/eia_plants_pypsa_usa.csv.gz", 25327),
    "wri_plants": ("plants", "plants_us/wri_database_USA.csv.gz", 11879),
    "im3_datacenters": ("datacenters", "datacenters_im3/im3_datacenter_centroids.geojson.gz", 1165),
    "reeds_zones": ("boundaries", "boundaries_us/reeds_rb_and_ba_areas.gpkg", 134),
    "emm_zones": ("boundaries", "siting_grid_reveal/eer_adp_zones.gpkg", 202),
    "census_states": ("boundaries", "boundaries_us/cb_2018_us_state_5m.zip", 56),
    "counties_topojson": ("boundaries", "boundaries_us/us-counties.topojson.gz", 3213),
}


@needs_data
@pytest.mark.parametrize("layout", sorted(SAMPLES))
def test_published_layers_are_recognised(layout: str) -> None:
    role, file, count = SAMPLES[layout]
    crs = 4326 if "topojson" in file else None
    found = read(DATA, role=role, file=file, crs=crs)
    assert (found.layout, found.read) == (layout, count)
    assert len(found) + len(found.lost) == count


@pytest.mark.parametrize(
    ("role", "layout", "columns"),
    [
        ("land", "blm_sma", ["SMA_ID", "ADMIN_DEPT_CODE", "ADMIN_AGENCY_CODE", "ADMIN_UNIT_NAME"]),
        (
            "land",
            "mirta",
            ["siteName", "siteReportingComponent", "siteOperationalStatus", "countryName"],
        ),
        (
            "substations",
            "hifld_substations",
            ["ID", "NAME", "STATUS", "LINES", "MAX_VOLT", "MIN_VOLT"],
        ),
        (
            "plants",
            "eia_860",
            ["Plant Code", "Plant Name", "Nameplate Capacity (MW)", "Operating Year"],
        ),
    ],
)
def test_layouts_without_a_sample(role: str, layout: str, columns: list[str]) -> None:
    found = recognised(role, [column.upper() for column in columns])
    assert found is not None and found.name == layout


def test_filters_compare_and_nothing_is_evaluated(tmp_path: Path) -> None:
    write_layer(
        tmp_path / "l.gpkg",
        [rectangle(i, 0, i + 1, 1) for i in range(4)],
        agency=["BLM"] * 4,
        gap=["1", "2", "2", "__import__('os')"],
        kv=[1.0, 2.0, None, 4.0],
    )
    base = {"role": "land", "file": "l.gpkg"}
    assert len(read(tmp_path, **base, only={"gap": ["2"]})) == 2
    assert len(read(tmp_path, **base, only={"gap": ["__import__('os')"]})) == 1
    assert len(read(tmp_path, **base, leave_out={"gap": ["2"]})) == 2
    assert len(read(tmp_path, **base, at_least={"kv": 2})) == 2
    assert len(read(tmp_path, **base, at_most={"kv": 2})) == 2
    with pytest.raises(InputError, match="no column 'gap == 1 or True'"):
        read(tmp_path, **base, only={"gap == 1 or True": ["x"]})


def test_no_shape_and_hostile_values_are_named_not_lost(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"agency": '=HYPERLINK("http://x")'}, "geometry": None},
        {
            "type": "Feature",
            "properties": {"agency": "BLM"},
            "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [0, 0]]]},
        },
        {
            "type": "Feature",
            "properties": {"agency": "BLM"},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [[[1, 1], [1, 1], [1, 1]]],
                    [[[-116, 37], [-115, 37], [-115, 38], [-116, 37]]],
                ],
            },
        },
        {
            "type": "Feature",
            "properties": {"agency": "BLM"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[-116, 37], [-115, 37.5], [-114, 38], [-116, 37]]],
            },
        },
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (tmp_path / "x.geojson").write_text(text, encoding="utf-8")
    found = read(tmp_path, role="land", file="x.geojson")
    assert len(found) == 1 and found.mended[0].reason == "rings of fewer than four points dropped"
    assert sorted(lost.reason for lost in found.lost) == [
        "degenerate: every ring has fewer than four points or no extent",
        "degenerate: no area is left after repair",
        "no geometry",
    ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"file": "x.geojson", "layout": "blm_smaa"}, "no layout 'blm_smaa'"),
        ({"file": "x.geojson", "columns": {"agency": "owner"}}, "no column 'owner' in x.geojson"),
        ({"file": "x.geojson", "crs": 5070}, "EPSG:5070 as crs states"),
        ({"file": "bomb.geojson.gz"}, "unpacks to more than"),
        ({"file": "broken.geojson.gz"}, "cannot be unpacked"),
        ({"file": "vrt.geojson"}, "not JSON"),
        ({"file": "vrt.gpkg"}, "not that of a .gpkg file"),
        ({"file": "/vsicurl/http://x/y.gpkg"}, "not the name of a file"),
        ({"file": "nothing.parquet"}, "cannot be read: Parquet magic bytes not found"),
        ({"file": "tabular.csv"}, "no columns of coordinates"),
        ({"file": "builtin:../secret.gpkg"}, "leaves the built-in data"),
        ({"file": "x.geojson", "only": {"nix": ["1"]}}, "no column 'nix'"),
    ],
)
def test_wrong_layers_are_refused(tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    frame().to_file(tmp_path / "x.geojson")
    (tmp_path / "bomb.geojson.gz").write_bytes(gzip.compress(b'{"a":' + b" " * 70_000_000))
    (tmp_path / "broken.geojson.gz").write_bytes(b"\x1f\x8b\x08\x00nonsense")
    for name in ("vrt.geojson", "vrt.gpkg"):
        (tmp_path / name).write_text("<OGRVRTDataSource/>", encoding="utf-8")
    (tmp_path / "nothing.parquet").write_bytes(b"PAR1 and nothing more")
    (tmp_path / "tabular.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        read(tmp_path, role="land", **settings)


def test_all_missing_layers_are_named_at_once(tmp_path: Path) -> None:
    layers = {
        "land": {"role": "land", "file": "a.gpkg", "source": "usgs.gov"},
        "lines": {"role": "lines", "file": "b.gpkg"},
    }
    with pytest.raises(InputError) as caught:
        screened(tmp_path, layers)
    assert len(caught.value.issues) == 2
    assert "from usgs.gov" in str(caught.value) and "--folder" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"campus": {"min_acres": 900, "max_acres": 640}}, "out of order"),
        ({"layers": {"a": {"role": "lines", "file": "x"}}}, "no layer of role 'land'"),
        (
            {"layers": {"a": {"role": "lines", "file": "x", "columns": {"volts": "V"}}}},
            "no column 'volts'",
        ),
        ({"layers": {"a": {"role": "rivers", "file": "x"}}}, "rivers"),
        ({"reduction": {"max_sites": 0}}, "max_sites"),
    ],
)
def test_wrong_settings_are_refused(changes: dict[str, Any], words: str) -> None:
    layers = changes.pop("layers", {"land": {"role": "land", "file": "x.gpkg"}})
    with pytest.raises(InputError, match=words):
        settings_of(layers, **changes)


def test_a_zone_that_cannot_be_an_id_is_refused(tmp_path: Path) -> None:
    land(tmp_path / "land.gpkg", [rectangle(0, 0, 2, 2)])
    write_layer(tmp_path / "zones.gpkg", [rectangle(-9, -9, 9, 9)], zone=["<img src=x onerror=1>"])
    layers = {
        "land": {"role": "land", "file": "land.gpkg"},
        "zones": {"role": "boundaries", "file": "zones.gpkg"},
    }
    with pytest.raises(InputError, match="zone_names"):
        screened(tmp_path, layers)


def test_plants_that_retire(tmp_path: Path) -> None:
    land(tmp_path / "land.gpkg", [rectangle(0, 0, 2, 2)])
    place = rectangle(5, 0, 5.2, 0.2).centroid
    write_layer(
        tmp_path / "plants.gpkg",
        [place] * 5,
        name=["Mohave"] * 4 + ["Gone"],
        mw=[400.0, 300.0, 200.0, 100.0, 50.0],
        fuel=["Coal", "Coal", "Gas", "Coal", "Coal"],
        operating_year=[1971, 1975, 1971, 1990, 1950],
        retirement_year=[None, None, 2030, 2040, None],
        status=["OP", "OP", "OP", "OP", "OP"],
    )
    layers = {
        "land": {"role": "land", "file": "land.gpkg"},
        "plants": {"role": "plants", "file": "plants.gpkg"},
    }
    settings = {"until_year": 2035, "life_years": {"Coal": 60}, "min_mw": 100}
    (candidate,) = screened(tmp_path, layers, plants=settings).candidates
    # By age 1971+60 and 1975+60 = 2035; by statement 2030; the fourth stays to 2040; the fifth is small.
    assert (candidate.values["plant_mw"], candidate.values["plant_year"]) == (900, 2035)
    assert candidate.values["plant_km"] == pytest.approx(3.1, rel=0.02)
    assert "plant_year" in str(candidate.values["estimated"])


def test_a_raster_whose_cells_have_no_area_is_refused(tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    import numpy as np
    from rasterio.transform import Affine

    # the width of a cell is lost in the longitude of its edge: the exclusion would take no land
    file = {"driver": "GTiff", "height": 4, "width": 4, "count": 1, "dtype": "uint8"}
    place = Affine(1e-300, 0, -77.05, 0, -0.01, 40.15)
    with rasterio.open(tmp_path / "slope.tif", "w", **file, crs=4326, transform=place) as written:
        written.write(np.full((4, 4), 20, dtype="uint8"), 1)
    land(tmp_path / "land.gpkg", [rectangle(0, 0, 4, 4)])
    layers = {
        "land": {"role": "land", "file": "land.gpkg"},
        "slope": {"role": "exclusion", "file": "slope.tif", "above": 10},
    }
    with pytest.raises(InputError, match="cells without area"):
        screened(tmp_path, layers)


def test_rasters_exclude_and_prefer(tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    import numpy as np
    from rasterio.transform import Affine

    from support.lands import ORIGIN, acres

    steep = np.zeros((40, 40), dtype="float32")
    steep[:, 30:] = 20.0  # the eastern quarter of 4 km
    place = Affine(100, 0, ORIGIN[0], 0, -100, ORIGIN[1] + 4000)
    with rasterio.open(
        tmp_path / "slope.tif",
        "w",
        driver="GTiff",
        height=40,
        width=40,
        count=1,
        dtype="float32",
        crs="EPSG:5070",
        transform=place,
    ) as file:
        file.write(steep, 1)
    land(tmp_path / "land.gpkg", [rectangle(0, 0, 4, 4)])
    layers: dict[str, dict[str, Any]] = {
        "land": {"role": "land", "file": "land.gpkg"},
        "slope": {"role": "exclusion", "file": "slope.tif", "above": 10.0},
        "sun": {"role": "preference", "file": "slope.tif", "above": -1.0, "weight": 3.0},
    }
    found = screened(tmp_path, layers)
    (candidate,) = found.candidates
    assert candidate.piece.acres == pytest.approx(acres(12), rel=1e-4)
    assert candidate.values["preference"] == 3.0
    del layers["slope"]["above"]
    with pytest.raises(InputError, match="without a threshold"):
        screened(tmp_path, layers)
