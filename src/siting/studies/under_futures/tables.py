"""Tables of strategies under uncertainty: a row a strategy, and a row a strategy and future."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from siting.core.futures import Risk
from siting.core.table import Cell, Table
from siting.futures.risk import is_mean, worst_mean
from siting.studies.under_futures.search import Strategic, UnderFutures
from siting.timeline.library import OPTIMAL
from siting.timeline.milestones import late_mw_months, milestone_dates
from siting.timeline.plans import Interval, difference, finite

P90, TAIL = 0.9, 0.1
"""Share of the probability within which a cost stays; worst share where the scenario names none."""
SUMMED = 1e-9
"""Probability that rounding may take."""
STRATEGY_COLUMNS = (
    "strategy",
    "status",
    "value_usd",
    "bound_usd",
    "cost_increase_lower_usd",
    "cost_increase_upper_usd",
    "expected_cost_usd",
    "expected_bound_usd",
    "p90_cost_usd",
    "p90_bound_usd",
    "cvar_cost_usd",
    "cvar_bound_usd",
    "expected_regret_usd",
    "worst_regret_usd",
    "late_mw_months",
    "reasons",
)
FUTURE_COLUMNS = (
    "strategy",
    "future",
    "probability",
    "outcomes",
    "cost_usd",
    "bound_usd",
    "regret_lower_usd",
    "regret_upper_usd",
    "late_mw_months",
    "half_date",
)


def under_futures_tables(found: UnderFutures) -> dict[str, Table]:
    """``under_futures`` and ``strategy_futures``."""
    return {
        "under_futures": Table.of(STRATEGY_COLUMNS, _strategies(found)),
        "strategy_futures": Table.of(FUTURE_COLUMNS, _futures(found)),
    }


def quantile(values: np.ndarray, probabilities: np.ndarray, level: float) -> float:
    """Smallest of some values that is not exceeded with a probability, shapes (futures,)."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(probabilities[order]) >= level - SUMMED
    return float(values[order][int(np.argmax(reached))])


def known_usd(found: UnderFutures) -> np.ndarray:
    """Cheapest plan of each future that any search has found [USD], shape (futures,)."""
    every = [array for one in found.of.values() for array in (one.known_usd, one.costs_usd)]
    least: np.ndarray = np.minimum.reduce(every)
    return least


def increase(one: Strategic, best: Strategic) -> Interval:
    """By how much a strategy is dearer than the best plan, in what is made small."""
    if not one.has_effect:
        return Interval(0.0, 0.0, 0.0)
    mine, its = (one.value_usd, one.bound_usd), (best.value_usd, best.bound_usd)
    return difference(mine, its, is_never_less=True)


def _strategies(found: UnderFutures) -> Iterator[dict[str, Cell]]:
    """What each strategy comes to over all futures."""
    settings, shares = found.hedged.base.scenario.futures, found.hedged.tree.probabilities
    assert settings is not None
    best, known = found.of[OPTIMAL], known_usd(found)
    for name, one in found.of.items():
        usd = increase(one, best)
        row: dict[str, Cell] = dict.fromkeys(STRATEGY_COLUMNS)
        row |= {"strategy": name, "status": one.status, "reasons": "; ".join(one.reasons)}
        if one.plans:
            row |= {
                "value_usd": one.value_usd,
                "bound_usd": one.bound_usd,
                "cost_increase_lower_usd": 0.0 if one is best else finite(usd.least),
                "cost_increase_upper_usd": 0.0 if one is best else finite(usd.most),
                **_measures(one, shares, settings.risk),
                "expected_regret_usd": float(shares @ (one.costs_usd - known)),
                "worst_regret_usd": float((one.costs_usd - known).max()),
                "late_mw_months": float(shares @ [late_mw_months(plan) for plan in one.plans]),
            }
        yield row


def _measures(one: Strategic, shares: np.ndarray, risk: Risk) -> dict[str, Cell]:
    """Mean, 90th percentile and mean of the worst share of the cost, and what no plan is below."""
    tail = TAIL if risk.cvar_cost is None else risk.cvar_cost.tail
    costs, bounds = one.costs_usd, one.bounds_usd
    mean = float(shares @ bounds)
    if is_mean(risk) and risk.expected:
        mean = max(mean, one.bound_usd / risk.expected)
    return {
        "expected_cost_usd": float(shares @ costs),
        "expected_bound_usd": mean,
        "p90_cost_usd": quantile(costs, shares, P90),
        "p90_bound_usd": quantile(bounds, shares, P90),
        "cvar_cost_usd": worst_mean(costs, shares, tail),
        "cvar_bound_usd": worst_mean(bounds, shares, tail),
    }


def _futures(found: UnderFutures) -> Iterator[dict[str, Cell]]:
    """What each strategy comes to in each future, and what it costs there more than the best plan of it."""
    best, known = found.of[OPTIMAL], known_usd(found)
    for name, one in found.of.items():
        for n, (future, plan) in enumerate(zip(found.hedged.tree.futures, one.plans, strict=False)):
            cost = float(one.costs_usd[n])
            yield {
                "strategy": name,
                "future": future.name,
                "probability": future.probability,
                "outcomes": "; ".join(f"{fact}: {key}" for fact, key in future.outcomes.items()),
                "cost_usd": cost,
                "bound_usd": float(min(one.bounds_usd[n], cost)),
                "regret_lower_usd": cost - float(known[n]),
                "regret_upper_usd": cost - float(min(best.bounds_usd[n], known[n])),
                "late_mw_months": late_mw_months(plan),
                "half_date": milestone_dates(plan, None)["half"],
            }
