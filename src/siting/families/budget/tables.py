"""Result tables of ``budget`` from the solved values."""

from __future__ import annotations

from siting.core.table import Table
from siting.families.base import Values
from siting.families.budget.data import BudgetData


def report(values: Values, data: BudgetData) -> dict[str, Table]:
    """Nothing of its own: ``spending`` is reported for every plan."""
    return {}
