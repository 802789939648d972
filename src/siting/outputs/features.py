"""What a plan puts on a map: chosen sites, plants and upgrades, as flat features."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import shapely

from siting.core.plan import Plan
from siting.core.table import Cell, Row

PROVENANCE = {"source": "scenario", "confidence": "not stated", "estimated": ""}
"""Properties every feature has, with what stands where a row of the scenario leaves them blank."""
STATUS = {"site": "chosen", "candidate": "not chosen"}
"""What the plan does with a site, by the kind of its feature."""
COSTS = ("cost_usd", "usd_per_mwh", "usd_per_mw_month")
"""What ``site_costs`` says of a site on the map."""
DECIMALS = 6


@dataclass(frozen=True)
class Feature:
    """A thing on the map with flat properties.

    Attributes:
        name: its id, unique among things of its kind.
        point: longitude and latitude.
        geometry: the area where it is known, else the point.
    """

    kind: str
    name: str
    geometry: Mapping[str, Any]
    point: tuple[float, float]
    properties: Mapping[str, Cell]


def rows_in(plan: Plan, name: str) -> tuple[Row, ...]:
    """Rows of a table; none where the plan lacks it."""
    table = plan.tables.get(name)
    return table.rows if table is not None else ()


def features_of(plan: Plan) -> list[Feature]:
    """Chosen sites, plants and upgrades that have a position, without the sites that the plan leaves alone;
    order is stable."""
    return [*_sites(plan), *_plants(plan), *_upgrades(plan)]


def candidates_of(plan: Plan) -> list[Feature]:
    """Sites that the plan leaves alone."""
    rows = [row for row in _costed(plan) if not row["is_chosen"]]
    features = (_feature(plan, "candidate", str(row["site"]), [row["site"]], row) for row in rows)
    return [feature for feature in features if feature is not None]


def _sites(plan: Plan) -> Iterator[Feature]:
    """Chosen sites with their dates, MW and cost."""
    for row in _costed(plan):
        if row["is_chosen"]:
            feature = _feature(plan, "site", str(row["site"]), [row["site"]], row)
            if feature is not None:
                yield feature


def _costed(plan: Plan) -> Iterator[Row]:
    """Sites with what they cost; without it in plans that were written before it was told."""
    costs = {row["site"]: row for row in rows_in(plan, "site_costs")}
    for row in rows_in(plan, "sites"):
        cost = costs.get(row["site"], {})
        yield {**row, **{column: cost.get(column) for column in COSTS if costs}}


def _plants(plan: Plan) -> Iterator[Feature]:
    """Units where they stand, grid-delivered units at their zone, named plants at their own place."""
    for number, row in enumerate(rows_in(plan, "plants"), start=1):
        places = [row["item"], row["location"]]
        feature = _feature(plan, "plant", f"{row['item']}#{number}", places, row)
        if feature is not None:
            yield feature


def _upgrades(plan: Plan) -> Iterator[Feature]:
    """Upgrades at their node or zone."""
    for row in rows_in(plan, "upgrades"):
        feature = _feature(plan, "upgrade", str(row["upgrade"]), [row["node"], row["zone"]], row)
        if feature is not None:
            yield feature


def _feature(plan: Plan, kind: str, name: str, places: list[Cell], row: Row) -> Feature | None:
    """A feature at the first of some places that has a position; None where none has."""
    for place in places:
        record = plan.places.get(str(place))
        point = None if record is None else point_of(record)
        if record is not None and point is not None:
            break
    else:
        return None
    has_area = kind in STATUS and isinstance(record.get("geometry"), Mapping)
    geometry = record["geometry"] if has_area else {"type": "Point", "coordinates": list(point)}
    properties: dict[str, Cell] = {**row, "kind": kind, "id": name}
    if kind in STATUS:
        properties["status"] = STATUS[kind]
    if not properties.get("name"):
        properties["name"] = str(record.get("name") or place)
    for key, unstated in PROVENANCE.items():
        properties[key] = str(properties.get(key) or record.get(key) or unstated)
    if has_area:
        properties["geometry_kind"] = str(record.get("geometry_kind") or "")
    return Feature(kind, name, geometry, point, properties)  # type: ignore[arg-type]


def point_of(record: Mapping[str, object]) -> tuple[float, float] | None:
    """Longitude and latitude of a place: as stated, else a point inside its area."""
    longitude, latitude = record.get("longitude"), record.get("latitude")
    if isinstance(longitude, int | float) and isinstance(latitude, int | float):
        is_on_earth = isfinite(longitude) and isfinite(latitude) and abs(latitude) <= 90
        return (_within_turn(float(longitude)), float(latitude)) if is_on_earth else None
    if isinstance(record.get("geometry"), Mapping):
        inside = shapely.from_geojson(json.dumps(record["geometry"])).representative_point()
        return _within_turn(inside.x), inside.y
    return None


def _within_turn(longitude: float) -> float:
    """Longitude between -180 and 180."""
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


def plain(cell: Cell) -> Cell:
    """A property for JSON: dates as text, numbers rounded."""
    if isinstance(cell, date):
        return cell.isoformat()
    return round(float(cell), DECIMALS) if isinstance(cell, float) else cell
