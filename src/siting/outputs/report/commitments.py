"""What the scenario commits to, and what the plan makes of it."""

from __future__ import annotations

from siting.core.audit import number
from siting.core.money import unit_of
from siting.core.plan import Plan
from siting.core.table import Cell, Row
from siting.families.declared import decisions
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Section, TableBlock, Text
from siting.outputs.report.grid import amount, dollars, long_text, plain_table, text

NOTE = (
    "Decisions that are made already, or bounded, whatever the plan would choose. What is dropped is paid "
    "for; the rest holds from its date on."
)


def committed(plan: Plan) -> Section | None:
    """What is asked for, what is planned and what is dropped."""
    rows = rows_in(plan, "committed")
    if not rows:
        return None
    unit = unit_of(*(number(row, "cancellation_usd") for row in rows))
    columns = (
        long_text("what", "Committed to"),
        text("decision", "Decision"),
        text("item", "Of"),
        text("from_date", "From"),
        amount("at_least_count", "At least"),
        amount("at_most_count", "At most"),
        amount("planned_least_count", "Planned"),
        amount("dropped_count", "Dropped"),
        dollars("cancellation_usd", "Paid for it", unit, 1),
    )
    table = plain_table(
        "committed-table", "Committed decisions", columns, [_shown(r) for r in rows]
    )
    return Section("committed", table.title, "Committed", (Text(NOTE), TableBlock(table)))


def _shown(row: Row) -> dict[str, Cell]:
    """A row in words: what the decision commits to."""
    words = decisions()[str(row["decision"])].commits
    return {**row, "what": row["name"] or row["id"], "decision": words}
