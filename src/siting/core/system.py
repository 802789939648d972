"""What every family shares: the calendar, the places, and when a site can first be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.calendar import Calendar, Lag
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
        review_months: the same in months.
        it_limit_mw: most IT load each site can carry [MW]: the least of its own limit, its acres
            and the largest total target.
        first_service: first period in which a site can carry IT load; sites that never can are
            missing.
        pue: facility MW per IT MW (1 when ``energy`` is off).
    """

    calendar: Calendar
    sites: Mapping[str, Site]
    zones: Mapping[str, Zone]
    nodes: Mapping[str, Node]
    node_of: Mapping[str, str]
    families: frozenset[str]
    review: Mapping[str, Lag]
    review_months: Mapping[str, float]
    it_limit_mw: Mapping[str, float]
    first_service: Mapping[str, int]
    pue: float
    peak_target_mw: float
    """Largest sum of all targets in any period [IT MW]."""

    @property
    def service_periods(self) -> tuple[tuple[str, int], ...]:
        """(site, period) pairs in which a site can carry IT load, sorted."""
        return tuple(
            (site, period)
            for site in self.sites
            for period in self.calendar.periods
            if period >= self.first_service.get(site, len(self.calendar))
        )

    @property
    def grid_periods(self) -> tuple[tuple[str, int], ...]:
        """The service periods of sites that lie in a zone."""
        return tuple(pair for pair in self.service_periods if pair[0] in self.node_of)

    def zone_at(self, node: str) -> str | None:
        """Zone of a point of interconnection: its own, else that of the first site there."""
        own = self.nodes[node].zone if node in self.nodes else None
        if own in self.zones:
            return own
        return next((self.sites[s].zone for s, n in self.node_of.items() if n == node), None)
