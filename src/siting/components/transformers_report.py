"""Order table of ``transformers`` and the re-check of its rules in plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from siting.components.base import Values, steps
from siting.core.audit import (
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
from siting.core.finance import add_to, capital_by_period
from siting.core.table import Cell, Row, Table

if TYPE_CHECKING:
    from siting.components.transformers import TransformersData

COLUMNS = (
    "item",
    "equipment_class",
    "procurement",
    "site",
    "quantity",
    "overnight_usd",
    "order_date",
    "delivery_date",
    "assign_date",
    "in_service_date",
)


@dataclass(frozen=True)
class Lot:
    """Units of one class that are in hand from a period: an order, or the stock."""

    ordered: int | None
    in_hand: int
    count: int


def report(values: Values, data: TransformersData) -> dict[str, Table]:
    """Orders, each matched first in first out to the place that uses it."""
    rows: list[dict[str, Cell]] = []
    for e in data.classes:
        rows += _pool_rows(values, data, e)
        rows += _site_rows(values, data, e)
    rows.sort(key=lambda row: [str(row[c] or "") for c in ("equipment_class", *COLUMNS[6:9])])
    numbered = [
        {**row, "item": f"{row['equipment_class']}-{i + 1:04d}"} for i, row in enumerate(rows)
    ]
    return {"orders": Table.of(COLUMNS, numbered)}


def _lots(values: Values, data: TransformersData, e: str) -> list[Lot]:
    """Stock and delivered pool orders of a class, in order of being in hand."""
    lag = data.order_lag[e]
    stock = data.classes[e].stock_units
    lots = [Lot(None, 0, stock)] if stock else []
    ordered = steps(
        values, "transformers.pool_order", (e,), [p for c, p in data.pool_index if c == e]
    )
    placed = [Lot(p, lag.arrival[p] or 0, n) for p, n in ordered if lag.arrival[p] is not None]
    return lots + sorted(placed, key=lambda lot: (lot.in_hand, lot.ordered or 0))


def _pool_rows(values: Values, data: TransformersData, e: str) -> Iterator[dict[str, Cell]]:
    """Pool and stock units with the place they went to; unused ones without."""
    wanted: list[tuple[int, str, int]] = []
    for place in sorted({place for c, place, _ in data.assign_index if c == e}):
        periods = [p for c, at, p in data.assign_index if (c, at) == (e, place)]
        for p, count in steps(values, "transformers.assign", (e, place), periods):
            wanted.append((p, place, count))
    lots = _lots(values, data, e)
    position, left = 0, lots[0].count if lots else 0
    for p, place, count in sorted(wanted):
        open_count = count
        while open_count > 0:
            if left == 0:
                position += 1
                left = lots[position].count
            used = min(left, open_count)
            yield _row(data, e, lots[position], used, place, p)
            open_count, left = open_count - used, left - used
    for later, lot in enumerate(lots[position:]):
        unused = left if later == 0 else lot.count
        if unused > 0 and lot.ordered is not None:
            yield _row(data, e, lot, unused, "", None)


def _row(
    data: TransformersData, e: str, lot: Lot, count: int, place: str, assigned: int | None
) -> dict[str, Cell]:
    """A row of pool or stock units."""
    calendar, kind = data.system.calendar, data.classes[e]
    order_date = None if lot.ordered is None else calendar.starts[lot.ordered]
    assign_date = None if assigned is None else calendar.starts[assigned]
    return {
        "item": "",
        "equipment_class": e,
        "procurement": "stock" if lot.ordered is None else "pool",
        "site": place,
        "quantity": count,
        "overnight_usd": 0.0 if lot.ordered is None else count * data.pool_usd[e],
        "order_date": order_date,
        "delivery_date": None if order_date is None else kind.delivery_date(order_date),
        "assign_date": assign_date,
        "in_service_date": _service(
            data, None if assign_date is None else kind.installed_date(assign_date)
        ),
    }


def _service(data: TransformersData, ready: date | None) -> date | None:
    """Start of the first period from a date on; None without a date or beyond the horizon."""
    period = None if ready is None else data.system.calendar.period_from(ready)
    return None if period is None else data.system.calendar.starts[period]


def _site_rows(values: Values, data: TransformersData, e: str) -> Iterator[dict[str, Cell]]:
    """Orders for a place."""
    calendar, kind = data.system.calendar, data.classes[e]
    for place in sorted({place for c, place, _ in data.order_index if c == e}):
        periods = [p for c, at, p in data.order_index if (c, at) == (e, place)]
        for p, count in steps(values, "transformers.site_order", (e, place), periods):
            delivered = kind.delivery_date(calendar.starts[p])
            yield {
                "item": "",
                "equipment_class": e,
                "procurement": "site",
                "site": place,
                "quantity": count,
                "overnight_usd": count * data.site_usd[e],
                "order_date": calendar.starts[p],
                "delivery_date": delivered,
                "assign_date": delivered,
                "in_service_date": _service(data, kind.installed_date(delivered)),
            }


def audit(data: TransformersData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check lead times, stock, slots, commitments, banks, spares and step-ups; recompute cost."""
    calendar = data.system.calendar
    committed = {
        str(row["site"]): day(row, "commit_date") for _, row in rows_of(tables, "commitments")
    }
    findings: list[Finding] = []
    cost: dict[int, float] = {}
    installed: dict[tuple[str, str, int], float] = {}
    ordered: dict[tuple[str, int], float] = {}
    stock: dict[str, float] = {}
    spent: dict[int, float] = {}
    for row_name, row in rows_of(tables, "orders"):
        broken = list(_audit_order(data, committed, row_name, row))
        findings += broken
        if broken:
            continue
        e, count = str(row["equipment_class"]), number(row, "quantity")
        order_date = day(row, "order_date")
        if order_date is None:
            stock[e] = stock.get(e, 0.0) + count
        else:
            period = calendar.period_at(order_date) or 0
            ordered[e, period] = ordered.get((e, period), 0.0) + count
            price = data.site_usd[e] if row["procurement"] == "site" else data.pool_usd[e]
            first = calendar.period_from(data.classes[e].delivery_date(order_date))
            life = data.classes[e].lifetime_years
            add_to(spent, {period: count * price})
            add_to(cost, capital_by_period(calendar, first, count * price, life))
        ready = day(row, "in_service_date")
        if ready is not None:
            for p in calendar.periods[calendar.period_from(ready) :]:
                key = (e, str(row["site"]), p)
                installed[key] = installed.get(key, 0.0) + count
    for e, count in sorted(stock.items()):
        if count > data.classes[e].stock_units:
            findings.append(Finding("transformers.stock", e, f"{count:g} taken from stock"))
    for (e, p), count in sorted(ordered.items()):
        if exceeds(count, data.slots.get((e, p), count)):
            what = f"{count:g} ordered on {calendar.starts[p]}, {data.slots[e, p]:g} slots"
            findings.append(Finding("transformers.slots", e, what))
    findings += _audit_banks(data, tables, installed)
    findings += _audit_step_ups(data, tables, installed)
    return AuditResult(tuple(findings), cost, spent)


