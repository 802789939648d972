"""A scenario with some of its numbers changed, by the paths of ``core.paths``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.paths import ANY, expand, value_at
from siting.core.study import Change
from siting.core.yaml_scan import Document
from siting.instance.apply import apply
from siting.instance.build import Instance, build_instance
from siting.scenario import read_scenario

FACTS = "futures"
__all__ = ["ANY", "changed", "find", "has", "items"]


def changed(instance: Instance, changes: Sequence[Change], why: str) -> Instance | None:
    """The scenario with the changes applied, checked like any other.

    Args:
        why: name of the study's entry, for messages.

    Returns:
        The instance of the changed scenario; None if no path names anything in this one.

    Raises:
        InputError: something else than a number to be changed, or a value the schema refuses.
    """
    # facts say how a number may turn out, which a study that sets it may say too
    data: dict[str, Any] = deepcopy({k: v for k, v in instance.resolved.items() if k != FACTS})
    issues: list[Issue] = []
    done = sum(apply(data, change, why, issues) for change in changes)
    if issues:
        raise InputError(issues)
    if not done:
        return None
    return build_instance(read_scenario(Document.of(data, why)), data)


def has(instance: Instance, path: str) -> bool:
    """Whether a dotted path names anything in a scenario."""
    return bool(expand(instance.resolved, path))


def find(instance: Instance, path: str) -> list[float]:
    """The numbers that a dotted path names."""
    found = [value_at(instance.resolved, place) for place in expand(instance.resolved, path)]
    return [v for v in found if isinstance(v, int | float) and not isinstance(v, bool)]


def items(instance: Instance, path: str) -> list[str]:
    """Keys of the mapping that a dotted path names, sorted."""
    found = [value_at(instance.resolved, place) for place in expand(instance.resolved, path)]
    return next((sorted(value) for value in found if isinstance(value, Mapping)), [])
