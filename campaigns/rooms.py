"""Rows that leave next to no room: the engine's solver against SCIP."""

from __future__ import annotations

from collections.abc import Iterator

from campaigns.second_solver import scip
from siting.core.errors import InfeasibleError, InputError
from siting.solver.highs import solve
from support.engine import EXACT
from support.instances import small
from support.rooms import PROGRAMS, ROOMS, best_of, varied

ABOUT = "what an earlier solve found is kept by a row without room; the same optimum as SCIP"
COUNT = 400
SAME = 1e-5
"""Difference, relative and absolute, that the tolerance of the row explains."""


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each; every second scenario is near one that was answered wrongly."""
    for number in range(seed * COUNT, seed * COUNT + count):
        try:
            best = best_of(varied(number) if number % 2 else small(number))
        except (InfeasibleError, InputError, AssertionError):
            continue
        for name, program in PROGRAMS.items():
            for room in ROOMS:
                model = program(best, room)
                found = solve(model, EXACT)
                status, value = scip(model)
                is_same = (found.status, status) == ("OPTIMAL", "optimal")
                if not is_same or abs(found.objective - value) > SAME * max(1.0, abs(value)):
                    yield (
                        f"{number}, {name}, room {room:g}: {found.status} {found.objective:.9g}, "
                        f"SCIP {status} {value:.9g}"
                    )
