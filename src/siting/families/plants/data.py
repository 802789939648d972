"""Settings and shared data of ``plants`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

from siting.core.calendar import Lag, Terms
from siting.core.errors import Issue
from siting.core.system import System
from siting.core.warnings import listed
from siting.families.plants.bounds import (
    check_order,
    guarded_sites,
    named_lag_of,
    places_for,
    reviewed_by,
    rights_by_period,
    room_units,
    supply_units,
    unlocking_units,
    useful_units,
    within,
    zone_record,
)
from siting.families.plants.order_data import OrderData, prepare_order
from siting.families.plants.settings import NamedPlant, PlantsConfig, Technology


@dataclass(frozen=True)
class PlantsData:
    """Numbers of the formulas; places are sites, then zones, sorted."""

    system: System
    technologies: Mapping[str, Technology]
    named: Mapping[str, NamedPlant]
    queue_months: Mapping[tuple[str, str], float]
    credit: Mapping[tuple[str, str], float]
    lag: Mapping[tuple[str, str], Lag]
    max_units: Mapping[tuple[str, str], int]
    unit_starts: tuple[tuple[str, str, int], ...]
    unit_service: tuple[tuple[str, str, int], ...]
    review_by: Mapping[tuple[str, str, int], tuple[Terms, Terms]]
    """Commitments, own and tiered, that a unit started at a place in a period may stand on."""
    supply_units: Mapping[tuple[str, int], int]
    named_lag: Mapping[str, Lag]
    named_starts: tuple[tuple[str, int], ...]
    named_service: tuple[tuple[str, int], ...]
    rights_mw: Mapping[tuple[str, int], float]
    rights_groups: Mapping[tuple[str, int], tuple[str, ...]]
    """(holder, period) -> plants that share the holder's rights then, two or more."""
    holder_mw: Mapping[str, float]
    order: OrderData
    useful_units: Mapping[tuple[str, str], int]
    """Most units of use at a place, as far as it has room for more."""
    room_units: Mapping[tuple[str, str], int | None]
    """Units that a place has room for by acres and by the limit of the technology; None for any."""
    may_idle: tuple[tuple[str, str, int], ...]
    """Units that may wait in service for their step-ups: of one of several futures only."""

    gas_usd_per_mmbtu: Mapping[tuple[str, int], float]
    """Price of natural gas by zone and period, where it is stated by zone."""

    def output_usd_per_mwh(self, technology: str, place: str, period: int) -> float:
        """Cost of one MWh of output of a technology at a site or in a zone [USD]."""
        zone = str(self.system.sites[place].zone) if self.is_site(place) else place
        gas_usd = self.gas_usd_per_mmbtu.get((zone, period))
        return self.technologies[technology].output_usd_at(gas_usd)

    def is_site(self, place: str) -> bool:
        """Whether a place is a site rather than a zone."""
        return place in self.system.sites


def _reviews(
    system: System, tech: Technology, place: str, lag: Lag
) -> dict[int, tuple[Terms, Terms]]:
    """Periods in which a unit may be started, each with the reviews that allow it at a site."""
    calendar, on_site = system.calendar, place in system.sites
    found = {}
    for p in range(lag.starts[-1] + 1 if lag.starts else 0):
        if tech.available_from is None or calendar.starts[p] >= tech.available_from:
            reviewed = reviewed_by(system, tech, place, p) if on_site else ((), ())
            if any(reviewed) or not on_site:
                found[p] = reviewed
    return found


def prepare(system: System, config: PlantsConfig) -> PlantsData:
    """Places, stages as lags, bounds on units, and rights by period."""
    calendar = system.calendar
    queue, credit, lags, starts, service = {}, {}, {}, [], []
    useful: dict[tuple[str, str], int] = {}
    room: dict[tuple[str, str], int | None] = {}
    guarded = guarded_sites(system, config)
    review_by: dict[tuple[str, str, int], tuple[Terms, Terms]] = {}
    for name, tech in sorted(config.technologies.items()):
        for place in places_for(system, tech):
            key = (name, place)
            zone = system.sites[place].zone if place in system.sites else place
            on_site = place in system.sites
            wait = 0.0 if on_site else system.zones[place].generation_queue_months
            lag = calendar.lag(partial(tech.ready_date, queue_months=wait))
            credit_of = tech.site_credit_frac if on_site else tech.credit_frac
            firm = credit_of(zone_record(system, zone))
            reviews = _reviews(system, tech, place, lag)
            kept = list(reviews)
            review_by |= {(name, place, p): reviewed for p, reviewed in reviews.items()}
            most = _most_units(system, config, key, firm, int(place in guarded))
            if within(*most) < 1 or not kept:
                continue
            queue[key], credit[key] = wait, firm
            lags[key], (useful[key], room[key]) = lag, most
            starts += [(name, place, p) for p in kept]
            first = lag.arrival[kept[0]]
            service += [(name, place, p) for p in calendar.periods if p >= (first or 0)]
    named_lag = {
        j: lag for j in sorted(config.named) if (lag := named_lag_of(system, config, j)).starts
    }
    named = {j: config.named[j] for j in named_lag}
    rights, groups = rights_by_period(system, config, named, named_lag)
    return PlantsData(
        system=system,
        gas_usd_per_mmbtu=gas_by_zone(system, config),
        technologies=dict(sorted(config.technologies.items())),
        named=named,
        queue_months=queue,
        credit=credit,
        lag=lags,
        max_units={key: within(useful[key], room[key]) for key in useful},
        unit_starts=tuple(starts),
        unit_service=tuple(service),
        review_by=review_by,
        supply_units=supply_units(system, config),
        named_lag=named_lag,
        named_starts=tuple((j, p) for j in named for p in range(named_lag[j].starts[-1] + 1)),
        order=prepare_order(system, config, lags, tuple(starts), tuple(service), named_lag),
        named_service=tuple(sorted(rights)),
        rights_mw=rights,
        rights_groups=groups,
        holder_mw={h: config.named[h].own_rights_mw for h, _ in groups},
        useful_units=useful,
        room_units=room,
        may_idle=_may_idle(system, config, service),
    )


