"""Write everything a plan gives, in one folder that appears whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from siting.core.errors import OutputError
from siting.core.plan import Plan
from siting.outputs.certificate import write_certificate
from siting.outputs.folder import PLAN, whole_folder
from siting.outputs.geojson import write_geojson
from siting.outputs.geopackage import write_geopackage
from siting.outputs.order_calendar import write_order_calendar
from siting.outputs.report.page import write_report
from siting.outputs.seals import write_sealed_summary
from siting.outputs.tables import write_json, write_tables
from siting.outputs.workbook import write_workbook
from siting.outputs.writable import words_of


def write_plan(plan: Plan, target: Path) -> None:
    """Tables, summary, scenario, maps, workbook, calendar and report.

    Raises:
        InputError: the target is not a new folder nor that of an earlier plan.
    """
    with whole_folder(target, PLAN) as folder:
        write_tables(plan.tables, folder / "tables")
        write_json(plan.scenario, folder / "scenario.json")
        write_geojson(plan, folder / "plan.geojson")
        write_geopackage(plan, folder / "plan.gpkg")
        write_workbook(plan, folder / "plan.xlsx")
        write_order_calendar(plan, folder / "orders.ics")
        write_report(plan, folder / "report.html")
        write_certificate(plan, folder)
        write_sealed_summary(plan, folder)


def write_plan_somewhere(plan: Plan, target: Path) -> None:
    """Write a plan, and if its place cannot hold it by now, write it where it can be kept.

    Raises:
        OutputError: the plan is not at its target; says why, and where it is.
    """
    try:
        write_plan(plan, target)
        return
    except OSError as error:
        what, _ = words_of(error)
        failed = f"{target}: {what}"
        cause = error
    kept = Path(tempfile.gettempdir())
    try:
        kept = Path(tempfile.mkdtemp(prefix="siting-")) / "plan"
        write_plan(plan, kept)
    except OSError as error:
        what, _ = words_of(error)
        raise OutputError(f"{failed}. Nor can the plan be kept in {kept}: {what}.") from error
    raise OutputError(
        f"{failed}. The plan is complete and audited; it is kept in {kept}."
    ) from cause
