"""Foresight in sentences and on the page."""

from __future__ import annotations

from collections.abc import Iterator

from siting.outputs.report.blocks import Section, TableBlock, Text
from siting.outputs.report.grid import amount, dollars, plain_table, text
from siting.studies.base import Result
from siting.studies.columns import unit_for
from siting.studies.myopic.rolling import Myopic
from siting.timeline.plans import difference
from siting.timeline.words import span

NOTE = (
    "Each year is planned with some years in sight: what lies beyond is not seen, what was decided before "
    "stays, and what was planned for later is decided anew the next year."
)


def sentences(result: Result[Myopic]) -> Iterator[str]:
    """What foresight is worth."""
    found = result.found
    if found.plan is None:
        yield f"With {found.years:g} years in sight no plan was found for the last years."
        return
    costs = (found.plan.objective_usd, found.plan.bound_usd)
    more = difference(costs, found.best, is_never_less=True)
    yield f"With {found.years:g} years in sight the plan costs {span(more)} more than with perfect foresight."


def sections(result: Result[Myopic]) -> Iterator[Section]:
    """A row a year."""
    rows = list(result.tables["foresight_steps"])
    columns = (
        text("from_date", "Planned on"),
        text("in_sight_until", "In sight until"),
        text("status", "Status"),
        dollars("window_cost_usd", "Cost of the window", unit_for(rows, "window_cost_usd"), 2),
        amount("decision_count", "Decisions taken"),
    )
    table = plain_table("foresight-table", "Foresight", columns, rows)
    yield Section("foresight", "With less foresight", "Foresight", (Text(NOTE), TableBlock(table)))
