"""``siting audit``: read a plan folder back and audit it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.table import Table
from siting.core.yaml_source import parse_document
from siting.instance.build import Instance, build_instance
from siting.outputs.read import read_plan_tables
from siting.scenario import read_scenario
from siting.solution.audit import audit_tables
from siting.solution.goals import audit_goals


@dataclass(frozen=True)
class PlanFolder:
    """A plan read back.

    Attributes:
        tables: by name. unreadable: findings for cells that are not what their column holds.
        summary: ``plan.json``. cost_usd: the objective it states.
    """

    instance: Instance
    tables: Mapping[str, Table]
    unreadable: tuple[str, ...]
    summary: Mapping[str, Any]
    cost_usd: float


def audit_folder(folder: Path) -> list[str]:
    """Findings of the audit of a plan folder; never imports the model or the solver.

    Raises:
        InputError: the folder is not a plan, or a file in it cannot be read.
    """
    plan = read_plan(folder)
    findings = [
        *audit_tables(plan.instance, plan.tables, plan.cost_usd),
        *audit_goals(plan.instance, plan.tables, plan.summary.get("goals")),
    ]
    return [*plan.unreadable, *(str(f) for f in findings)]


def read_plan(folder: Path) -> PlanFolder:
    """A plan folder with its scenario.

    Raises:
        InputError: the folder is not a plan, or a file in it cannot be read.
    """
    for name in ("plan.json", "scenario.json"):
        if not (folder / name).is_file():
            raise InputError(
                [
                    Issue(
                        str(folder / name),
                        "no such file",
                        "a folder written by 'siting solve'",
                        "Name the folder of a plan",
                    )
                ]
            )
    summary = parse_document((folder / "plan.json").read_text(encoding="utf-8"), "plan.json").data
    stated = summary.get("objective_usd") if isinstance(summary, dict) else None
    if not isinstance(summary, dict) or not isinstance(stated, int | float):
        raise InputError(
            [Issue(str(folder / "plan.json"), "objective_usd is not a number", "a number", "")]
        )
    text = (folder / "scenario.json").read_text(encoding="utf-8")
    document = parse_document(text, "scenario.json")
    instance = build_instance(read_scenario(document), json.loads(text))
    tables, unreadable = read_plan_tables(folder)
    return PlanFolder(instance, tables, tuple(unreadable), summary, float(stated))
