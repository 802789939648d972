"""Run the engine on scenarios given as plain data."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from siting.core.plan import Plan
from siting.core.resources import builtin_root
from siting.core.yaml_source import parse_document, read_document
from siting.instance.build import Instance, build_instance
from siting.pipeline import Loaded, run
from siting.scenario import read_scenario
from siting.solver.highs import Limits

EXACT = Limits(gap_frac=1e-9, time_limit_seconds=3600, threads=1)
BUILTIN = builtin_root()
TOY = BUILTIN / "models" / "toy.yaml"
SHARED = BUILTIN.parent / "shared"
"""Larger published data, where they lie beside the checkout; the tests that need them are skipped elsewhere."""
PUBLISHED = Path(__file__).parents[1] / "data" / "published"
"""Extracts that come with the tests."""


def toy() -> dict[str, Any]:
    """The toy scenario as plain data, free to change."""
    return deepcopy(json.loads(json.dumps(read_document(TOY, builtin=BUILTIN).data)))


def instance_of(scenario: dict[str, Any]) -> Instance:
    """The instance of a scenario."""
    document = parse_document(json.dumps(scenario), "scenario.json")
    return build_instance(read_scenario(document), scenario)


def plan_of(scenario: dict[str, Any], limits: Limits = EXACT) -> Plan:
    """The plan of a scenario, proven to the gap of ``limits``."""
    return run(Loaded(instance_of(scenario), {}), limits=limits)


def write_scenario(scenario: dict[str, Any], path: Path) -> Path:
    """Write a scenario as JSON, which the reader takes too."""
    path.write_text(json.dumps(scenario, indent=1), encoding="utf-8")
    return path
