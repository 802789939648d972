r"""Transformers: orders by class, factory slots, and the bank that each site or unit needs.

Question: which transformers must be ordered by when, before or after the site is fixed?
Assumptions: a lead time depends on the order date; a later order may arrive earlier. Pool orders
are placed before a site is fixed and assigned on delivery; site orders need a committed site.
A unit is paid for by an annuity from its delivery, used or not. Stock is free.

Formulation
-----------
    e is a class, l a place: a site, or a zone for grid-delivered units
    (pool_cover)   sum_l a[e,l,p] <= S[e] + pool delivered[e,p]
    (order_committed)   o[e,s,p] <= N[e,s] * c[s,p]
    (assign_committed)  a[e,s,p] <= N[e,s] * c[s,p]
    (pool_monotone), (order_monotone), (assign_monotone)   b, o, a never fall
    (slots)        new orders[e,p] <= Q[e] * years[p]
    (undelivered)  new orders[e,p] <= 0 where an order would arrive after the horizon
    (bank)         m[s,p] - V[s,p] <= sum_e W[e] * f[e,s,p]
    (bank_draw)    g[s,p] <= sum_e W[e] * f[e,s,p]
    (spare_kept)   f[e,s,p] + X * w[e,s,p] <= i[e,s,p]                    N+1, only when X > 0
    (spare_first)  f[e,s,p] <= N[e,s] * w[e,s,p]
    (step_up)      units needing class e at l <= i[e,l,p]
    with           i[e,l,p] = a[e,l, last_install(p)] + site orders delivered and installed
    cost           sum d[p] years[p] crf K * delivered[e,p]

Symbols
-------
    b[e,p]     pool orders placed                        count, integer, cumulative
    o[e,l,p]   site orders placed                        count, integer, cumulative
    a[e,l,p]   units assigned from pool or stock         count, integer, cumulative
    f, w       firm banks; site has a spare              count, binary
    m[s,p]     facility load                             MW, ledger
    V[s,p]     on-site firm power at medium voltage      MW, ledger
    g[s,p]     grid draw                                 MW, ledger
    W          MW of a bank: MVA times power factor      MW
    S, Q, X    stock, slots, spare banks of a site       count, count a year, count

Delivery with lead times that depend on the order date is exact (``calendar.Lag``).
Sources: ``models/libraries/equipment.yaml``.
Limits: banks of one class are interchangeable; transport between sites is not costed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import ceil

from siting.components.base import Build, Component, Expr, arrived
from siting.components.transformers_report import audit, report
from siting.components.transformers_settings import EquipmentClass, TransformersConfig
from siting.core.calendar import Lag
from siting.core.errors import Issue
from siting.core.finance import capital_recovery, present_year
from siting.core.system import System


@dataclass(frozen=True)
class TransformersData:
    """Numbers of the formulas."""

    system: System
    classes: Mapping[str, EquipmentClass]
    spare_banks: int
    pool_usd: Mapping[str, float]
    site_usd: Mapping[str, float]
    order_lag: Mapping[str, Lag]
    install_lag: Mapping[str, Lag]
    site_lag: Mapping[str, Lag]
    limit: Mapping[tuple[str, str], int]
    pool_index: tuple[tuple[str, int], ...]
    order_index: tuple[tuple[str, str, int], ...]
    assign_index: tuple[tuple[str, str, int], ...]
    bank_index: tuple[tuple[str, str, int], ...]
    slots: Mapping[tuple[str, int], float]
    main_classes: tuple[str, ...]
    step_up_classes: tuple[str, ...]


def prepare(system: System, config: TransformersConfig) -> TransformersData:
    """Lags of ordering and installing, and the most units a place can use."""
    calendar = system.calendar
    classes = {e: c for e, c in sorted(config.classes.items()) if c.is_available}
    limits: dict[tuple[str, str], int] = {}
    for e, c in classes.items():
        if c.role == "main_bank":
            for s in system.first_service:
                need = system.pue * system.it_limit_mw[s] / (c.unit_mva * c.power_factor_frac)
                limits[e, s] = ceil(need - 1e-9) + config.spare_banks
    order_lag = {e: calendar.lag(c.delivery_date) for e, c in classes.items()}
    install_lag = {e: calendar.lag(c.installed_date) for e, c in classes.items()}
    site_lag = {e: calendar.lag(partial(_in_service, c)) for e, c in classes.items()}
    places = {
        e: [s for s in system.first_service]
        if c.role == "main_bank"
        else [*system.first_service, *system.zones]
        for e, c in classes.items()
    }
    pooled, sited = config.procurement != "site", config.procurement != "pool"
    stocked = {e for e, c in classes.items() if c.stock_units > 0}
    has_pool = {e for e in classes if pooled and order_lag[e].starts}
    sources = {
        e: [p for p in calendar.periods if _can_assign(e, p, stocked, order_lag, has_pool)]
        for e in classes
    }
    assign = [
        (e, place, p)
        for e in classes
        for place in sorted(places[e])
        for p in sources[e]
        if p <= _last(install_lag[e])
    ]
    premium = 1 + config.pool_premium_frac
    return TransformersData(
        system=system,
        classes=classes,
        spare_banks=config.spare_banks,
        pool_usd={e: premium * c.overnight_usd_per_unit for e, c in classes.items()},
        site_usd={e: c.overnight_usd_per_unit for e, c in classes.items()},
        order_lag=order_lag,
        install_lag=install_lag,
        site_lag=site_lag,
        limit=limits,
        pool_index=tuple((e, p) for e in sorted(has_pool) for p in range(_last(order_lag[e]) + 1)),
        order_index=tuple(
            (e, place, p)
            for e in classes
            for place in sorted(places[e])
            for p in range(_last(order_lag[e]) + 1)
            if sited
        ),
        assign_index=tuple(assign),
        bank_index=tuple(
            (e, s, p)
            for e, c in classes.items()
            if c.role == "main_bank"
            for s, p in system.service_periods
        ),
        slots={
            (e, p): c.slots_per_year * calendar.years(p)
            for e, c in classes.items()
            if c.slots_per_year is not None
            for p in calendar.periods
        },
        main_classes=tuple(e for e, c in classes.items() if c.role == "main_bank"),
        step_up_classes=tuple(e for e, c in config.classes.items() if c.role == "step_up"),
    )


def _in_service(kind: EquipmentClass, ordered: date) -> date:
    """When a unit ordered for a place is in service."""
    return kind.installed_date(kind.delivery_date(ordered))


def _last(lag: Lag) -> int:
    """Last start that arrives within the horizon; -1 if none does."""
    return lag.starts[-1] if lag.starts else -1


def _can_assign(
    e: str, p: int, stocked: set[str], lags: Mapping[str, Lag], has_pool: set[str]
) -> bool:
    """Whether any unit of a class can be in hand in a period."""
    return e in stocked or (e in has_pool and bool(lags[e].terms[p]))


def declare(build: Build, data: TransformersData) -> None:
    """Declare orders and assignments; charge units from delivery."""
    calendar = data.system.calendar
    pool = build.variable("pool_order", data.pool_index, domain="integer", doc="pool orders")
    order = build.variable(
        "site_order",
        data.order_index,
        domain="integer",
        upper=lambda e, place, p: data.limit.get((e, place)),
        doc="orders for a place",
    )
    assign = build.variable(
        "assign",
        data.assign_index,
        domain="integer",
        upper=lambda e, place, p: data.limit.get((e, place)),
        doc="units assigned from pool or stock",
    )
    spares = data.bank_index if data.spare_banks else ()
    build.variable("spare", spares, domain="binary", doc="place keeps its spare banks")
    build.variable(
        "firm_banks",
        spares,
        upper=lambda e, s, p: data.limit[e, s] - data.spare_banks,
        doc="banks beside the spares",
    )
    build.cumulative("pool_monotone", pool, data.pool_index)
    build.cumulative("order_monotone", order, data.order_index)
    build.cumulative("assign_monotone", assign, data.assign_index)
    places: dict[str, list[str]] = {}
    for e, place, _ in data.order_index:
        if place not in places.setdefault(e, []):
            places[e].append(place)
    for e in data.classes:
        crf = capital_recovery(calendar.discount_rate_frac, data.classes[e].lifetime_years)
        for p in calendar.periods:
            years = crf * present_year(calendar, p)
            delivered = arrived(pool, (e,), data.order_lag[e], p)
            build.cost(p, years * data.pool_usd[e] * delivered)
            for place in places.get(e, ()):
                delivered = arrived(order, (e, place), data.order_lag[e], p)
                build.cost(p, years * data.site_usd[e] * delivered)
    for e, p in data.pool_index:
        newly = pool[e, p] - pool.get((e, p - 1))
        build.add("overnight_usd", (p,), data.pool_usd[e] * newly)
    for e, place, p in data.order_index:
        newly = order[e, place, p] - order.get((e, place, p - 1))
        build.add("overnight_usd", (p,), data.site_usd[e] * newly)


def constrain(build: Build, data: TransformersData) -> None:
    """Orders and assignments first, then the banks and step-ups that use them."""
    _constrain_orders(build, data)
    _constrain_use(build, data)


def _constrain_orders(build: Build, data: TransformersData) -> None:
    """Pool, factory slots, committed sites, and no order that never arrives."""
    pool, order = build.variables["pool_order"], build.variables["site_order"]
    assign = build.variables["assign"]
    assigned: dict[tuple[str, int], list[str]] = {}
    ordered: dict[tuple[str, int], list[str]] = {}
    for e, place, p in data.assign_index:
        assigned.setdefault((e, p), []).append(place)
    for e, place, p in data.order_index:
        ordered.setdefault((e, p), []).append(place)

    def pool_cover(e: str, p: int) -> tuple[Expr, Expr]:
        used = sum(assign[e, place, p] for place in assigned[e, p])
        return used, data.classes[e].stock_units + arrived(pool, (e,), data.order_lag[e], p)

    def undelivered(e: str, p: int) -> tuple[Expr, Expr]:
        return new_orders(e, p), 0.0

    def order_committed(e: str, s: str, p: int) -> tuple[Expr, Expr]:
        return order[e, s, p], data.limit[e, s] * build.commit[s, p]

    def assign_committed(e: str, s: str, p: int) -> tuple[Expr, Expr]:
        return assign[e, s, p], data.limit[e, s] * build.commit[s, p]

    def slots(e: str, p: int) -> tuple[Expr, Expr]:
        return new_orders(e, p), data.slots[e, p]

    def new_orders(e: str, p: int) -> Expr:
        places = ordered.get((e, p), ())
        newly = sum(order[e, place, p] - order.get((e, place, p - 1)) for place in places)
        return newly + pool.get((e, p)) - pool.get((e, p - 1))

    limited_orders = [i for i in data.order_index if i[:2] in data.limit]
    limited_assigns = [i for i in data.assign_index if i[:2] in data.limit]
    with_orders = sorted(set(ordered) | set(data.pool_index))
    late = [(e, p) for e, p in with_orders if data.order_lag[e].arrival[p] is None]
    with_slots = [key for key in with_orders if key in data.slots]
    build.at_most("pool_cover", sorted(assigned), pool_cover, doc="units in hand", unit="units")
    build.at_most("order_committed", limited_orders, order_committed, doc="orders of a site")
    build.at_most("assign_committed", limited_assigns, assign_committed, doc="units of a site")
    build.at_most("undelivered", late, undelivered, doc="orders that never arrive")
    build.at_most("slots", with_slots, slots, doc="factory slots", unit="units")


def _constrain_use(build: Build, data: TransformersData) -> None:
    """Main banks with their spares, and generator step-ups."""
    system = data.system
    order, assign = build.variables["site_order"], build.variables["assign"]
    spare, firm = build.variables["spare"], build.variables["firm_banks"]

    def installed(e: str, place: str, p: int) -> Expr:
        from_pool = arrived(assign, (e, place), data.install_lag[e], p)
        return from_pool + arrived(order, (e, place), data.site_lag[e], p)

    def banks_mw(s: str, p: int) -> Expr:
        return sum(
            data.classes[e].unit_mva
            * data.classes[e].power_factor_frac
            * (firm[e, s, p] if data.spare_banks else installed(e, s, p))
            for e in data.main_classes
        )

    def bank(s: str, p: int) -> tuple[Expr, Expr]:
        load = build.total("facility_mw", (s, p)) - build.total("onsite_mv_firm_mw", (s, p))
        return load, banks_mw(s, p)

    def bank_draw(s: str, p: int) -> tuple[Expr, Expr]:
        return build.total("grid_mw", (s, p)), banks_mw(s, p)

    def spare_kept(e: str, s: str, p: int) -> tuple[Expr, Expr]:
        return firm[e, s, p] + data.spare_banks * spare[e, s, p], installed(e, s, p)

    def spare_first(e: str, s: str, p: int) -> tuple[Expr, Expr]:
        return firm[e, s, p], (data.limit[e, s] - data.spare_banks) * spare[e, s, p]

    def step_up(e: str, place: str, p: int) -> tuple[Expr, Expr]:
        needed = build.total("step_up_units", (e, place, p))
        return needed, (installed(e, place, p) if e in data.classes else 0.0)

    spares = data.bank_index if data.spare_banks else ()
    places = [
        (e, place, p)
        for e in data.step_up_classes
        for place in [*system.first_service, *system.zones]
        for p in system.calendar.periods
    ]
    build.at_most("bank", system.service_periods, bank, doc="main banks", unit="MW")
    build.at_most("bank_draw", system.grid_periods, bank_draw, doc="draw", unit="MW")
    build.at_most("spare_kept", spares, spare_kept, doc="spare banks", unit="units")
    build.at_most("spare_first", spares, spare_first, doc="spare before load", unit="units")
    build.at_most("step_up", places, step_up, doc="generator step-up", unit="units")


def check(system: System, config: TransformersConfig) -> list[Issue]:
    """A main bank class, and lead times that do not repeat a date."""
    issues = []
    where = "components.transformers.classes"
    if not any(c.role == "main_bank" for c in config.classes.values()):
        issues.append(
            Issue(where, "no class has role main_bank", "at least one", "Add a main bank class")
        )
    for name, c in config.classes.items():
        dates = [row.ordered_from for row in c.lead_times]
        if len(set(dates)) < len(dates):
            issues.append(
                Issue(
                    f"{where}.{name}.lead_times",
                    "two lead times from the same date",
                    "one row a date",
                    "Remove one of them",
                )
            )
        if c.power_factor_frac == 0:
            issues.append(
                Issue(
                    f"{where}.{name}.power_factor_frac",
                    "a power factor of 0",
                    "a share above 0",
                    "Correct it",
                )
            )
    return issues


COMPONENT = Component(
    name="transformers",
    config=TransformersConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy",),
    formulation=__doc__ or "",
)
