"""Futures and when they can be told apart: independent facts multiply, dates make a tree.

Two futures differ in some facts. They can be told apart from the first period that starts on or after
the earliest date on which one of these facts becomes known, and before it by the acts that tell one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from siting.core.calendar import Calendar
from siting.core.errors import InputError, Issue
from siting.core.futures import Futures, Known

MOST_FUTURES = 200
"""Each is a whole plan of its own."""
JOIN = "+"
"""Between the outcomes in the name of a future; no identifier has it."""


@dataclass(frozen=True)
class Future:
    """One way in which all facts turn out.

    Attributes:
        name: its outcomes, in the order of the names of their facts. outcomes: by fact.
    """

    name: str
    outcomes: Mapping[str, str]
    probability: float

    def differs(self, other: Future) -> list[str]:
        """Facts that turn out otherwise in another future."""
        return [fact for fact, outcome in self.outcomes.items() if other.outcomes[fact] != outcome]


@dataclass(frozen=True)
class Tree:
    """The futures, and what tells them apart.

    Attributes:
        futures: sorted by name. known: of each fact.
        told: first period in which two futures are told apart by dates, beyond the last one if
            they never are; shape (futures, futures).
        periods: of the calendar.
    """

    futures: tuple[Future, ...]
    known: Mapping[str, Known]
    told: np.ndarray
    periods: int

    @property
    def probabilities(self) -> np.ndarray:
        """Of the futures, shape (futures,)."""
        return np.array([future.probability for future in self.futures])

    def acts(self, one: int, other: int) -> list[Known]:
        """Acts by which two futures can be told apart."""
        facts = self.futures[one].differs(self.futures[other])
        return [self.known[fact] for fact in facts if self.known[fact].act is not None]

    def groups(self, period: int) -> list[list[int]]:
        """Futures that cannot yet be told apart by dates in a period."""
        return groups_of(self.told > period)

    def stages(self) -> list[int]:
        """Periods in which dates tell some futures apart, ascending."""
        return sorted({int(p) for p in np.unique(self.told) if p < self.periods})


def groups_of(is_same: np.ndarray) -> list[list[int]]:
    """Groups of a symmetric relation, closed over chains; shape (futures, futures)."""
    group = list(range(len(is_same)))
    for one, other in zip(*np.nonzero(is_same), strict=True):
        first, second = group[one], group[other]
        if first != second:
            group = [min(first, second) if g in (first, second) else g for g in group]
    return [[n for n, g in enumerate(group) if g == first] for first in sorted(set(group))]


def futures_of(settings: Futures) -> tuple[Future, ...]:
    """Every combination of the outcomes of independent facts, sorted by name.

    Raises:
        InputError: more of them than can be planned for.
    """
    joint = settings.joint()
    count = int(np.prod([len(outcomes) for outcomes in joint]))
    if count > MOST_FUTURES:
        issue = Issue(
            "futures.facts",
            f"{count:,} futures",
            f"at most {MOST_FUTURES}",
            "Leave out facts that change little, or join outcomes",
        )
        raise InputError([issue])
    found = []
    for parts in product(*joint):
        outcomes = {fact: key for chosen, _ in parts for fact, key in chosen.items()}
        probability = float(np.prod([p for _, p in parts]))
        ordered = dict(sorted(outcomes.items()))
        found.append(Future(JOIN.join(ordered.values()), ordered, probability))
    total = sum(future.probability for future in found)
    found.sort(key=lambda future: future.name)
    return tuple(Future(f.name, f.outcomes, f.probability / total) for f in found)


def tree_of(settings: Futures, calendar: Calendar) -> Tree:
    """The futures of a scenario, and from which period on dates tell them apart."""
    futures = futures_of(settings)
    known = {name: fact.known for name, fact in settings.used.items()}
    by_fact = {name: _period(each, calendar) for name, each in known.items()}
    return Tree(futures, known, _told(futures, by_fact, len(calendar)), len(calendar))


def _period(known: Known, calendar: Calendar) -> int:
    """First period that starts when a fact is known by its date."""
    found = None if known.latest is None else calendar.period_from(known.latest)
    return len(calendar) if found is None else found


def _told(futures: Sequence[Future], by_fact: Mapping[str, int], never: int) -> np.ndarray:
    """First period in which dates tell two futures apart, shape (futures, futures)."""
    told = np.full((len(futures), len(futures)), never)
    for i, one in enumerate(futures):
        for j, other in enumerate(futures):
            told[i, j] = min((by_fact[fact] for fact in one.differs(other)), default=never)
    return told
