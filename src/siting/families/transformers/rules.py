"""Variables, ledger terms and constraints of ``transformers``; the formulation stands in the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import inf

from siting.core.finance import capital_recovery, present_year
from siting.expressions.labels import Expr, Label, Relation, at, parts, pick, sum_over
from siting.families.base import Build, Index, arrived
from siting.families.transformers.data import TransformersData, last_start


def declare(build: Build, data: TransformersData) -> None:
    """Declare orders, draws, kept slots and banks in use; charge units from delivery."""
    pool = build.variable("pool_order", data.pool_index, domain="integer", doc="pool orders")
    order = build.variable(
        "site_order",
        data.order_index,
        domain="integer",
        upper=lambda e, place, p: at(partial(_most, data), e, place),
        doc="orders for a place",
    )
    assign = build.variable(
        "assign",
        data.assign_index,
        domain="integer",
        upper=lambda e, place, p: at(partial(_most, data), e, place),
        doc="units assigned from pool or stock",
    )
    reserve = build.variable(
        "reserve_draw",
        data.reserve_index,
        domain="integer",
        upper=lambda e, p: at(lambda e: data.classes[e].reserve_units, e),
        doc="units drawn from the reserve",
    )
    build.variable(
        "keep",
        sorted(data.slot_period),
        domain="integer",
        upper=lambda e, i: at(lambda e, i: data.classes[e].booked[i].units, e, i),
        doc="units kept of a booked slot",
    )
    build.variable(
        "spare",
        data.bank_index if data.spare_banks else (),
        domain="binary",
        doc="place keeps its spare banks",
    )
    build.variable(
        "firm_banks",
        data.bank_index if data.counts_banks else (),
        domain="integer" if "breaker" in data.roles else "real",
        upper=lambda e, s, p: at(data.limit, e, s) - data.spare_banks,
        doc="banks beside the spares",
    )
    build.cumulative("pool_monotone", pool, data.pool_index)
    build.cumulative("order_monotone", order, data.order_index)
    build.cumulative("assign_monotone", assign, data.assign_index)
    build.cumulative("reserve_monotone", reserve, data.reserve_index)
    _charge_bought(build, data)
    _charge_booked(build, data)


def _most(data: TransformersData, e: str, place: str) -> float:
    """Bound on the units of a place; infinite where its plants may need more."""
    return inf if data.classes[e].units_per_step_up else data.limit.get((e, place), inf)


def _charge_bought(build: Build, data: TransformersData) -> None:
    """Orders and draws: annuity from delivery, overnight cost when placed."""
    reserve_usd = {e: kind.reserve_usd_per_unit for e, kind in data.classes.items()}
    _charge_delivered(build, data, "pool_order", data.pool_index, data.pool_usd)
    _charge_delivered(build, data, "reserve_draw", data.reserve_index, reserve_usd)
    _charge_delivered(build, data, "site_order", data.order_index, data.site_usd)


def _charge_delivered(
    build: Build,
    data: TransformersData,
    name: str,
    index: tuple[Index, ...],
    unit_usd: Mapping[str, float],
) -> None:
    """The units of a variable whose index begins with a class and ends with a period."""
    calendar, variable = data.system.calendar, build.variables[name]
    lags = data.reserve_lag if name == "reserve_draw" else data.order_lag
    annuity_usd = {
        (e, p): capital_recovery(calendar.capital_rate_frac(kind.owner), kind.lifetime_years)
        * present_year(calendar, p)
        * unit_usd[e]
        for e, kind in data.classes.items()
        for p in calendar.periods
    }

    def annuity(*key: Label) -> tuple[Label, Expr]:
        *item, p = key
        delivered = arrived(variable, tuple(item), pick(lags, item[0]), p)
        return p, at(annuity_usd, item[0], p) * delivered

    def overnight(*key: Label) -> tuple[Index, Expr]:
        *item, p = key
        return (p,), at(unit_usd, item[0]) * (variable[key] - variable.get((*item, p - 1)))

    items = dict.fromkeys(key[:-1] for key in index)
    build.cost_each([(*item, p) for item in items for p in calendar.periods], annuity)
    build.add_each("overnight_usd", index, overnight)


def _charge_booked(build: Build, data: TransformersData) -> None:
    """Booked slots: the unpaid part of what is kept, and what comes back for the rest."""
    calendar, keep = data.system.calendar, build.variables["keep"]
    booked = [(e, i) for e, kind in data.classes.items() for i in range(len(kind.booked))]
    slot = {(e, i): data.classes[e].booked[i] for e, i in booked}
    back_usd = {(e, i): slot[e, i].resale_frac * data.site_usd[e] for e, i in booked}
    unpaid_usd = {(e, i): (1 - slot[e, i].paid_frac) * data.site_usd[e] for e, i in booked}
    crf = {
        e: capital_recovery(calendar.capital_rate_frac(kind.owner), kind.lifetime_years)
        for e, kind in data.classes.items()
    }
    annuity_usd = {
        (e, i, p): crf[e] * present_year(calendar, p) * unpaid_usd[e, i]
        for e, i in booked
        for p in calendar.periods
    }

    def resale(e: Label, i: Label) -> tuple[Label, Expr]:
        sold = at(lambda e, i: slot[e, i].units, e, i) - keep.get((e, i))
        return 0, at(lambda e, i: -calendar.discount(0) * back_usd[e, i], e, i) * sold

    def overnight(e: Label, i: Label) -> tuple[Index, Expr]:
        return (pick(data.slot_period, e, i),), at(unpaid_usd, e, i) * keep.get((e, i))

    def annuity(e: Label, i: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(annuity_usd, e, i, p) * keep.get((e, i))

    delivered = [key for key in booked if key in data.slot_period]
    owed = [(*key, p) for key in delivered for p in calendar.periods[data.slot_period[key] :]]
    build.cost_each(booked, resale)
    build.add_each("overnight_usd", delivered, overnight)
    build.cost_each(owed, annuity)


def constrain(build: Build, data: TransformersData) -> None:
    """Where units may go, how many can be had, then the banks and step-ups that use them."""
    _constrain_pool(build, data)
    _constrain_orders(build, data)
    _constrain_banks(build, data)
    _constrain_gear(build, data)


def _constrain_pool(build: Build, data: TransformersData) -> None:
    """Assignments within the pool, and only to committed sites."""
    pool, order = build.variables["pool_order"], build.variables["site_order"]
    assign, reserve = build.variables["assign"], build.variables["reserve_draw"]
    keep = build.variables["keep"]
    last = len(data.system.calendar) - 1
    assigned: dict[tuple[str, int], list[str]] = {}
    for e, place, p in data.assign_index:
        assigned.setdefault((e, p), []).append(place)
    stock = {e: kind.stock_units for e, kind in data.classes.items()}
    per_step_up = {e: kind.units_per_step_up for e, kind in data.classes.items()}

    def in_hand(e: str, p: int) -> list[Index]:
        return [key for key, first in data.slot_period.items() if key[0] == e and first <= p]

    def most(e: Label, s: Label, p: Label) -> Expr:
        own = at(data.limit, e, s) * build.commit.get((s, p))
        if not any(per_step_up.values()):
            return own
        return own + at(per_step_up, e) * _step_ups(build, data, s, last)

    limited_orders = [i for i in data.order_index if i[:2] in data.limit]
    limited_assigns = [i for i in data.assign_index if i[:2] in data.limit]

    @build.constraint(over=sorted(assigned), doc="units in hand", unit="units")
    def pool_cover(e: Label, p: Label) -> Relation:
        used = sum_over(pick(assigned, e, p), lambda place, e, p: assign[e, place, p], e, p)
        ordered = arrived(pool, (e,), pick(data.order_lag, e), p)
        drawn = arrived(reserve, (e,), pick(data.reserve_lag, e), p)
        kept = sum_over(pick(in_hand, e, p), lambda slot: keep[parts(slot)])
        return used <= at(stock, e) + ordered + drawn + kept

    @build.constraint(over=limited_orders, doc="orders of a site")
    def order_committed(e: Label, s: Label, p: Label) -> Relation:
        return order[e, s, p] <= most(e, s, p)

    @build.constraint(over=limited_assigns, doc="units of a site")
    def assign_committed(e: Label, s: Label, p: Label) -> Relation:
        return assign[e, s, p] <= most(e, s, p)


def _step_ups(build: Build, data: TransformersData, place: Label, p: Label) -> Expr:
    """Generator step-ups that the units at a place need."""
    return sum(build.total("step_up_units", (e, place, p)) for e in data.step_up_classes)


def _constrain_orders(build: Build, data: TransformersData) -> None:
    """Factory slots, supply in all, and no order that never arrives."""
    pool, order = build.variables["pool_order"], build.variables["site_order"]
    ordered: dict[tuple[str, int], list[str]] = {}
    for e, place, p in data.order_index:
        ordered.setdefault((e, p), []).append(place)

    def in_all(e: Label, p: Label) -> Expr:
        places = pick(lambda e, p: ordered.get((e, p), ()), e, p)
        return pool.get((e, p)) + sum_over(places, lambda place, e, p: order[e, place, p], e, p)

    def new_orders(e: Label, p: Label) -> Expr:
        return in_all(e, p) - in_all(e, p - 1)

    with_orders = sorted(set(ordered) | set(data.pool_index))
    late = [(e, p) for e, p in with_orders if data.order_lag[e].arrival[p] is None]
    if data.system.is_hedged:
        late = []
    with_slots = [key for key in with_orders if key in data.slots]
    scarce = [(e,) for e, kind in data.classes.items() if kind.max_units is not None]

    @build.constraint(over=late, doc="orders that never arrive")
    def undelivered(e: Label, p: Label) -> Relation:
        return new_orders(e, p) <= 0.0

    @build.constraint(over=with_slots, doc="factory slots", unit="units")
    def slots(e: Label, p: Label) -> Relation:
        return new_orders(e, p) <= at(data.slots, e, p)

    @build.constraint(over=scarce, doc="units on offer", unit="units")
    def supply_limit(e: Label) -> Relation:
        last = pick(lambda e: last_start(data.order_lag[e]), e)
        return in_all(e, last) <= at(lambda e: data.classes[e].max_units, e)


def _installed(build: Build, data: TransformersData, e: Label, place: Label, p: Label) -> Expr:
    """Units of an available class in service at a place."""
    assign, order = build.variables["assign"], build.variables["site_order"]
    from_pool = arrived(assign, (e, place), pick(data.install_lag, e), p)
    return from_pool + arrived(order, (e, place), pick(data.site_lag, e), p)


def _constrain_banks(build: Build, data: TransformersData) -> None:
    """Main banks with their spares."""
    system, spare = data.system, build.variables["spare"]
    firm = build.variables["firm_banks"]

    def banks_mw(s: Label, p: Label) -> Expr:
        return sum(
            data.classes[e].rated_mw
            * (firm.get((e, s, p)) if data.counts_banks else _installed(build, data, e, s, p))
            for e in data.main_classes
        )

    used = data.bank_index if data.counts_banks else ()
    known = set(data.bank_index)
    followed = [
        (e, s, q, p)
        for e, s, p in (data.bank_index if data.spare_banks else ())
        if (q := data.spare_lag.last_start(p)) is not None and (e, s, q) in known
    ]

    @build.constraint(over=system.service_periods, doc="main banks", unit="MW")
    def bank(s: Label, p: Label) -> Relation:
        load = build.total("facility_mw", (s, p)) - build.total("onsite_mv_firm_mw", (s, p))
        return load <= banks_mw(s, p)

    @build.constraint(over=system.grid_periods, doc="draw", unit="MW")
    def bank_draw(s: Label, p: Label) -> Relation:
        return build.total("grid_mw", (s, p)) <= banks_mw(s, p)

    @build.constraint(over=used, doc="spare banks", unit="units")
    def spare_kept(e: Label, s: Label, p: Label) -> Relation:
        used = firm[e, s, p] + data.spare_banks * spare.get((e, s, p))
        return used <= _installed(build, data, e, s, p)

    @build.constraint(over=followed, doc="spare before load", unit="units")
    def spare_first(e: Label, s: Label, q: Label, p: Label) -> Relation:
        return firm[e, s, q] <= (at(data.limit, e, s) - data.spare_banks) * spare[e, s, p]


def _constrain_gear(build: Build, data: TransformersData) -> None:
    """Breakers, switchgear and generator step-ups."""
    system, periods = data.system, data.system.calendar.periods
    spare, firm = build.variables["spare"], build.variables["firm_banks"]
    per_bank, per_step_up = data.breaker_needs
    everywhere = [(place, p) for place in [*system.first_service, *system.zones] for p in periods]
    stepped = [(e, place, p) for e in data.step_up_classes for place, p in everywhere]
    broken = everywhere if "breaker" in data.roles else ()
    geared = system.service_periods if "switchgear" in data.roles else ()

    @build.constraint(over=broken, doc="breakers of banks, step-ups", unit="units")
    def breaker(place: Label, p: Label) -> Relation:
        banks = sum(
            firm.get((e, place, p)) + data.spare_banks * spare.get((e, place, p))
            for e in data.main_classes
        )
        needed = per_bank * banks + per_step_up * _step_ups(build, data, place, p)
        return needed <= sum(_installed(build, data, e, place, p) for e in data.roles["breaker"])

    @build.constraint(over=geared, doc="switchgear of the load", unit="MW")
    def switchgear(s: Label, p: Label) -> Relation:
        gear_mw = sum(
            data.classes[e].rated_mw * _installed(build, data, e, s, p)
            for e in data.roles["switchgear"]
        )
        return build.total("facility_mw", (s, p)) <= gear_mw

    @build.constraint(over=stepped, doc="generator step-up", unit="units")
    def step_up(e: Label, place: Label, p: Label) -> Relation:
        there = pick(lambda e: (e,) if e in data.classes else (), e)
        units = sum_over(there, partial(_installed, build, data), place, p)
        return build.total("step_up_units", (e, place, p)) <= units
