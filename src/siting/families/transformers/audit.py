"""The rules of ``transformers`` in plain arithmetic, from the tables of a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from siting.core.audit import (
    ABSOLUTE_TOLERANCE,
    AuditResult,
    Finding,
    day,
    exceeds,
    facility_load,
    is_same,
    number,
    rows_of,
    sum_by,
    supply_by,
)
from siting.core.bill import NO_PLACE, Bill, charge
from siting.core.calendar import add_weeks
from siting.core.finance import add_to, capital_by_period
from siting.core.table import Row, Tables
from siting.families.transformers.data import TransformersData
from siting.families.transformers.tables import service_date

PROCUREMENTS = ("pool", "site", "stock", "reserve", "booked", "resold")


ORDERED = ("pool", "site", "reserve")
"""Procurements with an order date."""


ByPlace = dict[tuple[str, str, int], float]


Committed = Mapping[str, date | None]


@dataclass
class Tally:
    """Sums over the rows of the order table.

    Attributes:
        installed: units in service by class, place and period.
        asked: site orders, and assignments, by whether sited, class, place and period.
        ordered: factory orders by class and period.
        taken: units by class, procurement and delivery date ("" where it does not matter).
        rows: labels of the rows of each entry of ``taken``.
    """

    installed: ByPlace = field(default_factory=dict)
    asked: dict[tuple[bool, str, str, int], float] = field(default_factory=dict)
    ordered: dict[tuple[str, int], float] = field(default_factory=dict)
    taken: dict[tuple[str, str, str], float] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)


def audit(data: TransformersData, tables: Tables) -> AuditResult:
    """Re-check dates, supply, commitments, banks, spares, breakers, step-ups; recompute cost."""
    committed = {
        str(row["site"]): day(row, "commit_date") for _, row in rows_of(tables, "commitments")
    }
    findings: list[Finding] = []
    cost: Bill = {}
    spent: dict[int, float] = {}
    tally = Tally()
    for row_name, row in rows_of(tables, "orders"):
        broken = list(_audit_order(data, committed, row_name, row))
        findings += broken
        if not broken:
            _count(data, tally, row_name, row)
            _charge(data, row, cost, spent)
    findings += _audit_supply(data, tally)
    findings += _audit_gear_orders(data, tables, tally, committed)
    findings += _audit_banks(data, tables, tally.installed)
    findings += _audit_switchgear(data, tables, tally.installed)
    findings += _audit_step_ups(data, tables, tally.installed)
    return AuditResult(tuple(findings), cost, spent)


def _count(data: TransformersData, tally: Tally, row_name: str, row: Row) -> None:
    """Add a sound row to the sums."""
    calendar = data.system.calendar
    e, place, kind = str(row["equipment_class"]), str(row["site"] or ""), str(row["procurement"])
    count, order_date = number(row, "quantity"), day(row, "order_date")
    key = (e, kind, str(day(row, "delivery_date")) if kind in ("booked", "resold") else "")
    tally.taken[key] = tally.taken.get(key, 0.0) + count
    tally.rows.setdefault(key, []).append(row_name)
    if order_date is not None and kind in ("pool", "site"):
        period = calendar.period_at(order_date) or 0
        tally.ordered[e, period] = tally.ordered.get((e, period), 0.0) + count
    assigned = order_date if kind == "site" else day(row, "assign_date")
    if assigned is not None:
        asked = (kind == "site", e, place, calendar.period_at(assigned) or 0)
        tally.asked[asked] = tally.asked.get(asked, 0.0) + count
    ready = day(row, "in_service_date")
    if ready is not None:
        for p in calendar.periods[calendar.period_from(ready) :]:
            tally.installed[e, place, p] = tally.installed.get((e, place, p), 0.0) + count


def _charge(data: TransformersData, row: Row, cost: Bill, spent: dict[int, float]) -> None:
    """Annuity from delivery, overnight cost when ordered, what a slot given up brings back."""
    calendar, e = data.system.calendar, str(row["equipment_class"])
    delivered, order_date = day(row, "delivery_date"), day(row, "order_date")
    if row["procurement"] == "resold":
        charge(cost, NO_PLACE, {0: -calendar.discount(0) * number(row, "returned_usd")})
    elif delivered is not None:
        usd, first = number(row, "overnight_usd"), calendar.period_from(delivered)
        paid = first if order_date is None else calendar.period_at(order_date)
        add_to(spent, {paid or 0: usd})
        kind = data.classes[e]
        bearer = data.system.bearer(str(row["site"] or ""))
        owed = capital_by_period(calendar, first, usd, kind.lifetime_years, kind.owner)
        charge(cost, bearer, owed)


def _audit_order(
    data: TransformersData, committed: Committed, row_name: str, row: Row
) -> Iterator[Finding]:
    """One row: whole units of a class, what they cost, and dates that follow from each other."""
    e, kind = str(row["equipment_class"]), str(row["procurement"])
    count, order_date = number(row, "quantity"), day(row, "order_date")
    if e not in data.classes or count != round(count) or count <= 0:
        yield Finding("transformers.class", row_name, "not whole units of an available class")
        return
    if kind not in PROCUREMENTS or (kind in ORDERED) != (order_date is not None):
        yield Finding("transformers.procurement", row_name, f"{kind} ordered on {order_date}")
        return
    if order_date is not None and data.system.calendar.period_at(order_date) is None:
        yield Finding("transformers.order", row_name, "not ordered at a period's start")
        return
    opens = data.classes[e].reserve_from or data.system.calendar.starts[0]
    if kind == "reserve" and order_date is not None and order_date < opens:
        yield Finding("transformers.reserve", row_name, "drawn before the reserve opens")
        return
    delivered = day(row, "delivery_date")
    if not _is_delivered(data, e, kind, order_date, delivered):
        yield Finding("transformers.lead_time", row_name, f"it is not delivered on {delivered}")
        return
    usd, returned = _price(data, e, kind, delivered)
    if not is_same(number(row, "overnight_usd"), count * usd):
        yield Finding("transformers.cost", row_name, f"{count:g} units cost {count * usd:.0f} USD")
        return
    if not is_same(number(row, "returned_usd"), count * returned):
        yield Finding("transformers.cost", row_name, f"{count * returned:.0f} USD come back")
        return
    yield from _audit_assignment(data, committed, row_name, row)


def _is_delivered(
    data: TransformersData, e: str, kind: str, ordered: date | None, delivered: date | None
) -> bool:
    """Whether a delivery date is the one that a procurement gives."""
    if kind in ("booked", "resold"):
        return any(slot.delivered == delivered and slot.units for slot in data.classes[e].booked)
    if ordered is None:
        return delivered is None
    if kind == "reserve":
        return delivered == add_weeks(ordered, data.classes[e].reserve_weeks)
    return delivered == data.classes[e].delivery_date(ordered)


def _price(
    data: TransformersData, e: str, kind: str, delivered: date | None
) -> tuple[float, float]:
    """Overnight cost of a unit, and what comes back for it [USD]."""
    prices = {
        "pool": data.pool_usd[e],
        "site": data.site_usd[e],
        "reserve": data.classes[e].reserve_usd_per_unit,
    }
    slot = next((slot for slot in data.classes[e].booked if slot.delivered == delivered), None)
    if slot is not None and kind == "booked":
        return (1 - slot.paid_frac) * data.site_usd[e], 0.0
    if slot is not None and kind == "resold":
        return 0.0, slot.resale_frac * data.site_usd[e]
    return prices.get(kind, 0.0), 0.0


def _audit_assignment(
    data: TransformersData, committed: Committed, row_name: str, row: Row
) -> Iterator[Finding]:
    """One row: assigned after delivery to a place that may have it and is committed."""
    calendar = data.system.calendar
    e, kind = str(row["equipment_class"]), str(row["procurement"])
    assign_date, place = day(row, "assign_date"), str(row["site"] or "")
    order_date, delivered = day(row, "order_date"), day(row, "delivery_date")
    if (assign_date is None) != (place == ""):
        yield Finding("transformers.assign", row_name, "assigned without a place or a date")
        return
    if place and (place not in data.places[e] or kind == "resold"):
        yield Finding("transformers.place", row_name, f"no {e} of this row can go to {place}")
        return
    if kind == "site" and assign_date != delivered:
        yield Finding("transformers.assign", row_name, "a site order is assigned on delivery")
        return
    if kind != "site" and assign_date is not None and calendar.period_at(assign_date) is None:
        yield Finding("transformers.assign", row_name, "not assigned at a period's start")
        return
    if delivered is not None and assign_date is not None and assign_date < delivered:
        yield Finding("transformers.pool_cover", row_name, f"assigned before {delivered}")
        return
    ready = None if assign_date is None else data.classes[e].installed_date(assign_date)
    if day(row, "in_service_date") != service_date(data, ready):
        yield Finding("transformers.install", row_name, f"in service {service_date(data, ready)}")
    needs_site = (e, place) in data.limit and not data.classes[e].units_per_step_up
    on = order_date if kind == "site" else assign_date
    at = committed.get(place)
    if needs_site and on is not None and (at is None or at > on):
        yield Finding("transformers.committed", row_name, f"site committed {at}")


def _audit_supply(data: TransformersData, tally: Tally) -> Iterator[Finding]:
    """Stock, reserve, booked slots, factory slots, and units on offer."""
    calendar = data.system.calendar
    for e, kind in data.classes.items():
        for source, most in (("stock", kind.stock_units), ("reserve", kind.reserve_units)):
            key = (e, source, "")
            if tally.taken.get(key, 0.0) > most:
                where = ", ".join(tally.rows[key])
                what = f"{tally.taken[key]:g} taken from {source}, {most} there"
                yield Finding(f"transformers.{source}", where, what)
        for i, slot in enumerate(kind.booked):
            keys = [(e, procurement, str(slot.delivered)) for procurement in ("booked", "resold")]
            kept, given_up = (tally.taken.get(key, 0.0) for key in keys)
            where = ", ".join(row for key in keys for row in tally.rows.get(key, [])) or e
            if kept + given_up != slot.units or (kept and (e, i) not in data.slot_period):
                what = f"slot of {slot.delivered}: {kept:g} kept and {given_up:g} given up"
                yield Finding("transformers.booked", where, f"{what} of {slot.units}")
        bought = sum(count for (c, _), count in tally.ordered.items() if c == e)
        if kind.max_units is not None and bought > kind.max_units:
            what = f"{bought:g} bought, {kind.max_units} on offer"
            yield Finding("transformers.supply_limit", e, what)
    for (e, p), count in sorted(tally.ordered.items()):
        if exceeds(count, data.slots.get((e, p), count)):
            what = f"{count:g} ordered on {calendar.starts[p]}, {data.slots[e, p]:g} slots"
            yield Finding("transformers.slots", e, what)


def _audit_gear_orders(
    data: TransformersData, tables: Tables, tally: Tally, committed: Committed
) -> Iterator[Finding]:
    """Breakers for a site that is not committed are no more than its step-ups will need."""
    calendar = data.system.calendar
    step_ups = _step_ups(data, tables)
    for is_sited, e, place in sorted({key[:3] for key in tally.asked}):
        per_step_up = data.classes[e].units_per_step_up
        if not per_step_up or (e, place) not in data.limit:
            continue
        later = per_step_up * step_ups.get((place, len(calendar) - 1), 0.0)
        so_far = 0.0
        for p, start in enumerate(calendar.starts):
            so_far += tally.asked.get((is_sited, e, place, p), 0.0)
            at = committed.get(place)
            own = data.limit[e, place] if at is not None and at <= start else 0
            if exceeds(so_far, own + later):
                what = f"{so_far:g} by {start} at {place}, committed {at}"
                yield Finding("transformers.committed", e, what)
                break


def _step_ups(data: TransformersData, tables: Tables) -> dict[tuple[str, int], float]:
    """Step-ups needed by place and period, of any class."""
    columns = ("step_up_class", "location")
    total: dict[tuple[str, int], float] = {}
    found = sum_by(tables, "generation", columns, "step_up_count", data.system.calendar)
    for (key, p), count in found.items():
        e, _, place = key.partition("|")
        if e in data.step_up_classes:
            total[place, p] = total.get((place, p), 0.0) + count
    return total


def _audit_banks(data: TransformersData, tables: Tables, installed: ByPlace) -> Iterator[Finding]:
    """Main banks, without the spares, carry the load that comes at high voltage."""
    calendar = data.system.calendar
    load = facility_load(data.system, tables)
    behind = supply_by(tables, ("connection", "location"), "firm_mw", calendar)
    draw = sum_by(tables, "power", ("site",), "grid_mw", calendar)
    need_mw: dict[tuple[str, int], float] = {}
    for site, p in sorted(set(load) | set(draw)):
        through = load.get((site, p), 0.0) - behind.get((f"medium_voltage|{site}", p), 0.0)
        need_mw[site, p] = max(through, draw.get((site, p), 0.0))
    firm = installed
    if data.counts_banks:
        firm = {}
        yield from _audit_in_use(data, tables, installed, need_mw, firm)
        yield from _audit_breakers(data, tables, installed, firm)
    for (site, p), need in need_mw.items():
        banks = _banks_mw(data, firm, site, p)
        if exceeds(need, banks):
            what = f"{need:.3f} MW on {calendar.starts[p]} through banks of {banks:.3f}"
            yield Finding("transformers.bank", f"site {site}", what)


def _banks_mw(data: TransformersData, firm: ByPlace, site: str, p: int) -> float:
    """What the banks of a site carry [MW]."""
    return sum(data.classes[e].rated_mw * firm.get((e, site, p), 0.0) for e in data.main_classes)


def _audit_in_use(
    data: TransformersData,
    tables: Tables,
    installed: ByPlace,
    need_mw: Mapping[tuple[str, int], float],
    firm: ByPlace,
) -> Iterator[Finding]:
    """The table of banks in use: whole, installed, needed, and followed by their spares."""
    calendar = data.system.calendar
    rows: dict[tuple[str, str, int], tuple[str, float]] = {}
    for row_name, row in rows_of(tables, "banks"):
        start, e, site = day(row, "period_start"), str(row["equipment_class"]), str(row["site"])
        p = None if start is None else calendar.period_at(start)
        count, spares = number(row, "firm_count"), number(row, "spare_count")
        is_whole = count == round(count) and spares == round(spares) and min(count, spares) >= 0
        if p is None or e not in data.main_classes or (e, site, p) in rows or not is_whole:
            yield Finding("transformers.banks", row_name, "not one row of whole banks in use")
            continue
        if not is_same(number(row, "firm_mw"), count * data.classes[e].rated_mw):
            what = f"they carry {count * data.classes[e].rated_mw:.3f} MW"
            yield Finding("transformers.banks", row_name, what)
        rows[e, site, p], firm[e, site, p] = (row_name, spares), count
        if count + spares > installed.get((e, site, p), 0.0):
            what = f"{count + spares:g} in use, {installed.get((e, site, p), 0.0):g} in service"
            yield Finding("transformers.spare_kept", row_name, what)
    for (e, site, p), (row_name, spares) in sorted(rows.items()):
        left_mw = _banks_mw(data, firm, site, p) - data.classes[e].rated_mw
        need = need_mw.get((site, p), 0.0)
        if firm[e, site, p] and left_mw + ABSOLUTE_TOLERANCE / 2 >= need:
            yield Finding("transformers.banks", row_name, f"{left_mw:.3f} MW carry {need:.3f}")
        if not spares and not firm[e, site, p]:
            yield Finding("transformers.banks", row_name, "no bank is in use")
        if spares != _spares(data, firm, e, site, p):
            what = f"{_spares(data, firm, e, site, p)} spare banks belong here"
            yield Finding("transformers.spare_first", row_name, what)
    for e, site, p in data.bank_index:
        if (e, site, p) not in rows and _spares(data, firm, e, site, p):
            what = f"no spare {e} on {calendar.starts[p]}"
            yield Finding("transformers.spare_first", f"site {site}", what)


def _spares(data: TransformersData, firm: ByPlace, e: str, site: str, p: int) -> int:
    """Spare banks that must stand at a site: those of banks that carried load a grace before."""
    q = data.spare_lag.last_start(p)
    return data.spare_banks if q is not None and firm.get((e, site, q)) else 0


def _audit_breakers(
    data: TransformersData, tables: Tables, installed: ByPlace, firm: ByPlace
) -> Iterator[Finding]:
    """Each bank in use or kept as a spare, and each step-up, has its breakers."""
    if "breaker" not in data.roles:
        return
    per_bank, per_step_up = data.breaker_needs
    needed = {key: per_step_up * n for key, n in _step_ups(data, tables).items()}
    for e, site, p in data.bank_index:
        banks = firm.get((e, site, p), 0.0) + _spares(data, firm, e, site, p)
        needed[site, p] = needed.get((site, p), 0.0) + per_bank * banks
    for (place, p), count in sorted(needed.items()):
        have = sum(installed.get((e, place, p), 0.0) for e in data.roles["breaker"])
        if exceeds(count, have):
            start = data.system.calendar.starts[p]
            what = f"{count:g} needed on {start}, {have:g} in service"
            yield Finding("transformers.breaker", f"breakers at {place}", what)


def _audit_switchgear(
    data: TransformersData, tables: Tables, installed: ByPlace
) -> Iterator[Finding]:
    """All of the load passes through switchgear, whatever supplies it."""
    if "switchgear" not in data.roles:
        return
    for (site, p), load in sorted(facility_load(data.system, tables).items()):
        gear = sum(
            data.classes[e].rated_mw * installed.get((e, site, p), 0.0)
            for e in data.roles["switchgear"]
        )
        if exceeds(load, gear):
            start = data.system.calendar.starts[p]
            what = f"{load:.3f} MW on {start} through switchgear of {gear:.3f}"
            yield Finding("transformers.switchgear", f"site {site}", what)


def _audit_step_ups(
    data: TransformersData, tables: Tables, installed: ByPlace
) -> Iterator[Finding]:
    """Each unit in service has its generator step-up transformers."""
    calendar = data.system.calendar
    columns = ("step_up_class", "location")
    needed = sum_by(tables, "generation", columns, "step_up_count", calendar)
    for (key, p), count in sorted(needed.items()):
        e, _, place = key.partition("|")
        have = installed.get((e, place, p), 0.0)
        if count > 0 and e in data.step_up_classes and exceeds(count, have):
            what = f"{count:g} needed on {calendar.starts[p]}, {have:g} in service"
            yield Finding("transformers.step_up", f"{e} at {place}", what)
