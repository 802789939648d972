"""What a search under uncertainty has found: plans of known futures, plans held, the best plan."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from siting.core.errors import InfeasibleError, NoPlanError
from siting.solver.highs import FEASIBILITY, Outcome


@dataclass(frozen=True)
class Seen:
    """A future as if it were known.

    Attributes:
        x: its plan, by column of its program. cost, bound: [million USD].
    """

    x: np.ndarray
    cost: float
    bound: float


@dataclass(frozen=True)
class Held:
    """What is decided for all futures, held, with the best of the rest.

    Attributes:
        x: of the whole; None where no plan keeps it. value: what is made small. bound: of all plans
            that hold it. costs: of each future [million USD].
    """

    name: str
    x: np.ndarray | None
    value: float
    bound: float
    costs: np.ndarray


@dataclass
class Found:
    """What a search came to.

    Attributes:
        seen: of each future. x: best plan, by column of the whole. value, bound: of what is made
            small [million USD]. held: plans by the name of what was held. ended_by: why the search
            ended before its proof; empty where it did not.
    """

    seen: tuple[Seen, ...]
    bound: float
    x: np.ndarray | None = None
    value: float = np.inf
    asked: float = 0.0
    value_known: float = np.inf
    bound_known: float = -np.inf
    """What is made small if every future were known at once."""
    held: dict[str, Held] = field(default_factory=dict)
    ended_by: str = ""
    seconds: float = 0.0

    @property
    def is_near(self) -> bool:
        """Whether plan and bound are as near as asked."""
        slack = FEASIBILITY * max(1.0, abs(self.bound))
        return self.x is not None and self.value - self.bound <= self.asked + slack


def without_plan(name: str, outcome: Outcome) -> InfeasibleError | NoPlanError:
    """What to raise where a future has no plan."""
    if outcome.status == "INFEASIBLE":
        return InfeasibleError([f"In the future {name} no plan keeps all limits."])
    return NoPlanError(f"In the future {name} no plan was found, ended by {outcome.ended_by}.")
