"""The program whose bound a plan states, built again without the solver."""

from __future__ import annotations

from siting.core.errors import InputError, Issue
from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.timeline.library import strategies_for
from siting.timeline.restrict import restricted


def program_of(instance: Instance, strategy: object = None) -> Program:
    """The model of a scenario, with the bounds and rows of a strategy where a plan names one.

    Args:
        strategy: ``settings.strategy`` of ``plan.json``, whatever stands there.

    Raises:
        InputError: a strategy that is not known. InfeasibleError: no plan satisfies the limits.
    """
    model = assemble(instance)
    if strategy is None:
        return model.linear
    if not isinstance(strategy, str):
        raise InputError([Issue("settings.strategy", "not a name", "the name of a strategy")])
    return restricted(model, instance, strategies_for(instance, [strategy])[strategy])
