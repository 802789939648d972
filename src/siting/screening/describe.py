"""Columns of a candidate: who owns it, where it is, what is near, what the grid can bring."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np
import shapely

from siting.core.errors import InputError, Issue
from siting.core.table import Cell
from siting.core.wording import IDENTIFIER
from siting.screening.lands import Piece, Workers, axis_name
from siting.screening.near import Nearest, counted, nearest, shares
from siting.screening.projection import M_PER_KM, Projections, moved, wrapped
from siting.screening.ready import Ready, places
from siting.screening.rings import Shapes
from siting.screening.settings import Screening

BORDER_KM = 25.0
"""A campus that no state or zone covers takes the nearest within this, marked as estimated."""
DISTANCES = ("lines", "substations", "plants", "water", "fiber")
PREFIXES = {
    "lines": "line",
    "substations": "substation",
    "plants": "plant",
    "water": "water",
    "fiber": "fiber",
}
ALWAYS_ESTIMATED = ("buildable_acres", "deliverable_mw", "gen_tie_km", "node")
SOURCE = "screened from published land and grid layers, see the table layers"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
MAX_TEXT = 300


@dataclass(frozen=True)
class Candidate:
    """A campus with its columns.

    Attributes:
        name: id. piece: land. values: columns of the output, ``id`` first.
        node_point: nearest point of its line, in degrees; None without a line.
    """

    name: str
    piece: Piece
    values: Mapping[str, Cell]
    node_point: tuple[float, float] | None


@dataclass(frozen=True)
class Surroundings:
    """What was found around each campus, one entry a campus."""

    points: Any
    states: Sequence[tuple[str, float]]
    zones: Sequence[tuple[str, float]]
    near: Mapping[str, Sequence[Nearest | None]]
    datacenters: Any
    preference: Any


def described(
    campuses: Sequence[tuple[str, Piece]],
    layers: Mapping[str, Ready],
    settings: Screening,
    projections: Projections,
    workers: Workers,
) -> list[Candidate]:
    """Candidates with all their columns, in the order given.

    Raises:
        InputError: a zone whose name cannot be an id.
    """
    shapes: Shapes = np.array([piece.shape for _, piece in campuses], dtype=object)
    around = _surroundings(shapes, layers, settings, projections, workers)
    zones = [_zone(settings, *pair) for pair in zip(around.zones, around.states, strict=True)]
    bad = sorted({zone for zone, _ in zones if zone and not re.fullmatch(IDENTIFIER, zone)})
    if bad:
        raise InputError(
            [
                Issue(
                    f"zone '{clean(zone)}'",
                    "cannot be the id of a zone",
                    "letters, digits, '_', '-' and '.'",
                    "Give it another name with zone_names",
                )
                for zone in bad
            ]
        )
    return [
        _candidate(i, campus, around, zones[i], settings, projections)
        for i, campus in enumerate(campuses)
    ]


def _surroundings(
    shapes: Shapes,
    layers: Mapping[str, Ready],
    settings: Screening,
    projections: Projections,
    workers: Workers,
) -> Surroundings:
    """Everything around the campuses."""
    apart = projections.apart(shapes) if len(shapes) else shapes
    inner = shapely.point_on_surface(shapes)
    points = shapely.get_coordinates(moved(inner, _to_degrees(projections))) if len(shapes) else []
    near = {
        role: nearest(apart, places(layers, role, settings, projections), projections, workers)
        for role in DISTANCES
        if settings.of_role(role)
    }
    centers = places(layers, "datacenters", settings, projections)
    return Surroundings(
        points=points,
        states=_areas(shapes, layers, settings, "state"),
        zones=_areas(shapes, layers, settings, "zone"),
        near=near,
        datacenters=counted(apart, centers, settings.datacenters_km)
        if settings.of_role("datacenters")
        else None,
        preference=_preference(shapes, layers, settings),
    )


def _to_degrees(projections: Projections) -> Any:
    """From the equal-area projection to degrees."""
    from pyproj import CRS, Transformer

    return Transformer.from_crs(CRS(projections.area), 4326, always_xy=True)


def _areas(
    shapes: Shapes, layers: Mapping[str, Ready], settings: Screening, column: str
) -> list[tuple[str, float]]:
    """State or zone that holds most of each campus, and its share."""
    names: list[str] = []
    areas: list[Any] = []
    for name in settings.of_role("boundaries"):
        layer = layers[name]
        for cell, shape in zip(layer.column(column), layer.shapes, strict=True):
            if cell not in (None, ""):
                names.append(str(cell))
                areas.append(shape)
    return shares(shapes, np.array(areas, dtype=object), names, BORDER_KM)


def _preference(shapes: Shapes, layers: Mapping[str, Ready], settings: Screening) -> Any:
    """Sum of the weights of the preference layers that each campus touches."""
    score = np.zeros(len(shapes))
    for name in settings.of_role("preference"):
        if len(layers[name].shapes) and len(shapes):
            tree = shapely.STRtree(layers[name].shapes)
            touched = np.unique(tree.query(shapes, predicate="intersects")[0])
            score[touched] += settings.layers[name].weight
    return score


def _zone(
    settings: Screening, found: tuple[str, float], state: tuple[str, float]
) -> tuple[str, bool]:
    """Zone of a campus, and whether it is estimated; empty for none."""
    name, share = found
    if name and settings.zone_names:
        name = settings.zone_names.get(name, "")
    if name:
        return name, share <= 0
    return settings.zone_by_state.get(state[0], ""), True


def _candidate(
    i: int,
    campus: tuple[str, Piece],
    around: Surroundings,
    zone: tuple[str, bool],
    settings: Screening,
    projections: Projections,
) -> Candidate:
    """The columns of one campus."""
    name, piece = campus
    state, state_share = around.states[i]
    agency = settings.agencies[piece.agency]
    lon, lat = around.points[i]
    line = around.near["lines"][i] if "lines" in around.near else None
    kv = line.place.values["kv"] if line else None
    estimated = [*ALWAYS_ESTIMATED, *(["zone"] if zone[0] and zone[1] else [])]
    node, point = _node(line, zone[0], kv, settings, projections)
    acres = round(piece.acres, 3)
    values: dict[str, Cell] = {
        "id": name,
        "name": clean(f"{piece.agency} land, {state or 'no state'}, {name.split('-', 1)[1]}"),
        "agency": clean(piece.agency),
        "state": clean(state),
        "zone": zone[0] or None,
        "node": node,
        "buildable_acres": acres,
        "total_acres": acres,
        "parcel_acres": round(piece.parcel_acres, 3),
        "poi_kv": kv,
        "gen_tie_km": round(settings.grid.route_factor * line.km, 3) if line else 0.0,
        "deliverable_mw": settings.grid.deliverable_mw(kv) if line else None,
        "action": clean(agency.action),
        "review_path": agency.review_path,
        "longitude": round(float(wrapped(np.array([lon]))[0]), 6),
        "latitude": round(float(lat), 6),
        "state_share_frac": round(float(state_share), 4),
        "zone_share_frac": round(float(around.zones[i][1]), 4),
    }
    for role, found in around.near.items():
        values.update(_near_columns(PREFIXES[role], found[i]))
    if around.datacenters is not None:
        values["datacenters"] = int(around.datacenters[i])
    plant = around.near["plants"][i] if "plants" in around.near else None
    if plant is not None and plant.place.values["is_estimated"]:
        estimated.append("plant_year")
    values["preference"] = round(float(around.preference[i]), 6)
    values["reason"] = _qualified(values, settings)
    values["estimated"] = ";".join(sorted(estimated))
    values["source"] = SOURCE
    values["confidence"] = "low"
    return Candidate(name, piece, values, point)


def _near_columns(prefix: str, found: Nearest | None) -> dict[str, Cell]:
    """Columns of the nearest feature of a role."""
    names = {"line": ("kv",), "substation": ("kv",), "plant": ("mw", "year", "status")}
    if found is None:
        blank = (f"{prefix}_{name}" for name in ("id", "name", "km", *names.get(prefix, ())))
        return dict.fromkeys(blank)
    columns: dict[str, Cell] = {
        f"{prefix}_id": clean(found.place.feature),
        f"{prefix}_name": clean(found.place.name),
        f"{prefix}_km": round(found.km, 3),
    }
    for name in names.get(prefix, ()):
        value = found.place.values[name]
        columns[f"{prefix}_{name}"] = clean(value) if isinstance(value, str) else value
    return columns


def _node(
    line: Nearest | None,
    zone: str,
    kv: float | None,
    settings: Screening,
    projections: Projections,
) -> tuple[str | None, tuple[float, float] | None]:
    """Point of interconnection shared with its neighbours, and a place for it in degrees."""
    if line is None or not zone:
        return None, None
    side = settings.grid.node_km * M_PER_KM
    column, row = floor(line.point[0] / side), floor(line.point[1] / side)
    cell = f"{axis_name(column, 'E', 'W')}{axis_name(row, 'N', 'S')}"
    lon, lat = projections.distance_to_degrees.transform(*line.point)
    name = f"POI-{kv or 0:g}-{cell}-{zone}"
    if len(name) > 64:
        name = f"POI-{kv or 0:g}-{cell}-{hashlib.sha256(zone.encode()).hexdigest()[:12]}"
    return name, (round(float(lon), 6), round(float(lat), 6))


def _qualified(values: Mapping[str, Cell], settings: Screening) -> str:
    """Why a campus is a candidate, in words."""
    campus = settings.campus
    parts = [
        f"{values['buildable_acres']:,.0f} contiguous acres of {values['agency']} (at least "
        f"{campus.min_acres:,g})"
    ]
    if campus.min_width_km:
        parts.append(f"at least {campus.min_width_km:g} km wide")
    for prefix, what in (("line", "line"), ("substation", "substation")):
        if values.get(f"{prefix}_km") is not None:
            kv = values.get(f"{prefix}_kv")
            parts.append(
                f"{what} of {f'{kv:g} kV' if kv else 'unknown voltage'} at "
                f"{values[f'{prefix}_km']:.1f} km"
            )
    if values.get("plant_km") is not None:
        year = f", {values['plant_year']}" if values.get("plant_year") else ""
        parts.append(
            f"{values['plant_mw']:,.0f} MW retired or retiring{year} at {values['plant_km']:.1f} km"
        )
    return "; ".join(parts)


def clean(text: object) -> str:
    """Text without control characters, of bounded length."""
    return CONTROL.sub(" ", str(text))[:MAX_TEXT]
