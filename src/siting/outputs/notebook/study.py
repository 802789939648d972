"""A comparison that shows itself: in a notebook as text, tables and figures, at a prompt in one line."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from pathlib import Path
from typing import Any

import pandas

from siting.outputs.comparison import write_comparison
from siting.outputs.notebook.display import figure_of, frame, html_table
from siting.outputs.notebook.plan import CHART_HEIGHT_PX, Plan, shown
from siting.outputs.report.charts import steps, time_layout
from siting.outputs.report.palette import colour_of
from siting.outputs.report.words import by_period
from siting.timeline import comparison

STRATEGY_COLUMNS = (
    "strategy",
    "cost_usd",
    "cost_increase_lower_usd",
    "cost_increase_upper_usd",
    "late_mw_months",
    "first_date",
    "full_date",
)


class Comparison(comparison.Comparison):
    """What a study found. ``tables`` hold everything; ``frame`` gives one to pandas."""

    def __repr__(self) -> str:
        names = ", ".join(result.name for result in self.results)
        return f"<siting comparison {self.name!r}: {names}>"

    def _repr_html_(self) -> str:
        """The answer in sentences and the strategies, for Jupyter."""
        said = "".join(f"<li>{escape(line)}</li>" for line in self.answer)
        strategies = html_table(STRATEGY_COLUMNS, self.tables["strategies"])
        return f"<div><h3>{escape(self.title)}</h3><ul>{said}</ul>{strategies}</div>"

    @classmethod
    def of(cls, found: comparison.Comparison) -> Comparison:
        """What a study found, able to show itself."""
        return cls(**{part.name: getattr(found, part.name) for part in fields(found)})

    def write(self, folder: Path | str) -> None:
        """Page, tables and the plan of each strategy, in a folder that appears whole or not at all.

        Raises:
            InputError: neither a new folder nor that of an earlier comparison.
        """
        write_comparison(self, Path(folder), {})

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
