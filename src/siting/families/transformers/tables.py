"""Result tables of ``transformers`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from siting.core.audit import ABSOLUTE_TOLERANCE
from siting.core.calendar import add_weeks
from siting.core.table import Cell, Table
from siting.families.base import Values, arrived_value, steps
from siting.families.columns import Columns
from siting.families.transformers.data import Lot, TransformersData

COLUMNS = (
    "item",
    "equipment_class",
    "procurement",
    "site",
    "quantity",
    "overnight_usd",
    "returned_usd",
    "order_date",
    "delivery_date",
    "assign_date",
    "in_service_date",
)


BANK_COLUMNS = (
    "period_start",
    "site",
    "equipment_class",
    "firm_count",
    "spare_count",
    "firm_mw",
)
TABLES = {
    "orders": Columns(COLUMNS, blank=frozenset({"site"}), at_zones=frozenset({"site"})),
    "banks": Columns(BANK_COLUMNS, when=lambda data: bool(data.counts_banks)),
}


def report(values: Values, data: TransformersData) -> dict[str, Table]:
    """Orders, each matched first in first out to the place that uses it, and banks in use."""
    rows: list[dict[str, Cell]] = []
    for e in data.classes:
        rows += _pool_rows(values, data, e)
        rows += _site_rows(values, data, e)
        rows += _resold_rows(values, data, e)
    by = ("equipment_class", *COLUMNS[-4:-1])
    rows.sort(key=lambda row: [str(row[c] or "") for c in by])
    numbered = [
        {**row, "item": f"{row['equipment_class']}-{i + 1:04d}"} for i, row in enumerate(rows)
    ]
    tables = {"orders": Table.of(COLUMNS, numbered)}
    if data.counts_banks:
        tables["banks"] = Table.of(BANK_COLUMNS, list(_bank_rows(values, data)))
    return tables


def _lots(values: Values, data: TransformersData, e: str) -> list[Lot]:
    """Stock, kept slots, and delivered pool orders and draws, in order of being in hand."""
    calendar, kind = data.system.calendar, data.classes[e]
    lots = [Lot("stock", 0, kind.stock_units, 0.0, None, None)] if kind.stock_units else []
    for (c, i), first in data.slot_period.items():
        kept = round(values.get("transformers.keep", (c, i))) if c == e else 0
        if kept:
            slot = kind.booked[i]
            usd = (1 - slot.paid_frac) * data.site_usd[e]
            lots.append(Lot("booked", first, kept, usd, None, slot.delivered))
    for p, n in steps(values, "transformers.pool_order", (e,), calendar.periods):
        start, arrival = calendar.starts[p], data.order_lag[e].arrival[p]
        if arrival is not None:
            there = kind.delivery_date(start)
            lots.append(Lot("pool", arrival, n, data.pool_usd[e], start, there))
    drawable = [p for c, p in data.reserve_index if c == e]
    for p, n in steps(values, "transformers.reserve_draw", (e,), drawable):
        start, arrival = calendar.starts[p], data.reserve_lag[e].arrival[p]
        if arrival is not None:
            there = add_weeks(start, kind.reserve_weeks)
            lots.append(Lot("reserve", arrival, n, kind.reserve_usd_per_unit, start, there))
    return sorted(lots, key=lambda lot: (lot.in_hand, str(lot.delivered or ""), lot.procurement))


def _pool_rows(values: Values, data: TransformersData, e: str) -> Iterator[dict[str, Cell]]:
    """Units of the pool with the place they went to; unused ones without."""
    wanted: list[tuple[int, str, int]] = []
    for place in data.places[e]:
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
            yield _row(data, e, lots[position], used, place, data.system.calendar.starts[p])
            open_count, left = open_count - used, left - used
    for later, lot in enumerate(lots[position:]):
        unused = left if later == 0 else lot.count
        if unused > 0 and lot.procurement != "stock":
            yield _row(data, e, lot, unused, "", None)


def _row(
    data: TransformersData, e: str, lot: Lot, count: int, place: str, assigned: date | None
) -> dict[str, Cell]:
    """A row of units, assigned to a place or not."""
    ready = None if assigned is None else data.classes[e].installed_date(assigned)
    return {
        "item": "",
        "equipment_class": e,
        "procurement": lot.procurement,
        "site": place,
        "quantity": count,
        "overnight_usd": count * lot.unit_usd,
        "returned_usd": 0.0,
        "order_date": lot.ordered,
        "delivery_date": lot.delivered,
        "assign_date": assigned,
        "in_service_date": service_date(data, ready),
    }


def service_date(data: TransformersData, ready: date | None) -> date | None:
    """Start of the first period from a date on; None without a date or beyond the horizon."""
    period = None if ready is None else data.system.calendar.period_from(ready)
    return None if period is None else data.system.calendar.starts[period]


def _site_rows(values: Values, data: TransformersData, e: str) -> Iterator[dict[str, Cell]]:
    """Orders for a place."""
    calendar, kind = data.system.calendar, data.classes[e]
    for place in data.places[e]:
        periods = [p for c, at, p in data.order_index if (c, at) == (e, place)]
        for p, count in steps(values, "transformers.site_order", (e, place), periods):
            start = calendar.starts[p]
            delivered = kind.delivery_date(start)
            lot = Lot("site", p, count, data.site_usd[e], start, delivered)
            yield _row(data, e, lot, count, place, delivered)


def _resold_rows(values: Values, data: TransformersData, e: str) -> Iterator[dict[str, Cell]]:
    """Booked slots given up at the start of the horizon."""
    for i, slot in enumerate(data.classes[e].booked):
        given_up = slot.units - round(values.get("transformers.keep", (e, i)))
        if given_up:
            lot = Lot("resold", 0, given_up, 0.0, None, slot.delivered)
            returned = given_up * slot.resale_frac * data.site_usd[e]
            yield {**_row(data, e, lot, given_up, "", None), "returned_usd": returned}


def _bank_rows(values: Values, data: TransformersData) -> Iterator[dict[str, Cell]]:
    """Banks in use: no more of those the plan allows than the load needs, and their spares."""
    firm = {(s, p): _needed_banks(values, data, s, p) for s, p in data.system.service_periods}
    for s, p in sorted(firm, key=lambda pair: (pair[1], pair[0])):
        before = firm.get((s, q), {}) if (q := data.spare_lag.last_start(p)) is not None else {}
        for e in data.main_classes:
            count = firm[s, p][e]
            spares = data.spare_banks if before.get(e) else 0
            if count or spares:
                yield {
                    "period_start": data.system.calendar.starts[p],
                    "site": s,
                    "equipment_class": e,
                    "firm_count": count,
                    "spare_count": spares,
                    "firm_mw": count * data.classes[e].rated_mw,
                }


def _needed_banks(values: Values, data: TransformersData, s: str, p: int) -> dict[str, int]:
    """Banks of each class that carry load at a site, without any that could be left out."""
    counts = {e: _allowed_banks(values, data, e, s, p) for e in data.main_classes}
    through = values.total("facility_mw", (s, p)) - values.total("onsite_mv_firm_mw", (s, p))
    need_mw = max(through, values.total("grid_mw", (s, p)))
    spare_mw = sum(n * data.classes[e].rated_mw for e, n in counts.items()) - need_mw
    for e in data.main_classes:
        rated = data.classes[e].rated_mw
        while counts[e] and spare_mw - rated >= -ABSOLUTE_TOLERANCE:
            counts[e], spare_mw = counts[e] - 1, spare_mw - rated
    return counts


def _allowed_banks(values: Values, data: TransformersData, e: str, s: str, p: int) -> int:
    """Most whole banks that the solved spares, or the breakers, let carry load."""
    if "breaker" in data.roles:
        return round(values.get("transformers.firm_banks", (e, s, p)))
    followers = [r for r in data.system.calendar.periods if data.spare_lag.last_start(r) == p]
    if not all(values.get("transformers.spare", (e, s, r)) for r in followers):
        return 0
    there = arrived_value(values, "transformers.assign", (e, s), data.install_lag[e], p)
    there += arrived_value(values, "transformers.site_order", (e, s), data.site_lag[e], p)
    return round(there - data.spare_banks * values.get("transformers.spare", (e, s, p)))
