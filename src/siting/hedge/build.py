"""From a scenario with facts to the programs of its futures, and all of them as one."""

from __future__ import annotations

from dataclasses import dataclass

from siting.core.errors import InputError, Issue
from siting.hedge.extensive import Extensive, extensive, signs_of
from siting.hedge.instances import instances_of
from siting.hedge.risk import with_risk
from siting.hedge.tree import Tree, tree_of
from siting.instance.build import Instance
from siting.model.assemble import Model, assemble


@dataclass(frozen=True)
class Hedged:
    """A scenario under every future.

    Attributes:
        base: the scenario as it is stated, with its facts. instances, models: of each future.
        whole: the programs of all futures as one.
    """

    base: Instance
    tree: Tree
    instances: tuple[Instance, ...]
    models: tuple[Model, ...]
    whole: Extensive


def hedged(base: Instance) -> Hedged:
    """Build the futures of a scenario.

    Raises:
        InputError: no facts, or a future that is no scenario.
        InfeasibleError: a future with a limit that no plan keeps.
    """
    settings = base.scenario.futures
    if settings is None:
        fix = "Name facts, outcomes and probabilities there; models/hedge-pjm.yaml shows how"
        raise InputError([Issue("futures", "nothing is uncertain", "facts", fix)])
    tree = tree_of(settings, base.system.calendar)
    instances = instances_of(base, tree.futures)
    models = tuple(assemble(instance) for instance in instances)
    signs = signs_of(tree, instances)
    whole = extensive(tree, [model.linear for model in models], signs)
    if len(instances) > 1:
        whole = with_risk(whole, settings.risk, base.system.calendar)
    return Hedged(base, tree, instances, models, whole)
