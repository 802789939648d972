"""``siting audit``: read a plan folder back and audit it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from siting.core.audit import Finding
from siting.core.table import Table
from siting.outputs.output import Output
from siting.outputs.registry import outputs
from siting.outputs.seals import broken_seals
from siting.outputs.stored import read_folder
from siting.solution.audit import audit_tables
from siting.solution.certificate import CERTIFICATE, Proof, audit_certificate
from siting.solution.claims import BOUNDS, CLAIMED, audit_claims
from siting.solution.goals import audit_goals
from siting.solution.proven import ProvenGap, proven_gap, strategy_of
from siting.solution.purchases import LEAST, audit_purchases
from siting.timeline.programs import program_of


@dataclass(frozen=True)
class FolderAudit:
    """What the audit of a folder came to.

    Attributes:
        findings: rules that are broken, and files changed that the plan follows from.
        changed: outputs made from the plan that are missing, no longer as they were written, or disagree
            with its tables.
        claimed: what of ``plan.json`` no arithmetic on the plan can tell.
        proof: what of its bound arithmetic can tell, and what it leaves to the search.
    """

    findings: tuple[str, ...]
    changed: tuple[str, ...]
    claimed: tuple[str, ...] = CLAIMED
    proof: ProvenGap = field(default_factory=ProvenGap)


def audit_folder(folder: Path) -> list[str]:
    """Findings of the audit of a plan folder; never imports the solver, and the model only to build the
    rows again that the duals of its certificate are of.

    Raises:
        InputError: the folder is not a plan, or a file in it cannot be read.
    """
    return list(audit_whole(folder).findings)


def audit_whole(folder: Path) -> FolderAudit:
    """The audit of a plan folder: rules, costs, goals, claims, certificate and seals.

    Raises:
        InputError: the folder is not a plan, or a file in it cannot be read.
    """
    plan = read_folder(folder)
    findings: list[Finding] = [
        *audit_tables(plan.instance, plan.tables, plan.cost_usd),
        *audit_goals(plan.instance, plan.tables, plan.summary.get("goals")),
    ]
    settings = plan.summary.get("settings")
    # what serves something can be told of a plan that keeps its rules
    is_least = isinstance(settings, dict) and settings.get(LEAST) is True
    if is_least and not findings and not plan.unreadable:
        findings += audit_purchases(plan.instance, plan.tables)
    is_sound = not findings and not plan.unreadable
    findings += audit_claims(plan.instance, plan.tables, plan.summary, is_sound=is_sound)
    stored = plan.certificate
    proof = Proof((), why_not="its certificate cannot be read")
    if not any(CERTIFICATE in what for what in stored.unreadable):
        build = partial(program_of, plan.instance, strategy_of(plan.summary))
        proof = audit_certificate(plan.instance, plan.summary, stored.data, stored.log, build)
    findings += proof.findings
    seals = broken_seals(folder, plan.summary)
    gap = proven_gap(plan.summary, proof, stored.log)
    return FolderAudit(
        (*plan.unreadable, *(str(f) for f in findings), *seals.findings),
        (*seals.changed, *_disagreeing(folder, plan.tables, seals.files)),
        tuple(name for name in CLAIMED if not (gap.is_whole and name in BOUNDS)),
        gap,
    )


def _disagreeing(
    folder: Path, tables: Mapping[str, Table], broken: Collection[str]
) -> Iterator[str]:
    """Files that are as they were sealed, and disagree with the tables all the same."""
    for output in outputs():
        path = folder / output.name
        if path.exists() and not any(map(output.holds, broken)):
            yield from (
                f"output.differs: {output.name}: {what}" for what in _said(output, tables, path)
            )


def _said(output: Output, tables: Mapping[str, Table], path: Path) -> list[str]:
    """What an output finds in its file, which may hold anything."""
    try:
        return list(output.check(tables, path))
    except Exception as error:  # it cannot be read as what was written, and that is said
        return [f"cannot be read back ({type(error).__name__})"]
