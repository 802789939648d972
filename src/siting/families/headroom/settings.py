"""Settings of ``headroom``, and what they must agree with."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from pydantic import Field

from siting.core.calendar import add_months
from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.records import Record, Rival, Tier
from siting.core.rivals import rival_mw as drawn_mw
from siting.core.strict import Identifier, MonthDate, NonNegative, Positive, Share
from siting.core.system import System
from siting.core.warnings import listed
from siting.families.provides import Frame


class Upgrade(Record):
    """More capacity at a node or in a zone."""

    node: Identifier | None = None
    """Point of interconnection that is upgraded; state it or ``zone``."""
    zone: Identifier | None = None
    """Zone that is upgraded; state it or ``node``."""
    added_mw: Positive
    """Load that the upgrade adds room for [MW]."""
    lead_time_months: NonNegative
    """From the decision to service [months]."""
    overnight_usd: NonNegative = 0.0
    """Overnight cost [USD]."""
    lifetime_years: Positive = 40.0
    """Years over which the upgrade is paid off."""
    earliest_in_service: MonthDate | None = None
    """Never in service before this date."""

    def ready_date(self, start: date) -> date:
        """When the upgrade is in service if it is started on a date."""
        done = add_months(start, self.lead_time_months)
        return max(done, self.earliest_in_service) if self.earliest_in_service else done


class VoltageCost(Priced):
    """Cost of connecting at a voltage class."""

    from_kv: NonNegative
    """Lowest voltage of the class [kV]."""
    line_usd_per_km: NonNegative
    """Overnight cost of the gen-tie [USD per km]."""
    substation_usd: NonNegative
    """Overnight cost of the substation [USD]."""
    usd_per_mw: NonNegative = 0.0
    """Overnight cost of what grows with the contracted draw: stations of the campus, and works on the
    systems it affects [USD per MW]; paid off like the rest, from the draw of each period."""


class HeadroomConfig(Priced):
    """Settings of ``headroom``."""

    tier: Tier | None = None
    """What-if: firm load takes the zone headroom that curtailed load would, at this share of a year's
    energy; by default it takes only what the zone states for load that is never curtailed, and what
    nodes and ``adequacy`` leave. Without effect in zones where ``curtailment`` is on, which has all tiers."""
    is_zone_limited: bool = True
    """Whether zone headroom limits draw beside the nodes, with ``curtailment`` or without."""
    connection_costs: list[VoltageCost] = Field(default_factory=list)
    """Line and substation cost by lowest voltage; the highest row at or below the site's applies."""
    connection_lifetime_years: Positive = 40.0
    """Years over which a connection is paid off."""
    upgrades: dict[Identifier, Upgrade] = Field(default_factory=dict)
    """Upgrades of nodes or zones that may be bought, by id."""
    rivals: dict[Identifier, Rival] = Field(default_factory=dict)
    """Announced loads and queue projects that take headroom first."""
    rival_percentile_frac: Share | None = None
    """Probability with which the rivals draw no more than is set aside; none means expected."""

    def connection_usd(self, kv: float | None, km: float) -> float:
        """Overnight cost of a site's gen-tie and substation [USD]."""
        row = self._class_of(kv)
        return row.line_usd_per_km * km + row.substation_usd if row else 0.0

    def station_usd_per_mw(self, kv: float | None) -> float:
        """Overnight cost of what grows with the draw of a site [USD per MW]."""
        row = self._class_of(kv)
        return row.usd_per_mw if row else 0.0

    def _class_of(self, kv: float | None) -> VoltageCost | None:
        """The highest class at or below a voltage."""
        rows = [row for row in self.connection_costs if row.from_kv <= (kv or 0.0)]
        return max(rows, key=lambda row: row.from_kv, default=None)


def is_zone_limited(frame: Frame, config: HeadroomConfig) -> bool:
    """Whether zone headroom limits draw."""
    return config.is_zone_limited


def rival_mw(frame: Frame, config: HeadroomConfig) -> dict[tuple[str, str, int], float]:
    """Draw of rivals by ("node" or "zone", id, period) [MW]."""
    starts = frame.calendar.starts
    return drawn_mw(config.rivals, frame.nodes, starts, config.rival_percentile_frac)


def rival_load_mw(frame: Frame, config: HeadroomConfig) -> dict[tuple[str, int], float]:
    """Draw of rivals that no forecast behind a surplus holds, by zone and period [MW]."""
    beyond = {name: rival for name, rival in config.rivals.items() if not rival.is_in_forecast}
    starts = frame.calendar.starts
    drawn = drawn_mw(beyond, frame.nodes, starts, config.rival_percentile_frac)
    return {(place, p): mw for (level, place, p), mw in drawn.items() if level == "zone"}


def check(system: System, config: HeadroomConfig) -> list[Issue]:
    """Upgrades and rivals name one known node or zone; voltage rows do not repeat."""
    issues = _check_rivals(system, config)
    for name, upgrade in config.upgrades.items():
        where = f"components.headroom.upgrades.{name}"
        if (upgrade.node is None) == (upgrade.zone is None):
            issues.append(
                Issue(
                    where,
                    "an upgrade of both a node and a zone, or of neither",
                    "exactly one",
                    "State node or zone",
                )
            )
        for field, known in (("node", system.nodes), ("zone", system.zones)):
            value = getattr(upgrade, field)
            if value is not None and value not in known:
                issues.append(
                    Issue(
                        f"{where}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {listed(sorted(known), 8)}",
                        "Correct it or remove the upgrade",
                    )
                )
        node = system.nodes.get(upgrade.node or "")
        zones = {system.sites[s].zone for s, n in system.node_of.items() if n == upgrade.node}
        if node is not None and node.zone is None and len(zones) > 1:
            issues.append(
                Issue(
                    f"nodes.{upgrade.node}.zone",
                    f"no zone, and sites of {sorted(map(str, zones))} at the node",
                    f"the zone whose customers pay for the upgrade '{name}'",
                    "State it",
                )
            )
    levels = sorted(row.from_kv for row in config.connection_costs)
    if any(a == b for a, b in pairwise(levels)):
        issues.append(
            Issue(
                "components.headroom.connection_costs",
                "two rows from the same voltage",
                "one row a voltage",
                "Remove one of them",
            )
        )
    return issues


def _check_rivals(system: System, config: HeadroomConfig) -> list[Issue]:
    """Rivals name a known zone or a node of the scenario, and not both."""
    issues = []
    places = {"zone": sorted(system.zones), "node": sorted(system.stated_nodes)}
    for name, rival in config.rivals.items():
        where = f"components.headroom.rivals.{name}"
        if (rival.zone is None) == (rival.node is None):
            what = "a rival of both a node and a zone, or of neither"
            issues.append(Issue(where, what, "exactly one", "State node or zone"))
        for field, known in places.items():
            value = getattr(rival, field)
            if value is not None and value not in known:
                issues.append(
                    Issue(
                        f"{where}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {listed(known, 8)}" if known else f"a {field} of the scenario",
                        "Correct it or remove the rival",
                    )
                )
    return issues
