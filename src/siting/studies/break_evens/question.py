"""Which break-evens are looked for: built in, of the scenario, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from siting.core.study import BreakEven, Strategy
from siting.instance.build import Instance
from siting.pipeline import Loaded
from siting.studies.base import Run
from siting.studies.break_evens.search import BreakEvenResult, find_break_even
from siting.studies.break_evens.value import with_value
from siting.studies.option import Asked, Form, Option
from siting.timeline.library import OPTIMAL, chosen_of, library, strategies_for

BREAK_EVENS: Option[tuple[str, ...]] = Option(
    argument="break_evens",
    flag="--break-even",
    help="Break-even to look for.",
    default=(),
    form=Form.REPEATED,
)


@dataclass(frozen=True)
class Wanted:
    """Break-evens by name, and the strategies between which they lie."""

    break_evens: Mapping[str, BreakEven]
    strategies: Mapping[str, Strategy]


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> Wanted | None:
    """The break-evens that are named."""
    break_evens = break_evens_for(loaded.instance, asked[BREAK_EVENS])
    if not break_evens:
        return None
    names = sorted({name for study in break_evens.values() for name in study.between})
    return Wanted(break_evens, strategies_for(loaded.instance, [OPTIMAL, *names]))


def search(run: Run, wanted: Wanted) -> tuple[BreakEvenResult, ...]:
    """Curve and changes of each."""
    found = []
    for name, study in wanted.break_evens.items():
        run.best()
        found.append(find_break_even(run.loaded, name, study, wanted.strategies, run.solver))
        run.on_done(f"{name}: {len(found[-1].crossings)} found")
    return tuple(found)


def settle(
    run: Run, wanted: Wanted, found: tuple[BreakEvenResult, ...]
) -> tuple[BreakEvenResult, ...]:
    """As they were found: they do not depend on the best plan."""
    return found


def break_evens_for(instance: Instance, names: Sequence[str]) -> dict[str, BreakEven]:
    """The break-evens asked for by name.

    Raises:
        InputError: names that are not known, paths that name no number, values that it cannot take.
    """
    known = library("break_evens", BreakEven) | dict(instance.scenario.break_evens)
    chosen = chosen_of("break-even", known, names)
    for name, study in chosen.items():
        for value in (study.lowest, (study.lowest + study.highest) / 2, study.highest):
            with_value(instance, name, study, value)
    return chosen
