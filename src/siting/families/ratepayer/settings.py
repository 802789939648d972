"""Settings of ``ratepayer``, and what they must agree with."""

from __future__ import annotations

from itertools import pairwise

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.records import Record, Zone
from siting.core.strict import NonNegative, Positive, Share
from siting.core.system import System
from siting.core.warnings import listed

SLOPE_TOLERANCE = 1e-9
"""Relative difference of slopes that counts as a straight line."""


class CurvePoint(Record):
    """A point of the capacity price curve."""

    surplus_frac: float
    """Accredited surplus above the requirement, share of the peak; negative where short."""
    price_usd_per_mw_day: NonNegative
    """Price of capacity at that surplus [USD per MW-day]."""


class RatepayerConfig(Priced):
    """Settings of ``ratepayer``."""

    cost_causation: bool = False
    """Whether the sites bear all network cost they cause, and other customers none."""
    socialised_share_frac: Share = 1.0
    """Share of the yearly cost of network upgrades that the other customers of the zone pay, where
    the sites do not bear it; 1 is an upgrade rolled wholly into the rates."""
    capacity_price_curve: list[CurvePoint] = Field(min_length=2)
    """Convex and falling, by increasing surplus; the first slope goes on below, the last price
    above."""
    retail_usd_per_mwh: Positive
    """Average price the other customers pay [USD per MWh]."""
    zone_load_factor_frac: float = Field(gt=0.0, le=1.0)
    """Average over peak load of the other customers."""
    max_bill_effect_frac: NonNegative | None = None
    """Most by which the plan may raise the yearly bill of the other customers of any zone."""
    max_bill_effect_by_zone_frac: dict[str, NonNegative] = Field(default_factory=dict)
    """The same for one zone; comes before the general cap."""


def peak_of(zone: Zone) -> float:
    """The higher of the seasonal peaks of a zone; 0 where none is stated [MW]."""
    return max(zone.summer_peak_mw or 0.0, zone.winter_peak_mw or 0.0)


def slope_between(left: CurvePoint, right: CurvePoint) -> float:
    """Change of price over change of surplus."""
    rise = right.price_usd_per_mw_day - left.price_usd_per_mw_day
    return rise / (right.surplus_frac - left.surplus_frac)


def check(system: System, config: RatepayerConfig) -> list[Issue]:
    """A curve that is convex and falls; caps of zones that exist and have a peak."""
    issues = _curve_issues(config.capacity_price_curve)
    for zone in sorted(config.max_bill_effect_by_zone_frac):
        where = f"components.ratepayer.max_bill_effect_by_zone_frac.{zone}"
        known = sorted(z for z, record in system.zones.items() if peak_of(record) > 0)
        if zone not in system.zones:
            what, fix = f"unknown zone '{zone}'", "Correct it or remove the cap"
            issues.append(Issue(where, what, f"one of {listed(known, 8)}", fix))
        elif zone not in known:
            what = f"zone '{zone}' states no peak, so its bill is unknown"
            fix = f"State zones.{zone}.summer_peak_mw or remove the cap"
            issues.append(Issue(where, what, "a zone with a peak above 0 MW", fix))
    return issues


def _curve_issues(curve: list[CurvePoint]) -> list[Issue]:
    """Points that are out of order, rise, or bend the wrong way."""
    place = "components.ratepayer.capacity_price_curve"
    issues = []
    slopes: list[float] = []
    for position, (left, right) in enumerate(pairwise(curve), start=1):
        where = f"{place}[{position}]"
        if right.surplus_frac <= left.surplus_frac:
            what = f"surplus_frac {right.surplus_frac:g} after {left.surplus_frac:g}"
            fix = "Sort the points by surplus_frac and remove repeated ones"
            return [Issue(f"{where}.surplus_frac", what, "a larger surplus at each point", fix)]
        if right.price_usd_per_mw_day > left.price_usd_per_mw_day:
            what = f"the price rises to {right.price_usd_per_mw_day:g} with more surplus"
            fix = f"Write at most {left.price_usd_per_mw_day:g}"
            expected = "a price that falls or stays as surplus grows"
            issues.append(Issue(f"{where}.price_usd_per_mw_day", what, expected, fix))
        slopes.append(slope_between(left, right))
    for position, (before, after) in enumerate(pairwise(slopes), start=1):
        if after < before - SLOPE_TOLERANCE * abs(before):
            what = (
                f"the curve is not convex: the price falls by {-before:g} USD per MW-day and unit "
                f"of surplus before this point and faster, by {-after:g}, after it"
            )
            expected = "a fall that gets slower as surplus grows, so that a cap stays linear"
            fix = "Raise the price after this point, lower its own, or remove the point"
            issues.append(Issue(f"{place}[{position}]", what, expected, fix))
    return issues
