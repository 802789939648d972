"""The instances of the futures of a scenario, such that a decision they share means the same in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.futures import Futures
from siting.core.yaml_source import Document
from siting.families.registry import COMPONENTS
from siting.futures.tree import Future
from siting.instance.apply import apply
from siting.instance.build import Instance, build_instance
from siting.instance.shared import shared_of
from siting.scenario import Scenario, read_scenario

SECTION, HEDGED = "futures", "hedged_for_it_mw"
"""Keys of a scenario that has futures, and of one that is one of several."""


def instances_of(base: Instance, futures: Sequence[Future]) -> tuple[Instance, ...]:
    """The scenario of each future, checked like any other.

    Raises:
        InputError: a value that the schema refuses, places that do not fit together, or another
            horizon or other families than those of the scenario.
    """
    settings = base.scenario.futures
    assert settings is not None
    found = [_scenario(base.resolved, settings, future) for future in futures]
    if len(found) == 1:
        scenario, data = found[0]
        return (build_instance(scenario, data),)
    issues = [
        Issue(f"futures.facts: {future.name}", f"{what} differs", "that of the scenario", "Drop it")
        for future, (scenario, _) in zip(futures, found, strict=True)
        for what, one, other in (
            ("the horizon", scenario.calendar(), base.scenario.calendar()),
            ("the set of families", scenario.families().keys(), base.scenario.families().keys()),
        )
        if one != other
    ]
    if issues:
        raise InputError(issues)
    peak = max(shared_of(s, s.families()).peak_target_mw for s, _ in found)
    built = []
    for scenario, data in found:
        data[HEDGED] = peak
        built.append(build_instance(scenario.model_copy(update={HEDGED: peak}), data))
    return _beside(built)


def _scenario(
    resolved: Mapping[str, Any], settings: Futures, future: Future
) -> tuple[Scenario, dict[str, Any]]:
    """The scenario in which all facts have turned out, and its plain data."""
    data: dict[str, Any] = deepcopy({k: v for k, v in resolved.items() if k != SECTION})
    issues: list[Issue] = []
    for fact, outcome in future.outcomes.items():
        for change in settings.facts[fact].outcomes[outcome].changes:
            apply(data, change, f"futures.facts.{fact}.outcomes.{outcome}", issues)
    if issues:
        raise InputError(issues)
    return read_scenario(Document(data, {})), data


def _beside(instances: Sequence[Instance]) -> tuple[Instance, ...]:
    """The same instances with the bounds of shared decisions wide enough for any of them."""
    useful: dict[str, float] = {}
    for instance in instances:
        for zone, mw in instance.system.useful_firm_mw.items():
            useful[zone] = max(mw, useful.get(zone, 0.0))
    alike = [_useful(instance, useful) for instance in instances]
    datas = {
        name: COMPONENTS[name].beside([instance.data[name] for instance in alike])
        for name in alike[0].data
    }
    return tuple(
        replace(instance, data={name: datas[name][n] for name in instance.data})
        for n, instance in enumerate(alike)
    )


def _useful(instance: Instance, useful: Mapping[str, float]) -> Instance:
    """An instance that counts on as much use of firm supply beyond its sites as any other."""
    if instance.system.useful_firm_mw == useful:
        return instance
    system = replace(instance.system, useful_firm_mw=dict(useful))
    families = instance.scenario.families()
    data = {name: COMPONENTS[name].prepare(system, families[name]) for name in instance.data}
    return replace(instance, system=system, data=data)
