"""From solver values to result tables."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.table import Cell, Table
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.model.values import SolvedValues
from siting.solution.derive import derived_tables
from siting.solution.provenance import sources_table
from siting.solution.shape import COST_COLUMNS, SPENDING_COLUMNS, check_report, declared
from siting.solution.site_costs import NAME as SITE_COSTS
from siting.solution.site_costs import costs_of


def extract(instance: Instance, values: SolvedValues) -> dict[str, Table]:
    """Every result table of a solved model."""
    tables: dict[str, Table] = {}
    for name, data in instance.data.items():
        own = COMPONENTS[name].report(values, data)
        check_report(name, data, own)
        tables.update(own)
    tables["costs"] = Table.of(COST_COLUMNS, _costs(instance, values))
    tables["spending"] = Table.of(SPENDING_COLUMNS, _spending(instance, values))
    tables["sources"] = sources_table(instance)
    whole = declared(tables)
    tables.update(derived_tables(instance, whole))
    tables[SITE_COSTS] = costs_of(instance, whole)
    return dict(sorted(tables.items()))


def _costs(instance: Instance, values: SolvedValues) -> Iterator[dict[str, Cell]]:
    """Discounted cost by family and period."""
    for family, period, usd in values.costs():
        if usd:
            start = instance.system.calendar.starts[period]
            yield {"family": family, "period_start": start, "usd": usd}


def _spending(instance: Instance, values: SolvedValues) -> Iterator[dict[str, Cell]]:
    """Overnight cost of what each family starts, by calendar year."""
    total: dict[tuple[str, int], float] = {}
    for family, period, usd in values.spending():
        key = (family, instance.system.calendar.starts[period].year)
        total[key] = total.get(key, 0.0) + usd
    for (family, year), usd in sorted(total.items()):
        if usd:
            yield {"family": family, "year": year, "overnight_usd": usd}
