"""Change a plan's tables by hand and look at what the audit says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.instance.build import Instance
from siting.solution.audit import audit_tables


def rules_broken(instance: Instance, plan: Plan, changes: Mapping[str, Table]) -> set[str]:
    """Rules that the audit names when some tables of a plan are replaced."""
    found = audit_tables(instance, {**plan.tables, **changes}, plan.objective_usd)
    return {finding.rule for finding in found}


def with_row(table: Table, position: int, **cells: Cell) -> Table:
    """A table with some cells of one row changed."""
    rows = list(table.rows)
    rows[position] = {**rows[position], **cells}
    return Table(table.columns, tuple(rows))


def assert_every_change_is_found(instance: Instance, plan: Plan, name: str, family: str) -> None:
    """Each cell changed, and each row removed, breaks a rule of the family."""
    table = plan.tables[name]
    assert len(table) > 1
    for position, row in enumerate(table):
        for column, cell in row.items():
            changed = {column: _changed(cell)}
            rules = rules_broken(instance, plan, {name: with_row(table, position, **changed)})
            assert any(rule.startswith(f"{family}.") for rule in rules), (position, column)
        rest = (*table.rows[:position], *table.rows[position + 1 :])
        rules = rules_broken(instance, plan, {name: Table(table.columns, rest)})
        assert any(rule.startswith(f"{family}.") for rule in rules), position


def _changed(cell: Cell) -> Cell:
    """Another value of the same kind."""
    if isinstance(cell, date):
        return cell + timedelta(days=1)
    return cell + 1 if isinstance(cell, int | float) else f"{cell}x"
