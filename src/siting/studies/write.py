"""Write a comparison: tables, every plan, and the finished solves, in one folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from siting.core.plan import Plan
from siting.outputs.folder import COMPARISON, short_name, whole_folder
from siting.outputs.registry import outputs
from siting.outputs.tables import write_json, write_tables
from siting.outputs.write import write_outputs
from siting.studies.comparison import Comparison
from siting.studies.folders import PLANS, folders_of
from siting.studies.page import write_comparison_page

SOLVES = "solves"
"""Folder of finished solves, which a later run takes up."""


def working_store(target: Path) -> Path:
    """Where solves are kept until the folder is written."""
    return target.parent / f".{short_name(target.name)}.{SOLVES}"


def write_comparison(comparison: Comparison, target: Path, solves: Mapping[str, Path]) -> None:
    """Write a study to a folder that appears whole or not at all.

    Args:
        solves: file of each finished solve that the study used, by its name.

    Raises:
        InputError: the target is not a new folder nor that of an earlier run.
    """
    with whole_folder(target, COMPARISON) as folder:
        write_tables(comparison.tables, folder / "tables")
        (folder / PLANS).mkdir()
        plans = comparison.all_plans()
        for name, own in folders_of(plans).items():
            plan = plans[name]
            said = comparison.site_columns() if plan is comparison.best else {}
            _write_plan(replace(plan, site_notes=said), folder / PLANS / own)
        (folder / SOLVES).mkdir()
        for name, path in sorted(solves.items()):
            shutil.copyfile(path, folder / SOLVES / f"{name}.npz")
        write_json(comparison_summary(comparison), folder / COMPARISON)
        write_comparison_page(comparison, folder / "compare.html")
    shutil.rmtree(working_store(target), ignore_errors=True)


def _write_plan(plan: Plan, folder: Path) -> None:
    """What ``siting audit`` and a map need of a plan."""
    folder.mkdir()
    write_outputs(plan, folder, (output for output in outputs() if output.is_compared))


def comparison_summary(comparison: Comparison) -> dict[str, object]:
    """``compare.json``."""
    best = comparison.best
    return {
        "name": comparison.name,
        "title": comparison.title,
        "answer": list(comparison.answer),
        "notes": list(comparison.notes),
        **_parts(comparison),
        "warnings": list(best.warnings),
        "inputs": dict(comparison.inputs),
        "settings": {k: v for k, v in best.settings.items() if k != "strategy"},
        "versions": dict(best.versions),
        "generated_by": f"siting {best.versions.get('siting', '')}".strip(),
    }


def _parts(comparison: Comparison) -> dict[str, object]:
    """What studies say, under their names."""
    said = {part.study.name: part.study.summary(part) for part in comparison.parts}
    return {name: about for name, about in said.items() if about is not None}
