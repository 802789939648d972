r"""Ratepayer: what the plan does to the bills of the other customers of each zone.

Question: by how much does the plan raise what the other customers of a zone pay, for network
upgrades and for capacity, and is that within a cap?
Assumptions: the price of capacity falls with the accredited surplus of the zone, along a convex
curve; the other customers buy capacity for the zone's peak at that price. They pay a share of the
yearly cost of network upgrades in service, and none where the sites bear all they cause. The plan
does not change what they consume.

Formulation
-----------
    with           X[z,p] = S[z,p] + F[z,p] - (1 + r[z,p]) * sum_{s in z} g[s,p]
                   f(x) = max_k (m[k] * x + b[k])
    (price_curve)  D * P[z] * (m[k] * X[z,p] / P[z] + b[k]) <= a[z,p]      each segment k
    (bill_cap)     h * N[z,p] + a[z,p] - D * P[z] * f(S[z,p] / P[z]) <= B[z] * L * 8760 * R * P[z]
    reported       h * N[z,p], D * P[z] * (f(X[z,p] / P[z]) - f(S[z,p] / P[z])), their sum over the
                   bill L * 8760 * R * P[z]

Symbols
-------
    a[z,p]   yearly capacity bill of the other customers    million USD, only where a cap is set
    g[s,p]   draw that does not give way, ledger            MW
    F[z,p]   accredited new supply, ledger ``zone_firm_mw`` MW
    N[z,p]   yearly cost of upgrades in service, ledger ``network_usd_per_year``   USD per year
    S, X     accredited surplus before and after the plan   MW
    P[z]     peak of the other customers                    MW
    f        capacity price by surplus over peak            USD per MW-day
    m, b     slope and intercept of its segments            USD per MW-day
    r, h     reserve margin; share that others pay          share
    L, R     average over peak load; retail price           share, USD per MWh
    B[z]     cap on the rise of the yearly bill             share;   D = 365.25 days a year

``f`` is the largest of its lines since it is convex: the first slope goes on below the lowest
surplus, the last price above the highest. ``a`` is only a bound; what is reported is ``f`` itself.
Nothing is charged: these are transfers between customers, and the plan's own cost already holds the
upgrades whole.

Sources: PJM auctions for 2024/25 to 2027/28, see ``models/libraries/ratepayer.yaml``; peak, surplus
and margin by zone in ``data/geo/grid_zones.geojson``.
Limits: one curve for every zone, also where no auction is held and a utility's own capacity cost
would take its place. A zone without a peak has no row, nor has one whose bills the plan cannot
raise: where no site can be served, no upgrade stands and ``interfaces`` send nothing. The surplus
is the whole surplus of the zone, whatever share of it ``adequacy`` lets the plan use. Energy prices
and the peak of the other customers do not react. Connections are paid by the site alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from pydantic import Field

from siting.components.base import Build, Component, Values, firm_draw
from siting.components.whole import Expr
from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    day,
    exceeds,
    firm_by_zone,
    firm_draw_by_site,
    is_same,
    number,
    rows_of,
    sum_by,
)
from siting.core.errors import Issue
from siting.core.records import Record, Zone
from siting.core.strict import NonNegative, Positive, Share, StrictModel
from siting.core.system import System
from siting.core.table import Cell, Table
from siting.core.units import DAYS_PER_YEAR, HOURS_PER_YEAR

MILLION = 1e6
"""Dollars in a million: keeps the rows near one."""
DECIMALS = 9
"""Decimals of a written table: a price follows from the surplus as written, so that the audit
computes it from the same number."""
SLOPE_TOLERANCE = 1e-9
"""Relative difference of slopes that counts as a straight line."""


class CurvePoint(Record):
    """A point of the capacity price curve."""

    surplus_frac: float
    """Accredited surplus above the requirement, share of the peak; negative where short."""
    price_usd_per_mw_day: NonNegative
    """Price of capacity at that surplus [USD per MW-day]."""


class RatepayerConfig(StrictModel):
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
    margin: Mapping[ZonePeriod, float]
    surplus_mw: Mapping[ZonePeriod, float]
    customer_share: float
    cap_usd: Mapping[str, float]

    def price(self, zone: str, surplus_mw: float) -> float:
        """Capacity price at a surplus of a zone [USD per MW-day]."""
        share = surplus_mw / self.peak_mw[zone]
        return max(slope * share + intercept for slope, intercept in self.lines.values())

    def left_mw(self, zone: str, period: int, supply: Expr, drawn: Expr) -> Expr:
        """Surplus with the plan's supply and draw in it [MW]."""
        need = (1 + self.margin[zone, period]) * drawn
        return self.surplus_mw[zone, period] + supply - need


