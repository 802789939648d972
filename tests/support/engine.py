"""Run the engine on scenarios given as plain data."""

from __future__ import annotations

import json
from typing import Any

from siting.core.yaml_source import parse_document
from siting.instance.build import Instance, build_instance
from siting.pipeline import Loaded, run
from siting.scenario import read_scenario
from siting.solve.highs import Limits

EXACT = Limits(gap_frac=1e-9, time_limit_seconds=120, threads=1)


def instance_of(scenario: dict[str, Any]) -> Instance:
    """The instance of a scenario."""
    document = parse_document(json.dumps(scenario), "scenario.json")
    return build_instance(read_scenario(document), scenario)


def plan_of(scenario: dict[str, Any], limits: Limits = EXACT) -> Any:
    """The plan of a scenario, proven to the gap of ``limits``."""
    return run(Loaded(instance_of(scenario), {}), limits=limits)
