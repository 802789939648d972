"""What a search found when: the steps by which its plan and its bound became better.

The solver's own log tells seconds, and prints lines by the clock, so that no two runs write the same. This
record holds what can be told again: each step that bettered the plan or the bound, and what it came to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite

HEAD = "stage\tbest plan\tbound"
"""First line of the record as text."""


@dataclass(frozen=True)
class Step:
    """A step of a search.

    Attributes:
        stage: what found it. value: cost of the best plan then, inf before there is one.
        bound: proven by then, -inf before anything is.
    """

    stage: str
    value: float
    bound: float


def rescaled(steps: Iterable[Step], factor: float) -> tuple[Step, ...]:
    """Steps of a program whose costs were multiplied by a factor, in the unit of the program."""
    return tuple(replace(s, value=s.value / factor, bound=s.bound / factor) for s in steps)


def of_goal(steps: Iterable[Step], goal: str) -> tuple[Step, ...]:
    """Steps with the name of the goal that they are of."""
    return tuple(replace(step, stage=f"{goal}: {step.stage}") for step in steps)


def as_text(steps: Iterable[Step]) -> str:
    """The record as ``search.log``: a line each, columns parted by tabs, costs in million USD."""
    lines = [HEAD, *(f"{s.stage}\t{_number(s.value)}\t{_number(s.bound)}" for s in steps)]
    return "".join(f"{line}\n" for line in lines)


def _number(value: float) -> str:
    """A cost to the dollar's millionth; a dash where there is none yet."""
    return f"{value:.6f}" if isfinite(value) else "-"
