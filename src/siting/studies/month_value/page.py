"""The value of a month on the page."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.labels import words
from siting.core.table import Row
from siting.outputs.report.blocks import Block, Section, TableBlock, Text
from siting.outputs.report.grid import amount, long_text, named, plain_table, text
from siting.studies.base import Result
from siting.studies.month_value.search import MonthValue

NOTE = (
    "All values of a month are lowered together until another plan, which serves less or later, costs as "
    "little as the best one. That it does so below this value is certain, since there is such a plan; that the "
    "best plan is the best above it holds within the gap of the solves."
)


def sections(result: Result[MonthValue]) -> Iterator[Section]:
    """What is stated, least and published of each workload, and what is not built below it."""
    rows = [{**row, "workload": words(row["workload"])} for row in result.tables["month_value"]]
    columns = (
        text("workload", "Workload"),
        long_text("perspective", "Perspective"),
        amount("stated_usd", "Stated [USD per MW-month]"),
        amount("least_usd", "Best plan holds from"),
        amount("low_usd", "Published low"),
        amount("high_usd", "Published high"),
    )
    table = plain_table("month-value-table", "What a month of delay costs", columns, rows)
    blocks: list[Block] = [Text(NOTE), TableBlock(table)]
    if fewer := result.found.sites:
        sites: list[Row] = [{"site": site, "mw": mw} for site, mw in fewer.items()]
        title = "Where a month is worth less, the plan that is cheaper serves less here"
        shown = (named(result.best, "site", "Site"), amount("mw", "Less [MW]"))
        blocks.append(TableBlock(plain_table("month-value-sites", title, shown, sites)))
    yield Section("month-value", "What a month must be worth", "Month", tuple(blocks))
