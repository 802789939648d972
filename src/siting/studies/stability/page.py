"""Stability on the page."""

from __future__ import annotations

from collections.abc import Iterator

from siting.outputs.report.blocks import Section, TableBlock, Text
from siting.outputs.report.grid import named, plain_table, text
from siting.studies.base import Result
from siting.studies.columns import dearer_columns
from siting.studies.stability.verdict import IN_ALL, IN_NONE, OPEN, UNDECIDED, Stability

NOTE = (
    "Each site is held as the best plan does not decide on it. How much dearer the best plan is then lies "
    "between a proven bound and a plan. Where even the bound is beyond the tolerance, every plan within it "
    "decides on the site as the best one does. The tolerance is counted from the best plan's cost, which no "
    "optimum exceeds, so what is in every plan or in none is so within the tolerance of the true optimum too. "
    "A site counts as used where it carries a hall's load; one that the scenario commits to is in every plan."
)


def sections(result: Result[Stability]) -> Iterator[Section]:
    """One row a site: in every plan first, then open, then in none."""
    order = (IN_ALL, UNDECIDED, OPEN, IN_NONE)
    rows = sorted(
        result.tables["stability"],
        key=lambda row: (order.index(str(row["verdict"])), str(row["site"])),
    )
    columns = (
        named(result.best, "site", "Site"),
        text("verdict", "Verdict"),
        text("forced", "Forced"),
        *dearer_columns(rows),
        text("proof", "Proof"),
    )
    table = plain_table("stability-table", "Stability", columns, rows)
    yield Section(
        "stability", "Which sites can be defended", "Stability", (Text(NOTE), TableBlock(table))
    )