def _audit_order(
    data: TransformersData,
    committed: Mapping[str, date | None],
    row_name: str,
    row: Row,
) -> Iterator[Finding]:
    """One row: its dates follow from its lead time, and its site was committed in time."""
    calendar = data.system.calendar
    e, kind = str(row["equipment_class"]), str(row["procurement"])
    count, order_date = number(row, "quantity"), day(row, "order_date")
    assign_date, place = day(row, "assign_date"), str(row["site"] or "")
    if e not in data.classes or count != round(count) or count <= 0:
        yield Finding("transformers.class", row_name, "not whole units of an available class")
        return
    if kind not in ("pool", "site", "stock") or (kind == "stock") != (order_date is None):
        yield Finding("transformers.procurement", row_name, f"{kind} ordered on {order_date}")
        return
    price = {"stock": 0.0, "site": data.site_usd[e], "pool": data.pool_usd[e]}[kind]
    if not is_same(number(row, "overnight_usd"), count * price):
        yield Finding(
            "transformers.cost", row_name, f"{count:g} units cost {count * price:.0f} USD"
        )
        return
    if order_date is not None and calendar.period_at(order_date) is None:
        yield Finding("transformers.order", row_name, "not ordered at a period's start")
        return
    delivered = None if order_date is None else data.classes[e].delivery_date(order_date)
    if day(row, "delivery_date") != delivered:
        yield Finding("transformers.lead_time", row_name, f"it is delivered on {delivered}")
        return
    if (assign_date is None) != (place == ""):
        yield Finding("transformers.assign", row_name, "assigned without a place or a date")
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
    if day(row, "in_service_date") != _service(data, ready):
        yield Finding("transformers.install", row_name, f"in service {_service(data, ready)}")
    needs_site = (e, place) in data.limit
    on = order_date if kind == "site" else assign_date
    at = committed.get(place)
    if needs_site and on is not None and (at is None or at > on):
        yield Finding("transformers.committed", row_name, f"site committed {at}")


def _audit_banks(
    data: TransformersData,
    tables: Mapping[str, Table],
    installed: Mapping[tuple[str, str, int], float],
) -> Iterator[Finding]:
    """Main banks, without the spares, carry the load that comes at high voltage."""
    calendar = data.system.calendar
    load = facility_load(data.system, tables)
    behind = supply_by(tables, ("connection", "location"), "firm_mw", calendar)
    draw = sum_by(tables, "power", ("site",), "grid_mw", calendar)
    for site, p in sorted(set(load) | set(draw)):
        banks = sum(
            data.classes[e].unit_mva
            * data.classes[e].power_factor_frac
            * max(0.0, installed.get((e, site, p), 0.0) - data.spare_banks)
            for e in data.main_classes
        )
        through = load.get((site, p), 0.0) - behind.get((f"medium_voltage|{site}", p), 0.0)
        need = max(through, draw.get((site, p), 0.0))
        if exceeds(need, banks):
            what = f"{need:.3f} MW on {calendar.starts[p]} through banks of {banks:.3f}"
            yield Finding("transformers.bank", f"site {site}", what)


def _audit_step_ups(
    data: TransformersData,
    tables: Mapping[str, Table],
    installed: Mapping[tuple[str, str, int], float],
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
