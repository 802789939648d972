"""Write a plan under uncertainty: tables, the plan of each future, page, map layers, finished solves."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from siting.core.plan import Plan
from siting.futures.study import Hedge
from siting.outputs.folder import HEDGE, short_name, whole_folder
from siting.outputs.hedge.geo import write_geojson, write_geopackage
from siting.outputs.hedge.page import write_hedge_page
from siting.outputs.registry import outputs
from siting.outputs.tables import write_json, write_tables
from siting.outputs.write import write_outputs

SOLVES = "solves"
"""Folder of finished solves, which a later run takes up."""
PLANS = "plans"


def working_store(target: Path) -> Path:
    """Where solves are kept until the folder is written."""
    return target.parent / f".{short_name(target.name)}.{SOLVES}"


def write_hedge(hedge: Hedge, target: Path, solves: Mapping[str, Path]) -> None:
    """Write everything to a folder that appears whole or not at all.

    Args:
        solves: file of each finished solve that was used, by its name.

    Raises:
        InputError: the target is not a new folder nor that of an earlier run.
    """
    with whole_folder(target, HEDGE) as folder:
        write_tables(hedge.tables, folder / "tables")
        (folder / PLANS).mkdir()
        for name, plan in hedge.plans.items():
            _write_plan(plan, folder / PLANS / name)
        (folder / SOLVES).mkdir()
        for name, path in sorted(solves.items()):
            shutil.copyfile(path, folder / SOLVES / f"{name}.npz")
        write_geojson(hedge, folder / "hedge.geojson")
        write_geopackage(hedge, folder / "hedge.gpkg")
        write_hedge_page(hedge, folder / "hedge.html")
        write_json(hedge_summary(hedge), folder / HEDGE)
    shutil.rmtree(working_store(target), ignore_errors=True)


def _write_plan(plan: Plan, folder: Path) -> None:
    """What ``siting audit`` and a map need of a plan."""
    folder.mkdir()
    write_outputs(plan, folder, (output for output in outputs() if output.is_compared))


def hedge_summary(hedge: Hedge) -> dict[str, Any]:
    """``hedge.json``."""
    plan = hedge.likeliest
    failed = {name: list(p.findings) for name, p in hedge.plans.items() if p.findings}
    passed = not hedge.findings and not failed
    return {
        "name": hedge.name,
        "title": hedge.title,
        "status": hedge.status,
        "answer": list(hedge.answer),
        "futures": [
            {
                "name": future.name,
                "probability": future.probability,
                "outcomes": dict(future.outcomes),
                "cost_usd": hedge.plans[future.name].objective_usd,
            }
            for future in hedge.tree.futures
        ],
        "expected_cost_usd": hedge.expected_cost_usd,
        "objective_usd": hedge.value_usd,
        "bound_usd": hedge.bound_usd,
        "gap": hedge.gap,
        "asked_gap_usd": hedge.asked_usd,
        "evpi_usd": list(hedge.evpi_usd),
        "vss_usd": None if hedge.vss_usd is None else list(hedge.vss_usd),
        "risk": hedge.settings.risk.model_dump(mode="json"),
        "ended_by": hedge.ended_by or None,
        "solve_seconds": round(hedge.seconds, 3),
        "audit": {"passed": passed, "findings": list(hedge.findings), "plans": failed},
        "warnings": list(plan.warnings),
        "inputs": dict(hedge.inputs),
        "settings": {k: v for k, v in plan.settings.items() if k != "strategy"},
        "versions": dict(plan.versions),
        "generated_by": f"siting {plan.versions.get('siting', '')}".strip(),
    }
