"""Schemas of build-or-wait studies: strategies, break-evens and bottlenecks."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from siting.core.dollars import Priced
from siting.core.strict import (
    Identifier,
    NonNegative,
    Positive,
    StrictModel,
    Text,
    planner_error,
)


class Strategy(StrictModel):
    """A restriction of when and with what one may build. It only narrows what is feasible.

    Decisions are commitments of sites, orders of transformers, requests for connection, upgrades,
    and starts of plants. Halls follow when their power comes, and rented units may come and go, so
    neither counts as a decision.
    """

    about: Text = ""
    """What the strategy stands for, in a sentence."""
    decided_within_months: Positive | None = None
    """Every decision is taken before so many months from the start of the horizon are over."""
    decided_from_months: NonNegative | None = None
    """No decision is taken in the first so many months."""
    committed_from_months: NonNegative | None = None
    """No decision that binds to a site or a plant is taken in the first so many months; what only keeps a
    place in a queue, as transformers ordered for the pool, may be taken before."""
    new_supply: list[str] | None = None
    """Energy sources of plants that may be started; none means any, an empty list no plant."""
    supply_ready_months: NonNegative | None = None
    """Only plants that run so soon after they are started."""
    is_rental_allowed: bool = True
    """Whether units may be rented."""
    is_headroom_used: bool = True
    """Whether load may use what the zones can already serve. If not, it draws what new firm supply
    delivers to its zone and no more."""
    is_grid_asked_at_once: bool = False
    """Every campus asks for its connection on the day it is committed; a site without a point of
    interconnection is not used."""
    is_restart_first: bool = False
    """Every plant that can be restarted is, at the first date on which that can be decided; no
    other plant is started before the first of them runs."""


class Change(StrictModel):
    """A change of every number of a scenario that a path names."""

    path: Text
    """Dotted keys of the resolved scenario; ``*`` stands for every key or place in a list."""
    set: Any = None
    """New value."""
    is_new: bool = False
    """Whether keys that the scenario does not state are made; else only what it states is set."""
    add: float | None = None
    """What is added to each number."""
    multiply: float | None = None
    """Factor of each number."""
    at_least: float = 0.0
    """Floor of the result of ``add`` and ``multiply``."""

    @model_validator(mode="after")
    def _one_way(self) -> Change:
        """Refuse a change that says nothing or two things."""
        given = [self.set is not None, self.add is not None, self.multiply is not None]
        if sum(given) != 1:
            raise planner_error(
                "one change has to be made in one way",
                "exactly one of 'set', 'add', 'multiply'",
                "Keep one of them",
            )
        return self


class Bottleneck(Priced):
    """One step by which a limit could be relaxed."""

    about: Text
    """The step in words, for instance '100 MW more headroom in every zone'."""
    family: Text
    """Constraint family that the step relaxes."""
    changes: list[Change] = Field(min_length=1, max_length=200)
    """Changes of numbers that make up the step."""
    is_each: bool = False
    """Whether the step is tried for one class, technology or agency at a time: each key that the
    first ``*`` of its paths stands for."""
    needs: list[Text] = Field(default_factory=list)
    """Paths that a scenario must have for the step to make sense in it."""
    usd: NonNegative | None = None
    """What the step costs, where it is known; reported beside its gain."""


class BreakEven(StrictModel):
    """A number of the scenario and two strategies: where does the better of the two change?"""

    about: Text = ""
    """What is asked, in a sentence."""
    paths: list[Text] = Field(min_length=1, max_length=200)
    """Dotted paths of the numbers that take the value, ``*`` stands for every key."""
    way: Literal["set", "add", "multiply"] = "set"
    """Whether the value replaces each number, is added to it, or multiplies it."""
    lowest: float
    """Lowest value that is tried."""
    highest: float
    """Highest value that is tried."""
    resolution: Positive
    """Width of the interval at which the search ends, in the unit of the value."""
    between: tuple[Identifier, Identifier]
    """The two strategies."""
    curve_points: int = Field(default=5, ge=2, le=101)
    """Values at which the curve is computed before the search; each crossing between two of them is
    bracketed."""

    @model_validator(mode="after")
    def _ordered(self) -> BreakEven:
        """Refuse an empty range and a strategy compared with itself."""
        if self.lowest >= self.highest:
            raise planner_error(
                "the range is empty", "lowest below highest", "Swap them or widen the range"
            )
        if self.between[0] == self.between[1]:
            raise planner_error(
                f"'{self.between[0]}' stands against itself",
                "two strategies",
                "Name another one",
            )
        return self
