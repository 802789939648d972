"""The decisions of a plan as a point of the program of all futures."""

from __future__ import annotations

from datetime import date

import numpy as np

from siting.core.errors import InputError, Issue
from siting.core.plan import Plan
from siting.families.declarations import JOINED_BY
from siting.families.declared import agreed, decisions
from siting.futures.build import Hedged
from siting.futures.decided import Decided, decided
from siting.model.program import Program


def held_point(hedged: Hedged, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Values of the whole's decisions for all futures, and which of them the plan states.

    Raises:
        InputError: a decision that no future offers, or on a date that begins no period.
    """
    whole, taken = hedged.whole, decided(plan.tables)
    x, is_stated = np.zeros(len(whole.program.cost)), np.zeros(len(whole.program.cost), dtype=bool)
    kinds = {key.decision for key in taken} | _shown_kinds()
    used: set[Decided] = set()
    starts = hedged.base.system.calendar.starts
    _check_dates(taken, starts)
    for part, place in zip(whole.parts, whole.place, strict=True):
        for (name, index), column in part.columns.items():
            at = int(place[column])
            if name not in kinds or not whole.is_root[at]:
                continue
            key = Decided(name, JOINED_BY.join(map(str, index[:-1])))
            used.add(key)
            amounts = taken.get(key, {})
            x[at] = sum(count for when, count in amounts.items() if when <= starts[index[-1]])
            is_stated[at] = True
    unknown = sorted(set(taken) - used - _offered_later(hedged.whole.parts))
    if unknown:
        what = f"{unknown[0].words} for {unknown[0].item}, which the scenario does not offer"
        raise InputError([Issue("--hold", what, "a plan of the same scenario", "Solve it again")])
    return x, is_stated


def _shown_kinds() -> set[str]:
    """Decisions that plans show; those that a plan does not have are none."""
    how = agreed()
    return {name for name, one in decisions().items() if name in how and one.shown is not None}


def _offered_later(parts: tuple[Program, ...]) -> set[Decided]:
    """Decisions that some future offers in some period."""
    return {
        Decided(name, JOINED_BY.join(map(str, index[:-1])))
        for part in parts
        for name, index in part.columns
    }


def _check_dates(taken: dict[Decided, dict[date, float]], starts: tuple[date, ...]) -> None:
    """Refuse a plan of another calendar."""
    odd = sorted({when for amounts in taken.values() for when in amounts} - {*starts})
    if odd:
        what = f"a decision on {odd[0]}, on which no period begins"
        raise InputError([Issue("--hold", what, "a plan of the same horizon", "Solve it again")])
