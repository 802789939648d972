"""How many plans on other sites are looked for, and how much dearer they may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from siting.pipeline import Loaded
from siting.studies.alternatives.search import Alternative, find_alternatives, near, sites_of
from siting.studies.base import Run
from siting.studies.option import Asked, Form, Option
from siting.timeline.words import money

Alternatives = tuple[Alternative, ...]

COUNT: Option[int] = Option(
    argument="alternatives",
    flag="--alternatives",
    help="Near-optimal plans on other sites to look for.",
    default=0,
    form=Form.COUNT,
    least=0,
    most=20,
)
WITHIN: Option[float] = Option(
    argument="within_frac",
    flag="--within",
    help="How much dearer they may be, as a share.",
    default=0.01,
    form=Form.NUMBER,
    least=0.0,
    most=1.0,
)


@dataclass(frozen=True)
class Wanted:
    """So many plans, each at most so much dearer than the optimum."""

    count: int
    within_frac: float


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> Wanted | None:
    """How many, where any are wanted."""
    count = asked[COUNT]
    return Wanted(count, asked[WITHIN]) if count else None


def search(run: Run, wanted: Wanted) -> Alternatives:
    """The optimum, then the plans."""
    return find_alternatives(
        run.loaded,
        run.best_plan(),
        wanted.within_frac,
        wanted.count,
        run.solver,
        lambda found: run.on_done(f"alternative: {money(found.plan.objective_usd)}"),
    )


def settle(run: Run, wanted: Wanted, found: Alternatives) -> Alternatives:
    """The best plan of all, then those that are near it."""
    best = run.best_plan()
    first = Alternative(best, sites_of(best))
    return near(run.loaded.instance, (first, *found), wanted.within_frac)
