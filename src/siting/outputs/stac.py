"""``plan.stac.json``: the plan as an item of a SpatioTemporal Asset Catalog, so that a catalogue can index it.

Source: STAC 1.1.0 item specification (stacspec.org). What siting knows beyond it has the prefix ``siting:``.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from siting.core.audit import day
from siting.core.plan import Plan
from siting.outputs.features import DECIMALS, candidates_of, features_of, rows_in
from siting.outputs.folder import PLAN
from siting.outputs.output import FOLDER, Output
from siting.outputs.registry import outputs
from siting.outputs.tables import write_json

VERSION = "1.1.0"
MEDIA_TYPES = {
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ics": "text/calendar",
    ".html": "text/html",
    ".log": "text/plain",
    ".csv": "text/csv",
}
"""Kinds of files by the end of their name; a folder of tables holds CSV."""


def write_stac(plan: Plan, path: Path) -> None:
    """Write the item; the same plan gives the same bytes."""
    write_json(stac_item(plan, path.name), path)


def stac_item(plan: Plan, name: str) -> dict[str, Any]:
    """The item of a plan.

    Args:
        name: of its file, which is no asset of itself.
    """
    box = _box(plan)
    spans = [
        (start, end)
        for row in rows_in(plan, "timeline")
        if (start := day(row, "period_start")) and (end := day(row, "period_end"))
    ]
    item: dict[str, Any] = {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": plan.name,
        "geometry": None if box is None else _outline(box),
        "properties": {
            "title": plan.title or plan.name,
            "description": str(plan.scenario.get("description") or plan.title or plan.name),
            "datetime": None,
            "start_datetime": _stamp(min(start for start, _ in spans)),
            "end_datetime": _stamp(max(end for _, end in spans)),
            "siting:status": plan.status,
            "siting:objective_usd": plan.objective_usd,
            "siting:price_year": plan.scenario.get("price_year"),
            "siting:version": plan.versions.get("siting", ""),
        },
        "links": [],
        "assets": {_key(one): _asset(one) for one in outputs() if one.name != name},
    }
    if box is not None:
        item["bbox"] = box
    return item


def _stamp(on: date) -> str:
    """Midnight of a day, as the specification has dates."""
    return f"{on.isoformat()}T00:00:00Z"


def _box(plan: Plan) -> list[float] | None:
    """West, south, east and north of everything with a position; None where nothing has one."""
    points = [feature.point for feature in (*features_of(plan), *candidates_of(plan))]
    if not points:
        return None
    longitudes, latitudes = zip(*points, strict=True)
    edges = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
    return [round(edge, DECIMALS) for edge in edges]


def _outline(box: list[float]) -> dict[str, Any]:
    """The corners of a box, counter-clockwise; a point where it has no width and no height."""
    west, south, east, north = box
    if (west, south) == (east, north):
        return {"type": "Point", "coordinates": [west, south]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _key(output: Output) -> str:
    """The name of an output without the end that says what kind of file it is."""
    return output.name.removesuffix(FOLDER).replace(".", "-")


def _asset(output: Output) -> dict[str, Any]:
    """Where an output lies and what it holds."""
    kind = ".csv" if output.name.endswith(FOLDER) else PurePosixPath(output.name).suffix
    roles = ["metadata"] if output.name == PLAN else ["data"]
    return {
        "href": f"./{output.name}",
        "title": output.about,
        "type": MEDIA_TYPES.get(kind, "application/octet-stream"),
        "roles": roles,
    }
