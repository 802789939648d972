"""Read a plan folder back: for the audit with what cannot be read, for all else as a ``Plan``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, TypeGuard

from siting.core.errors import InputError, Issue
from siting.core.goals import GoalResult, stated_number
from siting.core.plan import ModelSize, Plan
from siting.core.table import Table
from siting.core.yaml_source import parse_document
from siting.instance.build import Instance, build_instance, places_of
from siting.outputs.certificate import StoredCertificate, read_certificate
from siting.outputs.folder import settle
from siting.outputs.plain import UnreadableError, read_text
from siting.outputs.read import MOST, read_plan_tables
from siting.scenario import read_scenario
from siting.solution.shape import declared, well_formed
from siting.solution.site_costs import NAME as SITE_COSTS
from siting.solution.site_costs import costs_of

WRITTEN = "a folder written by 'siting solve'"


@dataclass(frozen=True)
class PlanFolder:
    """A plan folder as read.

    Attributes:
        tables: by name. unreadable: findings for cells that are not what their column holds.
        summary: ``plan.json``. cost_usd: the objective it states.
        certificate: what proves the bound, as read.
    """

    instance: Instance
    tables: Mapping[str, Table]
    unreadable: tuple[str, ...]
    summary: Mapping[str, Any]
    cost_usd: float
    certificate: StoredCertificate


def read_folder(folder: Path) -> PlanFolder:
    """A plan folder with its scenario, however wrong its cells are.

    Raises:
        InputError: the folder is not a plan, or a file in it cannot be read.
    """
    settle(folder)
    settle(folder / "plan.geojson")  # siting explain --write changes it and its seal together
    summary = parse_document(_text(folder / "plan.json"), "plan.json").data
    stated = summary.get("objective_usd") if isinstance(summary, dict) else None
    if not isinstance(summary, dict) or not is_number(stated):
        raise InputError(
            [Issue(str(folder / "plan.json"), "objective_usd is not a number", "a number", "")]
        )
    text = _text(folder / "scenario.json")
    document = parse_document(text, "scenario.json")
    try:
        resolved = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = f"no JSON ({error})"
        raise InputError(
            [Issue("scenario.json", what, "the file that siting wrote", "")]
        ) from error
    instance = build_instance(read_scenario(document), resolved)
    read, unreadable = read_plan_tables(folder)
    tables, findings = well_formed(instance, read)
    if SITE_COSTS not in read:
        # written before plans had it; where it was taken out of a plan, the seals say so
        tables[SITE_COSTS] = costs_of(instance, declared(tables))
        findings = tuple(one for one in findings if one.row != f"tables/{SITE_COSTS}.csv")
    unreadable += [str(finding) for finding in findings]
    certificate = read_certificate(folder)
    unreadable += certificate.unreadable
    return PlanFolder(instance, tables, tuple(unreadable), summary, float(stated), certificate)


def is_number(stated: object) -> TypeGuard[int | float]:
    """Whether a value of ``plan.json`` is a finite number."""
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return False
    return abs(stated) <= MOST


def _text(path: Path) -> str:
    """A file of a plan as text.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    if not path.exists() and not path.is_symlink():
        raise InputError([Issue(str(path), "no such file", WRITTEN, "Name the folder of a plan")])
    try:
        return read_text(path)
    except UnreadableError as error:
        raise InputError(
            [Issue(str(path), str(error), "the file that siting wrote", "")]
        ) from error


def read_plan(folder: Path | str) -> Plan:
    """A finished plan from its folder: the one that was written, but for blank text, which is None.

    Raises:
        InputError: the folder is not a plan, or anything in it cannot be read.
    """
    stored = read_folder(Path(folder))
    if stored.unreadable:
        fix = "Solve it again; 'siting audit' lists what is wrong"
        raise InputError([Issue(str(folder), stored.unreadable[0], WRITTEN, fix)])
    try:
        return _plan(stored)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        where = str(Path(folder) / "plan.json")
        fix = "Solve it again"
        raise InputError([Issue(where, f"cannot be read ({error})", WRITTEN, fix)]) from error


def _plan(stored: PlanFolder) -> Plan:
    """The plan; raises what Python raises where the summary holds something else."""
    summary, instance = stored.summary, stored.instance
    bound, gap = summary["bound_usd"], summary["gap"]
    goals = zip(instance.scenario.goals(), summary["goals"], strict=True)
    return Plan(
        name=str(summary["name"]),
        title=str(summary["title"]),
        status=str(summary["status"]),
        objective_usd=stored.cost_usd,
        bound_usd=-inf if bound is None else stated_number(bound),
        gap=inf if gap is None else stated_number(gap),
        solve_seconds=stated_number(summary["solve_seconds"]),
        model=ModelSize(**{part: int(size) for part, size in summary["model"].items()}),
        versions=dict(summary["versions"]),
        inputs=dict(summary["inputs"]),
        settings=dict(summary["settings"]),
        tables=stored.tables,
        places=places_of(instance),
        scenario=instance.resolved,
        findings=tuple(map(str, summary["audit"]["findings"])),
        goals=tuple(GoalResult.from_json(goal, row) for goal, row in goals),
        ended_by=str(summary["ended_by"] or ""),
        any_plan_usd=stated_number(summary["any_plan_usd"]),
        warnings=tuple(map(str, summary.get("warnings", ()))),
        relaxation=dict(stored.certificate.data["relaxation"]),
        search_log=str(stored.certificate.log),
    )


def read_comparison_tables(folder: Path) -> tuple[dict[str, Table], str]:
    """Tables and title of a comparison.

    Raises:
        InputError: the folder is not a comparison, or a cell in it cannot be read.
    """
    settle(folder)
    path = folder / "compare.json"
    expected = "a folder written by 'siting compare'"
    if not path.is_file():
        raise InputError([Issue(str(path), "no such file", expected, "Name such a folder")])
    summary = parse_document(_text(path), path.name).data
    tables, unreadable = read_plan_tables(folder)
    missing = [name for name in ("strategies", "timeline") if name not in tables]
    wrong = [*unreadable, *(f"table '{name}' is missing" for name in missing)]
    if wrong or not isinstance(summary, dict):
        what = wrong[0] if wrong else "not an object"
        raise InputError([Issue(str(folder), what, expected, "Compare again")])
    return tables, str(summary.get("title", ""))
