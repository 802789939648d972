"""Settings and shared data of ``ratepayer`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from siting.core.needs import tightest
from siting.core.system import System
from siting.core.units import HOURS_PER_YEAR
from siting.expressions.labels import Expr, Label, at
from siting.families.ratepayer.settings import CurvePoint, RatepayerConfig, peak_of, slope_between

MILLION = 1e6
"""Dollars in a million: keeps the rows near one."""


Line = tuple[float, float]
"""Slope and intercept of a line of the price curve [USD per MW-day]."""


ZonePeriod = tuple[str, int]


@dataclass(frozen=True)
class RatepayerData:
    """Numbers of the formulas."""

    system: System
    zone_periods: tuple[ZonePeriod, ...]
    sites_in: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, Line]
    """Lines of the price curve by the name of the segment."""
    peak_mw: Mapping[str, float]
    bill_usd: Mapping[str, float]
    required: Mapping[ZonePeriod, float]
    """Accredited capacity required for firm load, in the season that is the tightest without the plan."""
    surplus_mw: Mapping[ZonePeriod, float]
    customer_share: float
    cap_usd: Mapping[str, float]

    def price(self, zone: str, surplus_mw: float) -> float:
        """Capacity price at a surplus of a zone [USD per MW-day]."""
        share = surplus_mw / self.peak_mw[zone]
        return max(slope * share + intercept for slope, intercept in self.lines.values())

    def left_mw(self, zone: Label, period: Label, supply: Expr, drawn: Expr) -> Expr:
        """Surplus with the plan's supply and draw in it [MW]."""
        need = at(self.required, zone, period) * drawn
        return at(self.surplus_mw, zone, period) + supply - need


def lines_of(curve: list[CurvePoint]) -> dict[str, Line]:
    """Lines through neighbouring points, and the last price; their largest is the curve."""
    lines = {}
    for position, (left, right) in enumerate(pairwise(curve), start=1):
        slope = slope_between(left, right)
        intercept = left.price_usd_per_mw_day - slope * left.surplus_frac
        lines[f"segment {position}"] = (slope, intercept)
    return {**lines, "flat end": (0.0, curve[-1].price_usd_per_mw_day)}


def prepare(system: System, config: RatepayerConfig) -> RatepayerData:
    """Peak, bill, margin, surplus and cap of every zone with a peak in which a site can be served,
    to whose network one is connected, or that can send power to another."""
    served = [s for s in system.node_of if s in system.first_service]
    zones = set(system.zones_used(served))
    zones |= {str(system.zone_at(system.node_of[s])) for s in served}
    peaks = {z: peak_of(system.zones[z]) for z in sorted(zones)}
    peaks = {z: peak for z, peak in peaks.items() if peak > 0}
    usd_per_mw = config.zone_load_factor_frac * HOURS_PER_YEAR * config.retail_usd_per_mwh
    bills = {z: peak * usd_per_mw for z, peak in peaks.items()}
    caps = {
        z: config.max_bill_effect_by_zone_frac.get(z, config.max_bill_effect_frac) for z in peaks
    }
    pairs = tuple((z, p) for z in peaks for p in system.calendar.periods)
    needs = {(z, p): tightest(system.needs_left(z, p)) for z, p in pairs}
    return RatepayerData(
        system=system,
        zone_periods=pairs,
        sites_in={z: tuple(s for s in served if system.sites[s].zone == z) for z in peaks},
        lines=lines_of(config.capacity_price_curve),
        peak_mw=peaks,
        bill_usd=bills,
        required={key: need.requirement_frac for key, need in needs.items()},
        surplus_mw={key: need.surplus_mw for key, need in needs.items()},
        customer_share=0.0 if config.cost_causation else config.socialised_share_frac,
        cap_usd={z: cap * bills[z] for z, cap in caps.items() if cap is not None},
    )


def useful(system: System, config: RatepayerConfig) -> dict[str, float]:
    """Supply that brings the price of capacity in each zone with a cap down to the end of its fall,
    beyond what the draw of its sites takes [MW]."""
    data = prepare(system, config)
    curve = config.capacity_price_curve
    least = curve[-1].price_usd_per_mw_day
    flat_from = min(point.surplus_frac for point in curve if point.price_usd_per_mw_day == least)
    return {
        z: max(0.0, flat_from * data.peak_mw[z] - min(data.surplus_mw[z, p] for p in periods))
        for z in data.cap_usd
        if (periods := system.calendar.periods)
    }
