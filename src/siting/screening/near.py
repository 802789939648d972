"""What lies near each campus: the nearest line, substation, plant or water, by spatial index.

The nearest feature is found in the equidistant projection; the distance is the geodesic between the
two nearest points. Of several equally near features (a line that crosses the campus is at 0 km) the
one of the highest voltage or most MW counts, then the first by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from siting.screening.cells import number
from siting.screening.lands import Workers
from siting.screening.projection import M_PER_KM, Projections, geodesic_km
from siting.screening.rings import Shapes
from siting.screening.settings import PlantSettings

CHUNK = 1024
"""Campuses looked up at a time."""


@dataclass(frozen=True)
class Place:
    """A feature something can be near to.

    Attributes:
        feature: id. name: for people. shape: in the equidistant projection [m].
        rank: kV or MW; the larger wins a tie.
        values: further columns.
    """

    feature: str
    name: str
    shape: Any
    rank: float
    values: dict[str, Any]


@dataclass(frozen=True)
class Nearest:
    """The place nearest to a campus, its distance, and the point of it that is nearest [m]."""

    place: Place
    km: float
    point: tuple[float, float]


def nearest(
    campuses: Shapes, places: Sequence[Place], projections: Projections, workers: Workers
) -> list[Nearest | None]:
    """The nearest place of each campus; None where there is no place.

    Args:
        campuses: polygons in the equidistant projection.
    """
    if not places or not len(campuses):
        return [None] * len(campuses)
    order = sorted(places, key=lambda place: (-place.rank, place.feature))
    shapes: Shapes = np.array([place.shape for place in order], dtype=object)
    tree = shapely.STRtree(shapes)
    starts = list(range(0, len(campuses), CHUNK))

    def look(start: int) -> list[Nearest | None]:
        some = campuses[start : start + CHUNK]
        mine, theirs = tree.query_nearest(some, all_matches=True)
        best = np.full(len(some), len(order), dtype=np.int64)
        np.minimum.at(best, mine, theirs)
        lines = shapely.shortest_line(some, shapes[best])
        kms = geodesic_km(lines, projections)
        ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)[:, 1]
        return [
            Nearest(order[b], float(km), (float(x), float(y)))
            for b, km, (x, y) in zip(best, kms, ends, strict=True)
        ]

    return [found for part in workers.each(look, starts) for found in part]


def counted(campuses: Shapes, places: Sequence[Place], km: float) -> NDArray[np.int64]:
    """How many places lie within a distance of each campus [km, of the equidistant projection]."""
    counts = np.zeros(len(campuses), dtype=np.int64)
    if not places or not len(campuses):
        return counts
    tree = shapely.STRtree(np.array([place.shape for place in places], dtype=object))
    mine, _ = tree.query(campuses, predicate="dwithin", distance=km * M_PER_KM)
    np.add.at(counts, mine, 1)
    return counts


def voltage(values: dict[str, Any]) -> float | None:
    """Voltage of a line or substation [kV], from its figure or else its class; None if unknown."""
    for column in ("kv", "kv_class"):
        found = number(values.get(column))
        if found is not None and found > 0:
            return found
    return None


def retiring(values: dict[str, Any], settings: PlantSettings) -> tuple[bool, int | None, bool]:
    """Whether a unit is retired or retires in time, the year, and whether that is estimated."""
    stated = _year(values.get("retirement_year"))
    status = str(values.get("status") or "")
    if stated is not None:
        return stated <= settings.until_year, stated, False
    if status in settings.statuses:
        return True, None, False
    built = _year(values.get("operating_year"))
    life = settings.life_years.get(str(values.get("fuel") or ""))
    if built is None or life is None:
        return False, None, False
    end = built + round(life)
    return end <= settings.until_year, end, True


def _year(cell: Any) -> int | None:
    """A plausible year."""
    value = number(cell)
    return round(value) if value is not None and 1880 <= value <= 2200 else None


def plants_of(
    ids: Sequence[str], shapes: Shapes, values: Sequence[dict[str, Any]], settings: PlantSettings
) -> list[Place]:
    """Plants with retired or retiring units: MW of those units, the last year, by name and place."""
    groups: dict[
        tuple[str, float, float], list[tuple[str, Any, dict[str, Any], int | None, bool]]
    ] = {}
    for feature, shape, row in zip(ids, shapes, values, strict=True):
        is_out, year, is_estimated = retiring(row, settings)
        if is_out:
            centre = shapely.centroid(shape)
            key = (str(row.get("name") or feature), round(centre.x), round(centre.y))
            groups.setdefault(key, []).append((feature, shape, row, year, is_estimated))
    places = []
    for (name, _, _), units in sorted(groups.items(), key=lambda item: item[0]):
        mw = sum(number(row.get("mw")) or 0.0 for _, _, row, _, _ in units)
        if mw < settings.min_mw or mw <= 0:
            continue
        years = [year for _, _, _, year, _ in units if year is not None]
        statuses = sorted({str(row.get("status") or "") for _, _, row, _, _ in units} - {""})
        details = {
            "mw": mw,
            "year": max(years, default=None),
            "status": ", ".join(statuses),
            "is_estimated": any(guess for *_, guess in units),
        }
        places.append(Place(min(u[0] for u in units), name, units[0][1], mw, details))
    return places


def shares(
    campuses: Shapes, areas: Shapes, names: Sequence[str], max_km: float
) -> list[tuple[str, float]]:
    """Name of the area that holds most of each campus and its share; the share is 0 where a campus
    touches none and takes the nearest within a distance, the name empty beyond that."""
    if not len(areas):
        return [("", 0.0)] * len(campuses)
    order = sorted(range(len(names)), key=lambda i: (names[i], *shapely.bounds(areas[i])))
    shapes = areas[np.array(order, dtype=int)]
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    found: list[dict[str, float]] = [{} for _ in campuses]
    mine, theirs = tree.query(campuses, predicate="intersects")
    is_inside = shapely.contains(shapes[theirs], campuses[mine])
    total = shapely.area(campuses)
    overlap = total[mine].copy()
    cut = np.flatnonzero(~is_inside)
    overlap[cut] = shapely.area(shapely.intersection(campuses[mine[cut]], shapes[theirs[cut]]))
    for campus, area, size in zip(mine, theirs, overlap, strict=True):
        name = names[order[area]]
        found[campus][name] = found[campus].get(name, 0.0) + float(size)
    result = [
        max(((name, size / total[i]) for name, size in sizes.items()), key=lambda s: (s[1], s[0]))
        if sizes
        else ("", 0.0)
        for i, sizes in enumerate(found)
    ]
    lone = np.array([i for i, (name, _) in enumerate(result) if not name], dtype=int)
    if len(lone):
        mine, theirs = tree.query_nearest(
            campuses[lone], max_distance=max_km * M_PER_KM, all_matches=True
        )
        best: dict[int, int] = {}
        for i, area in zip(mine, theirs, strict=True):
            best[int(i)] = min(best.get(int(i), len(order)), int(area))
        for i, area in best.items():
            result[int(lone[i])] = (names[order[area]], 0.0)
    return result
