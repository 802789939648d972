"""Answers known on paper for made geometry."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod

from siting.screening.projection import Box, choose, extent_of
from siting.screening.run import Screened
from siting.screening.write import ledger, write_screened
from support.lands import (
    M2_PER_ACRE,
    acres,
    km,
    land,
    only_land,
    rectangle,
    screened,
    track,
    write_layer,
)

GEOD = Geod(ellps="GRS80")


def sizes(found: Screened) -> list[float]:
    """Acres of the candidates, largest first."""
    return sorted((c.piece.acres for c in found.candidates), reverse=True)


def refused(found: Screened, reason: str) -> float:
    """Acres refused for a reason."""
    return sum(piece.acres for piece in found.refused if piece.reason == reason)


def test_square_with_a_hole(tmp_path: Path) -> None:
    square = rectangle(0, 0, 5, 5) - rectangle(2, 2, 3, 3)
    found = only_land(
        tmp_path, [square], campus={"min_acres": 100, "max_acres": 100_000, "min_width_km": 1.0}
    )
    assert sizes(found) == [pytest.approx(acres(24), rel=1e-5)]
    assert len(found.candidates[0].piece.shape.interiors) == 1


C_SHAPE = [
    (0, 0),
    (2, 0),
    (2, 2),
    (0.2, 2),
    (0.2, 4),
    (2, 4),
    (2, 6),
    (0, 6),
]  # two squares of 2 km held together by a strip of 200 m


@pytest.mark.parametrize("max_acres", [100_000, 1_100])
def test_c_shape_parts_where_it_is_narrow(tmp_path: Path, max_acres: float) -> None:
    campus = {"min_acres": 300, "max_acres": max_acres}
    whole = only_land(tmp_path, [km(*C_SHAPE)], campus={**campus, "max_acres": 100_000})
    assert sizes(whole) == [pytest.approx(acres(8.4), rel=1e-5)]
    campus["min_width_km"] = 0.5
    opened = only_land(tmp_path, [km(*C_SHAPE)], campus=campus)
    total = sum(sizes(opened)) + refused(opened, "too small")
    assert total == pytest.approx(acres(8.0), rel=0.003)
    assert refused(opened, "too narrow") == pytest.approx(acres(0.4), rel=0.06)
    if max_acres == 100_000:
        assert sizes(opened) == [pytest.approx(acres(4.0), rel=0.003)] * 2


def test_c_shape_that_is_wide_enough_stays_one(tmp_path: Path) -> None:
    wide = km((0, 0), (2, 0), (2, 2), (1, 2), (1, 4), (2, 4), (2, 6), (0, 6))
    found = only_land(
        tmp_path, [wide], campus={"min_acres": 300, "max_acres": 100_000, "min_width_km": 0.9}
    )
    assert sizes(found) == [pytest.approx(acres(10.0), rel=1e-4)]


def test_parcels_touching_at_a_corner_are_two_and_at_an_edge_one(tmp_path: Path) -> None:
    first = rectangle(0, 0, 2, 2)
    corner = only_land(tmp_path, [first, rectangle(2, 2, 4, 4)])
    assert sizes(corner) == [pytest.approx(acres(4), rel=1e-5)] * 2
    edge = only_land(tmp_path, [first, rectangle(2, 1, 4, 3)])
    assert sizes(edge) == [pytest.approx(acres(8), rel=1e-5)]
    strip = rectangle(1.9, 1.9, 2.1, 2.1)
    held = only_land(tmp_path, [first, rectangle(2, 2, 4, 4), strip])
    assert len(held.candidates) == 1


def test_polygon_across_a_zone_border(tmp_path: Path) -> None:
    write_layer(
        tmp_path / "zones.gpkg",
        [rectangle(-50, -50, 3, 50), rectangle(3, -50, 50, 50)],
        rb=["p1", "p2"],
        BA_Code=["1", "2"],
    )
    land(tmp_path / "land.gpkg", [rectangle(0, 0, 10, 2)])
    layers = {
        "land": {"role": "land", "file": "land.gpkg"},
        "zones": {"role": "boundaries", "file": "zones.gpkg"},
    }
    (candidate,) = screened(tmp_path, layers).candidates
    assert candidate.values["zone"] == "p2"
    assert candidate.values["zone_share_frac"] == pytest.approx(0.7, abs=1e-4)
    mapped = screened(tmp_path, layers, zone_names={"p2": "NEVP"}).candidates[0]
    assert mapped.values["zone"] == "NEVP"
    unmapped = screened(tmp_path, layers, zone_names={"p1": "NEVP"}).candidates[0]
    assert unmapped.values["zone"] is None


ACROSS = {
    "one ring": shapely.Polygon([(179.9, 51.5), (-179.9, 51.5), (-179.9, 51.7), (179.9, 51.7)]),
    "cut in two": shapely.MultiPolygon(
        [shapely.box(179.9, 51.5, 180, 51.7), shapely.box(-180, 51.5, -179.9, 51.7)]
    ),
    "beyond 180": shapely.box(179.9, 51.5, 180.1, 51.7),
}


@pytest.mark.parametrize("form", sorted(ACROSS))
def test_across_the_antimeridian(tmp_path: Path, form: str) -> None:
    write_layer(tmp_path / "land.gpkg", [ACROSS[form]], crs=4326, agency=["BLM"])
    write_layer(
        tmp_path / "lines.gpkg",
        [shapely.LineString([(-179.8, 51), (-179.8, 52)])],
        crs=4326,
        kv=[345.0],
    )
    write_layer(tmp_path / "states.gpkg", [shapely.box(170, 50, 180, 53)], crs=4326, state=["AK"])
    layers = {
        "land": {"role": "land", "file": "land.gpkg"},
        "lines": {"role": "lines", "file": "lines.gpkg"},
        "states": {"role": "boundaries", "file": "states.gpkg"},
    }
    found = screened(tmp_path, layers)
    assert found.projections.area == "EPSG:3338"
    (candidate,) = found.candidates
    # Independent: the same box far from the antimeridian, measured on the ellipsoid.
    area, _ = GEOD.geometry_area_perimeter(
        shapely.segmentize(shapely.box(9.9, 51.5, 10.1, 51.7), 0.01)
    )
    assert candidate.piece.acres == pytest.approx(abs(area) / M2_PER_ACRE, rel=1e-4)
    _, _, metres = GEOD.inv(-179.9, 51.7, -179.8, 51.7)
    assert candidate.values["line_km"] == pytest.approx(metres / 1000, rel=2e-3)
    write_screened(found, tmp_path / "out.gpkg")
    written = geopandas.read_file(tmp_path / "out.gpkg", layer="candidates")
    parts = shapely.get_parts(written.geometry.values)
    bounds = shapely.bounds(parts)
    assert len(parts) == 2 and written.is_valid.all()
    assert (bounds[:, 2] - bounds[:, 0] < 0.11).all() and (abs(bounds[:, [0, 2]]) <= 180).all()


def test_alaska_area_and_distance(tmp_path: Path) -> None:
    box = shapely.box(-150, 64, -149.5, 64.3)
    write_layer(tmp_path / "land.gpkg", [box], crs=4326, agency=["BLM"])
    write_layer(
        tmp_path / "substations.gpkg",
        [shapely.Point(-148.0, 64.15)],
        crs=4326,
        NAME=["Healy"],
        MAX_VOLT=[230.0],
        MIN_VOLT=[69.0],
        LINES=[3],
        ID=["7"],
    )
    found = screened(
        tmp_path,
        {
            "land": {"role": "land", "file": "land.gpkg"},
            "substations": {"role": "substations", "file": "substations.gpkg"},
        },
        campus={"min_acres": 100, "max_acres": 1_000_000},
    )
    (candidate,) = found.candidates
    area, _ = GEOD.geometry_area_perimeter(shapely.segmentize(box, 0.01))
    assert candidate.piece.acres == pytest.approx(abs(area) / M2_PER_ACRE, rel=1e-4)
    assert candidate.values["state"] == "AK"
    edge = [GEOD.inv(-149.5, lat, -148.0, 64.15)[2] for lat in np.linspace(64, 64.3, 301)]
    assert candidate.values["substation_km"] == pytest.approx(min(edge) / 1000, rel=1e-3)
    assert candidate.values["substation_kv"] == 230


def test_large_land_is_tiled_and_no_acre_is_lost(tmp_path: Path) -> None:
    found = only_land(
        tmp_path,
        [rectangle(0, 0, 20, 20)],
        campus={"min_acres": 300, "max_acres": 2_000, "min_width_km": 0.5},
    )
    total = sum(sizes(found)) + sum(piece.acres for piece in found.refused)
    assert total == pytest.approx(acres(400), rel=1e-6)
    assert max(sizes(found)) <= 2_000.001
    assert sum(size == pytest.approx(2_000, rel=1e-6) for size in sizes(found)) >= 36
    shapes = [c.piece.shape for c in found.candidates]
    assert shapely.union_all(shapes).area == pytest.approx(sum(s.area for s in shapes), rel=1e-9)


def test_opening_by_cells_is_the_opening_of_the_whole(tmp_path: Path) -> None:
    """A ragged comb, opened whole and through the halo of a grid of small cells."""
    teeth = [rectangle(x, 4, x + 0.1 * (1 + int(x) % 7), 9) for x in range(0, 20)]
    comb = shapely.union_all([rectangle(0, 0, 20, 4), *teeth])
    campus = {"min_acres": 0.0001, "sliver_acres": 0.0001, "min_width_km": 0.35}
    whole = only_land(tmp_path, [comb], campus={**campus, "max_acres": 100_000})
    cut = only_land(tmp_path, [comb], campus={**campus, "max_acres": 1_000})
    a = shapely.union_all([c.piece.shape for c in whole.candidates])
    b = shapely.union_all([c.piece.shape for c in cut.candidates])
    assert a.symmetric_difference(b).area < 1e-5 * a.area
    widths = [0.1 * (1 + t % 7) for t in range(0, 20)]
    expected = 80 + sum(5 * w if w >= 0.35 else _bulge(w, 0.175) for w in widths)
    assert a.area / 1e6 == pytest.approx(expected, rel=0.001)


def _bulge(width: float, radius: float) -> float:
    """What a disc reaches into a mouth that is narrower than it: a circular segment."""
    half = np.arcsin(width / 2 / radius)
    return float(radius**2 * (half - np.sin(half) * np.cos(half)))


def test_ids_stay_when_other_land_comes(tmp_path: Path) -> None:
    campus = {"min_acres": 300, "max_acres": 2_000}
    first = only_land(tmp_path, [rectangle(0, 0, 10, 10)], campus=campus)
    more = only_land(tmp_path, [rectangle(40, 40, 60, 60), rectangle(0, 0, 10, 10)], campus=campus)
    kept = {c.name: c.piece.acres for c in more.candidates}
    assert first.candidates
    for candidate in first.candidates:
        assert kept[candidate.name] == pytest.approx(candidate.piece.acres, rel=1e-9)


def test_slivers_and_small_land_are_refused_with_their_acres(tmp_path: Path) -> None:
    shapes = [rectangle(0, 0, 2, 2), rectangle(5, 5, 5.05, 5.05), rectangle(8, 8, 8.5, 8.5)]
    found = only_land(tmp_path, shapes)
    assert refused(found, "sliver") == pytest.approx(acres(0.0025), rel=1e-3)
    assert refused(found, "too small") == pytest.approx(acres(0.25), rel=1e-4)
    assert len(found.candidates) == 1


def test_exclusions_with_a_buffer(tmp_path: Path) -> None:
    land(tmp_path / "land.gpkg", [rectangle(0, 0, 4, 4)])
    write_layer(tmp_path / "wells.gpkg", [rectangle(2, 2, 2, 2).centroid], name=["<img src=x>"])
    found = screened(
        tmp_path,
        {
            "land": {"role": "land", "file": "land.gpkg"},
            "wells": {"role": "exclusion", "file": "wells.gpkg", "buffer_km": 0.5},
        },
    )
    circle = 16 * 4 * 0.5 * 0.25 * np.sin(2 * np.pi / 64)  # a polygon of 64 sides
    assert refused(found, "excluded") == pytest.approx(acres(circle), rel=1e-4)
    assert sizes(found) == [pytest.approx(acres(16 - circle), rel=1e-5)]


def test_ground_two_agencies_claim_counts_once(tmp_path: Path) -> None:
    shapes = [rectangle(0, 0, 4, 4), rectangle(2, 0, 6, 4), rectangle(3, 0, 7, 4)]
    land(tmp_path / "land.gpkg", shapes, ["BLM", "DOE", "NPS"])
    found = screened(tmp_path, {"land": {"role": "land", "file": "land.gpkg"}})
    assert {c.piece.agency: c.piece.acres for c in found.candidates} == {
        "DOE": pytest.approx(acres(16), rel=1e-5),
        "BLM": pytest.approx(acres(8), rel=1e-5),
    }
    assert refused(found, "claimed twice") == pytest.approx(acres(8), rel=1e-5)
    assert refused(found, "agency not screened") == pytest.approx(acres(16), rel=1e-5)
    rows = {str(row["agency"]): row for row in ledger(found)}
    for agency in ("BLM", "DOE", "NPS"):
        assert rows[agency]["read_acres"] == pytest.approx(acres(16), rel=1e-5)


def test_nearest_line_prefers_voltage_only_among_equals(tmp_path: Path) -> None:
    land(tmp_path / "land.gpkg", [rectangle(0, 0, 2, 2)])
    lines = [track((1, -5), (1, 5)), track((0.5, -5), (0.5, 5)), track((5, -5), (5, 5))]
    write_layer(tmp_path / "lines.gpkg", lines, VOLT_CLASS=["220-287", "345", "735 AND ABOVE"])
    layers = {
        "land": {"role": "land", "file": "land.gpkg"},
        "lines": {"role": "lines", "file": "lines.gpkg"},
    }
    (crossed,) = screened(tmp_path, layers).candidates
    assert (crossed.values["line_kv"], crossed.values["line_km"]) == (345, 0)
    assert crossed.values["deliverable_mw"] == 700  # typical of 345 kV, the rule 'points'
    (far,) = screened(tmp_path, layers, grid={"min_kv": 700}).candidates
    assert far.values["line_km"] == pytest.approx(3.0, rel=0.02)
    assert far.values["gen_tie_km"] == pytest.approx(
        1.3 * float(str(far.values["line_km"])), abs=1e-3
    )
    none = screened(tmp_path, layers, limits={"max_line_km": 1}, grid={"min_kv": 700})
    assert not none.candidates
    assert "3.0 km to the nearest line, at most 1" in none.dropped[0].detail


@pytest.mark.parametrize(
    ("box", "area"),
    [
        (Box(-120, 30, -100, 45), "EPSG:5070"),
        (Box(-160, 55, -140, 70), "EPSG:3338"),
        (Box(172, 51, 190, 60), "EPSG:3338"),
        (Box(-160, 19, -155, 22), "ESRI:102007"),
    ],
)
def test_projection_of_an_extent(box: Box, area: str) -> None:
    assert choose(box).area == area


def test_an_extent_elsewhere_gets_conics_of_its_own() -> None:
    chosen = choose(Box(5, 45, 15, 55))
    assert chosen.area.startswith("+proj=aea") and chosen.scale_error_frac < 0.005
    assert choose(Box(5.2, 45.3, 14.9, 54.8)).area == chosen.area  # rounded, so ids stay
    assert choose(Box(10, -10, 20, 10)).scale_error_frac < 0.02


def test_extent_across_the_antimeridian_is_narrow() -> None:
    shapes = np.array(
        [shapely.box(178, 51, 179, 52), shapely.box(-170, 52, -165, 53)], dtype=object
    )
    assert extent_of(shapes) == Box(178, 51, 195, 53)
