"""The audit of purchases: everything that a plan buys serves something, by name.

Arithmetic on the tables: a thing serves if the plan, as it runs, would break a rule with one of it
fewer, or with the order, upgrade or connection left out. So each reason counts for which it may be there,
a minimum campus or a spare, the reserve margin of a zone or the bill of its customers, a technology that
may only follow another. Each family says what of its purchases serves something (``serves``), and whether
its rules would be broken with less of what another family bought (``misses``).

When something starts is not asked: slots, builders or a budget may have kept it from a later date.
Nor is it asked of what the scenario commits to, or of a plan whose purchases were bought by order, as
under a strategy.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from siting.core.audit import Finding
from siting.core.table import Table
from siting.families.base import Component
from siting.families.books import Books, Less
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.solution.committed import held_rows
from siting.solution.shape import declared

LEAST = "is_least"
"""Setting of a plan: whether it is proven that nothing it buys can be left out."""


def audit_purchases(instance: Instance, tables: Mapping[str, Table]) -> tuple[Finding, ...]:
    """What serves nothing in a plan."""
    families = [(COMPONENTS[name], data) for name, data in instance.data.items()]
    rules = [partial(_misses, component, data) for component, data in families]
    books = Books(instance.system, declared(tables), rules)
    found = [f for component, data in families for f in component.serves(books, data)]
    held = held_rows(instance, books.tables)
    return tuple(sorted(f for f in found if f.row not in held))


def _misses(component: Component, data: Any, books: Books, less: Less) -> bool:
    """Whether a rule of a family would be broken with less."""
    return component.misses(books, data, less)
