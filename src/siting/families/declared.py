"""What all families declare, together, by ``family.name``: read from the registry each time, so that
a family that is registered is known everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from siting.families.core import DECISIONS
from siting.families.declarations import STEPS, Decision, Limit, Measure
from siting.families.registry import COMPONENTS

Of = TypeVar("Of")


def decisions() -> dict[str, Decision]:
    """Every declared state, by ``family.variable``: those of the core, then those of each family."""
    families = {name: component.decisions for name, component in COMPONENTS.items()}
    return _named({**DECISIONS, **families})


def restricted_decisions() -> dict[str, Decision]:
    """Those that strategies restrict: all but recourse."""
    return {name: decision for name, decision in decisions().items() if not decision.is_recourse}


def commitments() -> dict[str, Decision]:
    """Those of them that bind to a site or a plant, and are no reservation."""
    return {name: of for name, of in restricted_decisions().items() if not of.is_reserved}


def agreed() -> dict[str, str]:
    """How futures that cannot be told apart agree on each decision, by ``family.variable``."""
    return {
        name: decision.agrees or "by_period"
        for name, decision in decisions().items()
        if decision.agrees or not decision.is_recourse
    }


def purchases() -> dict[str, str]:
    """How each variable that counts what is bought does so, by ``family.variable``."""
    return {name: decision.bought for name, decision in decisions().items() if decision.bought}


def limits() -> dict[str, Limit]:
    """Every limit, by ``family.rule``."""
    return _named({name: component.limits for name, component in COMPONENTS.items()})


def logic() -> dict[str, str]:
    """Why each rule is no limit that holds a number of the scenario, by ``family.rule``."""
    return _named({name: component.logic for name, component in COMPONENTS.items()})


def measures() -> list[Measure]:
    """Every measure, in the order in which they are tried."""
    found = [measure for component in COMPONENTS.values() for measure in component.measures]
    return sorted(found, key=lambda measure: STEPS.index(measure.step))


def in_every_round() -> tuple[str, ...]:
    """Families that are free in each neighbourhood by technology."""
    return tuple(name for name, component in COMPONENTS.items() if component.is_in_every_round)


def _named(families: Mapping[str, Mapping[str, Of]]) -> dict[str, Of]:
    """What the families declare, by name with the family in front."""
    return {
        f"{family}.{name}": of
        for family, declared in families.items()
        for name, of in declared.items()
    }
