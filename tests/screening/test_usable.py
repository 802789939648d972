"""An exclusion that cannot be applied, and a layer of which nothing is left, stop a screening."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from siting.core.errors import InputError
from siting.screening.lands import Piece
from siting.screening.run import Screened
from siting.screening.write import write_screened
from support.lands import acres, land, rectangle, screened, track, write_layer

DEGREES = shapely.box(-115.1, 37.0, -115.0, 37.1)
SWAPPED = shapely.box(37.0, -115.1, 37.1, -115.0)
SWAPPED_ON_EARTH = shapely.box(35.0, -85.1, 35.1, -85.0)


def geojson(path: Path, geometries: list[Any], **columns: list[Any]) -> str:
    """Write GeoJSON as it stands, whatever its coordinates; gives the name of the file."""
    features = [
        {
            "type": "Feature",
            "properties": {column: cells[i] for column, cells in columns.items()},
            "geometry": shape
            if isinstance(shape, dict | None)
            else shapely.geometry.mapping(shape),
        }
        for i, shape in enumerate(geometries)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_text(text, encoding="utf-8")
    return path.name


def beside_land(folder: Path, **layer: Any) -> Screened:
    """Screen two square kilometres beside another layer."""
    land(folder / "land.gpkg", [rectangle(0, 0, 2, 1)])
    layers = {"land": {"role": "land", "file": "land.gpkg"}, "parks": layer}
    return screened(folder, layers)


FAR = shapely.box(-110, 40, -109, 41)
BROKEN = {"type": "Polygon", "coordinates": [[[-115.0, "x"]]]}
UNUSABLE = {
    "swapped": ([SWAPPED], "1 x coordinates that are not on Earth; latitude and longitude look"),
    "swapped in some": ([FAR, SWAPPED], "1 of 2 exclusions cannot be applied: 1 x coordinates"),
    "swapped on Earth": ([FAR, SWAPPED_ON_EARTH], "1 x latitude and longitude look swapped"),
    "metres": ([FAR, rectangle(0, 0, 1, 1)], "coordinates that are not on Earth; state crs"),
    "points": ([shapely.Point(-115, 37)], "no usable feature .* state buffer_km"),
    "lines in some": ([FAR, shapely.LineString([(-115, 37), (-115, 38)])], "state buffer_km"),
    "no geometry in some": ([FAR, None], "1 of 2 exclusions cannot be applied: 1 x no geometry"),
    "broken in some": ([FAR, BROKEN], "coordinates that are not those of a Polygon"),
    "around the Earth": ([FAR, shapely.box(-180, -90, 180, 90)], "1 x wider than half the Earth"),
    "none": ([], "no feature in parks.geojson"),
}


@pytest.mark.parametrize("case", sorted(UNUSABLE))
def test_an_exclusion_that_cannot_be_applied_is_refused(tmp_path: Path, case: str) -> None:
    shapes, words = UNUSABLE[case]
    geojson(tmp_path / "parks.geojson", shapes)
    with pytest.raises(InputError, match=f"layers.parks: {'.*' if shapes else ''}{words}"):
        beside_land(tmp_path, role="exclusion", file="parks.geojson")


def test_a_ring_without_area_excludes_nothing(tmp_path: Path) -> None:
    short = {"type": "Polygon", "coordinates": [[[-115, 37], [-115, 38], [-115, 37]]]}
    geojson(tmp_path / "parks.geojson", [FAR, short])
    found = beside_land(tmp_path, role="exclusion", file="parks.geojson")
    assert len(found.candidates) == 1
    assert [(lost.layer, lost.reason[:10]) for lost in found.lost] == [("parks", "degenerate")]


def test_lines_exclude_with_a_buffer(tmp_path: Path) -> None:
    write_layer(tmp_path / "roads.gpkg", [track((1, -5), (1, 5))])
    found = beside_land(tmp_path, role="exclusion", file="roads.gpkg", buffer_km=0.1)
    assert sum(c.piece.acres for c in found.candidates) == pytest.approx(acres(1.8), rel=1e-4)


@pytest.mark.parametrize("role", ["exclusion", "preference", "lines", "water"])
def test_filters_that_leave_nothing_are_refused(tmp_path: Path, role: str) -> None:
    write_layer(tmp_path / "p.gpkg", [rectangle(0, 0, 1, 1)], kind=["park"])
    with pytest.raises(InputError, match="the filters leave none of the 1 features"):
        beside_land(tmp_path, role=role, file="p.gpkg", only={"kind": ["parc"]})


def test_land_that_is_swapped_says_so(tmp_path: Path) -> None:
    geojson(tmp_path / "land.geojson", [SWAPPED], agency=["BLM"])
    with pytest.raises(InputError, match=r"layers.land: .* latitude and longitude look swapped"):
        screened(tmp_path, {"land": {"role": "land", "file": "land.geojson"}})


def test_projected_geojson_is_read_by_the_stated_system(tmp_path: Path) -> None:
    geojson(tmp_path / "land.geojson", [rectangle(0, 0, 2, 1)], agency=["BLM"])
    found = screened(tmp_path, {"land": {"role": "land", "file": "land.geojson", "crs": 5070}})
    assert found.candidates[0].piece.acres == pytest.approx(acres(2), rel=1e-6)


@pytest.mark.parametrize("crs", [4326, 4269, 32611, 3857])
def test_exclusions_in_another_system_meet_the_land(tmp_path: Path, crs: int) -> None:
    frame = geopandas.GeoDataFrame(geometry=[rectangle(1, -1, 3, 2)], crs=5070)
    frame.to_crs(crs).to_file(tmp_path / "p.gpkg")
    found = beside_land(tmp_path, role="exclusion", file="p.gpkg")
    assert sum(c.piece.acres for c in found.candidates) == pytest.approx(acres(1), rel=1e-3)


def parts(*boxes: tuple[float, float, float, float]) -> Any:
    """A multipolygon of rectangles, each a part whether or not they overlap."""
    return shapely.MultiPolygon([rectangle(*box) for box in boxes])


OUTER, HOLE, ISLAND = (0, 0, 10, 10), (2, 2, 8, 8), (4, 4, 6, 6)
AREAS = {
    "a hole as a part": (parts(OUTER, HOLE), 64),
    "the hole first": (parts(HOLE, OUTER), 64),
    "an island in the hole": (parts(ISLAND, OUTER, HOLE), 68),
    "a hole at the border": (parts(OUTER, (0, 2, 3, 5)), 91),
    "a part drawn twice": (parts(OUTER, OUTER, HOLE), 64),
    "a hole drawn twice": (parts(HOLE, OUTER, HOLE), 64),
    "two that overlap": (parts(OUTER, (8, 0, 14, 10)), 140),
    "two beside each other": (parts((0, 0, 5, 10), (5, 0, 10, 10)), 100),
    "slivers over the border": (parts(OUTER, (9.999, 0, 10.001, 1)), 100.001),
    "a hole in a hole's part": (
        shapely.MultiPolygon([rectangle(*OUTER), rectangle(*HOLE) - rectangle(*ISLAND)]), 68,
    ),
    "a collection": (shapely.GeometryCollection([rectangle(*OUTER), rectangle(*HOLE)]), 64),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(AREAS))
def test_parts_inside_others_are_holes(tmp_path: Path, case: str) -> None:
    shape, square_km = AREAS[case]
    geojson(tmp_path / "land.geojson", [shape], agency=["BLM"])
    layers = {"land": {"role": "land", "file": "land.geojson", "crs": 5070}}
    found = screened(tmp_path, layers)
    read = sum(piece.acres for piece in found.refused)
    read += sum(candidate.piece.acres for candidate in found.candidates)
    assert read == pytest.approx(acres(square_km), rel=1e-6)


def test_areas_other_than_the_file_states_are_reported(tmp_path: Path) -> None:
    shapes = [rectangle(0, 0, 2, 2), rectangle(5, 0, 7, 2), rectangle(10, 0, 12, 2)]
    stated = [acres(4), acres(5), None]
    land(tmp_path / "land.gpkg", shapes, id=["a", "b", "c"], acres=stated)
    found = screened(tmp_path, {"land": {"role": "land", "file": "land.gpkg"}})
    layer = found.layers["land"]
    assert [item.feature for item in layer.differing] == ["b"]
    assert layer.stated_acres == pytest.approx(acres(9))
    assert layer.measured_acres == pytest.approx(acres(8), rel=1e-6)
    write_screened(found, tmp_path / "out.gpkg")
    (row,) = geopandas.read_file(tmp_path / "out.gpkg", layer="acreage").to_dict("records")
    assert row["read_acres"] == pytest.approx(acres(4), abs=0.01)
    assert row["stated_acres"] == pytest.approx(acres(5), abs=0.01)


def test_parts_nested_beyond_reason_are_refused(tmp_path: Path) -> None:
    shape = parts(*((i / 100, i / 100, 20 - i / 100, 20 - i / 100) for i in range(900)))
    geojson(tmp_path / "land.geojson", [shape], agency=["BLM"])
    with pytest.raises(
        InputError, match=r"land.geojson: a feature of 900 parts that lie in each other"
    ):
        screened(tmp_path, {"land": {"role": "land", "file": "land.geojson", "crs": 5070}})


BEYOND = {
    "west of it": (shapely.box(-180, 51, -179, 52), 0.5),
    "beyond 180": (shapely.box(180, 51, 181, 52), 0.5),
    "one ring": (shapely.Polygon([(179.95, 51), (-179, 51), (-179, 52), (179.95, 52)]), 0.75),
    "in two parts": (
        shapely.MultiPolygon([shapely.box(179.95, 51, 180, 52), shapely.box(-180, 51, -179, 52)]),
        0.75,
    ),
}


@pytest.mark.parametrize("case", sorted(BEYOND))
def test_exclusions_across_the_antimeridian(tmp_path: Path, case: str) -> None:
    shape, share = BEYOND[case]
    box = shapely.box(179.9, 51.5, 180.1, 51.7)
    write_layer(tmp_path / "land.gpkg", [box], crs=4326, agency=["BLM"])
    write_layer(tmp_path / "parks.gpkg", [shape], crs=4326)
    layers = {"land": {"role": "land", "file": "land.gpkg"}}
    whole = sum(c.acres for c in _read(screened(tmp_path, layers)))
    found = screened(tmp_path, {**layers, "parks": {"role": "exclusion", "file": "parks.gpkg"}})
    assert sum(c.acres for c in _read(found)) == pytest.approx((1 - share) * whole, rel=1e-3)


def _read(found: Screened) -> list[Piece]:
    """Campuses, kept or dropped."""
    dropped = [item.candidate.piece for item in found.dropped]
    return [*(candidate.piece for candidate in found.candidates), *dropped]


def test_degrees_under_a_projected_system_take_no_place(tmp_path: Path) -> None:
    """A file of degrees whose coordinate system is stated as metres: the park would lie in the sea, and its
    land be offered."""
    frame = geopandas.GeoDataFrame(geometry=[DEGREES, FAR], crs=4326).set_crs(
        3857, allow_override=True
    )
    frame.to_file(tmp_path / "parks.gpkg")
    said = "2 x coordinates in degrees under a projected coordinate system"
    with pytest.raises(InputError, match=said):
        beside_land(tmp_path, role="exclusion", file="parks.gpkg")
