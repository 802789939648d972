"""Neighbourhoods of a plan: some integers are free, all others stay as they are (fix and optimise).

Three kinds take turns:

* time: the states of all items in some consecutive periods, so that what is built may come earlier or
  later; wide windows, or narrow ones one after another, which are quickly searched;
* technology: halls and plants with one other family (rented units, say), everywhere and always;
* areas: a few zones of the scenario with the sites, plants and upgrades in them, and what belongs to
  no zone (orders to the pool, programmatic reviews), as far as the plan or the relaxation uses it.

A seeded generator draws, and rounds end by gap and nodes rather than by the clock, so that the same
input gives the same plan. Sources: Pochet and Wolsey, Production Planning by Mixed Integer
Programming (Springer, 2006), chapter 3 (relax and fix, fix and optimise).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from siting.families.declared import in_every_round
from siting.model.program import Program
from siting.solver.tuning import TUNING

USED = 1e-6


@dataclass(frozen=True)
class Neighbourhood:
    """One neighbourhood.

    Attributes:
        columns: that may be free, shape (columns,). is_used: only those that are used. is_quick: whether it
            is no round by itself, but one of several that take no longer together.
    """

    name: str
    columns: np.ndarray
    is_used: bool = False
    is_quick: bool = False


def neighbourhoods(
    model: Program, relaxed: np.ndarray, kinds: Sequence[str], seed: int
) -> Iterator[Neighbourhood]:
    """Rounds of some kinds in turn, in the order of a seeded generator.

    Args:
        relaxed: values by column of the linear relaxation. kinds: ``families``, ``windows``, ``areas`` or
            ``narrow``, which is every narrow window once, the earliest first.
    """
    draw = np.random.default_rng(seed)
    narrow = [replace(each, is_quick=True) for each in windows(model, TUNING.narrow_periods)]
    drawn = {
        "families": _families(model),
        "windows": _shuffled(model, draw),
        "areas": _areas(model, relaxed, draw),
    }
    for number in range(TUNING.neighbourhood_rounds):
        kind = kinds[number % len(kinds)]
        if kind == "narrow":
            yield from narrow
        elif (found := next(drawn[kind], None)) is not None:
            yield found


def freed(model: Program, x: np.ndarray, relaxed: np.ndarray, around: Neighbourhood) -> Program:
    """The model with every integer outside a neighbourhood fixed at its value in a plan."""
    free = around.columns
    if around.is_used:
        free = free & ((np.abs(x) > USED) | (np.abs(relaxed) > USED))
    return model.held(model.is_integer & ~free, np.round(x))


def windows(model: Program, width: int) -> list[Neighbourhood]:
    """States in some consecutive periods: every window of half a width's stride, the earliest first; none
    where one holds all periods.

    Args:
        width: of a window [periods].
    """
    period = np.full(len(model.cost), -1)
    for (_, key), column in model.columns.items():
        if isinstance(key[-1], int):
            period[column] = key[-1]
    starts = range(0, max(0, int(period.max()) + 1 - width // 2), width // 2)
    if len(starts) < 2:
        return []
    return [
        Neighbourhood(
            f"periods {start} to {start + width - 1}", (period >= start) & (period < start + width)
        )
        for start in starts
    ]


def _shuffled(model: Program, draw: np.random.Generator) -> Iterator[Neighbourhood]:
    """Wide windows, shuffled anew when all have been."""
    found = windows(model, TUNING.neighbourhood_periods)
    while found:
        yield from (found[number] for number in draw.permutation(len(found)))


def _families(model: Program) -> Iterator[Neighbourhood]:
    """Integers of the families that must move together, halls and the power for them, with those of one
    other family: those with most integers first.

    Near the first plan of the flagship with every family on they save 50 to 110 million USD, plants
    with any two others 0 to 50.
    """
    family = np.empty(len(model.cost), dtype=object)
    for (name, _), column in model.columns.items():
        family[column] = name.partition(".")[0]
    family = family.astype(str)
    names, counts = np.unique(family[_is_open(model)], return_counts=True)
    others = [str(name) for name in names[np.argsort(-counts, kind="stable")]]
    together = in_every_round()
    others = [name for name in others if name not in together]
    while len(others) > 1:
        for other in others:
            chosen = [*together, other]
            yield Neighbourhood(", ".join(chosen), np.isin(family, chosen))


def _areas(
    model: Program, relaxed: np.ndarray, draw: np.random.Generator
) -> Iterator[Neighbourhood]:
    """What is used of a few areas, and of what belongs to none."""
    area = model.area
    active = np.unique(area[_is_open(model) & (area >= 0) & (np.abs(relaxed) > USED)])
    while len(active) > TUNING.neighbourhood_areas:
        chosen = draw.choice(active, size=TUNING.neighbourhood_areas, replace=False)
        name = "areas " + " and ".join(str(number) for number in sorted(chosen))
        yield Neighbourhood(name, (area < 0) | np.isin(area, chosen), is_used=True)


def _is_open(model: Program) -> np.ndarray:
    """Integers that are not fixed."""
    is_open: np.ndarray = model.is_integer & (model.upper > model.lower)
    return is_open
