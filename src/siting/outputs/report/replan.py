"""The page of a re-plan: the answer, what changes and why, what is urgent, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from siting.core.audit import number
from siting.core.money import unit_of
from siting.core.table import Row
from siting.outputs.report.blocks import Bullets, Chart, Section, TableBlock, Text
from siting.outputs.report.charts import bars_figure
from siting.outputs.report.grid import (
    Column,
    amount,
    dollars,
    long_text,
    name_of,
    plain_table,
    text,
)
from siting.outputs.report.page import Page, write_page
from siting.outputs.report.words import family
from siting.replan.changes import KEPT, PLACED
from siting.replan.run import Replanned
from siting.replan.words import answer
from siting.timeline.words import money


def write_replan_page(found: Replanned, path: Path) -> None:
    """Write the page of a re-plan."""
    write_page(replan_page(found), path)


def replan_page(found: Replanned) -> Page:
    """The page of a re-plan."""
    said = answer(found)
    sections = (
        Section(
            "answer",
            "In words",
            "In words",
            (Bullets("", tuple(said[1:])), Bullets("What to know", found.notes)),
        ),
        _urgent(found),
        _changes(found),
        _costs(found),
        _news(found),
    )
    failed = bool(found.plan.findings)
    return Page(
        kicker=f"Re-plan · {found.plan.name} · as of {found.as_of}",
        title=found.plan.title,
        lead=said[0],
        numbers=tuple(_numbers(found)),
        sections=tuple(section for section in sections if section is not None),
        version=found.plan.versions.get("siting", ""),
        alarm="The audit failed. Do not rely on this plan." if failed else "",
    )


def _numbers(found: Replanned) -> Iterator[tuple[str, str]]:
    """The cost of each policy."""
    yield money(found.plan.objective_usd), "discounted cost, re-planned"
    if found.keep_usd is not None:
        yield money(found.keep_usd), "if the last plan is kept to"
    yield money(found.before.objective_usd), "what the last plan was to cost"
    count = len(found.tables["urgent"])
    yield (
        str(count),
        "decision that became urgent" if count == 1 else "decisions that became urgent",
    )


def _item(found: Replanned) -> Column:
    """What a decision is of, with places by name."""

    def show(cell: object) -> str:
        return PLACED.join(name_of(found.plan, part) for part in str(cell).split(PLACED))

    return Column("item", "Of what", show, is_long=True)


def _urgent(found: Replanned) -> Section | None:
    """What is due next and was not planned to be."""
    rows = list(found.tables["urgent"])
    if not rows:
        return None
    columns = (
        text("order_by_date", "Due"),
        long_text("decision", "Decision"),
        _item(found),
        amount("quantity", "Quantity"),
        text("was_date", "Was planned for"),
    )
    table = plain_table("urgent-table", "Urgent decisions", columns, rows)
    return Section("urgent", "What has become urgent", "Urgent", (TableBlock(table),))


def _changes(found: Replanned) -> Section:
    """Every decision that is other than it was, then those that stay."""
    columns = (
        text("change", "Change"),
        long_text("decision", "Decision"),
        _item(found),
        amount("quantity", "Quantity"),
        text("was_date", "Was"),
        text("is_date", "Is"),
        long_text("reason", "Why"),
    )
    every = list(found.tables["changes"])
    other = [row for row in every if row["change"] != KEPT]
    kept = [row for row in every if row["change"] == KEPT]
    blocks = [
        TableBlock(plain_table("change-table", "Changes", columns, other))
        if other
        else Text("No decision changes."),
        TableBlock(plain_table("kept-table", "Kept", columns, kept), "Kept"),
    ]
    return Section("changes", "What changes", "Changes", tuple(blocks))


def _costs(found: Replanned) -> Section:
    """Policies side by side, and sunk cost apart from cost to come."""
    policies: list[Row] = [r for r in found.tables["policies"] if r["cost_usd"] is not None]
    unit = unit_of(*(number(row, "cost_usd") for row in policies))
    figure = bars_figure(
        [str(row["policy"]) for row in policies],
        [number(row, "cost_usd") / unit.usd for row in policies],
        f"Discounted cost [{unit.name}]",
        unit.decimals(2),
    )
    columns = (
        text("policy", "Policy"),
        text("status", "Status"),
        dollars("cost_usd", "Cost", unit, 2),
        dollars("bound_usd", "Bound", unit, 2),
        long_text("about", "What it is"),
    )
    split = list(found.tables["cost_split"])
    parts = (
        Column("family", "Part", family),
        dollars("spent_usd", "Spent", unit, 2),
        dollars("committed_usd", "Owed", unit, 2),
        dollars("to_come_usd", "To come", unit, 2),
        dollars("total_usd", "Total", unit, 2),
    )
    blocks = (
        Chart("policy-costs", "", "Cost of each policy; figures in the table below", figure),
        TableBlock(
            plain_table("policy-table", "Policies", columns, list(found.tables["policies"]))
        ),
        Text(
            "Spent is what periods before the date cost, owed what later ones cost for decisions that "
            "were taken before it, to come all else. Discounted to the start of the horizon."
        ),
        TableBlock(plain_table("split-table", "Sunk cost and cost to come", parts, split)),
    )
    return Section("costs", "What it costs", "Costs", blocks)


def _news(found: Replanned) -> Section | None:
    """What news has changed in the scenario."""
    rows = list(found.tables["news"])
    if not rows:
        return None
    columns = (
        text("item", "Item"),
        text("kind", "Kind"),
        text("order_date", "Ordered"),
        text("expected_date", "Expected"),
        text("date", "Now"),
        long_text("path", "Number of the scenario"),
        long_text("before", "Was"),
        long_text("after", "Is"),
        long_text("note", "Source"),
    )
    table = plain_table("news-table", "News", columns, rows)
    return Section("news", "What was heard", "News", (TableBlock(table),))
