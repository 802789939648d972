"""``siting audit``: read a plan folder back and audit it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from siting.core.audit import Finding
from siting.outputs.seals import broken_seals
from siting.outputs.stored import read_folder
from siting.solution.audit import audit_tables
from siting.solution.claims import CLAIMED, audit_claims
from siting.solution.goals import audit_goals
from siting.solution.purchases import LEAST, audit_purchases


@dataclass(frozen=True)
class FolderAudit:
    """What the audit of a folder came to.

    Attributes:
        findings: rules that are broken, and files changed that the plan follows from.
        changed: outputs made from the plan that are missing or no longer as they were written.
        claimed: what of ``plan.json`` no arithmetic on the plan can tell.
    """

    findings: tuple[str, ...]
    changed: tuple[str, ...]
    claimed: tuple[str, ...] = CLAIMED


def audit_folder(folder: Path) -> list[str]:
    """Findings of the audit of a plan folder; never imports the model or the solver.

    Raises:
        InputError: the folder is not a plan, or a file in it cannot be read.
    """
    return list(audit_whole(folder).findings)


def audit_whole(folder: Path) -> FolderAudit:
    """The audit of a plan folder: rules, costs, goals, claims and seals.

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
    is_sound = not findings and not plan.unreadable
    findings += audit_claims(plan.instance, plan.tables, plan.summary, is_sound=is_sound)
    seals = broken_seals(folder, plan.summary)
    return FolderAudit(
        (*plan.unreadable, *(str(f) for f in findings), *seals.findings), seals.changed
    )
