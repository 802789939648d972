"""Sections of families that declare which of their tables the report shows as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from siting.core.audit import number
from siting.core.labels import ACRONYMS, words
from siting.core.money import unit_of
from siting.core.plan import Plan
from siting.core.table import Row
from siting.families.base import Component
from siting.families.registry import COMPONENTS
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Section, TableBlock
from siting.outputs.report.grid import Column, amount, dollars, kind, named, plain_table, text
from siting.reference.columns import meaning_of

PLACES = frozenset({"site", "location", "place", "node", "zone", "from_zone", "to_zone"})
"""Columns that name a place."""
UNITS = {
    "mw": 0,
    "mwh": 0,
    "km": 1,
    "acres": 0,
    "t": 0,
    "m3": 0,
    "frac": 3,
    "count": 0,
    "months": 1,
}
"""Last words of columns of numbers, with the decimals that are shown."""


def declared_sections(plan: Plan) -> Iterator[Section]:
    """A section for each family that has such a table with rows."""
    for name, component in COMPONENTS.items():
        blocks = tuple(_blocks(plan, component))
        if blocks:
            title = component.title
            yield Section(f"family-{name.replace('_', '-')}", title, title, blocks)


def _blocks(plan: Plan, component: Component) -> Iterator[TableBlock]:
    """Tables of a family, each under its title."""
    for table, columns in component.columns.items():
        rows = rows_in(plan, table)
        if columns.title and rows:
            shown = tuple(
                replace(_column(plan, name, rows), about=meaning_of(table, name))
                for name in columns.names
            )
            name = f"{table.replace('_', '-')}-table"
            yield TableBlock(plain_table(name, columns.title, shown, rows), columns.title)


def _column(plan: Plan, name: str, rows: Sequence[Row]) -> Column:
    """A column as its name says: a place, an amount with its unit, money, a date or words."""
    head, _, last = name.rpartition("_")
    if name in PLACES:
        return named(plan, name, words(name))
    if last == "usd":
        return dollars(name, words(head or "cost"), unit_of(*(number(r, name) for r in rows)), 1)
    if last in UNITS:
        unit = f" [{ACRONYMS.get(last, last)}]" if head and last != "count" else ""
        return amount(name, f"{words(head or last)}{unit}", UNITS[last])
    if last == "date" or name.startswith("period_"):
        return text(name, words(head))
    return kind(name, words(name))
