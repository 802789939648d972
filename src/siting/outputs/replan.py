"""Write a re-plan: what changes against the last plan, and the new plan, in one folder."""

from __future__ import annotations

from pathlib import Path

from siting.outputs.folder import PLAN, REPLAN, whole_folder
from siting.outputs.registry import outputs
from siting.outputs.report.replan import write_replan_page
from siting.outputs.tables import write_json, write_tables
from siting.outputs.write import write_outputs
from siting.replan.run import Replanned


def plan_folder(folder: Path) -> Path:
    """The plan of a folder: itself, or the plan in it where it is that of a re-plan."""
    inner = folder / "plan"
    is_replan = (folder / REPLAN).is_file() and (inner / PLAN).is_file()
    return inner if is_replan else folder


def write_replan(found: Replanned, target: Path) -> None:
    """Write a re-plan to a folder that appears whole or not at all.

    Raises:
        InputError: the target is not a new folder nor that of an earlier run.
    """
    with whole_folder(target, REPLAN) as folder:
        write_tables(found.tables, folder / "tables")
        (folder / "plan").mkdir()
        write_outputs(found.plan, folder / "plan", outputs())
        write_replan_page(found, folder / "replan.html")
        write_json(replan_summary(found), folder / REPLAN)


def replan_summary(found: Replanned) -> dict[str, object]:
    """``replan.json``."""
    plan = found.plan
    return {
        "name": plan.name,
        "title": plan.title,
        "as_of": found.as_of,
        "periods_held": found.periods,
        "status": plan.status,
        "objective_usd": plan.objective_usd,
        "bound_usd": plan.bound_usd,
        "last_plan_usd": found.before.objective_usd,
        "keep_usd": found.keep_usd,
        "changes": found.counts,
        "urgent": len(found.tables["urgent"]),
        "notes": list(found.notes),
        "audit_passed": not plan.findings,
        "versions": dict(plan.versions),
        "generated_by": f"siting {plan.versions.get('siting', '')}".strip(),
    }
