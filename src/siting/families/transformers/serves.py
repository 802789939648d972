"""Whether equipment serves something, and whether the main banks of a site would be too small with less."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import Finding, number, rows_of
from siting.families.books import Books, Less, Sums, idle, is_short, periods_from
from siting.families.transformers.data import TransformersData

ByPlace = dict[tuple[str, str, int], float]
BANKS = ("firm_count", "spare_count")


def serves(books: Books, data: TransformersData) -> Iterator[Finding]:
    """Transformers, breakers and switchgear without which every load, spare and unit has enough."""
    there: ByPlace = {}
    for _, row in rows_of(books.tables, "orders"):
        for p in periods_from(books.calendar, row):
            key = (str(row["equipment_class"]), str(row["site"]), p)
            there[key] = there.get(key, 0.0) + number(row, "quantity")
    for row_name, row in rows_of(books.tables, "orders"):
        e, place = str(row["equipment_class"]), str(row["site"] or "")
        if row["procurement"] == "resold" or e not in data.classes:
            continue
        if not place:
            yield idle("transformers", row_name, f"{row['quantity']} of {e} go nowhere")
        elif not any(
            _is_short_of(books, data, there, (e, place, p))
            for p in periods_from(books.calendar, row)
        ):
            what = f"{place} has enough without the last of {row['quantity']} of {e}"
            yield idle("transformers", row_name, what)


def _is_short_of(
    books: Books, data: TransformersData, there: ByPlace, key: tuple[str, str, int]
) -> bool:
    """Whether a place is short with one unit of a class fewer."""
    e, place, p = key
    role = data.classes[e].role
    rest = there.get(key, 0.0) - 1
    if role == "main_bank" and data.counts_banks:
        own = (books.sums("banks", ("equipment_class", "site"), count) for count in BANKS)
        return is_short(sum(sums.get((f"{e}|{place}", p), 0.0) for sums in own), rest)
    if role == "step_up":
        steps = books.sums("generation", ("step_up_class", "location"), "step_up_count")
        return is_short(steps.get((f"{e}|{place}", p), 0.0), rest)
    alike = data.roles[role]
    if role == "breaker":
        per_bank, per_step_up = data.breaker_needs
        banks = sum(books.sums("banks", ("site",), c).get((place, p), 0.0) for c in BANKS)
        steps = books.sums("generation", ("location",), "step_up_count")
        need = per_bank * banks + per_step_up * steps.get((place, p), 0.0)
        return is_short(need, sum(there.get((c, place, p), 0.0) for c in alike) - 1)
    left = sum(data.classes[c].rated_mw * there.get((c, place, p), 0.0) for c in alike)
    load = books.load.get((place, p), 0.0)
    if role == "main_bank":
        through = load - books.low_voltage_firm.get((place, p), 0.0)
        load = max(through, books.draw.get((place, p), 0.0))
    return is_short(load, left - data.classes[e].rated_mw)


def misses(books: Books, data: TransformersData, less: Less) -> bool:
    """Whether more would have to pass the main banks of a site than they carry."""
    if not less.is_low:
        return False
    load = books.load.get(less.key, 0.0)
    through = load - books.low_voltage_firm.get(less.key, 0.0) + less.firm_mw
    carried = books.once("banks_mw", lambda: _banks_mw(books, data))
    return is_short(through, carried.get(less.key, 0.0))


def _banks_mw(books: Books, data: TransformersData) -> Sums:
    """What the banks of a site carry."""
    if data.counts_banks:
        return books.sums("banks", ("site",), "firm_mw")
    total: dict[tuple[str, int], float] = {}
    for _, row in rows_of(books.tables, "orders"):
        if row["equipment_class"] in data.main_classes:
            mw = number(row, "quantity") * data.classes[str(row["equipment_class"])].rated_mw
            for p in periods_from(books.calendar, row):
                total[str(row["site"]), p] = total.get((str(row["site"]), p), 0.0) + mw
    return total
