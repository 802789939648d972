"""What a plan puts on a map: chosen sites, plants and upgrades, as flat features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from siting.core.plan import Plan
from siting.core.table import Cell, Row


@dataclass(frozen=True)
class Feature:
    """A thing on the map with flat properties."""

    kind: str
    name: str
    geometry: Mapping[str, Any]
    point: tuple[float, float]
    properties: Mapping[str, Cell]


def features_of(plan: Plan) -> list[Feature]:
    """Chosen sites, plants and upgrades that have a position; order is stable."""
    return [*_sites(plan), *_plants(plan), *_upgrades(plan)]


def candidates_of(plan: Plan) -> list[Feature]:
    """Sites that the plan leaves alone."""
    rows = [row for row in plan.tables["sites"] if not row["is_chosen"]]
    return [
        f
        for row in rows
        if (f := _feature(plan, "candidate", str(row["site"]), str(row["site"]), row))
    ]


def _sites(plan: Plan) -> Iterator[Feature]:
    """Chosen sites with their dates and MW."""
    for row in plan.tables["sites"]:
        if row["is_chosen"]:
            feature = _feature(plan, "site", str(row["site"]), str(row["site"]), row)
            if feature is not None:
                yield feature


def _plants(plan: Plan) -> Iterator[Feature]:
    """Units where they stand, grid-delivered units at their zone, named plants at their own place."""
    rows = plan.tables["plants"].rows if "plants" in plan.tables else ()
    for number, row in enumerate(rows):
        item = str(row["item"])
        place = item if item in plan.places else str(row["location"])
        feature = _feature(plan, "plant", f"{item}#{number + 1}", place, row)
        if feature is not None:
            yield feature


def _upgrades(plan: Plan) -> Iterator[Feature]:
    """Upgrades at their node or zone."""
    rows = plan.tables["upgrades"].rows if "upgrades" in plan.tables else ()
    for row in rows:
        place = str(row["node"] or row["zone"])
        feature = _feature(plan, "upgrade", str(row["upgrade"]), place, row)
        if feature is not None:
            yield feature


def _feature(plan: Plan, kind: str, name: str, place: str, row: Row) -> Feature | None:
    """A feature at a place; None where the place has no position."""
    record = plan.places.get(place)
    if record is None or record.get("longitude") is None or record.get("latitude") is None:
        return None
    point = (float(record["longitude"]), float(record["latitude"]))  # type: ignore[arg-type]
    has_area = kind in ("site", "candidate") and isinstance(record.get("geometry"), Mapping)
    geometry = record["geometry"] if has_area else {"type": "Point", "coordinates": list(point)}
    properties: dict[str, Cell] = {**row, "kind": kind, "id": name}
    properties.setdefault("name", str(record["name"]))
    if has_area:
        properties["geometry_kind"] = str(record.get("geometry_kind") or "")
    return Feature(kind, name, geometry, point, properties)  # type: ignore[arg-type]


def plain(cell: Cell) -> Cell:
    """A property for JSON: dates as text, numbers rounded."""
    if isinstance(cell, date):
        return cell.isoformat()
    return round(cell, 6) if isinstance(cell, float) else cell
