"""Sections of the report of a plan, in order; a section is left out where it has nothing to say."""

from __future__ import annotations

from collections.abc import Callable

from siting.core.plan import Plan
from siting.outputs.report import (
    commitments,
    deliverability,
    families,
    first_orders,
    footprints,
    site_costs,
    site_lines,
    stability,
)
from siting.outputs.report.blocks import (
    Block,
    Bullets,
    Chart,
    Fold,
    Section,
    TableBlock,
    Tabs,
    Text,
)
from siting.outputs.report.charts import (
    cost_figure,
    generation_figure,
    slot_figure,
    supply_figure,
    workload_figure,
)
from siting.outputs.report.declared import declared_sections
from siting.outputs.report.gantt import energisation_table, gantt_figure, waiting_sentence
from siting.outputs.report.map import map_view
from siting.outputs.report.provenance import assumption_section, proof_section
from siting.outputs.report.schedule import schedule_of
from siting.outputs.report.tables import (
    connection_table,
    cost_table,
    order_table,
    plant_table,
    site_tables,
    upgrade_table,
)
from siting.outputs.report.waiting import waiting_table

SITE_NOTE = (
    "MW at the end of the horizon. Grid and on-site MW feed the whole facility, cooling included."
)
COST_NOTE = (
    "Discounted to the start of the horizon, capital as annuities from the in-service date. "
    "Overnight spending is undiscounted, in the year of the start or order."
)


def where(plan: Plan) -> Section:
    """The map."""
    view = map_view(plan)
    note = (
        "A ring is a site, its area the IT load at the end of the horizon; it fills as megawatts "
        "are energised. Hollow markers and est. stand for estimates: low confidence, or an "
        "estimated size. Click a marker, or choose it from the list, for figures and sources."
    )
    if view.has_alaska:
        note += " Alaska is drawn at a smaller scale."
    blocks: list[Block] = [Text(note), view.block]
    if view.beyond:
        blocks.append(Text(f"Beyond the frame of the map: {'; '.join(view.beyond)}."))
    return Section("where", "Where", "Where", tuple(blocks))


def when(plan: Plan) -> Section | None:
    """Load and power over time."""
    charts = [
        Chart(name, title, label, figure)
        for name, title, label, figure in (
            (
                "supply",
                "Load by source of power",
                "Load served from the grid and from power on site against the target; figures in "
                "tables/timeline.csv",
                supply_figure(plan),
            ),
            (
                "workloads",
                "Load by workload",
                "Load served and asked for by workload; figures in tables/timeline.csv",
                workload_figure(plan),
            ),
            (
                "generation",
                "Plants in service",
                "Capacity in service by technology; figures in tables/generation.csv",
                generation_figure(plan),
            ),
        )
        if figure is not None
    ]
    if not charts:
        return None
    return Section("when", "When", "When", (Tabs("Charts over time", tuple(charts)),))


def schedule(plan: Plan) -> Section | None:
    """From lease to energisation."""
    found = schedule_of(plan)
    figure = gantt_figure(plan, found)
    if figure is None:
        return None
    note = (
        "Sites by start date, then what feeds the grid. Outlined is the critical path: what came "
        "last before an energisation and could least have come earlier, and what that began with "
        "the end of; tables/critical_path.csv has the slack of each step. Red marks transformers "
        "on it for which load asked for was waiting."
    )
    label = "Stages of each site and plant over time; dates in the tables below"
    blocks: list[Block] = [Text(note), Chart("gantt", "", label, figure)]
    sentence = waiting_sentence(found)
    if sentence:
        blocks.insert(0, Text(sentence, is_note=False))
    waited = waiting_table(plan, found)
    if waited.lines:
        blocks.append(TableBlock(waited, waited.title))
    table = energisation_table(plan, found)
    if table.lines:
        title = f"What finished last before each of {len(table.lines)} energisations"
        blocks.append(Fold("energisation-fold", title, (TableBlock(table),)))
    return Section("schedule", "From commitment to power", "Schedule", tuple(blocks))


def orders(plan: Plan) -> Section | None:
    """Transformers to order."""
    table, figure = order_table(plan), slot_figure(plan)
    if not table.lines:
        return None
    blocks: list[Block] = [Text("Soonest first. An order placed later delays what it serves.")]
    soonest = first_orders.first_orders(plan)
    if soonest.lines:
        blocks += [TableBlock(soonest, soonest.title), Text(first_orders.NOTE)]
    if figure is not None:
        label = "Units ordered in each year and factory slots; orders in the table below"
        title = "Orders against factory slots, by year of order"
        blocks.append(Chart("slots", title, label, figure))
    return Section(
        "orders", table.title, "Transformers", (*blocks, TableBlock(table, "All orders"))
    )


def sites(plan: Plan) -> Section | None:
    """Sites that are built, and those that are not."""
    built, others = site_tables(plan)
    blocks: list[Block] = [Text(SITE_NOTE), TableBlock(built)] if built.lines else []
    if others.lines:
        summary = f"{others.title} ({len(others.lines)})"
        blocks.append(Fold("candidate-fold", summary, (TableBlock(others),)))
    blocks += footprints.land_blocks(plan)
    return Section("sites", built.title, "Sites", tuple(blocks)) if blocks else None


def supply(plan: Plan) -> Section | None:
    """Plants, upgrades and connections."""
    tables = [plant_table(plan), upgrade_table(plan), connection_table(plan)]
    blocks = tuple(TableBlock(table, table.title) for table in tables if table.lines)
    return Section("power", "Power and grid", "Power and grid", blocks) if blocks else None


def cost(plan: Plan) -> Section | None:
    """Cost by part."""
    table, figure = cost_table(plan), cost_figure(plan)
    blocks: list[Block] = [Text(COST_NOTE)]
    if figure is not None:
        label = "Discounted cost by part, added up; figures in the table below"
        blocks.append(Chart("costs", "", label, figure))
    if table.lines:
        blocks.append(TableBlock(table))
    return Section("cost", "What it costs", "Cost", tuple(blocks)) if len(blocks) > 1 else None


def warnings_of(plan: Plan) -> Section | None:
    """What is probably not meant."""
    if not plan.warnings:
        return None
    note = "Allowed, but probably not meant; each with its place and what to do about it."
    blocks = (Text(note), Bullets("", plan.warnings))
    return Section("warnings", "Warnings", "Warnings", blocks)


PLAN_SECTIONS: tuple[Callable[[Plan], Section | None], ...] = (
    warnings_of,
    where,
    when,
    commitments.committed,
    schedule,
    orders,
    site_lines.site_section,
    sites,
    stability.stability_section,
    supply,
    deliverability.network,
    deliverability.interfaces,
    families.curtailment,
    families.rentals,
    families.ride_through,
    families.ratepayer,
    footprints.water,
    footprints.emissions,
)
"""Sections of the report in the order of the page, before those that families declare."""
LAST_SECTIONS: tuple[Callable[[Plan], Section | None], ...] = (
    cost,
    site_costs.site_cost_section,
    proof_section,
    assumption_section,
)
"""Sections after those."""


def plan_sections(plan: Plan) -> tuple[Section, ...]:
    """Sections that have something to say of a plan."""
    first = (build(plan) for build in PLAN_SECTIONS)
    last = (build(plan) for build in LAST_SECTIONS)
    made = (*first, *declared_sections(plan), *last)
    return tuple(section for section in made if section is not None)
