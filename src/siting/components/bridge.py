r"""Bridge: rented power units on a site that may come and go.

Question: which units are rented where and for how long, to carry load until lasting power is there?
Assumptions: a unit is rented for whole periods and may leave after any of them. It needs a
committed site: mobilisation runs from a decision that is not earlier than the commitment. Each
unit pays its mobilisation whenever it comes, rent while it is there, and fuel for what it gives.
All of this is operating cost: nothing of it is overnight spending, and a unit takes no land.

Formulation
-----------
    (committed)      r[k,s,p] <= N[k,s] * c[s, last commitment whose mobilisation is over by p]
    (arrivals)       r[k,s,p] - r[k,s,p-1] <= i[k,s,p]
    (fleet)          sum_s r[k,s,p] <= F[k]
    (permit_hours)   o[k,s,p] <= H[k] / 8760 * M[k] * r[k,s,p]
    firm             CC[k] * M[k] * r[k,s,p] on site, at medium voltage where the product is
    cost             sum d[p] * (B[k] * i[k,s,p] + months[p] * R[k] * M[k] * r[k,s,p])
                     + sum d[p] years[p] * 8760 * f[k] * o[k,s,p]

Symbols
-------
    r[k,s,p]   units of product k on rent at site s        count, integer, may fall again
    i[k,s,p]   units that come at the start of a period    count
    o[k,s,p]   average output                              average MW
    c[s,p]     commit, 1 once site s is committed          binary, core variable
    N          most units worth renting at a site          count: facility load / M / the lesser
                                                           of credit and hours share; own limit
    M, CC      unit size, capacity credit                  MW, share
    H          most hours of full output                   hours a year; 0 is a battery
    F          most units on rent in the country           count
    B, R, f    mobilisation, rent, fuel and variable       USD, USD per MW-month, USD per MWh
    d[p]       discount factor

``r`` exists only in periods that the mobilisation after the first possible commitment allows, in
which the site can carry load, and that lie whole within the dates of the product.
Firm capacity is the credit of the nameplate, whatever the permit hours; with ``plants.n_plus_1`` a rented
unit stands in with its nameplate for a unit that is out, and is itself never the one that is out.
Sources: ``models/libraries/bridge.yaml``. Limits: the hours of a permit are spread evenly over a
year's periods; charging losses of a battery are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import ceil

from siting.components.base import Build, Component, Index, Values, arrived
from siting.components.bridge_settings import BridgeConfig, RentedUnit
from siting.components.whole import Expr, Label, at, pick, sum_over, whole
from siting.core.audit import AuditResult, Finding, day, exceeds, number, row_differences, rows_of
from siting.core.calendar import Lag, add_months
from siting.core.errors import Issue
from siting.core.finance import add_to, present_years
from siting.core.system import System
from siting.core.table import Cell, Row, Table
from siting.core.units import HOURS_PER_YEAR

Key = tuple[str, str, int]
"""Product, site, period."""


@dataclass(frozen=True)
class BridgeData:
    """Numbers of the formulas."""

    system: System
    products: Mapping[str, RentedUnit]
    lag: Mapping[str, Lag]
    """From the commitment to the end of mobilisation, by product."""
    max_units: Mapping[Key, int]
    rentals: tuple[Key, ...]
    """(product, site, period) in which units may be on rent, sorted."""

    @property
    def running(self) -> list[Key]:
        """Those of products that give energy."""
        return [key for key in self.rentals if self.products[key[0]].output_frac]


def prepare(system: System, config: BridgeConfig) -> BridgeData:
    """Periods of each product and site, and the most units worth renting."""
    calendar = system.calendar
    products = dict(sorted(config.products.items()))
    lags = {
        k: calendar.lag(partial(add_months, months=product.mobilisation_months))
        for k, product in products.items()
    }
    # units may be kept for a need that comes back, never for one that has not yet been
    need_mw = {
        (s, p): max(system.draw_limit_mw(s, q) for q in range(p + 1))
        for s, p in system.service_periods
    }
    limits = {
        (k, s, p): _unit_limit(product, need_mw[s, p])
        for k, product in products.items()
        for s, p in system.service_periods
    }
    rentals = [
        (k, s, p)
        for k, product in products.items()
        for s, p in system.service_periods
        if limits[k, s, p]
        and lags[k].terms[p]
        and product.is_available(calendar.starts[p], calendar.finish(p))
    ]
    return BridgeData(system, products, lags, limits, tuple(rentals))


def _unit_limit(product: RentedUnit, need_mw: float) -> int:
    """Most units worth renting at a site in a period: the firm or energy need of its load."""
    useful = [share for share in (product.capacity_credit_frac, product.output_frac) if share > 0]
    if not useful:
        return 0
    limit = ceil(need_mw / (min(useful) * product.unit_mw) - 1e-9)
    most = product.max_units_per_site
    return limit if most is None else min(limit, most)


def declare(build: Build, data: BridgeData) -> None:
    """Declare units on rent, arrivals and output; add firm capacity, energy and cost."""
    calendar = data.system.calendar
    products = data.products
    units = build.variable(
        "units",
        data.rentals,
        domain="integer",
        upper=lambda *key: at(data.max_units, *key),
        doc="units on rent",
    )
    coming = build.variable(
        "coming",
        [key for key in data.rentals if products[key[0]].mobilisation_usd_per_unit],
        upper=lambda *key: at(data.max_units, *key),
        doc="units that come at the start of a period",
    )
    build.variable("output_mw", data.running, doc="average output of units on rent")
    discount = {p: calendar.discount(p) for p in calendar.periods}
    unit_mw = {k: product.unit_mw for k, product in products.items()}
    firm_mw = {k: product.capacity_credit_frac * unit_mw[k] for k, product in products.items()}
    moving_usd = {k: product.mobilisation_usd_per_unit for k, product in products.items()}
    rent_usd = {
        (k, p): calendar.months(p) * product.rent_usd_per_mw_month * product.unit_mw
        for k, product in products.items()
        for p in calendar.periods
    }

    def firm(k: Label, s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(firm_mw, k) * units[k, s, p]

    def nameplate(k: Label, s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(unit_mw, k) * units[k, s, p]

    def cost(k: Label, s: Label, p: Label) -> tuple[Label, Expr]:
        moving = at(moving_usd, k) * coming.get((k, s, p))
        return p, at(discount, p) * (at(rent_usd, k, p) * units[k, s, p] + moving)

    lower = [key for key in data.rentals if products[key[0]].connection == "medium_voltage"]
    build.add_each("onsite_firm_mw", data.rentals, firm)
    build.add_each("onsite_mv_firm_mw", lower, firm)
    build.add_each("onsite_nameplate_mw", data.running, nameplate)
    build.cost_each(data.rentals, cost)
    _declare_output(build, data)


def _declare_output(build: Build, data: BridgeData) -> None:
    """Energy, footprint and running cost of the average output."""
    calendar, output = data.system.calendar, build.variables["output_mw"]
    hours = {p: HOURS_PER_YEAR * calendar.years(p) for p in calendar.periods}
    usd = {
        (k, p): years * HOURS_PER_YEAR * product.output_usd_per_mwh
        for k, product in data.products.items()
        for p, years in present_years(calendar).items()
    }
    tonnes = {k: product.emissions_t_per_mwh for k, product in data.products.items()}
    water_m3 = {k: product.water_m3_per_mwh for k, product in data.products.items()}

    def footprint(rate: Mapping[str, float], k: Label, s: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(hours, p) * at(rate, k) * output[k, s, p]

    build.add_each("onsite_output_mw", data.running, lambda *key: (key[1:], output[key]))
    for total, rate in (("emissions_t", tonnes), ("water_m3", water_m3)):
        given = [key for key in data.running if rate[key[0]]]
        build.add_each(total, given, partial(footprint, rate))
    build.cost_each(data.running, lambda k, s, p: (p, at(usd, k, p) * output[k, s, p]))


def constrain(build: Build, data: BridgeData) -> None:
    """Add commitment, arrival, fleet and permit constraints."""
    units, coming = build.variables["units"], build.variables["coming"]
    output = build.variables["output_mw"]
    sites_of: dict[tuple[str, int], list[str]] = {}
    for k, s, p in data.rentals:
        sites_of.setdefault((k, p), []).append(s)

    output_mw = {k: one.output_frac * one.unit_mw for k, one in data.products.items()}

    @whole
    def committed(k: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        ready = arrived(build.commit, (s,), pick(data.lag, k), p)
        return units[k, s, p], at(data.max_units, k, s, p) * ready

    @whole
    def arrivals(k: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        return units[k, s, p] - units.get((k, s, p - 1)), coming[k, s, p]

    @whole
    def fleet(k: Label, p: Label) -> tuple[Expr, Expr]:
        there = sum_over(pick(sites_of, k, p), lambda s, k, p: units[k, s, p], k, p)
        return there, at(lambda k: data.products[k].fleet_units, k)

    @whole
    def permit_hours(k: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        return output[k, s, p], at(output_mw, k) * units[k, s, p]

    paid = [key for key in data.rentals if data.products[key[0]].mobilisation_usd_per_unit]
    limited = [key for key in sorted(sites_of) if data.products[key[0]].fleet_units is not None]
    build.at_most("committed", data.rentals, committed, doc="units mobilised", unit="units")
    build.at_most("arrivals", paid, arrivals, doc="units that come")
    build.at_most("fleet", limited, fleet, doc="units on rent in the country", unit="units")
    build.at_most("permit_hours", data.running, permit_hours, doc="output", unit="average MW")


COLUMNS = (
    "period_start",
    "item",
    "name",
    "product",
    "location",
    "quantity",
    "arrival_count",
    "capacity_mw",
    "outage_cover_mw",
    "firm_mw",
    "energy_mwh",
    "average_mw",
    "emissions_t",
    "water_m3",
    "connection",
)


def report(values: Values, data: BridgeData) -> dict[str, Table]:
    """What is on rent in each period, what came, and what it gives."""
    rows = []
    for k, s, p in data.rentals:
        count = round(values.get("bridge.units", (k, s, p)))
        before = round(values.get("bridge.units", (k, s, p - 1)))
        if count > 0:
            average = values.get("bridge.output_mw", (k, s, p))
            mwh = HOURS_PER_YEAR * data.system.calendar.years(p) * average
            rows.append(_row(data, (k, s, p), count, before, mwh))
    rows.sort(key=lambda row: (row["period_start"], row["item"]))
    return {"rentals": Table.of(COLUMNS, rows)}


def _row(data: BridgeData, key: Key, count: int, before: int, mwh: float) -> dict[str, Cell]:
    """The row of units on rent; all else follows from how many, how many before, and energy."""
    k, s, p = key
    product, calendar = data.products[k], data.system.calendar
    capacity_mw = count * product.unit_mw
    return {
        "period_start": calendar.starts[p],
        "item": f"{k}@{s}",
        "name": product.name or k,
        "product": k,
        "location": s,
        "quantity": count,
        "arrival_count": max(0, count - before),
        "capacity_mw": capacity_mw,
        "outage_cover_mw": capacity_mw if product.output_frac else 0.0,
        "firm_mw": product.capacity_credit_frac * capacity_mw,
        "energy_mwh": mwh,
        "average_mw": mwh / (HOURS_PER_YEAR * calendar.years(p)),
        "emissions_t": product.emissions_t_per_mwh * mwh,
        "water_m3": product.water_m3_per_mwh * mwh,
        "connection": product.connection,
    }


def audit(data: BridgeData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check dates, commitment, fleet and hours; re-derive every cell; recompute the cost."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: dict[int, float] = {}
    rows: dict[Key, tuple[str, Row]] = {}
    on_rent: dict[Key, int] = {}
    allowed = set(data.rentals)
    for row_name, row in rows_of(tables, "rentals"):
        start, count = day(row, "period_start"), number(row, "quantity")
        p = None if start is None else calendar.period_at(start)
        key = (str(row["product"]), str(row["location"]), -1 if p is None else p)
        if key not in allowed or key in rows:
            what = "no such product can be on rent there then, once"
            findings.append(Finding("bridge.period", row_name, what))
        elif count != round(count) or not 0 < count <= data.max_units[key]:
            what = f"whole units, 1 to {data.max_units[key]}"
            findings.append(Finding("bridge.units", row_name, what))
        else:
            rows[key], on_rent[key] = (row_name, row), int(count)
    committed = {
        str(row["site"]): day(row, "commit_date") for _, row in rows_of(tables, "commitments")
    }
    for (k, s, p), (row_name, row) in rows.items():
        before = on_rent.get((k, s, p - 1), 0)
        expected = _row(data, (k, s, p), on_rent[k, s, p], before, number(row, "energy_mwh"))
        findings += row_differences("bridge.cells", row_name, row, expected)
        findings += _audit_row(data, committed.get(s), row_name, expected)
        product = data.products[k]
        rent = calendar.months(p) * product.rent_usd_per_mw_month
        usd = rent * number(expected, "capacity_mw")
        usd += product.mobilisation_usd_per_unit * number(expected, "arrival_count")
        usd += product.output_usd_per_mwh * number(expected, "energy_mwh")
        add_to(cost, {p: calendar.discount(p) * usd})
    findings += _audit_fleet(data, on_rent)
    return AuditResult(tuple(findings), cost)


def _audit_row(
    data: BridgeData, committed: date | None, row_name: str, row: Row
) -> Iterator[Finding]:
    """One row: mobilised after the commitment, energy within the permit."""
    product, start = data.products[str(row["product"])], day(row, "period_start")
    ready = None if committed is None else add_months(committed, product.mobilisation_months)
    if ready is None or start is None or ready > start:
        yield Finding("bridge.committed", row_name, f"mobilised {ready or 'never'}")
    most_mw = product.output_frac * number(row, "capacity_mw")
    if exceeds(number(row, "average_mw"), most_mw):
        what = f"{number(row, 'average_mw'):.3f} MW on average, the permit gives {most_mw:.3f}"
        yield Finding("bridge.permit_hours", row_name, what)


def _audit_fleet(data: BridgeData, on_rent: Mapping[Key, int]) -> Iterator[Finding]:
    """Units on rent in the whole country."""
    total: dict[tuple[str, int], int] = {}
    for (k, _, p), count in on_rent.items():
        total[k, p] = total.get((k, p), 0) + count
    for (k, p), count in sorted(total.items()):
        most = data.products[k].fleet_units
        if most is not None and count > most:
            what = f"{count} units on {data.system.calendar.starts[p]}, at most {most}"
            yield Finding("bridge.fleet", f"product {k}", what)


def check(system: System, config: BridgeConfig) -> list[Issue]:
    """Products that give something, and dates in order."""
    issues = []
    for k, product in sorted(config.products.items()):
        where = f"components.bridge.products.{k}"
        if not product.capacity_credit_frac and not product.permit_hours_per_year:
            issues.append(
                Issue(
                    f"{where}.permit_hours_per_year",
                    "no hours and no capacity credit, so a unit gives nothing",
                    "hours of output, or a capacity credit above 0",
                    "State one of them or remove the product",
                )
            )
        first, end = product.available_from, product.available_until
        if first is not None and end is not None and end <= first:
            issues.append(
                Issue(
                    f"{where}.available_until",
                    f"{end} is not after available_from, {first}",
                    "a later date",
                    "Correct one of the two dates",
                )
            )
    return issues


COMPONENT = Component(
    name="bridge",
    config=BridgeConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy",),
    tables={"products": RentedUnit},
    purchases={"units": "by_period"},
    formulation=__doc__ or "",
)
