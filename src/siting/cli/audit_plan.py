"""``siting audit``: read a plan folder back and audit it."""

from __future__ import annotations

from pathlib import Path

from siting.core.audit import Finding
from siting.outputs.stored import read_folder
from siting.solution.audit import audit_tables
from siting.solution.goals import audit_goals
from siting.solution.purchases import LEAST, audit_purchases


def audit_folder(folder: Path) -> list[str]:
    """Findings of the audit of a plan folder; never imports the model or the solver.

    Raises:
        InputError: the folder is not a plan, or a file in it cannot be read.
    """
    plan = read_folder(folder)
    findings: list[Finding] = [
        *audit_tables(plan.instance, plan.tables, plan.cost_usd),
        *audit_goals(plan.instance, plan.tables, plan.summary.get("goals")),
    ]
    settings = plan.summary.get("settings")
    if isinstance(settings, dict) and settings.get(LEAST) is True:
        findings += audit_purchases(plan.instance, plan.tables)
    return [*plan.unreadable, *(str(f) for f in findings)]
