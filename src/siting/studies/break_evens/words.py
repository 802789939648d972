"""Break-evens in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from siting.studies.base import Result
from siting.studies.break_evens.search import LINES, MONOTONE, BreakEvenResult
from siting.studies.break_evens.stretches import OPEN, TIE, Stretch


def sentences(result: Result[tuple[BreakEvenResult, ...]]) -> Iterator[str]:
    """A sentence each."""
    yield from map(sentence, result.found)


def sentence(result: BreakEvenResult) -> str:
    """Who is better from where to where, and how sure that is."""
    shown = [s for s in result.stretches if _is_shown(s, result)]
    parts = [f"{_who(s.winner, result)} from {s.low:g} to {s.high:g}" for s in shown]
    if len(shown) == 1:
        parts = [f"{_who(shown[0].winner, result)} at all of them"]
    study = result.study
    return (
        f"{result.name}, between {study.lowest:g} and {study.highest:g}: {'; '.join(parts)}. "
        f"{_proof(result)}"
    )


CROSSING_FRAC = 1e-3
"""Share of the resolution that the point at which two cost lines cross may be wide, as a tie to a dollar."""


def _is_shown(stretch: Stretch, result: BreakEvenResult) -> bool:
    """Whether a stretch is more than the width of a break-even."""
    if stretch.winner == TIE and result.proof == LINES:
        return stretch.high - stretch.low > CROSSING_FRAC * result.study.resolution
    is_edge = stretch.winner in (OPEN, TIE) and result.stretches[0] is not stretch
    is_inside = is_edge and result.stretches[-1] is not stretch
    return not (is_inside and stretch.high - stretch.low <= result.study.resolution)


def _who(winner: int, result: BreakEvenResult) -> str:
    """Who is better, in words."""
    first, second = result.study.between
    if winner == TIE:
        return "both are as good"
    if winner == OPEN:
        return "open within the gap"
    return f"{(first if winner < 0 else second).replace('_', ' ')} is better"


def _proof(result: BreakEvenResult) -> str:
    """What the sentence rests on between the values that were solved."""
    if result.proof == LINES:
        return "Proven for every value, within the gap."
    if result.proof == MONOTONE:
        return (
            f"Solved at {len(result.points)} values, between which costs are taken to rise or to fall "
            "throughout, as they do at those."
        )
    return (
        f"Solved at {len(result.points)} values; a change that is undone within "
        f"{result.study.resolution:g} is not seen."
    )
