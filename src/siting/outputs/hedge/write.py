"""Write a plan under uncertainty: tables, the plan of each future, page, map layers, finished solves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from siting.futures.study import Hedge
from siting.outputs.folder import HEDGE
from siting.outputs.hedge.geo import write_geojson, write_geopackage
from siting.outputs.hedge.page import write_hedge_page
from siting.outputs.study_folder import study_folder
from siting.outputs.tables import write_json


def write_hedge(hedge: Hedge, target: Path, solves: Mapping[str, Path]) -> None:
    """Write everything to a folder that appears whole or not at all.

    Args:
        solves: file of each finished solve that was used, by its name.

    Raises:
        InputError: the target is not a new folder nor that of an earlier run.
    """
    with study_folder(target, HEDGE, hedge.tables, hedge.plans, solves) as folder:
        write_geojson(hedge, folder / "hedge.geojson")
        write_geopackage(hedge, folder / "hedge.gpkg")
        write_hedge_page(hedge, folder / "hedge.html")
        write_json(hedge_summary(hedge), folder / HEDGE)


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
