"""Plans on other sites on the page."""

from __future__ import annotations

from collections.abc import Iterator

from siting.outputs.report.blocks import Section, TableBlock
from siting.outputs.report.grid import dollars, long_text, plain_table, text
from siting.studies.alternatives.question import Alternatives
from siting.studies.base import Result
from siting.studies.columns import dearer_columns, unit_for


def sections(result: Result[Alternatives]) -> Iterator[Section]:
    """Plans on other sites."""
    rows = list(result.tables["alternatives"])
    columns = (
        text("plan", "Plan"),
        dollars("cost_usd", "Cost", unit_for(rows, "cost_usd"), 2),
        *dearer_columns(rows),
        long_text("new_sites", "Sites that the best plan leaves alone"),
    )
    table = plain_table("alternative-table", "Alternatives", columns, rows)
    yield Section("alternatives", "Plans on other sites", "Alternatives", (TableBlock(table),))
