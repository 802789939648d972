"""What the studies of a scenario found: one record that words, writes and, in a notebook, shows itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.core import plan as core
from siting.core.errors import SitingError
from siting.core.table import Cell, Table
from siting.studies.base import R, Result, Study
from siting.timeline.compare import StrategyResult

if TYPE_CHECKING:
    import pandas

    from siting.outputs.notebook.plan import Plan


@dataclass(frozen=True)
class Comparison:
    """What studies found. ``tables`` hold everything; ``frame`` gives one to pandas.

    Attributes:
        results: by strategy, ``optimal`` first. best: the plan of ``optimal``.
        parts: of each study that was asked for, in the order in which they are shown.
        notes: what of the libraries does not apply to the scenario and was left out.
        inputs: file as given -> SHA-256.
    """

    name: str
    title: str
    results: tuple[StrategyResult, ...]
    best: core.Plan
    parts: tuple[Result[Any], ...]
    inputs: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Everything that was found, by name."""
        return dict(sorted((n, t) for part in self.parts for n, t in part.tables.items()))

    @cached_property
    def answer(self) -> tuple[str, ...]:
        """The result in sentences, the most useful first."""
        said = [line for part in self.parts for line in part.study.sentences(part)]
        return (*said, *self.notes)

    def found(self, study: Study[Any, Any, R]) -> R:
        """What a study found.

        Raises:
            SitingError: it was not asked for.
        """
        for part in self.parts:
            if part.study.name == study.name:
                found: R = part.found
                return found
        raise SitingError(f"'{study.name}' was not asked for")

    def all_plans(self) -> dict[str, core.Plan]:
        """Plans of every study, by name."""
        return {n: plan for part in self.parts for n, plan in part.study.plans(part.found).items()}

    def site_columns(self) -> dict[str, dict[str, Cell]]:
        """What studies say of a site on a map, by site and column."""
        said: dict[str, dict[str, Cell]] = {}
        for part in self.parts:
            for site, columns in part.study.site_columns(part).items():
                said.setdefault(site, {}).update(columns)
        return said

    @property
    def is_open(self) -> bool:
        """Whether a search was ended before its proof."""
        return any(part.study.is_open(part.found) for part in self.parts)

    def __repr__(self) -> str:
        names = ", ".join(result.name for result in self.results)
        return f"<siting comparison {self.name!r}: {names}>"

    def _repr_html_(self) -> str:
        """The answer in sentences and what else studies display, for Jupyter."""
        from siting.outputs.notebook.display import html_table

        said = "".join(f"<li>{escape(line)}</li>" for line in self.answer)
        shown = "".join(
            html_table(columns, part.tables[table])
            for part in self.parts
            for table, columns in part.study.displayed.items()
        )
        return f"<div><h3>{escape(self.title)}</h3><ul>{said}</ul>{shown}</div>"

    def write(self, folder: Path | str) -> None:
        """Page, tables and the plan of each strategy, in a folder that appears whole or not at all.

        Raises:
            InputError: neither a new folder nor that of an earlier comparison.
        """
        from siting.studies.write import write_comparison

        write_comparison(self, Path(folder), {})

    @property
    def strategies(self) -> pandas.DataFrame:
        """One row a strategy: cost, bound, how much dearer than the best plan, dates."""
        return self.frame("strategies")

    @property
    def plans(self) -> dict[str, Plan]:
        """The plan of each strategy that has one, and of whatever else was asked for plans."""
        from siting.outputs.notebook.plan import shown

        return {name: shown(plan) for name, plan in self.all_plans().items()}

    def frame(self, name: str) -> pandas.DataFrame:
        """A table as a DataFrame.

        Raises:
            InputError: no table of this name; says which there are.
        """
        from siting.outputs.notebook.display import frame

        return frame(self.tables, name)

    def timeline(self) -> Any:
        """IT load served [GW] by date under each strategy, against the target."""
        from siting.outputs.notebook.display import CHART_HEIGHT_PX, figure_of
        from siting.outputs.report.charts import served_figure

        return figure_of(served_figure(self.best, self.all_plans()), CHART_HEIGHT_PX)

    def explore(self, at: date | None = None) -> Any:
        """The maps of all plans in one figure, to be zoomed and hovered over; a menu chooses the plan.

        Args:
            at: a date within the horizon; its end if left out.

        Raises:
            InputError: a date outside the horizon.
        """
        from siting.outputs.notebook.beside import explore

        return explore(self.all_plans(), at)
