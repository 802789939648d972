"""Read what was heard: a table with a row for each item, as ``facts.py`` describes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from siting.core.errors import InputError, Issue
from siting.core.magnitude import MOST, number_of
from siting.layers.cells import Kind
from siting.layers.read import Reading, read_whole, text_of

COLUMNS = ("item", "ordered", "date", "price", "note")
KINDS: Mapping[str, Kind] = {"ordered": "date", "date": "date", "price": "number"}
"""What cells hold; all others are text."""
DAY = re.compile("[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?", re.ASCII)


@dataclass(frozen=True)
class Fact:
    """A row of a facts table.

    Attributes:
        where: file and line, for messages.
    """

    item: str
    ordered: date | None
    date: date | None
    price: float | None
    note: str
    where: str


def read_facts(path: Path) -> tuple[Fact, ...]:
    """The rows of a facts table.

    Raises:
        InputError: every cell that is not what its column holds.
    """
    how = Reading(
        id_column=None,
        kind_of=lambda column: KINDS.get(column, ""),
        is_header=lambda cells: "item" in cells,
    )
    rows = read_whole(path, path.name, how).rows
    unknown = sorted({column for row in rows for column in row.values} - set(COLUMNS))
    if unknown:
        expected = f"the columns {', '.join(COLUMNS)}"
        raise InputError([Issue(path.name, f"the column '{unknown[0]}'", expected, "Rename it")])
    issues: list[Issue] = []
    facts = [_fact(row.where, row.values, issues) for row in rows]
    issues += _told_twice(facts)
    if issues:
        raise InputError(issues)
    return tuple(facts)


def _told_twice(facts: Sequence[Fact]) -> Iterator[Issue]:
    """Rows of which the last would silently count: another date of one order, another price of one item."""
    seen: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        told = (
            (("date", fact.item, fact.ordered), fact.date, "its date"),
            (("price", fact.item), fact.price, "its price"),
        )
        for key, value, what in told:
            if value is None or not fact.item:
                continue
            first = seen.setdefault(key, fact)
            if first is not fact:
                fix = "Keep the newest of the rows"
                yield Issue(
                    fact.where, f"{what} stands in {first.where} too", "each of them once", fix
                )


def _fact(where: str, row: Mapping[str, object], issues: list[Issue]) -> Fact:
    """One row; what is wrong with it goes to the issues."""
    text = {name: text_of(row.get(name)).strip() for name in COLUMNS}
    if not text["item"]:
        issues.append(Issue(where, "no item", "the name of an item of the scenario", "State it"))
    if not text["date"] and not text["price"]:
        issues.append(Issue(where, "neither date nor price", "one of them, or both", "State it"))
    days: dict[str, date | None] = {}
    for name in ("ordered", "date"):
        days[name] = _day(text[name])
        if text[name] and days[name] is None:
            what, expected = f"{name} '{text[name]}'", "a day as 2027-10-31 or a month as 2027-10"
            issues.append(Issue(where, what, expected, "Write it so"))
    price: float | None = None
    if text["price"]:
        price = number_of(text["price"])
        if price is None or not 0 <= price <= MOST:
            what, expected = f"price '{text['price']}'", f"dollars from 0 to {MOST:g}"
            issues.append(Issue(where, what, expected, "Write a number"))
    return Fact(text["item"], days["ordered"], days["date"], price, text["note"], where)


def _day(text: str) -> date | None:
    """A day, or the first of a month."""
    try:
        return date.fromisoformat(f"{text}-01"[:10]) if DAY.fullmatch(text) else None
    except ValueError:
        return None
