r"""Which candidates go: those that fail a limit, that no plan can need, or that another stands for.

What is proven. Let every plan commit at most K sites (``land.max_sites`` <= K). A candidate b is
dropped if K kept candidates D dominate it, where a dominates b if
  - zone, state, agency, action, review path and voltage are the same;
  - a has no fewer acres, no longer gen-tie, no weaker point of interconnection, and lies in every
    latency circle in which b lies;
  - the members of D share b's point of interconnection or lie each at another one of its own.
Take any plan that uses b. Its other sites number at most K - 1. A member of D at b's own point is
blocked only if it is used itself; a member at another point m only if some used site is at m; so
each of the K - 1 blocks at most one member, and one member a is free, with its point unused (or
shared with b). Let a take b's place: review, connection and lead times are the same, acres and
point suffice, the gen-tie costs no more, and every limit by zone, state, agency or basin sees the
same figures. The plan stays feasible and costs no more, so the best plan without b is as good as
the best plan with it. Dropping goes on from best to worst and D counts kept candidates only, so
that the exchange can be repeated for every dropped site of a plan.

What it rests on, beside K: ``land.lease_phases`` is 0 and no option has a fee (a part, or an option, of
more acres would cost more), the tables ``candidates`` and ``nodes`` are used as written, and nothing in
the scenario names a dropped site or its point (a programmatic review by site, a link, an upgrade, a
rival, a limit of a node).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

import shapely

from siting.core.geodesy import great_circle_km
from siting.core.table import Cell
from siting.screening.describe import BORDER_KM, Candidate
from siting.screening.projection import M_PER_KM
from siting.screening.settings import Clustering, Limits, Reach, Reduction

GROUP = ("zone", "state", "agency", "action", "review_path", "poi_kv")
LIMITS = (
    ("max_line_km", "line_km", "line"),
    ("max_substation_km", "substation_km", "substation"),
    ("max_water_km", "water_km", "water"),
    ("max_fiber_km", "fiber_km", "fiber"),
    ("max_plant_km", "plant_km", "retired or retiring plant"),
)


@dataclass(frozen=True)
class Dropped:
    """A candidate that is left out, why, and which of those kept stand for it."""

    candidate: Candidate
    reason: str
    detail: str
    dominated_by: tuple[str, ...] = ()


def within_limits(
    candidates: Sequence[Candidate], limits: Limits
) -> tuple[list[Candidate], list[Dropped]]:
    """Candidates that have what the limits ask for; the others with the figure that fails."""
    kept, dropped = [], []
    for candidate in candidates:
        failure = _failure(candidate.values, limits)
        if failure is None:
            kept.append(candidate)
        else:
            dropped.append(Dropped(candidate, *failure))
    return kept, dropped


def _failure(values: Mapping[str, Cell], limits: Limits) -> tuple[str, str] | None:
    """The first limit that a candidate fails, in words."""
    if not values["state"]:
        return "in no state", f"farther than {BORDER_KM:g} km from every state of the boundaries"
    if limits.states is not None and values["state"] not in limits.states:
        return "other state", f"in {values['state']}"
    for setting, column, what in LIMITS:
        most = getattr(limits, setting)
        if most is None:
            continue
        km = values.get(column)
        if not isinstance(km, float):
            return f"too far from {what}", f"there is no {what} in the layers"
        if km > most:
            return f"too far from {what}", f"{km:.1f} km to the nearest {what}, at most {most:g}"
    least = limits.min_deliverable_mw
    mw = values["deliverable_mw"]
    if least is not None and not (isinstance(mw, int | float) and mw >= least):
        return "grid too weak", f"{mw or 0:g} MW deliverable (estimated), at least {least:g}"
    return None


def reduced(
    candidates: Sequence[Candidate], settings: Reduction
) -> tuple[list[Candidate], list[Dropped]]:
    """Drop what no plan of at most ``max_sites`` sites can need; see the proof above."""
    kept: list[Candidate] = []
    dropped: list[Dropped] = []
    for members in _groups(candidates).values():
        best: list[Candidate] = []
        reaches = [_reaches(c, settings.reaches) for c in members]
        inside: dict[str, frozenset[str]] = {
            c.name: reach for c, reach in zip(members, reaches, strict=True)
        }
        for candidate in sorted(members, key=_order):
            rulers = _rulers(candidate, best, inside, settings.max_sites)
            if len(rulers) < settings.max_sites:
                best.append(candidate)
                continue
            dropped.append(Dropped(candidate, "dominated", _proof(candidate, settings), rulers))
        kept += best
    return sorted(kept, key=lambda c: c.name), dropped


def _groups(candidates: Sequence[Candidate]) -> dict[tuple[str, ...], list[Candidate]]:
    """Candidates that a plan cannot tell apart but by acres, gen-tie, point and place."""
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in candidates:
        key = tuple(str(candidate.values[column]) for column in GROUP)
        groups.setdefault(key, []).append(candidate)
    return dict(sorted(groups.items()))


def _figures(candidate: Candidate) -> tuple[float, float, float, float]:
    """Gen-tie, and the negative of acres, deliverable MW and preference: less is better."""
    values = candidate.values
    return (
        _amount(values["gen_tie_km"]),
        -_amount(values["buildable_acres"]),
        -_amount(values["deliverable_mw"]),
        -_amount(values["preference"]),
    )


def _amount(cell: Cell) -> float:
    """A figure; 0 where there is none."""
    return float(cell) if isinstance(cell, int | float) else 0.0


def _order(candidate: Candidate) -> tuple[tuple[float, ...], str]:
    """From best to worst; preference only orders equals, and the id only those."""
    return _figures(candidate), candidate.name


def _rulers(
    candidate: Candidate,
    best: Sequence[Candidate],
    inside: Mapping[str, frozenset[str]],
    most: int,
) -> tuple[str, ...]:
    """Up to ``most`` kept candidates that dominate one, at its own point or each at another."""
    tie, acres, mw, _ = _figures(candidate)
    home = candidate.values["node"] or candidate.name
    taken: set[str] = set()
    found: list[str] = []
    for other in best:
        a_tie, a_acres, a_mw, _ = _figures(other)
        if a_tie > tie or a_acres > acres or a_mw > mw:
            continue
        if not inside[candidate.name] <= inside[other.name]:
            continue
        point = str(other.values["node"] or other.name)
        if point != home:
            if point in taken:
                continue
            taken.add(point)
        found.append(other.name)
        if len(found) == most:
            break
    return tuple(found)


def _reaches(candidate: Candidate, reaches: Mapping[str, Reach]) -> frozenset[str]:
    """Latency circles in which a candidate lies."""
    lon, lat = _amount(candidate.values["longitude"]), _amount(candidate.values["latitude"])
    return frozenset(
        name
        for name, reach in reaches.items()
        if great_circle_km(lon, lat, reach.longitude, reach.latitude) <= reach.km
    )


def _proof(candidate: Candidate, settings: Reduction) -> str:
    """Why the optimum cannot change, in words."""
    values = candidate.values
    k = settings.max_sites
    return (
        f"{k} kept candidates of {values['agency']} in zone {values['zone']}, state "
        f"{values['state']}, same action, review path and voltage, each have no fewer acres, no "
        f"longer gen-tie and no weaker point of interconnection, at the same point or each at "
        f"another. Where at most {k} sites are committed, the other {k - 1} sites of a plan leave "
        f"one of them free with its point; it can take this site's place at no higher cost. Holds "
        f"where components.land.max_sites <= {k}, land is not leased in phases nor kept under "
        f"options, and nothing names this site or its point"
    )


def clustered(
    candidates: Sequence[Candidate], settings: Clustering
) -> tuple[list[Candidate], list[Dropped]]:
    """Keep the best candidate of each square, agency, state, zone and voltage. Approximate."""
    side = settings.km * M_PER_KM
    kept, dropped = [], []
    for members in _groups(candidates).values():
        cells: dict[tuple[int, int], list[Candidate]] = {}
        for candidate in members:
            point = shapely.point_on_surface(candidate.piece.shape)
            cells.setdefault((floor(point.x / side), floor(point.y / side)), []).append(candidate)
        for cell in cells.values():
            first, *others = sorted(cell, key=_order)
            kept.append(first)
            detail = f"approximate: {first.name} stands for it in a square of {settings.km:g} km"
            dropped += [
                Dropped(c, "clustered (approximate)", detail, (first.name,)) for c in others
            ]
    return sorted(kept, key=lambda c: c.name), dropped
