"""Write a comparison: tables, every plan, page, and the finished solves, in one folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from siting.outputs.folder import COMPARISON
from siting.outputs.study_folder import study_folder
from siting.outputs.tables import write_json
from siting.studies.comparison import Comparison
from siting.studies.page import write_comparison_page
from siting.timeline.library import OPTIMAL


def write_comparison(comparison: Comparison, target: Path, solves: Mapping[str, Path]) -> None:
    """Write a comparison to a folder that appears whole or not at all.

    Args:
        solves: file of each finished solve that was used, by its name.

    Raises:
        InputError: the target is not a new folder nor that of an earlier run.
    """
    best = comparison.best
    noted = replace(best, site_notes=comparison.site_columns())
    plans = {n: noted if plan is best else plan for n, plan in comparison.all_plans().items()}
    parts = (comparison.tables, plans, solves, OPTIMAL)
    with study_folder(target, COMPARISON, *parts) as folder:
        write_json(comparison_summary(comparison), folder / COMPARISON)
        write_comparison_page(comparison, folder / "compare.html")


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
