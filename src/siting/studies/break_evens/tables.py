"""Tables of break-evens: the changes, the curves, and who is better from where to where."""

from __future__ import annotations

from collections.abc import Sequence

from siting.core.table import Cell, Table
from siting.studies.break_evens.search import BreakEvenResult
from siting.studies.break_evens.stretches import FIRST, SECOND, TIE
from siting.timeline.plans import finite

CURVE_COLUMNS = (
    "break_even",
    "value",
    "first",
    "first_cost_usd",
    "first_bound_usd",
    "second",
    "second_cost_usd",
    "second_bound_usd",
    "better",
)
CROSSING_COLUMNS = ("break_even", "about", "paths", "low", "high", "before", "after", "proof")
STRETCH_COLUMNS = ("break_even", "low", "high", "better", "is_tie")


def break_even_tables(results: Sequence[BreakEvenResult]) -> dict[str, Table]:
    """``break_evens``, one row a crossing, ``break_even_curves``, and ``break_even_stretches``, who is
    better from where to where."""
    curves: list[dict[str, Cell]] = []
    changes: list[dict[str, Cell]] = []
    stretches: list[dict[str, Cell]] = []
    for result in results:
        first, second = result.study.between
        better = {FIRST: first, SECOND: second}
        for point in result.points:
            curves.append(
                {
                    "break_even": result.name,
                    "value": point.value,
                    "first": first,
                    "first_cost_usd": finite(point.cost_usd[0]),
                    "first_bound_usd": finite(point.bound_usd[0]),
                    "second": second,
                    "second_cost_usd": finite(point.cost_usd[1]),
                    "second_bound_usd": finite(point.bound_usd[1]),
                    "better": better.get(point.winner, ""),
                }
            )
        for stretch in result.stretches:
            ends = {"low": stretch.low, "high": stretch.high}
            who = better.get(stretch.winner, "")
            row: dict[str, Cell] = {"break_even": result.name, **ends, "better": who}
            stretches.append({**row, "is_tie": stretch.winner == TIE})
        about = {"about": result.study.about, "paths": ";".join(result.study.paths)}
        for crossing in result.crossings:
            ends = {"low": crossing.low, "high": crossing.high}
            sides = {"before": crossing.before, "after": crossing.after, "proof": result.proof}
            changes.append({"break_even": result.name, **about, **ends, **sides})
        if not result.crossings:
            none = {"low": None, "high": None, "before": None, "after": None}
            changes.append({"break_even": result.name, **about, **none, "proof": result.proof})
    return {
        "break_evens": Table.of(CROSSING_COLUMNS, changes),
        "break_even_curves": Table.of(CURVE_COLUMNS, curves),
        "break_even_stretches": Table.of(STRETCH_COLUMNS, stretches),
    }
