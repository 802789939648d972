"""What every family shares, from the records of a scenario and the parts that families provide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import inf
from typing import Any

from siting.core.calendar import Calendar, Lag, add_months
from siting.core.errors import InputError, Issue
from siting.core.records import Node, Site, Zone
from siting.core.system import System
from siting.families.provides import PARTS, combined
from siting.families.registry import COMPONENTS
from siting.scenario import Scenario


@dataclass(frozen=True)
class Shared:
    """Records, settings of the families that are on, and what follows from the parts they provide:
    the ``Frame`` that families see."""

    scenario: Scenario
    calendar: Calendar
    sites: Mapping[str, Site]
    zones: Mapping[str, Zone]
    nodes: Mapping[str, Node]
    families: Mapping[str, Any]

    def part(self, name: str) -> Any:
        """A part of all families together."""
        values = [
            COMPONENTS[family].provides[name](self, self.families[family])
            for family in providers(name, self.families)
        ]
        return combined(PARTS[name], values)

    @cached_property
    def committed_items(self) -> frozenset[str]:
        """What the scenario commits to: the parts of the items of which it asks for at least some."""
        held = (one for one in self.scenario.committed.values() if one.least)
        return frozenset(part for one in held for part in one.parts)

    @cached_property
    def targets_mw(self) -> Mapping[int, float]:
        """Load that is wanted, by period [IT MW]."""
        targets: Mapping[int, float] = self.part("targets_mw")
        return targets

    @cached_property
    def peak_target_mw(self) -> float:
        """Largest sum of all targets in any period, and in any future that is hedged for [IT MW]."""
        return max(*self.targets_mw.values(), self.scenario.hedged_for_it_mw or 0.0)

    @cached_property
    def review_dates(self) -> Mapping[str, Mapping[date, date]]:
        """When the review of a commitment is complete, by site and date of commitment."""
        dates: Mapping[str, Mapping[date, date]] = self.part("review_dates")
        return dates

    @cached_property
    def review(self) -> Mapping[str, Lag]:
        """Lag from committing a site to its review being complete."""
        return {s: self._lag(days) for s, days in self.review_dates.items()}

    @cached_property
    def tiered_dates(self) -> Mapping[str, Mapping[date, date]]:
        """Dates of reviews that tier, of sites that can within the horizon."""
        dates: Mapping[str, Mapping[date, date]] = self.part("tiered_dates")
        return {s: dates[s] for s in dates if self._lag(dates[s]).starts}

    @cached_property
    def tiered_review(self) -> Mapping[str, Lag]:
        """Lag from committing a site that tiers to its review being complete."""
        return {s: self._lag(days) for s, days in self.tiered_dates.items()}

    def _lag(self, days: Mapping[date, date]) -> Lag:
        """Lag of the dates on which a site may be committed, or tier."""
        return self.calendar.lag(lambda day: days.get(day, date.max))

    @cached_property
    def first_reviewed(self) -> Mapping[str, int]:
        """First period in which each site can be reviewed, on its own or under a programmatic review
        that is started in the first period."""
        first = {}
        for site, lag in self.review.items():
            ways = [
                lag.first,
                self.tiered_review[site].first if site in self.tiered_review else None,
            ]
            known = [period for period in ways if period is not None]
            if known:
                first[site] = min(known)
        return first

    @cached_property
    def it_limit_mw(self) -> Mapping[str, float]:
        """Most IT load of each site: its own limit, the largest total target, and what families say."""
        rooms = self.part("it_limit_mw")
        peak = self.peak_target_mw
        return {
            s: min(peak, inf if site.max_it_mw is None else site.max_it_mw, rooms.get(s, inf))
            if self.review_dates[s]
            else 0.0
            for s, site in self.sites.items()
        }

    @cached_property
    def period_limit_mw(self) -> Mapping[tuple[str, int], float]:
        """Most IT load of each site in each period: its limit, the targets, and what families say."""
        rooms = self.part("period_limit_mw")
        return {
            (s, p): min(self.it_limit_mw[s], self.targets_mw[p], rooms.get((s, p), inf))
            for s in self.first_reviewed
            for p in self.calendar.periods
        }

    @cached_property
    def first_service(self) -> Mapping[str, int]:
        """First period in which each site can carry load."""
        months = self.part("build_months")
        built = self.calendar.lag(lambda day: add_months(day, months))
        first: dict[str, int] = {}
        for site, ready in self.first_reviewed.items():
            arrivals = [a for a in built.arrival[ready:] if a is not None]
            if arrivals and self.it_limit_mw[site] > 0:
                first[site] = min(arrivals)
        return first


def providers(part: str, families: Mapping[str, Any]) -> tuple[str, ...]:
    """Families that are on and provide a part, sorted."""
    return tuple(name for name in sorted(families) if part in COMPONENTS[name].provides)


def shared_of(scenario: Scenario, families: Mapping[str, Any]) -> Shared:
    """What the families of a scenario see of it."""
    shared = Shared(
        scenario,
        scenario.calendar(),
        dict(sorted(scenario.sites.items())),
        dict(sorted(scenario.zones.items())),
        dict(sorted(scenario.nodes.items())),
        families,
    )
    return replace(shared, sites=_with_usable_acres(shared))


def build_system(scenario: Scenario, families: Mapping[str, Any]) -> System:
    """Shared data: reviews, limits, first service, points of interconnection.

    Raises:
        InputError: no family that is on provides a part that every plan needs.
    """
    _check_parts(families)
    shared = shared_of(scenario, families)
    sites, pue = shared.sites, shared.part("pue")
    plain = (
        "workloads", "rack_kw", "load_factor_frac", "rival_mw", "rival_load_mw", "needs", "is_zone_limited",
        "is_zone_linked", "hall_it_mw", "tier_months", "step_up_classes", "facility_load_table",
    )  # fmt: skip
    return System(
        calendar=shared.calendar,
        sites=sites,
        zones=shared.zones,
        nodes=_nodes(shared, shared.peak_target_mw * pue),
        node_of={s: site.node or s for s, site in sites.items() if site.zone is not None},
        families=frozenset(families),
        provided_by={part: providers(part, families) for part in PARTS},
        review=shared.review,
        review_dates=shared.review_dates,
        tiered_review=shared.tiered_review,
        tiered_dates=shared.tiered_dates,
        first_reviewed=shared.first_reviewed,
        it_limit_mw=shared.it_limit_mw,
        period_limit_mw=shared.period_limit_mw,
        pue=pue,
        first_service=shared.first_service,
        peak_target_mw=shared.peak_target_mw,
        committed=_least(scenario),
        useful_firm_mw={},
        is_hedged=scenario.hedged_for_it_mw is not None,
        **{part: shared.part(part) for part in plain},
    )


def _least(scenario: Scenario) -> dict[tuple[str, ...], float]:
    """At least so many of each decision that the scenario commits to."""
    least: dict[tuple[str, ...], float] = {}
    for one in scenario.committed.values():
        key = (one.decision, *one.parts)
        least[key] = max(least.get(key, 0.0), one.least or 0.0)
    return least


def _with_usable_acres(shared: Shared) -> dict[str, Site]:
    """Sites with no more acres than may be used of them; what an agency states is no estimate."""
    sites = dict(shared.sites)
    for name, acres in shared.part("usable_acres").items():
        site = sites[name]
        if site.buildable_acres is None or acres < site.buildable_acres:
            estimated = [c for c in site.estimated.split(";") if c != "buildable_acres"]
            changes = {"buildable_acres": acres, "estimated": ";".join(estimated)}
            sites[name] = site.model_copy(update=changes)
    return sites


def _check_parts(families: Mapping[str, Any]) -> None:
    """Raise where no family provides what every plan needs."""
    missing: dict[str, None] = {}
    for part in (name for name, part in PARTS.items() if part.is_needed):
        if not providers(part, families):
            missing[" or ".join(providers(part, COMPONENTS))] = None
    if missing:
        raise InputError(
            Issue(
                "components",
                f"the family '{name}' is missing",
                f"components.{name}",
                "Add it; every plan places some load on some land",
            )
            for name in sorted(missing)
        )


def _nodes(shared: Shared, unlimited_mw: float) -> dict[str, Node]:
    """Points of interconnection: those stated, and one of its own for a site that names none."""
    own = {
        s: Node(
            name=site.name,
            zone=site.zone,
            capacity_mw=unlimited_mw,
            source="no limit stated",
            longitude=site.longitude,
            latitude=site.latitude,
        )
        for s, site in shared.sites.items()
        if site.zone is not None and site.node is None
    }
    return dict(sorted({**own, **shared.nodes}.items()))
