"""The file of a sweep: a scenario, the numbers that vary, and how they are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from siting.core.errors import InputError, Issue
from siting.core.resources import builtin_root
from siting.core.strict import (
    Count,
    Identifier,
    Positive,
    Share,
    StrictModel,
    Text,
    planner_error,
    validate,
)
from siting.core.study import Change
from siting.core.yaml_source import read_document

LARGEST_SAMPLE = 65_536


class Factor(StrictModel):
    """A number that varies: where it stands in the scenario, and which values it takes."""

    about: Text = ""
    """What varies, in a sentence."""
    paths: list[Text] = Field(min_length=1, max_length=200)
    """Dotted paths of the numbers that take the value, ``*`` stands for every key."""
    way: Literal["set", "add", "multiply"] = "set"
    """Whether the value replaces each number, is added to it, or multiplies it."""
    values: list[float] = Field(default_factory=list)
    """The values, in place of a range; equally likely in a sample."""
    lowest: float | None = None
    """Lowest value."""
    highest: float | None = None
    """Highest value."""
    distribution: Literal["uniform", "log_uniform", "triangular"] = "uniform"
    """How likely the values of a range are."""
    mode: float | None = None
    """Likeliest value of a triangular distribution."""
    base: float
    """The value where other factors vary."""
    group: Identifier | None = None
    """Factors of a group move together, from their lowest to their highest values."""
    resolution: Positive | None = None
    """Width of the interval to which a value at which sites change is looked for, one at a time."""

    @model_validator(mode="after")
    def _values_or_range(self) -> Factor:
        """Refuse what is no range and no list, and what does not fit its distribution."""
        has_range = self.lowest is not None and self.highest is not None
        if bool(self.values) == has_range:
            raise planner_error(
                "a factor needs a range or a list of values",
                "lowest and highest, or values",
                "State one of the two",
            )
        low, high = self.bounds
        if not low < high:
            raise planner_error(
                "the range is empty", "lowest below highest", "Swap them or widen the range"
            )
        if self.distribution == "log_uniform" and low <= 0:
            raise planner_error("a logarithm of nothing", "lowest above 0", "Use uniform")
        if (self.distribution == "triangular") != (self.mode is not None):
            raise planner_error("mode and triangular go together", "both or neither", "State both")
        if self.mode is not None and not low <= self.mode <= high:
            raise planner_error(
                "the mode lies outside the range", "a value within it", "Correct it"
            )
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and largest value."""
        if self.values:
            return min(self.values), max(self.values)
        assert self.lowest is not None
        assert self.highest is not None
        return self.lowest, self.highest

    def at(self, share: float) -> float:
        """The value at a quantile from 0 to 1."""
        if self.values:
            ordered = sorted(set(self.values))
            return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
        low, high = self.bounds
        if self.distribution == "log_uniform":
            return float(low * (high / low) ** share)
        if self.mode is not None:
            split = (self.mode - low) / (high - low)
            if share < split:
                return float(low + (share * (high - low) * (self.mode - low)) ** 0.5)
            return float(high - ((1 - share) * (high - low) * (high - self.mode)) ** 0.5)
        return low + share * (high - low)

    def steps(self, count: int) -> list[float]:
        """The values, or so many of the range."""
        if self.values:
            return sorted(set(self.values))
        low, high = self.bounds
        return [low + (high - low) * n / (count - 1) for n in range(count)]

    def changes(self, value: float) -> list[Change]:
        """What a value changes in the scenario."""
        stated: dict[str, Any] = {self.way: int(value) if value.is_integer() else value}
        return [Change(path=path, **stated) for path in self.paths]


class Design(StrictModel):
    """Which values are solved together.

    A scrambled Sobol sequence may grow: its first points stay. A Latin hypercube could not, since a smaller
    one is no part of a larger one.
    """

    kind: Literal["grid", "one_at_a_time", "sobol"]
    """How values are chosen."""
    points: Annotated[int, Field(ge=2, le=10_000)] = 5
    """Values of a range, in a grid and one at a time."""
    samples: Count = 0
    """Points of the sequence, a power of two."""
    with_indices: bool = True
    """Whether each point is solved once more for each factor, which main and total indices need."""
    seed: Count = 1
    """Seed of the draws, so that the same study gives the same points."""

    @model_validator(mode="after")
    def _power_of_two(self) -> Design:
        """Refuse samples that break the balance of the sequence."""
        if self.kind == "sobol" and (
            self.samples < 2 or self.samples & (self.samples - 1) or self.samples > LARGEST_SAMPLE
        ):
            raise planner_error(
                f"{self.samples} samples", "a power of two from 2 to 65536", "Write 64 or 256"
            )
        return self


class Regret(StrictModel):
    """How plans are compared under every run."""

    plans: Count = 4
    """Plans that are held under every run, those found most often first; 0 for none."""
    within_frac: Share = 0.01
    """By how much dearer than the best one a plan may be and still cover a run."""


class Sweep(StrictModel):
    """Root of a study file."""

    name: Identifier = "sweep"
    """Short name of the study."""
    title: Text = ""
    """Title in words."""
    scenario: Text
    """Scenario file, from the folder of this one."""
    set: dict[Text, Any] = Field(default_factory=dict)
    """Numbers of the scenario in every run, by dotted path."""
    factors: dict[Identifier, Factor] = Field(min_length=1, max_length=40)
    """What varies, by name."""
    design: Design
    """Which points are solved."""
    gap_frac: Share | None = None
    """Relative gap at which a solve counts as proven; the default is that of the scenario."""
    time_limit_seconds: Positive | None = None
    """Of each solve; the default is that of the scenario."""
    keep: list[Identifier] = Field(default_factory=list)
    """Tables of each plan that are kept."""
    regret: Regret = Field(default_factory=Regret)
    """How plans are compared over all points."""
    store_mb: Positive = 2000.0
    """Most that starts of other runs may take on disk; the oldest go first, results stay."""


def read_sweep(path: Path) -> Sweep:
    """A study file.

    Raises:
        InputError: everything wrong with it.
    """
    document = read_document(path, builtin=builtin_root())
    sweep = validate(Sweep, document)
    bases = [
        Issue(
            f"factors.{name}.base",
            f"{factor.base} lies outside {factor.bounds}",
            "a value of the factor",
            "Correct it",
        )
        for name, factor in sweep.factors.items()
        if not factor.bounds[0] <= factor.base <= factor.bounds[1]
    ]
    if bases:
        raise InputError(bases)
    return sweep
