"""Schema of what is not known yet: facts with their outcomes, when each becomes known, and risk."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from siting.core.dollars import Priced
from siting.core.strict import (
    Identifier,
    MonthDate,
    NonNegative,
    Share,
    StrictModel,
    Text,
    planner_error,
)
from siting.core.study import Change
from siting.core.warnings import listed

Act = Literal["delivery", "first_unit", "connection"]
ACTS: tuple[Act, ...] = ("delivery", "first_unit", "connection")
"""By which a fact is learnt: the first delivery of equipment, the first unit in service, a connection."""
SUM = 1e-6
"""By how much probabilities may miss 1 through rounding."""


class Known(StrictModel):
    """When a fact becomes known: at a date, by acting, or by whichever comes first."""

    act: Act | None = Field(default=None, alias="from")
    """``delivery``: the first delivery whose date differs between two outcomes; ``first_unit``: the
    first unit or named plant whose service date differs; ``connection``: the first connection at a
    place whose capacity or date differs."""
    after_months: NonNegative | None = None
    """From asking for a connection to the study that tells; without it the connection itself does
    [months]."""
    latest: MonthDate | None = None
    """Known from this date on, whatever is done; without it only by acting."""

    @model_validator(mode="after")
    def _ever(self) -> Known:
        """Refuse a fact that never becomes known, and a study of anything but a connection."""
        if self.act is None and self.latest is None:
            raise planner_error(
                "nothing makes the fact known", "'from', 'latest' or both", "State one of them"
            )
        if self.after_months is not None and self.act != "connection":
            raise planner_error(
                "after_months is of the study of a connection",
                "'from: connection' with it",
                "Remove it, or learn the fact from a connection",
            )
        return self


def _spelt_out(value: object) -> object:
    """A date or an act alone as the mapping that it stands for."""
    if isinstance(value, dict):
        return value
    return {"from": value} if value in ACTS else {"latest": value}


KNOWN_SCHEMA: dict[str, Any] = {"type": ["string", "object"]}


class Outcome(StrictModel):
    """One way in which a fact may turn out."""

    probability: Share | None = None
    """Left out where ``together`` states it for several facts at once."""
    changes: list[Change] = Field(default_factory=list, max_length=200)
    """What is then different from the scenario; nothing where it is empty."""
    source: Text = ""
    """Where outcome and probability come from, or the rule by which they were chosen."""


class Fact(StrictModel):
    """A number, or several that move together, which nobody knows yet."""

    about: Text = ""
    """What is not known yet, in a sentence."""
    known: Annotated[Known, BeforeValidator(_spelt_out), WithJsonSchema(KNOWN_SCHEMA)]
    """A date, an act (``delivery``, ``first_unit``, ``connection``), or ``{from: act, latest: date}``."""
    outcomes: dict[Identifier, Outcome] = Field(min_length=1)
    """What it may turn out to be, by id."""


class Together(StrictModel):
    """A joint outcome of facts that depend on each other."""

    outcomes: dict[Identifier, Identifier] = Field(min_length=2)
    """Outcome of each of these facts."""
    probability: Share
    """Probability of the joint outcome."""


class Tail(StrictModel):
    """The mean of the worst share of the futures."""

    tail: Share = Field(gt=0)
    """Share of the probability that counts as the worst."""
    weight: NonNegative
    """Of a dollar; for late load USD per MW-month."""


class Risk(StrictModel):
    """What is made small: a weighted sum."""

    expected: NonNegative = 1.0
    """Weight of the expected cost."""
    worst_cost: NonNegative = 0.0
    """Weight of the cost of the worst future."""
    cvar_cost: Tail | None = None
    """Mean cost of the worst futures."""
    cvar_late_mw_months: Tail | None = None
    """Mean of late load in the futures in which most of it is late [USD per MW-month]."""

    @model_validator(mode="after")
    def _counts_cost(self) -> Risk:
        """Refuse weights under which a cost counts for nothing in every future."""
        tail = 0.0 if self.cvar_cost is None else self.cvar_cost.weight
        if self.expected + self.worst_cost + tail <= 0:
            raise planner_error(
                "no cost has a weight", "a weight above 0 of some cost", "Raise 'expected'"
            )
        return self


class Futures(Priced):
    """What is not known yet, and what a plan under it shall make small."""

    facts: dict[Identifier, Fact] = Field(min_length=1)
    """What is not known yet, by id."""
    only: list[Identifier] = Field(default_factory=list)
    """Facts that count, of those that are named; all if empty."""
    together: list[Together] = Field(default_factory=list)
    """Joint outcomes of facts that depend on each other; facts named nowhere here are independent."""
    risk: Risk = Field(default_factory=Risk)
    """What a plan under several futures makes small."""
    gap_usd: NonNegative | None = None
    """Dollars between plan and bound at which the search ends; without it a tenth of what the plan
    saves over the best plan for a single future, and no more than the scenario's own gap."""

    @model_validator(mode="after")
    def _consistent(self) -> Futures:
        """Refuse joint outcomes of unknown facts, and probabilities that do not sum to 1."""
        unknown = sorted({*self.only} - {*self.facts})
        if unknown:
            raise planner_error(
                f"'only' names '{unknown[0]}', which is no fact",
                f"one of {listed(sorted(self.facts), 20)}",
                "Correct it",
            )
        groups = self._groups()
        for name, fact in self.used.items():
            given = [outcome.probability for outcome in fact.outcomes.values()]
            if any(name in group for group in groups):
                if any(p is not None for p in given):
                    raise planner_error(
                        f"'{name}' has probabilities of its own and in 'together'",
                        "its probabilities in 'together' alone",
                        "Remove those of its outcomes",
                    )
                continue
            if any(p is None for p in given):
                missing = [k for k, o in fact.outcomes.items() if o.probability is None]
                raise planner_error(
                    f"outcome '{missing[0]}' of '{name}' has no probability",
                    "a probability of each outcome",
                    "State it",
                )
            _check_sum(f"the probabilities of '{name}'", [p or 0.0 for p in given])
        for group, entries in groups.items():
            _check_sum(
                f"the joint probabilities of {', '.join(group)}", [e.probability for e in entries]
            )
        return self

    @property
    def used(self) -> dict[str, Fact]:
        """Facts that count, by name."""
        return {
            name: fact for name, fact in self.facts.items() if name in (self.only or self.facts)
        }

    def _groups(self) -> dict[tuple[str, ...], list[Together]]:
        """Joint outcomes by the facts that they name."""
        groups: dict[tuple[str, ...], list[Together]] = {}
        seen: set[tuple[tuple[str, str], ...]] = set()
        for entry in self.together:
            for name, outcome in entry.outcomes.items():
                known = self.used[name].outcomes if name in self.used else self.used
                if name not in self.used or outcome not in known:
                    what = name if name not in self.used else outcome
                    raise planner_error(
                        f"'together' names '{what}', which is not there",
                        f"one of {listed(sorted(known), 8)}",
                        "Correct it",
                    )
            key = tuple(sorted(entry.outcomes.items()))
            if key in seen:
                words = ", ".join(f"{name} {outcome}" for name, outcome in key)
                raise planner_error(f"{words} stands in 'together' twice", "once", "Add them up")
            seen.add(key)
            groups.setdefault(tuple(sorted(entry.outcomes)), []).append(entry)
        names = [name for group in groups for name in group]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise planner_error(
                f"'{twice[0]}' depends on different facts in different entries of 'together'",
                "the same facts in each entry that names it",
                "Name all facts that depend on each other in every entry",
            )
        return groups

    def joint(self) -> list[list[tuple[dict[str, str], float]]]:
        """Independent groups of facts, by name; of each the outcomes with their probabilities."""
        groups = self._groups()
        found = {
            group: [(dict(e.outcomes), e.probability) for e in entries if e.probability > 0]
            for group, entries in groups.items()
        }
        together = {name for group in groups for name in group}
        for name, fact in self.used.items():
            if name not in together:
                found[(name,)] = [
                    ({name: key}, outcome.probability)
                    for key, outcome in fact.outcomes.items()
                    if outcome.probability
                ]
        return [found[group] for group in sorted(found)]


def _check_sum(what: str, given: list[float]) -> None:
    """Refuse probabilities that do not sum to 1."""
    if abs(sum(given) - 1) > SUM:
        raise planner_error(f"{what} sum to {sum(given):.6g}", "1", "Correct them")
