"""Strategies under uncertainty in sentences, and in ``compare.json``."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import number
from siting.core.table import Row
from siting.studies.base import Result
from siting.studies.under_futures.search import UnderFutures
from siting.studies.under_futures.tables import increase
from siting.timeline.library import OPTIMAL
from siting.timeline.words import dearer, money


def sentences(result: Result[UnderFutures]) -> Iterator[str]:
    """The hedged plan, then each strategy against it."""
    found, best = result.found, result.found.of[OPTIMAL]
    rows = {str(row["strategy"]): row for row in result.tables["under_futures"]}
    count = len(found.hedged.tree.futures)
    futures = "one future" if count == 1 else f"{count} futures"
    if not best.plans:
        yield f"Over {futures}: no plan ({best.status}). {'; '.join(best.reasons)}"
        return
    yield f"Over {futures}, the hedged plan: {_measures(rows[OPTIMAL])}."
    for name, one in found.of.items():
        if name == OPTIMAL or not one.has_effect:
            continue
        if not one.plans:
            yield f"Over {futures}, {name}: no plan ({one.status}). {'; '.join(one.reasons)}"
            continue
        row = rows[name]
        regret = number(row, "worst_regret_usd")
        yield (
            f"Over {futures}, {name}: {dearer(increase(one, best))}; {_measures(row)}; "
            f"regret at most {money(regret)} ({_worst(result, name)})."
        )


def _measures(row: Row) -> str:
    """Mean, 90th percentile and worst share of a strategy."""
    mean, p90, cvar = (
        money(number(row, f"{name}_cost_usd")) for name in ("expected", "p90", "cvar")
    )
    return f"{mean} expected, P90 {p90}, CVaR {cvar}"


def _worst(result: Result[UnderFutures], name: str) -> str:
    """The future in which a strategy is regretted most."""
    rows = [row for row in result.tables["strategy_futures"] if row["strategy"] == name]
    return str(max(rows, key=lambda row: number(row, "regret_lower_usd"))["future"])


def summary(result: Result[UnderFutures]) -> dict[str, object]:
    """Measures of each strategy, and cost and regret by future."""
    said: dict[str, object] = {}
    for row in result.tables["under_futures"]:
        name = str(row["strategy"])
        of_it = [one for one in result.tables["strategy_futures"] if one["strategy"] == name]
        said[name] = {
            **{key: cell for key, cell in row.items() if key != "strategy"},
            "has_effect": result.found.of[name].has_effect,
            "futures": {
                str(one["future"]): {
                    key: one[key]
                    for key in (
                        "probability",
                        "cost_usd",
                        "bound_usd",
                        "regret_lower_usd",
                        "regret_upper_usd",
                    )
                }
                for one in of_it
            },
        }
    return said
