"""What each site waited for: a row a site, its first and its last rise of load."""

from __future__ import annotations

from collections.abc import Iterable

from siting.core.audit import number
from siting.core.labels import words
from siting.core.plan import Plan
from siting.core.table import Cell, Row
from siting.families.steps import DEMAND
from siting.outputs.features import rows_in
from siting.outputs.report.grid import ReportTable, amount, long_text, name_of, plain_table, text
from siting.outputs.report.schedule import Energisation, Schedule, stage_of

TITLE = "What each site waited for"
TOLD = ("connection", "halls", "ride-through", DEMAND)
"""Steps that say all by their name."""


def waiting_table(plan: Plan, schedule: Schedule) -> ReportTable:
    """Sites by first power; blank where the first rise is the last one too."""
    columns = (
        long_text("name", "Site"),
        amount("it_mw", "IT load at the end [MW]"),
        text("first_date", "First power"),
        long_text("first_waited_for", "Waited for"),
        text("last_date", "Last rise"),
        long_text("last_waited_for", "Waited for"),
    )
    rises: dict[str, list[Energisation]] = {}
    for rise in schedule.energisations:
        rises.setdefault(rise.site, []).append(rise)
    load = {str(row["site"]): number(row, "it_mw") for row in rows_in(plan, "sites")}
    rows = [
        {
            "name": name_of(plan, site),
            "it_mw": load.get(site),
            **_cells(plan, "first", of_site[0]),
            **(_cells(plan, "last", of_site[-1]) if len(of_site) > 1 else {}),
        }
        for site, of_site in rises.items()
    ]
    return plain_table("waiting-table", TITLE, columns, rows)


def _cells(plan: Plan, which: str, rise: Energisation) -> dict[str, Cell]:
    """Date of a rise, and what it waited for."""
    return {f"{which}_date": rise.date, f"{which}_waited_for": waits(plan, rise.critical)}


def waits(plan: Plan, steps: Iterable[Row]) -> str:
    """Steps in words, each once; with its item where that says more than the step does."""
    said = (f"{stage_of(step)}{_item(plan, step)}" for step in steps)
    return ", ".join(dict.fromkeys(said))


def _item(plan: Plan, step: Row) -> str:
    """What of a step was waited for, in brackets; nothing where its name tells."""
    item, site = str(step["item"] or ""), step["site"]
    if step["step"] in TOLD or item in ("", "none", site):
        return ""
    what, _, place = item.partition("@")
    known = plan.places.get(what, {}).get("name")
    where = f" in {name_of(plan, place)}" if place and place != site else ""
    return f" ({known or words(what).lower()}{where})"
