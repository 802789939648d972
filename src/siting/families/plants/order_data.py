"""The order in which units of a kind are built, and the builders they share, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from siting.core.calendar import Lag, lag_of
from siting.core.system import System
from siting.families.plants.bounds import guarded_sites
from siting.families.plants.settings import ConstructionSlots, NamedPlant, PlantsConfig

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
    techs, dates = config.technologies, list(system.calendar.starts)
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
        begun[k, place] = _lag(system, list(map(techs[k].begin_date, dates)), kept)
        built[k, place] = _lag(system, list(map(techs[k].built_date, dates)), kept)
    by_start = {key: _lag(system, dates, kept) for key, kept in periods.items()}
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
        else _lag(system, dates, set(named_lag[j].starts))
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
