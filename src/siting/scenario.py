"""Schema of a scenario file: horizon, solver, tables, and the settings of each family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, cast

from pydantic import Field, create_model

from siting.core.annotations import child, members, rows_of
from siting.core.calendar import STEP_MONTHS, Calendar, Owner, build_starts, months_between
from siting.core.committed import Committed
from siting.core.dollars import in_dollars_of
from siting.core.errors import InputError, Issue
from siting.core.futures import Futures
from siting.core.goals import AnyGoal, Goal, LeastCost
from siting.core.records import Node, Site, Zone
from siting.core.strict import (
    Count,
    FirstOfMonth,
    Identifier,
    NonNegative,
    Positive,
    Share,
    StrictModel,
    Text,
    validate,
)
from siting.core.study import Bottleneck, BreakEven, Strategy
from siting.core.yaml_source import Document
from siting.families.registry import COMPONENTS

MAX_PERIODS = 600
"""Fifty years by month."""


class Step(StrictModel):
    """Periods of one length up to a date."""

    until: FirstOfMonth
    """First month after the section."""
    step: Literal["month", "quarter", "half_year", "year"]
    """Length of a period in this section."""


class Horizon(StrictModel):
    """The time that is planned."""

    start: FirstOfMonth
    """First month that is planned."""
    steps: list[Step] = Field(min_length=1)
    """Sections of the horizon in order, each with periods of one length; the last one ends
    it."""


class SolverSettings(StrictModel):
    """How long and how exactly to solve."""

    gap_frac: Share = 0.005
    """Relative gap at which a plan counts as proven."""
    time_limit_seconds: Positive | None = None
    """Longest time of a solve [seconds]; the best plan so far is kept."""
    threads: Count = 2
    """Processor cores of the search; 0 takes all."""
    seed: Count = 1
    """Seed of the search, so that the same input gives the same plan."""
    first_without: list[Identifier] = Field(default_factory=list)
    """Families that only widen the choice, as ``curtailment``: the search begins with a plan without them.
    Which plan is found, and how soon, depends on it; what is proven does not. One that is off counts for
    nothing; ``[]`` takes back the list of a scenario that is extended."""


class CapitalRates(StrictModel):
    """Real cost of capital a year of those who build, where it is not the discount rate."""

    grid_frac: Share | None = None
    """Of a regulated network: upgrades."""
    power_frac: Share | None = None
    """Of those who sell power: plants and their step-up transformers."""
    campus_frac: Share | None = None
    """Of the owner of a campus: halls, main transformers and switchgear, connections."""

    def stated(self) -> tuple[tuple[Owner, float], ...]:
        """The rates that are stated, by owner."""
        owners: dict[Owner, float | None] = {
            "grid": self.grid_frac,
            "power": self.power_frac,
            "campus": self.campus_frac,
        }
        return tuple((owner, rate) for owner, rate in owners.items() if rate is not None)


COMPONENTS_TEXT = "Settings of each family; one that is left out adds nothing."
LEAST_COST = LeastCost(goal="least_cost")


class Scenario(StrictModel):
    """Root of a scenario file."""

    schema_version: Literal[1]
    """Version of the form of this file."""
    name: Identifier
    """Short name of the scenario: letters, digits, '_', '-', '.'."""
    title: Text = ""
    """Title in words, shown on reports and maps."""
    description: Text = ""
    """What the scenario is about, in a sentence or two."""
    price_year: int = Field(default=2024, ge=1990, le=2100)
    """Year of the dollars of the plan, and of every amount that states no ``dollar_year``."""
    discount_rate_frac: Share = 0.0
    """Real discount rate a year."""
    capital_rates: CapitalRates = Field(default_factory=CapitalRates)
    """Cost of capital by owner, with which annuities and interest during construction are reckoned;
    costs of each year are discounted with ``discount_rate_frac``."""
    horizon: Horizon
    """The time that is planned, and the lengths of its periods."""
    solver: SolverSettings = Field(default_factory=SolverSettings)
    """How long and how exactly to solve."""
    objectives: list[AnyGoal] = Field(default=[LEAST_COST], min_length=1)
    """Goals in order of rank: each is made best while those before it keep their value, within
    their tolerance. Where the last one is not ``least_cost`` that is added, so that of all plans
    that are equally good the cheapest is taken."""
    sites: dict[Identifier, Site] = Field(min_length=1)
    """Candidate sites by id."""
    zones: dict[Identifier, Zone] = Field(default_factory=dict)
    """Balancing areas by id: what they can still serve, at what price."""
    nodes: dict[Identifier, Node] = Field(default_factory=dict)
    """Points of interconnection by id that several sites share or upgrades name."""
    committed: dict[Identifier, Committed] = Field(default_factory=dict)
    """Decisions that are made already, or bounded, of any family."""
    components: Any
    """Settings of each family; see ``schema``, which knows the families that are registered."""
    strategies: dict[Identifier, Strategy] = Field(default_factory=dict)
    """Strategies to compare beside those of ``models/libraries/strategies.yaml``, or in place of
    one of the same name."""
    break_evens: dict[Identifier, BreakEven] = Field(default_factory=dict)
    """Break-evens to look for beside those of ``models/libraries/break_evens.yaml``."""
    bottlenecks: dict[Identifier, Bottleneck] = Field(default_factory=dict)
    """Steps to try beside those of ``models/libraries/bottlenecks.yaml``."""
    futures: Futures | None = None
    """Facts that nobody knows yet, for ``siting hedge``; a plain solve takes the numbers as they are."""
    hedged_for_it_mw: NonNegative | None = None
    """Stated where the scenario is one of several futures: the largest total target of any of them
    [IT MW]. What is bought may then serve that load; what comes too late stands idle and is paid for."""

    def families(self) -> dict[str, Any]:
        """Settings of the families that are on, by name."""
        settings = {name: getattr(self.components, name) for name in sorted(COMPONENTS)}
        return {name: config for name, config in settings.items() if config is not None}

    def begins_without(self) -> list[str]:
        """Families without which the search begins, among those that are on."""
        on = self.families()
        return [name for name in dict.fromkeys(self.solver.first_without) if name in on]

    def goals(self) -> tuple[Goal, ...]:
        """The goals to be solved in order; the last one is the cost."""
        is_closed = isinstance(self.objectives[-1], LeastCost)
        return tuple(self.objectives) if is_closed else (*self.objectives, LEAST_COST)

    def calendar(self) -> Calendar:
        """Periods of the horizon.

        Raises:
            InputError: a section that ends before it starts or holds no whole number of steps.
        """
        sections = [(step.until, step.step) for step in self.horizon.steps]
        count, day = 0.0, self.horizon.start
        for until, step in sections:
            count += max(0, months_between(day, until)) / STEP_MONTHS[step]
            day = until
        if count > MAX_PERIODS:
            what = f"{count:,.0f} periods"
            fix = "Use longer steps, or end the horizon sooner"
            raise InputError([Issue("horizon.steps", what, f"at most {MAX_PERIODS:,}", fix)])
        try:
            starts = build_starts(self.horizon.start, sections)
        except ValueError as error:
            raise InputError(
                [
                    Issue(
                        "horizon.steps",
                        str(error),
                        "sections that follow each other, each a whole number of steps",
                        "Correct 'until' or 'step', or the start of the horizon",
                    )
                ]
            ) from error
        end: date = sections[-1][0]
        return Calendar(starts, end, self.discount_rate_frac, self.capital_rates.stated())


def schema() -> type[Scenario]:
    """The schema of a scenario file with the settings of every family that is registered."""
    known = sorted(COMPONENTS.items())
    return _schema(tuple((name, family.title, family.config) for name, family in known))


@cache
def _schema(configs: tuple[tuple[str, str, type[StrictModel]], ...]) -> type[Scenario]:
    """The schema with the settings of some families; made once."""
    fields: dict[str, Any] = {
        name: (config | None, Field(default=None, description=f"{title}: settings of the family."))
        for name, title, config in configs
    }
    families = create_model("Families", __base__=StrictModel, **fields)
    families.__doc__ = "Settings of each family; a family that is left out adds nothing."
    whole = create_model(
        "Scenario", __base__=Scenario, components=(families, Field(description=COMPONENTS_TEXT))
    )
    whole.__doc__ = Scenario.__doc__
    return whole


@dataclass(frozen=True)
class FilePlace:
    """A place of a scenario that names a file in place of its rows.

    Attributes:
        row: schema of a row. has_ids: whether rows are named, or a list.
    """

    path: tuple[str | int, ...]
    row: type[StrictModel]
    has_ids: bool


def file_places(data: object) -> Iterator[FilePlace]:
    """Every mapping by id and every list of records for which a scenario names a file."""
    return _file_places(schema(), data, ())


def _file_places(wanted: object, data: object, path: tuple[str | int, ...]) -> Iterator[FilePlace]:
    """Those below a place."""
    rows = rows_of(wanted)
    if rows is not None and isinstance(data, Mapping) and isinstance(data.get("file"), str):
        yield FilePlace(path, cast(type[StrictModel], rows[0]), rows[1])
        return
    parts = (
        data.items()
        if isinstance(data, Mapping)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for key, value in parts:
        for member in members(wanted):
            below = child(member, key)
            if below is not None:
                yield from _file_places(below, value, (*path, key))
                break


def read_scenario(document: Document) -> Scenario:
    """Validate a document whose tables have been read, and bring its amounts to the price year.

    Raises:
        InputError: every problem, with its place.
    """
    scenario = validate(schema(), document)
    return in_dollars_of(scenario, scenario.price_year)
