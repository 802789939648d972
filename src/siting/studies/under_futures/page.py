"""Strategies under uncertainty on the page: measures of each, and regret by future."""

from __future__ import annotations

from collections.abc import Iterator

from siting.outputs.report.blocks import Section, TableBlock, Text
from siting.outputs.report.grid import amount, dollars, plain_table, text
from siting.studies.base import Result
from siting.studies.columns import dearer_columns, unit_for
from siting.studies.under_futures.search import UnderFutures

NOTE = (
    "Each strategy is held in every future; what it leaves open is decided as well as can be, alike in futures "
    "that cannot yet be told apart. P90: the cost that is not exceeded with a probability of nine tenths. "
    "CVaR: the mean of the worst share. Regret: what a strategy costs in a future beyond the best plan of that "
    "future, had it been known."
)
MEASURES = ("expected_cost_usd", "p90_cost_usd", "cvar_cost_usd")
REGRETS = ("regret_lower_usd", "regret_upper_usd")
DISPLAYED = {
    "under_futures": ("strategy", *MEASURES, "worst_regret_usd"),
    "strategy_futures": ("strategy", "future", "cost_usd", *REGRETS),
}
"""What a notebook shows."""


def sections(result: Result[UnderFutures]) -> Iterator[Section]:
    """Two tables."""
    rows = list(result.tables["under_futures"])
    planned = [row for row in rows if row["value_usd"] is not None]
    by_future = list(result.tables["strategy_futures"])
    unit = unit_for(planned, *MEASURES, "worst_regret_usd", "expected_bound_usd")
    columns = (
        text("strategy", "Strategy"),
        text("status", "Status"),
        *dearer_columns(planned),
        dollars("expected_cost_usd", "Expected", unit, 1),
        dollars("expected_bound_usd", "no less than", unit, 1),
        dollars("p90_cost_usd", "P90", unit, 1),
        dollars("p90_bound_usd", "no less than", unit, 1),
        dollars("cvar_cost_usd", "CVaR", unit, 1),
        dollars("cvar_bound_usd", "no less than", unit, 1),
        dollars("expected_regret_usd", "Regret, mean", unit, 1),
        dollars("worst_regret_usd", "worst", unit, 1),
        amount("late_mw_months", "Late [MW-months]"),
    )
    unit = unit_for(by_future, "cost_usd", *REGRETS)
    of_future = (
        text("strategy", "Strategy"),
        text("future", "Future"),
        amount("probability", "Probability", 3),
        dollars("cost_usd", "Cost", unit, 1),
        dollars("regret_lower_usd", "Regret, at least", unit, 1),
        dollars("regret_upper_usd", "at most", unit, 1),
        amount("late_mw_months", "Late [MW-months]"),
        text("half_date", "Half"),
    )
    blocks = (
        Text(NOTE),
        TableBlock(plain_table("under-futures", "Strategies over all futures", columns, rows)),
        TableBlock(
            plain_table("strategy-futures", "Cost and regret by future", of_future, by_future)
        ),
    )
    yield Section("under-futures", "Strategies under uncertainty", "Uncertainty", blocks)
