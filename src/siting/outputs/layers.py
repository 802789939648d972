"""Layers of a plan as typed tables: what GeoPackage, GeoParquet and a notebook show alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import geopandas
import pandas
import pyarrow
import shapely

from siting.core.audit import number
from siting.core.plan import Plan
from siting.core.resources import builtin_path
from siting.core.table import Cell, Row
from siting.outputs.areas import oriented
from siting.outputs.features import (
    DECIMALS,
    Feature,
    candidates_of,
    features_of,
    point_of,
    rows_in,
)

CRS = 4326
RESERVED = {"id": "feature_id", "fid": "feature_id", "ogc_fid": "feature_id", "geom": "geom_text"}
"""Column names, lower case, that GeoPackage or its readers take for their own."""


def states() -> geopandas.GeoDataFrame:
    """Built-in outlines of the states, as a ground for maps."""
    features = json.loads(builtin_path("data/geo/states.geojson").read_text(encoding="utf-8"))
    rows = features["features"]
    names = [{"state": row["properties"]["abbreviation"]} for row in rows]
    return _polygons(names, [row["geometry"] for row in rows])


def layers_of(plan: Plan) -> dict[str, pandas.DataFrame]:
    """Layers by name; those of places are GeoDataFrames in degrees, with areas as polygons.

    ``sites`` holds every candidate at its point, ``site_periods`` the load of each chosen site from
    a date to a date, ``nodes`` and ``zones`` what is left at the end of the horizon, ``node_periods`` (of
    nodes that the plan uses) and ``zone_periods`` what is left from a date to a date. A layer without rows
    is left out.
    """
    features = features_of(plan)
    sites = [f for f in features if f.kind == "site"] + candidates_of(plan)
    layers = {
        "sites": points([_flat_point(f) for f in sites]),
        "site_areas": _areas([f for f in sites if "Polygon" in f.geometry["type"]]),
        "site_periods": points(_site_periods(plan, sites)),
        "plants": points([_flat_point(f) for f in features if f.kind == "plant"]),
        "upgrades": points([_flat_point(f) for f in features if f.kind == "upgrade"]),
        "nodes": points(_places(plan, "node")),
        "zones": points(_places(plan, "zone")),
        "node_periods": points(_place_periods(plan, "node")),
        "zone_periods": points(_place_periods(plan, "zone")),
        "timeline": _typed([flat(row) for row in rows_in(plan, "timeline")]),
    }
    return {name: layer for name, layer in layers.items() if len(layer)}


def _flat_point(feature: Feature) -> tuple[dict[str, Cell], tuple[float, float]]:
    """Properties and place of a feature."""
    return flat(feature.properties), feature.point


def _site_periods(
    plan: Plan, sites: Sequence[Feature]
) -> list[tuple[dict[str, Cell], tuple[float, float]]]:
    """Load of each site in each period in which it has any."""
    found = {feature.name: feature for feature in sites}
    ends = {row["period_start"]: row["period_end"] for row in rows_in(plan, "timeline")}
    load: dict[tuple[str, Cell], float] = {}
    for row in rows_in(plan, "service"):
        key = (str(row["site"]), row["period_start"])
        load[key] = load.get(key, 0.0) + number(row, "it_mw")
    rows = []
    for (site, start), mw in sorted(load.items(), key=lambda item: (item[0][0], str(item[0][1]))):
        if site in found and mw > 0:
            properties = found[site].properties
            columns: dict[str, Cell] = {
                "site": site,
                "name": properties["name"],
                "agency": properties.get("agency"),
                "start_date": start,
                "end_date": ends.get(start),
                "it_mw": mw,
            }
            rows.append((flat(columns), found[site].point))
    return rows


def _places(plan: Plan, level: str) -> list[tuple[dict[str, Cell], tuple[float, float]]]:
    """Nodes or zones with what is used and left in the last period."""
    rows = _room(plan, level)
    last = max((str(row["period_start"]) for row, _ in rows), default="")
    return [
        (flat({level: row["place"], "name": name, **_stated(row)}), point)
        for row, (name, point) in rows
        if str(row["period_start"]) == last
    ]


def _place_periods(plan: Plan, level: str) -> list[tuple[dict[str, Cell], tuple[float, float]]]:
    """Zones, or nodes that the plan uses, with what is used and left in each period."""
    rows = _room(plan, level)
    ends = {row["period_start"]: row["period_end"] for row in rows_in(plan, "timeline")}
    used = {row["place"] for row, _ in rows if level == "zone" or number(row, "used_mw") > 0}
    found = []
    for row, (name, point) in rows:
        if row["place"] in used:
            stated = _stated(row)
            start = stated.pop("period_start")
            dates = {"start_date": start, "end_date": ends.get(start)}
            found.append((flat({level: row["place"], "name": name, **dates, **stated}), point))
    return found


def _room(plan: Plan, level: str) -> list[tuple[Row, tuple[str, tuple[float, float]]]]:
    """Rows of ``headroom`` of places that have a position, with their name and position."""
    found = []
    for row in rows_in(plan, "headroom"):
        place = plan.places.get(str(row["place"])) if row["level"] == level else None
        point = None if place is None else point_of(place)
        if place is not None and point is not None:
            found.append((row, (str(place.get("name") or row["place"]), point)))
    return found


def _stated(row: Row) -> dict[str, Cell]:
    """Capacity, use and what is left of a row of ``headroom``."""
    return {key: row[key] for key in ("period_start", "capacity_mw", "used_mw", "left_mw")}


def points(rows: Sequence[tuple[dict[str, Cell], tuple[float, float]]]) -> geopandas.GeoDataFrame:
    """Rows at points."""
    shapes = [shapely.Point(point) for _, point in rows]
    return geopandas.GeoDataFrame(_typed([row for row, _ in rows]), geometry=shapes, crs=CRS)


def _areas(features: Sequence[Feature]) -> geopandas.GeoDataFrame:
    """Features as their areas."""
    return _polygons(
        [flat(f.properties) for f in features], [oriented(f.geometry) for f in features]
    )


def _polygons(
    rows: Sequence[Mapping[str, Cell]], geometries: Sequence[Mapping[str, Any]]
) -> geopandas.GeoDataFrame:
    """Rows with their areas, all as multipolygons."""
    shapes = [shapely.from_geojson(json.dumps(geometry)) for geometry in geometries]
    many = [s if s.geom_type == "MultiPolygon" else shapely.MultiPolygon([s]) for s in shapes]
    return geopandas.GeoDataFrame(_typed(rows), geometry=many, crs=CRS)


def flat(row: Mapping[str, Cell]) -> dict[str, Cell]:
    """A row with column names that GeoPackage takes, distinct when case is ignored."""
    columns: dict[str, Cell] = {}
    taken: set[str] = set()
    for key, value in row.items():
        name = RESERVED.get(key.lower(), key)
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        columns[name] = round(value, DECIMALS) if isinstance(value, float) else value
    return columns


def typed(names: Iterable[str], rows: Sequence[Mapping[str, Cell]]) -> pandas.DataFrame:
    """Rows as a frame whose columns are dates, numbers, flags or text, whatever is blank."""
    columns = {name: _column(name, [row[name] for row in rows]) for name in names}
    return pandas.DataFrame(columns)


def _typed(rows: Sequence[Mapping[str, Cell]]) -> pandas.DataFrame:
    """Rows that all have the columns of the first."""
    return typed(rows[0] if rows else (), rows)


def _column(name: str, cells: list[Cell]) -> pandas.Series[Any]:
    """A column of one type; numbers of either kind become floats where they mix."""
    known = [cell for cell in cells if cell is not None]
    if all(isinstance(cell, date) for cell in known) and (known or name.endswith("_date")):
        kind = pyarrow.date32()
    elif known and all(isinstance(cell, bool) for cell in known):
        kind = pyarrow.bool_()
    elif known and all(isinstance(cell, int) for cell in known):
        kind = pyarrow.int64()
    elif known and all(isinstance(cell, int | float) for cell in known):
        kind = pyarrow.float64()
    else:
        kind = pyarrow.string()
        cells = [None if cell is None else str(cell) for cell in cells]
    return pandas.Series(cells, dtype=pandas.ArrowDtype(kind))