def peak_of(zone: Zone) -> float:
    """The higher of the seasonal peaks of a zone; 0 where none is stated [MW]."""
    return max(zone.summer_peak_mw or 0.0, zone.winter_peak_mw or 0.0)


def lines_of(curve: list[CurvePoint]) -> dict[str, Line]:
    """Lines through neighbouring points, and the last price; their largest is the curve."""
    lines = {}
    for position, (left, right) in enumerate(pairwise(curve), start=1):
        slope = _slope(left, right)
        intercept = left.price_usd_per_mw_day - slope * left.surplus_frac
        lines[f"segment {position}"] = (slope, intercept)
    return {**lines, "flat end": (0.0, curve[-1].price_usd_per_mw_day)}


def _slope(left: CurvePoint, right: CurvePoint) -> float:
    """Change of price over change of surplus."""
    rise = right.price_usd_per_mw_day - left.price_usd_per_mw_day
    return rise / (right.surplus_frac - left.surplus_frac)


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
    starts = system.calendar.starts
    pairs = tuple((z, p) for z in peaks for p in system.calendar.periods)
    return RatepayerData(
        system=system,
        zone_periods=pairs,
        sites_in={z: tuple(s for s in served if system.sites[s].zone == z) for z in peaks},
        lines=lines_of(config.capacity_price_curve),
        peak_mw=peaks,
        bill_usd=bills,
        margin={(z, p): system.zones[z].margin_frac(starts[p]) for z, p in pairs},
        surplus_mw={(z, p): system.zones[z].surplus_mw(starts[p]) or 0.0 for z, p in pairs},
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


def declare(build: Build, data: RatepayerData) -> None:
    """Declare the capacity bill where it is capped; the cap bounds it."""
    capped = [(z, p) for z, p in data.zone_periods if z in data.cap_usd]
    build.variable("capacity_musd", capped, doc="yearly capacity bill of other customers")


def constrain(build: Build, data: RatepayerData) -> None:
    """Capacity bill above every line of the curve, and the cap on the change of the whole bill."""
    bill = build.variables["capacity_musd"]

    def price_curve(z: str, p: int, line: str) -> tuple[Expr, Expr]:
        slope, intercept = data.lines[line]
        drawn = sum(firm_draw(build, s, p) for s in data.sites_in[z])
        left = data.left_mw(z, p, build.total("zone_firm_mw", (z, p)), drawn)
        usd = DAYS_PER_YEAR * slope * left + DAYS_PER_YEAR * intercept * data.peak_mw[z]
        return usd / MILLION, bill[z, p]

    def bill_cap(z: str, p: int) -> tuple[Expr, Expr]:
        network = data.customer_share * build.total("network_usd_per_year", (z, p))
        before = DAYS_PER_YEAR * data.peak_mw[z] * data.price(z, data.surplus_mw[z, p])
        limit = (data.cap_usd[z] + before) / MILLION
        return network / MILLION + bill[z, p], limit

    capped = [(z, p) for z, p in data.zone_periods if z in data.cap_usd]
    lines = [(z, p, line) for z, p in capped for line in data.lines]
    build.at_most("price_curve", lines, price_curve, doc="capacity price by surplus")
    build.at_most("bill_cap", capped, bill_cap, doc="bill effect", unit="million USD")


COLUMNS = (
    "period_start",
    "zone",
    "peak_mw",
    "surplus_before_mw",
    "surplus_after_mw",
    "price_before_usd_per_mw_day",
    "price_after_usd_per_mw_day",
    "network_usd",
    "capacity_usd",
    "bill_usd",
    "bill_effect_frac",
)


def _row(
    data: RatepayerData, zone: str, period: int, after_mw: float, network_usd: float
) -> dict[str, Cell]:
    """Effect on the yearly bill of a zone in a period; ``network_usd`` is what all pay."""
    before_mw, peak_mw = data.surplus_mw[zone, period], data.peak_mw[zone]
    before, after = data.price(zone, before_mw), data.price(zone, after_mw)
    paid_usd = data.customer_share * network_usd
    capacity_usd = DAYS_PER_YEAR * (after - before) * peak_mw
    return {
        "period_start": data.system.calendar.starts[period],
        "zone": zone,
        "peak_mw": peak_mw,
        "surplus_before_mw": before_mw,
        "surplus_after_mw": after_mw,
        "price_before_usd_per_mw_day": before,
        "price_after_usd_per_mw_day": after,
        "network_usd": paid_usd,
        "capacity_usd": capacity_usd,
        "bill_usd": data.bill_usd[zone],
        "bill_effect_frac": (paid_usd + capacity_usd) / data.bill_usd[zone],
    }


def report(values: Values, data: RatepayerData) -> dict[str, Table]:
    """Surplus, price and bill of the other customers of each zone, by period."""
    rows = []
    for z, p in sorted(data.zone_periods, key=lambda pair: (pair[1], pair[0])):
        drawn = sum(firm_draw(values, s, p) for s in data.sites_in[z])
        after_mw = data.left_mw(z, p, values.total("zone_firm_mw", (z, p)), drawn)
        network_usd = values.total("network_usd_per_year", (z, p))
        rows.append(_row(data, z, p, round(after_mw, DECIMALS), network_usd))
    return {"ratepayer": Table.of(COLUMNS, rows)}


def audit(data: RatepayerData, tables: Mapping[str, Table]) -> AuditResult:
    """Recompute every row from draw, supply and upgrades, and compare it with the cap."""
    calendar = data.system.calendar
    draw = firm_draw_by_site(tables, calendar)
    firm = firm_by_zone(tables, calendar)
    network = _network_by(data, tables)
    stated = sum_by(tables, "ratepayer", ("zone",), "surplus_after_mw", calendar)
    rows = []
    for z, p in data.zone_periods:
        drawn = sum(draw.get((s, p), 0.0) for s in data.sites_in[z])
        after_mw: float = data.left_mw(z, p, firm.get((z, p), 0.0), drawn)
        written = stated.get((z, p), after_mw)
        after_mw = written if is_same(written, after_mw) else after_mw
        rows.append(_row(data, z, p, after_mw, network.get((z, p), 0.0)))
    found = tables.get("ratepayer")
    keys = ("period_start", "zone")
    expected = Table.of(COLUMNS, rows)
    findings = list(compare_tables("ratepayer.table", "ratepayer", found, expected, keys))
    return AuditResult((*findings, *_over_cap(data, expected)))


def _network_by(data: RatepayerData, tables: Mapping[str, Table]) -> dict[ZonePeriod, float]:
    """Yearly cost of the upgrades in service by zone and period [USD]."""
    calendar = data.system.calendar
    total: dict[ZonePeriod, float] = {}
    for _, row in rows_of(tables, "upgrades"):
        zone = str(row["zone"] or data.system.zone_at(str(row["node"])))
        ready = day(row, "in_service_date")
        first = None if ready is None else calendar.period_from(ready)
        for p in calendar.periods[len(calendar) if first is None else first :]:
            total[zone, p] = total.get((zone, p), 0.0) + number(row, "yearly_usd")
    return total


def _over_cap(data: RatepayerData, table: Table) -> Iterator[Finding]:
    """Findings where the bill of a zone rises by more than its cap."""
    for row in table:
        z = str(row["zone"])
        effect_usd = number(row, "network_usd") + number(row, "capacity_usd")
        cap_usd = data.cap_usd.get(z, effect_usd)
        if exceeds(effect_usd / MILLION, cap_usd / MILLION):
            what = f"{effect_usd:.0f} USD a year on {row['period_start']}, at most {cap_usd:.0f}"
            yield Finding("ratepayer.bill_cap", f"zone {z}", what)


def check(system: System, config: RatepayerConfig) -> list[Issue]:
    """A curve that is convex and falls; caps of zones that exist and have a peak."""
    issues = _curve_issues(config.capacity_price_curve)
    for zone in sorted(config.max_bill_effect_by_zone_frac):
        where = f"components.ratepayer.max_bill_effect_by_zone_frac.{zone}"
        known = sorted(z for z, record in system.zones.items() if peak_of(record) > 0)
        if zone not in system.zones:
            what, fix = f"unknown zone '{zone}'", "Correct it or remove the cap"
            issues.append(Issue(where, what, f"one of {known[:8]}", fix))
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
        slopes.append(_slope(left, right))
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


COMPONENT = Component(
    name="ratepayer",
    config=RatepayerConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    useful=useful,
    requires=("energy",),
    formulation=__doc__ or "",
)
