"""Settings of ``curtailment``: the tiers a site may choose, what giving way costs, and their check."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.needs import tightest
from siting.core.records import TIER_SHARES, Record, Zone
from siting.core.strict import Identifier, NonNegative, Positive, Share
from siting.core.system import System
from siting.families.provides import Frame

FIRM = "0pct"
"""The tier of a site that never gives way."""


SHARES: dict[str, float] = {FIRM: 0.0, **{str(t): share for t, share in TIER_SHARES.items()}}
"""Share of a year's energy that each tier gives up."""


TierName = Literal["0pct", "0_25pct", "0_5pct", "1pct", "5pct"]


class TierTerms(Record):
    """What a curtailment tier asks of a site."""

    hours_per_year: Positive
    """Hours of the load block ``peak``: those in which load gives way."""
    connection_months: NonNegative | None = None
    """From asking for a connection to curtailable service [months]; the default is that of firm
    service."""
    depth_frac: float = Field(default=1.0, gt=0.0, le=1.0)
    """Share of the draw that must be able to give way in the worst of these hours."""


class CurtailmentConfig(Priced):
    """Settings of ``curtailment``."""

    tiers: dict[TierName, TierTerms] = Field(min_length=1)
    """Tiers that sites may choose beside being firm."""
    zones: list[Identifier] | None = Field(default=None, min_length=1)
    """Zones whose operator connects load that gives way; every zone where left out. Elsewhere load is
    firm, and ``headroom`` limits it."""
    flexible_frac: dict[Identifier, Share] = Field(default_factory=dict)
    """Share of each workload's IT load that can be paused in peak hours; 0 where not named."""
    lost_usd_per_mwh: NonNegative = 0.0
    """Value of the compute that is paused [USD per MWh]."""

    def is_offered(self, zone: str) -> bool:
        """Whether the operator of a zone connects load that gives way."""
        return self.zones is None or zone in self.zones

    def share(self, tier: str) -> float:
        """Share of a year's energy that a tier gives up."""
        return SHARES[tier]

    def curve(self, zone: Zone, firm_mw: float) -> list[tuple[float, float]]:
        """(load [MW], curtailed average MW) of a zone, from firm to the deepest tier on offer; empty where
        the zone states no headroom.

        What the zone takes without curtailment is stated by the zone, or estimated as the firm load
        that its accredited surplus covers, but no more than where the line through its first two
        tiers meets zero: a curve that is not convex contradicts how it came about. All tiers that
        the zone states count for this, on offer or not.
        """
        if zone.headroom_mw is not None:
            return [(zone.headroom_mw, 0.0)]
        stated = {
            tier: (mw, share * mw)
            for tier, share in TIER_SHARES.items()
            if (mw := zone.tier_headroom_mw(tier)) is not None
        }
        offered = [point for tier, point in stated.items() if tier in self.tiers]
        if zone.headroom_mw_0pct is not None:
            return [(zone.headroom_mw_0pct, 0.0), *offered]
        if not stated:
            return []
        points = list(stated.values())
        firm = min(points[0][0], firm_mw)
        if len(points) > 1:
            (left, low), (right, high) = points[:2]
            if high > low:
                firm = min(firm, left - low * (right - left) / (high - low))
        return [(max(0.0, firm), 0.0), *offered]


def tier_months(frame: Frame, config: CurtailmentConfig) -> dict[tuple[str, str], float | None]:
    """Connection by zone and tier on offer [months]; None where it is that of firm service."""
    return {
        (zone, tier): terms.connection_months
        for zone in filter(config.is_offered, frame.zones)
        for tier, terms in config.tiers.items()
    }


def slopes(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """(slope, intercept) of each segment of a curve; equal loads are skipped."""
    found = []
    for (left, low), (right, high) in pairwise(points):
        if right > left:
            slope = (high - low) / (right - left)
            found.append((slope, low - slope * left))
    return found


def check(system: System, config: CurtailmentConfig) -> list[Issue]:
    """Curves that rise and are convex."""
    issues = [
        Issue(
            f"components.curtailment.zones[{place}]",
            f"no zone is called '{zone}'",
            f"zones of the scenario: {', '.join(system.zones)}",
            "Correct the name or remove it",
        )
        for place, zone in enumerate(config.zones or ())
        if zone not in system.zones
    ]
    if FIRM in config.tiers:
        issues.append(
            Issue(
                f"components.curtailment.tiers.{FIRM}",
                "the firm tier has no terms",
                "tiers that give way",
                "Remove it; every site may always be firm",
            )
        )
    for name in filter(config.is_offered, system.zones):
        zone = system.zones[name]
        points = config.curve(zone, tightest(system.needs_of(name, 0)).firm_mw)
        rising = all(left <= right for (left, _), (right, _) in pairwise(points))
        found = [slope for slope, _ in slopes(points)]
        if not rising or any(b < a * (1 - 1e-9) for a, b in pairwise(found)):
            tiers = ", ".join(f"{mw:g} MW" for mw, _ in points)
            issues.append(
                Issue(
                    f"zones.{name}",
                    f"headroom by tier is not a convex curve: {tiers}",
                    "headroom that rises with the tier, each step costing more curtailment a MW",
                    "Correct headroom_mw_0pct or the tiers of the zone",
                )
            )
    return issues
