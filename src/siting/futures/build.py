"""From a scenario with facts to the programs of its futures, and all of them as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from siting.core.errors import InputError, Issue
from siting.core.futures import Risk
from siting.core.warnings import listed
from siting.futures.extensive import Extensive, extensive, signs_of
from siting.futures.instances import instances_of
from siting.futures.risk import with_risk
from siting.futures.tree import Tree, tree_of
from siting.instance.build import Instance
from siting.model.assemble import Model, assemble
from siting.model.program import Program
from siting.solver.tuning import TUNING


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

    @property
    def is_large(self) -> bool:
        """Whether all futures at once are a large program."""
        return int(self.whole.program.is_integer.sum()) >= TUNING.large_integers

    @property
    def is_told_by_acts(self) -> bool:
        """Whether a large program is held together by rows, until acts tell its futures apart: their
        relaxation proves more than wait and see does in whole units."""
        return self.is_large and self.whole.has_acts

    @cached_property
    def dated(self) -> Extensive:
        """All futures as one if dates alone told them apart, without risk: a plan of it is one of the
        whole."""
        if not self.whole.has_acts:
            return self.whole
        return extensive(self.tree, self.whole.parts, {})


def hedged(base: Instance) -> Hedged:
    """Build the futures of a scenario.

    Raises:
        InputError: no facts, goals before the cost, or a future that is no scenario.
        InfeasibleError: a future with a limit that no plan keeps.
    """
    settings = base.scenario.futures
    if settings is None:
        fix = "Name facts, outcomes and probabilities there; models/hedge-pjm.yaml shows how"
        raise InputError([Issue("futures", "nothing is uncertain", "facts", fix)])
    tree = tree_of(settings, base.system.calendar)
    _refuse_order(base, len(tree.futures))
    instances = instances_of(base, tree.futures)
    models = tuple(assemble(instance) for instance in instances)
    whole = _whole(base, tree, instances, models, settings.risk)
    return Hedged(base, tree, instances, models, whole)


def _refuse_order(base: Instance, futures: int) -> None:
    """Refuse goals before the cost where there are several futures.

    Raises:
        InputError: there are.
    """
    before = [goal.goal for goal in base.scenario.goals()[:-1]]
    if before and futures > 1:
        what = f"{listed(before)} before the cost, but under several futures one sum is made small"
        fix = "Leave out 'objectives'; weigh risk and late load under futures.risk"
        raise InputError([Issue("objectives", what, "the least cost alone", fix)])


def whole_of(tree: Tree, hedged: Hedged, risk: Risk) -> Extensive:
    """The programs of all futures as one, with facts that become known at other times."""
    return _whole(hedged.base, tree, hedged.instances, hedged.models, risk)


def narrowed(hedged: Hedged, programs: Sequence[Program]) -> Hedged:
    """The same futures with other bounds and rows; decisions that they share keep those of each.

    Args:
        programs: of the futures, over the same columns.
    """
    settings = hedged.base.scenario.futures
    assert settings is not None
    pairs = zip(hedged.models, programs, strict=True)
    models = tuple(replace(model, linear=program) for model, program in pairs)
    whole = _whole(hedged.base, hedged.tree, hedged.instances, models, settings.risk)
    return replace(hedged, models=models, whole=whole)


def _whole(
    base: Instance,
    tree: Tree,
    instances: tuple[Instance, ...],
    models: tuple[Model, ...],
    risk: Risk,
) -> Extensive:
    """The programs of all futures as one; of a single future its own."""
    signs = signs_of(tree, instances)
    whole = extensive(tree, [model.linear for model in models], signs)
    return with_risk(whole, risk, base.system.calendar) if len(instances) > 1 else whole
