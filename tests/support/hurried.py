"""A solver some of whose searches for the toy end too soon, with a plan that does nothing."""

from __future__ import annotations

from siting.instance.build import Instance
from siting.model.goals import linear_goals
from siting.model.program import Program
from siting.solver.completion import completed
from siting.solver.highs import Outcome
from siting.solver.lexicographic import Ranked, Reached
from siting.timeline.solves import Solver
from support.engine import EXACT

BOUND_MUSD = 70.0
"""What such a search has proven; the optimum is 79.90."""


class Hurried(Solver):
    """Stops some searches at the plan that builds nothing, and tells nobody of it."""

    def is_hurried(self, name: str) -> bool:
        """Whether a search ends so."""
        raise NotImplementedError

    def solve(self, name: str, instance: Instance, linear: Program) -> Ranked:
        if not self.is_hurried(name):
            return super().solve(name, instance, linear)
        x = completed(linear, {}, EXACT)
        assert x is not None
        (goal,) = linear_goals(linear, instance)
        value = goal.measure(x)
        reached = Reached(value, value, BOUND_MUSD, 0.5, is_proven=False)
        gap = (value - BOUND_MUSD) / value
        return Ranked(Outcome("FEASIBLE", x, value, BOUND_MUSD, gap, 1.0), (reached,))