def _most_units(
    system: System, config: PlantsConfig, key: tuple[str, str], credit: float, spare_units: int
) -> tuple[int, int | None]:
    """Units of a technology that are of use at a place and that it has room for; no fewer than are
    committed."""
    name, place = key
    tech = config.technologies[name]
    useful = useful_units(system, tech, place, credit, spare_units, unlocking_units(config, name))
    room = room_units(system, tech, place)
    promised = ceil(system.committed.get(("plants.units", name, place), 0.0))
    return max(useful, promised), None if room is None else max(room, promised)


def _may_idle(
    system: System, config: PlantsConfig, service: Sequence[tuple[str, str, int]]
) -> tuple[tuple[str, str, int], ...]:
    """Units that may wait for their step-ups, in one of several futures."""
    return tuple(key for key in service if system.is_hedged and _is_stepped(config, key[0]))


def _is_stepped(config: PlantsConfig, technology: str) -> bool:
    """Whether units of a technology need step-ups."""
    tech = config.technologies[technology]
    return tech.step_up_class is not None and tech.step_up_per_unit > 0


def check(system: System, config: PlantsConfig) -> list[Issue]:
    """Technologies, zones, step-up classes and rights that exist; no cycle of borrowed rights or of
    kinds."""
    issues = [*check_order(config), *_check_step_ups(system, config), *_check_spend(config)]
    where = "components.plants.named"
    for j, plant in config.named.items():
        for field, known in (("technology", config.technologies), ("zone", system.zones)):
            value = getattr(plant, field)
            if value not in known:
                issues.append(
                    Issue(
                        f"{where}.{j}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {listed(sorted(known), 8)}",
                        "Correct it or add it",
                    )
                )
        chain = [j]
        while (following := config.named[chain[-1]].rights_from) is not None:
            if following not in config.named:
                issues.append(
                    Issue(
                        f"{where}.{chain[-1]}.rights_from",
                        f"unknown plant '{following}'",
                        "a named plant",
                        "Correct it or add the plant",
                    )
                )
                break
            if following in chain:
                circle = " -> ".join([*chain[chain.index(following) :], following])
                issues.append(
                    Issue(
                        f"{where}.{j}.rights_from",
                        f"plants borrow interconnection rights in a circle: {circle}",
                        "a chain that ends at a plant with rights of its own",
                        "Remove rights_from from one of them",
                    )
                )
                break
            chain.append(following)
    return issues


def _check_spend(config: PlantsConfig) -> list[Issue]:
    """Shares of spending that make up the whole."""
    return [
        Issue(
            f"components.plants.technologies.{name}.spend_fracs",
            f"shares that sum to {sum(technology.spend_fracs):g}",
            "shares that sum to 1",
            "Correct them, or remove them for the same in each year",
        )
        for name, technology in config.technologies.items()
        if technology.spend_fracs and abs(sum(technology.spend_fracs) - 1) > SUM_ERROR
    ]


SUM_ERROR = 1e-6
"""By how much shares that are rounded may miss the whole."""


def _check_step_ups(system: System, config: PlantsConfig) -> list[Issue]:
    """Step-up classes that technologies name are on offer, where any are needed."""
    known = system.step_up_classes
    if known is None:
        return []
    return [
        Issue(
            f"components.plants.technologies.{name}.step_up_class",
            f"unknown step-up class '{technology.step_up_class}'",
            f"one of {list(known)}" if known else "a class with role step_up",
            "Correct it or add it to components.transformers.classes",
        )
        for name, technology in config.technologies.items()
        if technology.step_up_class is not None and technology.step_up_class not in known
    ]


def gas_by_zone(system: System, config: PlantsConfig) -> dict[tuple[str, int], float]:
    """Price of natural gas of each zone for which it is stated, by period."""
    stated: dict[str, dict[int, float]] = {}
    for _, row in sorted(config.gas_prices.items()):
        stated.setdefault(row.zone, {})[row.year] = row.gas_usd_per_mmbtu
    found = {}
    for zone, years in stated.items():
        for p, start in enumerate(system.calendar.starts):
            past = [year for year in years if year <= start.year]
            found[zone, p] = years[max(past) if past else min(years)]
    return found
