"""Shared decisions re-checked without the solver: plans of futures agree until they may differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from siting.core.audit import Finding, is_near
from siting.core.plan import Plan
from siting.families.declarations import JOINED_BY, Sign
from siting.futures.build import Hedged
from siting.futures.decided import Decided, decided
from siting.futures.extensive import signs_of
from siting.model.program import Program

Offered = frozenset[tuple[str, str, object]]
"""Decision, item and period of what a future offers."""
Taken = Mapping[Decided, Mapping[date, float]]


def audit_agreement(hedged: Hedged, plans: Sequence[Plan]) -> tuple[Finding, ...]:
    """Every decision that two plans take otherwise before a date or an act has told their futures apart.

    What one of the futures does not offer at a date, since it would come too late to count, is the
    other's own.
    """
    tree, starts = hedged.tree, hedged.base.system.calendar.starts
    signs = signs_of(tree, hedged.instances)
    taken = [decided(plan.tables) for plan in plans]
    offered = [_offered(model.linear) for model in hedged.models]
    findings = []
    for i in range(len(plans)):
        for j in range(i + 1, len(plans)):
            told = _told_by_acts(signs.get((i, j), ()), (taken[i], taken[j]), starts)
            dates = starts[: min(int(tree.told[i, j]), told)]
            both = offered[i] & offered[j]
            pair = f"{tree.futures[i].name} and {tree.futures[j].name}"
            for key in sorted(taken[i].keys() | taken[j].keys()):
                when = _differs(key, taken[i], taken[j], dates, both)
                if when is not None:
                    what = f"{key.words} for {key.item} differs on {when}, not yet told apart"
                    findings.append(Finding("hedge.agree", pair, what))
    return tuple(findings)


def _offered(program: Program) -> Offered:
    """What a future offers."""
    return frozenset(
        (name, JOINED_BY.join(map(str, index[:-1])), index[-1]) for name, index in program.columns
    )


def _told_by_acts(
    signs: Sequence[tuple[str, Sign]], both: tuple[Taken, Taken], starts: Sequence[date]
) -> int:
    """First period in which something that was started, in either plan, has told two futures apart: until
    then what both futures offer is alike, and what one lacks is the other's own."""
    first = len(starts)
    for name, sign in signs:
        key = Decided(name, JOINED_BY.join(map(str, sign.item)))
        for when in {when for taken in both for when in taken.get(key, {})}:
            start = starts.index(when)
            told = sign.told[start]
            if told is not None:
                first = min(first, max(told, start + 1))
    return first


def _differs(
    key: Decided, one: Taken, other: Taken, dates: Sequence[date], offered: Offered
) -> date | None:
    """First of some dates, offered in both futures, by which more was decided in one of two plans."""
    total = 0.0
    for period, start in enumerate(dates):
        total += one.get(key, {}).get(start, 0.0) - other.get(key, {}).get(start, 0.0)
        if (key.decision, key.item, period) in offered and not is_near(total, 0.0):
            return start
    return None
