"""Solving and comparing from Python: results that show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from html import escape
from typing import Any

import pandas

from siting import pipeline
from siting.outputs.notebook.display import figure_of, frame, html_table
from siting.outputs.notebook.plan import CHART_HEIGHT_PX, Plan, shown
from siting.outputs.report.charts import steps, time_layout
from siting.outputs.report.palette import colour_of
from siting.outputs.report.words import by_period
from siting.pipeline import Loaded
from siting.solver.highs import Limits, Progress
from siting.timeline import study
from siting.timeline.study import Asked

STRATEGY_COLUMNS = (
    "strategy",
    "cost_usd",
    "dearer_least_usd",
    "dearer_most_usd",
    "late_mw_months",
    "first_date",
    "full_date",
)


class Comparison(study.Comparison):
    """What a study found. ``tables`` hold everything; ``frame`` gives one to pandas."""

    def __repr__(self) -> str:
        names = ", ".join(result.name for result in self.results)
        return f"<siting comparison {self.name!r}: {names}>"

    def _repr_html_(self) -> str:
        """The answer in sentences and the strategies, for Jupyter."""
        said = "".join(f"<li>{escape(line)}</li>" for line in self.answer)
        strategies = html_table(STRATEGY_COLUMNS, self.tables["strategies"])
        return f"<div><h3>{escape(self.title)}</h3><ul>{said}</ul>{strategies}</div>"

    @property
    def strategies(self) -> pandas.DataFrame:
        """One row a strategy: cost, bound, how much dearer than the best plan, dates."""
        return self.frame("strategies")

    @property
    def plans(self) -> dict[str, Plan]:
        """The plan of each strategy that has one."""
        return {r.name: shown(r.plan) for r in self.results if r.plan is not None}

    def frame(self, name: str) -> pandas.DataFrame:
        """A table as a DataFrame.

        Raises:
            InputError: no table of this name; says which there are.
        """
        return frame(self.tables, name)

    def timeline(self) -> Any:
        """IT load served [GW] by date under each strategy, against the target."""
        best = self.best
        data = [steps(best, by_period(best, "target_mw"), "Target", "@ink", dash="dot")]
        for place, (name, plan) in enumerate(self.plans.items()):
            data.append(steps(plan, by_period(plan, "served_mw"), name, colour_of(place)))
        return figure_of(
            {"data": data, "layout": time_layout("IT load served [GW]")}, CHART_HEIGHT_PX
        )


def solve(
    loaded: Loaded,
    on_progress: Callable[[Progress], None] | None = None,
    limits: Limits | None = None,
) -> Plan:
    """Solve a scenario and audit the plan.

    Raises:
        InfeasibleError: no plan satisfies the limits; says which clash.
        NoPlanError: the solver stopped before it had a plan.
    """
    return shown(pipeline.run(loaded, on_progress, limits))


def compare(loaded: Loaded, asked: Asked | None = None, limits: Limits | None = None) -> Comparison:
    """Compare the strategies of a scenario, in memory.

    Args:
        asked: strategies and what else; by default every strategy known and nothing else.
        limits: gap, time, threads and seed of each solve; by default those of the scenario.

    Raises:
        InputError: unknown names. InfeasibleError: the scenario has no plan.
    """
    found = study.compare(loaded, asked, limits)
    return Comparison(**{part.name: getattr(found, part.name) for part in fields(found)})
