"""Rules of ``plants`` on order and company: first of a kind first, shared builders, exclusive rights,
and one unit out. The formulation stands in ``plants``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from siting.components.base import Build, arrived
from siting.components.plants_bounds import guarded_sites
from siting.components.plants_settings import ConstructionSlots, NamedPlant, PlantsConfig
from siting.components.whole import Expr, Label, at, pick, whole
from siting.core.audit import (
    Finding,
    day,
    exceeds,
    facility_load,
    number,
    rows_of,
    sum_by,
)
from siting.core.calendar import Lag, lag_of
from siting.core.system import System
from siting.core.table import Row, Table

if TYPE_CHECKING:
    from siting.components.plants import PlantsData

Place = tuple[str, str]
"""Technology and place."""


@dataclass(frozen=True)
class OrderData:
    """Numbers of the rules on order.

    Attributes:
        after: technology -> (predecessor, units of it, milestone).
        unlock_index: (technology, period) in which its first unit may start.
        reached: lag from the start of a predecessor's units, by (technology, place), to the milestone.
        named_reached: the same of named plants, by plant.
        named_of: named plants of a technology.
        begun, built: lags from the start to the beginning and the end of construction.
        slots: shared builders. slot_index: (slots, period) in which something may be built.
        exclusive: plants of each group, two or more.
        outage_index: (technology, site, period) whose largest unit may be out.
    """

    after: Mapping[str, tuple[str, int, str]]
    unlock_index: tuple[tuple[str, int], ...]
    reached: Mapping[Place, Lag]
    named_reached: Mapping[str, Lag]
    named_of: Mapping[str, tuple[str, ...]]
    begun: Mapping[Place, Lag]
    built: Mapping[Place, Lag]
    slots: Mapping[str, ConstructionSlots]
    slot_index: tuple[tuple[str, int], ...]
    exclusive: Mapping[str, tuple[str, ...]]
    outage_index: tuple[tuple[str, str, int], ...]


def prepare_order(
    system: System,
    config: PlantsConfig,
    lags: Mapping[Place, Lag],
    starts: tuple[tuple[str, str, int], ...],
    service: tuple[tuple[str, str, int], ...],
    named_lag: Mapping[str, Lag],
) -> OrderData:
    """Lags to milestones and construction stages, over the starts that are possible."""
    techs = config.technologies
    periods: dict[Place, set[int]] = {}
    for k, place, p in starts:
        periods.setdefault((k, place), set()).add(p)
    after = {
        k: (tech.after, tech.after_units, tech.after_milestone)
        for k, tech in sorted(techs.items())
        if tech.after is not None and any(key[0] == k for key in periods)
    }
    begun, built = {}, {}
    for (k, place), kept in periods.items():
        begun[k, place] = _lag(
            system, [techs[k].begin_date(d) for d in system.calendar.starts], kept
        )
        built[k, place] = _lag(
            system, [techs[k].built_date(d) for d in system.calendar.starts], kept
        )
    by_start = {
        key: _lag(system, list(system.calendar.starts), kept) for key, kept in periods.items()
    }
    milestones = {before: milestone for before, _, milestone in after.values()}
    reached = {
        key: lags[key] if milestones[key[0]] == "in_service" else by_start[key]
        for key in periods
        if key[0] in milestones
    }
    named_of = {
        k: tuple(j for j in named_lag if config.named[j].technology == k) for k in milestones
    }
    named_reached = {
        j: named_lag[j]
        if milestones[k] == "in_service"
        else _lag(system, list(system.calendar.starts), set(named_lag[j].starts))
        for k, plants in named_of.items()
        for j in plants
    }
    guarded = guarded_sites(system, config)
    return OrderData(
        after=after,
        unlock_index=tuple(sorted({(k, p) for k, _, p in starts if k in after})),
        reached=reached,
        named_reached=named_reached,
        named_of=named_of,
        begun=begun,
        built=built,
        slots=dict(sorted(config.construction_slots.items())),
        slot_index=tuple(
            (name, p) for name in sorted(config.construction_slots) for p in system.calendar.periods
        ),
        exclusive=_groups({j: config.named[j] for j in named_lag}),
        outage_index=tuple(key for key in service if key[1] in guarded),
    )


def _lag(system: System, reached: list[date], kept: set[int]) -> Lag:
    """Lag over the starts that are possible."""
    arrivals = [
        system.calendar.period_from(reached[p]) if p in kept else None
        for p in system.calendar.periods
    ]
    return lag_of(arrivals, len(system.calendar))


def _groups(named: Mapping[str, NamedPlant]) -> dict[str, tuple[str, ...]]:
    """Plants of each exclusive group."""
    groups: dict[str, list[str]] = {}
    for j, plant in sorted(named.items()):
        if plant.exclusive_group is not None:
            groups.setdefault(plant.exclusive_group, []).append(j)
    return {group: tuple(plants) for group, plants in sorted(groups.items()) if len(plants) > 1}


def declare_order(build: Build, data: PlantsData) -> None:
    """Declare which technologies are unlocked, and which sites have a unit of a technology."""
    order = data.order
    unlocked = build.variable(
        "unlocked", order.unlock_index, domain="binary", doc="enough units of the predecessor"
    )
    build.cumulative("unlocked_monotone", unlocked, order.unlock_index)
    build.variable("has", order.outage_index, domain="binary", doc="site has a unit that may fail")


def constrain_order(build: Build, data: PlantsData) -> None:
    """First of a kind first, shared builders, exclusive rights, one unit out."""
    order, system = data.order, data.system
    units, start = build.variables["units"], build.variables["start"]
    unlocked, has = build.variables["unlocked"], build.variables["has"]

    def learned(k: str, p: int) -> tuple[Expr, Expr]:
        before, count, _ = order.after[k]
        done = sum(
            arrived(units, key, lag, p) for key, lag in order.reached.items() if key[0] == before
        )
        named = sum(arrived(start, (j,), order.named_reached[j], p) for j in order.named_of[before])
        return count * unlocked[k, p], done + named

    @whole
    def sequence(k: Label, place: Label, p: Label) -> tuple[Expr, Expr]:
        return units[k, place, p], at(data.max_units, k, place) * unlocked[k, p]

    def construction_slots(name: str, p: int) -> tuple[Expr, Expr]:
        shared = order.slots[name]
        busy = sum(
            arrived(units, key, order.begun[key], p) - arrived(units, key, order.built[key], p)
            for key in order.begun
            if key[0] in shared.technologies
        )
        return busy, shared.max_units_under_construction

    def exclusive(group: str) -> tuple[Expr, Expr]:
        last = [
            max(p for plant, p in data.named_starts if plant == j) for j in order.exclusive[group]
        ]
        return sum(start[j, p] for j, p in zip(order.exclusive[group], last, strict=True)), 1.0

    @whole
    def unit_there(k: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        count = arrived(units, (k, s), pick(data.lag, k, s), p)
        return count, at(data.max_units, k, s) * has[k, s, p]

    @whole
    def largest_out(k: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        lost = at(lambda k: data.technologies[k].unit_mw, k) * has[k, s, p]
        own = build.total("onsite_nameplate_mw", (s, p))
        return build.total("facility_mw", (s, p)), build.total("grid_mw", (s, p)) + own - lost

    followers = [key for key in data.unit_starts if key[0] in order.after]
    guarded = [key for key in order.outage_index if (key[1], key[2]) in set(system.service_periods)]
    groups = [(group,) for group in order.exclusive]
    build.at_most("learned", order.unlock_index, learned, doc="first of a kind first", unit="units")
    build.at_most("sequence", followers, sequence, doc="n-th of a kind after the first")
    build.at_most(
        "construction_slots", order.slot_index, construction_slots, doc="builders", unit="units"
    )
    build.at_most("exclusive", groups, exclusive, doc="exclusive rights", unit="plants")
    build.at_most("unit_there", order.outage_index, unit_there, doc="a unit that may fail")
    build.at_most("largest_out", guarded, largest_out, doc="largest unit out", unit="MW")


def audit_order(data: PlantsData, tables: Mapping[str, Table]) -> Iterator[Finding]:
    """The rules on order, from the dates of the rows of ``plants``."""
    rows = [(name, row) for name, row in rows_of(tables, "plants") if day(row, "start_date")]
    yield from _audit_sequence(data, [row for _, row in rows])
    yield from _audit_slots(data, [row for _, row in rows])
    for group, plants in data.order.exclusive.items():
        started = sorted(str(row["item"]) for _, row in rows if row["item"] in plants)
        if len(started) > 1:
            yield Finding("plants.exclusive", f"group {group}", f"{' and '.join(started)} started")
    yield from _audit_outage(data, tables)


def _audit_sequence(data: PlantsData, rows: list[Row]) -> Iterator[Finding]:
    """Units of a predecessor before each start."""
    calendar = data.system.calendar
    for k, (before, count, milestone) in data.order.after.items():
        column = "in_service_date" if milestone == "in_service" else "start_date"
        for row in rows:
            start = day(row, "start_date")
            if row["technology"] != k or row["item"] in data.named or start is None:
                continue
            done = sum(
                number(other, "quantity")
                for other in rows
                if other["technology"] == before and _by(day(other, column), start)
            )
            if done < count and calendar.period_at(start) is not None:
                what = f"{done:g} of {count} units of {before} by {start}"
                yield Finding("plants.sequence", f"{row['item']} started {start}", what)


def _by(reached: date | None, on: date) -> bool:
    """Whether a milestone is reached by a date."""
    return reached is not None and reached <= on


def _audit_slots(data: PlantsData, rows: list[Row]) -> Iterator[Finding]:
    """Units under construction at once."""
    calendar = data.system.calendar
    for name, shared in data.order.slots.items():
        for start in calendar.starts:
            busy = 0.0
            for row in rows:
                began = day(row, "start_date")
                if row["technology"] not in shared.technologies or row["item"] in data.named:
                    continue
                tech = data.technologies[str(row["technology"])]
                if began and tech.begin_date(began) <= start < tech.built_date(began):
                    busy += number(row, "quantity")
            if busy > shared.max_units_under_construction:
                what = f"{busy:g} units under construction on {start}"
                yield Finding("plants.construction_slots", name, what)


def _audit_outage(data: PlantsData, tables: Mapping[str, Table]) -> Iterator[Finding]:
    """Load of guarded sites with the largest unit of each technology out."""
    calendar = data.system.calendar
    load = facility_load(data.system, tables)
    draw = sum_by(tables, "power", ("site",), "grid_mw", calendar)
    own = sum_by(tables, "generation", ("location",), "capacity_mw", calendar)
    for key, cover in sum_by(tables, "rentals", ("location",), "outage_cover_mw", calendar).items():
        own[key] = own.get(key, 0.0) + cover
    there = sum_by(tables, "generation", ("technology", "location"), "capacity_mw", calendar)
    for k, s, p in data.order.outage_index:
        if there.get((f"{k}|{s}", p), 0.0) <= 0:
            continue
        left = draw.get((s, p), 0.0) + own.get((s, p), 0.0) - data.technologies[k].unit_mw
        if exceeds(load.get((s, p), 0.0), left):
            what = f"{left:.3f} MW on {calendar.starts[p]} for {load[s, p]:.3f} MW"
            yield Finding("plants.largest_out", f"site {s} without a unit of {k}", what)
