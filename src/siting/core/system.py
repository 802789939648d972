"""What every family shares: the calendar, the places, and when a site can first be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from siting.core import bill
from siting.core.bill import Bearer
from siting.core.calendar import Calendar, Lag
from siting.core.needs import ALL_YEAR, SeasonNeed
from siting.core.records import Node, Site, Zone


@dataclass(frozen=True)
class System:
    """Frozen data shared by all families.

    Attributes:
        calendar: periods of the horizon.
        sites, zones, nodes: records by id, sorted.
        node_of: point of interconnection of each site that has a zone.
        families: names of the families that are on.
        review: lag from committing a site to its review being complete, by site.
        review_dates: when the review of a commitment made on a date is complete, by site and date
            of commitment: the starts of the periods in which the site may be committed.
        tiered_review: the same lag for sites that may tier from a programmatic review, from the
            first commitment that can; sites that cannot are missing. tiered_dates: its dates.
        first_reviewed: first period in which the review of a site can be complete, by either way.
        it_limit_mw: most IT load each site can carry [MW]: the least of its own limit, its acres
            and the largest total target.
        period_limit_mw: most IT load of a site in a period [MW]: also no more than the targets of
            that period, nor than the halls that the ramp allows until then.
        first_service: first period in which a site can carry IT load; sites that never can are
            missing.
        pue: most facility MW per IT MW; a bound where a site chooses among options.
        load_factor_frac: average over peak load.
        provided_by: families that provide each part of what is shared, see ``families.provides``.
        rack_kw: densest rack of each workload that states one [kW].
    """

    calendar: Calendar
    sites: Mapping[str, Site]
    zones: Mapping[str, Zone]
    nodes: Mapping[str, Node]
    node_of: Mapping[str, str]
    families: frozenset[str]
    provided_by: Mapping[str, tuple[str, ...]]
    review: Mapping[str, Lag]
    review_dates: Mapping[str, Mapping[date, date]]
    tiered_review: Mapping[str, Lag]
    tiered_dates: Mapping[str, Mapping[date, date]]
    first_reviewed: Mapping[str, int]
    it_limit_mw: Mapping[str, float]
    period_limit_mw: Mapping[tuple[str, int], float]
    first_service: Mapping[str, int]
    pue: float
    rival_mw: Mapping[tuple[str, str, int], float]
    """Headroom taken by rivals, by ("node" or "zone", id, period) [MW]."""
    rival_load_mw: Mapping[tuple[str, int], float]
    """Draw of rivals that no forecast behind a surplus holds, by zone and period [MW]."""
    needs: Mapping[tuple[str, int], tuple[SeasonNeed, ...]]
    """Requirement and surplus by season, by zone and period, of zones for which they are stated."""
    load_factor_frac: float
    rack_kw: Mapping[str, float]
    peak_target_mw: float
    """Largest sum of all targets in any period [IT MW]."""
    tier_months: Mapping[tuple[str, str], float | None]
    """Connection by zone and curtailment tier on offer [months]; None where it is as for firm service."""
    is_zone_limited: bool
    """Whether the headroom of zones limits what their sites draw."""
    is_zone_linked: bool
    """Whether firm power may be sent between zones."""
    hall_it_mw: float
    """Load of the halls of which sites are built; 0 where any load can be built [IT MW]."""
    workloads: tuple[str, ...]
    """Names of the kinds of load, sorted."""
    facility_load_table: str | None
    """Table that states the load of each site with cooling; None where the PUE is that of all."""
    step_up_classes: tuple[str, ...] | None
    """Classes of step-up transformers on offer; None where none is needed."""
    committed: Mapping[tuple[str, ...], float]
    """At least so many of a decision, by ``family.variable`` and the parts of its item."""
    useful_firm_mw: Mapping[str, float]
    """Firm supply of a zone that is of use beyond the need of its own sites, of all families [MW]."""
    is_hedged: bool
    """Whether the scenario is one of several futures for which one plan is made: purchases are then
    decided in view of all of them, and what is not needed here, or comes too late, is paid all the same."""

    def bearer(self, place: str) -> Bearer:
        """Who bears the cost of what stands at a site, in a zone, or nowhere yet."""
        if not place:
            return bill.NO_PLACE
        return bill.site(place) if place in self.sites else bill.zone(place)

    def draw_limit_mw(self, site: str, period: int) -> float:
        """Largest useful draw of a site in a period [MW]."""
        return self.pue * self.period_limit_mw.get((site, period), 0.0)

    def left_by_rivals_mw(self, level: str, place: str, period: int, mw: float) -> float:
        """What rivals leave of the capacity of a "node" or "zone" in a period [MW]."""
        return max(0.0, mw - self.rival_mw.get((level, place, period), 0.0))

    def short_by_rivals_mw(self, level: str, place: str, period: int, mw: float) -> float:
        """What rivals take beyond the capacity of a "node" or "zone" in a period [MW]."""
        return max(0.0, self.rival_mw.get((level, place, period), 0.0) - mw)

    def node_mw(self, node: str, period: int) -> float:
        """What rivals leave of the capacity of a node in a period [MW]."""
        return self.left_by_rivals_mw("node", node, period, self.nodes[node].capacity_mw)

    def needs_of(self, zone: str, period: int) -> tuple[SeasonNeed, ...]:
        """Requirement and surplus of a zone by season before any rival: as stated by season, else
        those of its record."""
        stated = self.needs.get((zone, period))
        if stated is not None:
            return stated
        record, start = self.zones[zone], self.calendar.starts[period]
        surplus = record.surplus_mw(start) or 0.0
        return (SeasonNeed(ALL_YEAR, 1 + record.margin_frac(start), surplus),)

    def needs_left(self, zone: str, period: int) -> tuple[SeasonNeed, ...]:
        """The same after the rivals that no forecast holds."""
        load = self.rival_load_mw.get((zone, period), 0.0)
        return tuple(need.after(load) for need in self.needs_of(zone, period))

    def connection_months(self, site: str) -> float:
        """From asking for a connection to firm service [months]: the site's own, or its zone's."""
        own = self.sites[site].connection_months
        return self.zones[str(self.sites[site].zone)].connection_months if own is None else own

    def service_months(self, site: str, tier: str) -> float:
        """From asking for a connection to service under a curtailment tier [months]; that of firm
        service where the tier states none, or is none of those on offer."""
        months = self.tier_months.get((str(self.sites[site].zone), tier))
        return self.connection_months(site) if months is None else months

    def tiers_at(self, site: str) -> tuple[str, ...]:
        """Curtailment tiers on offer at a site beside being firm."""
        return tuple(tier for zone, tier in self.tier_months if zone == self.sites[site].zone)

    def opening_months(self, site: str) -> tuple[float, ...]:
        """Months in which a connection of a site may come into service, by the tier; ascending."""
        tiers = {self.service_months(site, tier) for tier in self.tiers_at(site)}
        return tuple(sorted({self.connection_months(site), *tiers}))

    def review_done(self, site: str, commit_date: date) -> date:
        """When the review of a site committed on a date, the start of a period, is complete; the
        end of time where it may not be committed then."""
        return self.review_dates[site].get(commit_date, date.max)

    @cached_property
    def commit_periods(self) -> tuple[tuple[str, int], ...]:
        """(site, period) pairs in which a site may be committed, or stay so, sorted."""
        return tuple(
            (site, period)
            for site in self.sites
            for period, start in enumerate(self.calendar.starts)
            if start in self.review_dates[site]
        )

    @cached_property
    def open_sites(self) -> tuple[str, ...]:
        """Sites that may be committed at all, sorted."""
        return tuple(dict.fromkeys(site for site, _ in self.commit_periods))

    @cached_property
    def service_periods(self) -> tuple[tuple[str, int], ...]:
        """(site, period) pairs in which a site can carry IT load, sorted."""
        return tuple(
            (site, period)
            for site in self.sites
            for period in self.calendar.periods
            if period >= self.first_service.get(site, len(self.calendar))
        )

    @cached_property
    def grid_periods(self) -> tuple[tuple[str, int], ...]:
        """The service periods of sites that lie in a zone."""
        return tuple(pair for pair in self.service_periods if pair[0] in self.node_of)

    def zones_used(self, sites: Iterable[str]) -> list[str]:
        """Zones of some sites, sorted; every zone where firm power may be sent between them."""
        if self.is_zone_linked:
            return sorted(self.zones)
        return sorted({str(self.sites[site].zone) for site in sites})

    def others_that_provide(self, part: str, family: str) -> tuple[str, ...]:
        """Families beside one that provide a part of what is shared."""
        return tuple(name for name in self.provided_by[part] if name != family)

    @cached_property
    def stated_nodes(self) -> frozenset[str]:
        """Points of interconnection of the scenario, without those that only one site has."""
        own = {s for s, site in self.sites.items() if site.zone is not None and site.node is None}
        return frozenset(self.nodes) - own

    def zone_at(self, node: str) -> str | None:
        """Zone of a point of interconnection: its own, else that of the first site there."""
        own = self.nodes[node].zone if node in self.nodes else None
        if own in self.zones:
            return own
        return next((self.sites[s].zone for s, n in self.node_of.items() if n == node), None)
