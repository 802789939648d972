"""Which sites of the best plan can be defended, where a comparison has proven it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from siting.core.audit import number
from siting.core.money import unit_of
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Block, Section, TableBlock, Text
from siting.outputs.report.grid import Column, ReportTable, dollars, long_text, plain_table, text

IN_EVERY, IN_NONE = "in every plan", "in no plan"
NOTE = (
    "Each site was held as this plan does not decide on it, and the best plan then was bounded. At least so "
    "much dearer is proven; a site that is open can be swapped for next to nothing."
)


def stability_section(plan: Plan) -> Section | None:
    """A sentence, and the sites that are built or open."""
    notes = {
        str(row["site"]): {**row, **plan.site_notes[str(row["site"])]}
        for row in rows_in(plan, "sites")
        if "stability" in plan.site_notes.get(str(row["site"]), {})
    }
    if not notes:
        return None
    shown = [row for row in notes.values() if row["is_chosen"] or row["stability"] != IN_NONE]
    shown.sort(key=lambda row: (row["stability"] != IN_EVERY, not row["is_chosen"], row["site"]))
    blocks: list[Block] = [Text(_sentence(notes), is_note=False), Text(NOTE)]
    if shown:
        blocks.append(TableBlock(_table(shown)))
    return Section("stability", "Which sites can be defended", "Stability", tuple(blocks))


def _table(rows: Sequence[Row]) -> ReportTable:
    """Sites with their verdict and what the opposite choice costs at least."""
    key = "stability_cost_increase_lower_usd"
    usd = [float(cell) for row in rows if isinstance(cell := row.get(key), int | float)]
    columns = (
        long_text("name", "Site"),
        Column("is_chosen", "In this plan", lambda cell: "built" if cell else "not built"),
        text("stability", "Plans that cost hardly more"),
        dollars(key, "Without this choice at least dearer by", unit_of(*usd), 2),
    )
    return plain_table("stability-table", "Which sites can be defended", columns, rows)


def _sentence(notes: Mapping[str, Row]) -> str:
    """How many sites are settled."""
    within = number(next(iter(notes.values())), "stability_within_frac")
    every, none = (
        sum(row["stability"] == verdict for row in notes.values())
        for verdict in (IN_EVERY, IN_NONE)
    )
    left = len(notes) - every - none
    are = "1 site is" if every == 1 else f"{every} sites are"
    return (
        f"Of all plans that cost at most {100 * within:.3g} % more than this one: {are} in every plan, "
        f"{none} in none, {left} open or not decided. The first two are proven."
    )
