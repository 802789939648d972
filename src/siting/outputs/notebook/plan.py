"""A plan that shows itself: in a notebook as tables, figures and a map, at a prompt in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from html import escape
from math import sqrt
from pathlib import Path
from typing import Any

import geopandas
import pandas

from siting.core import plan as core
from siting.core.audit import number
from siting.outputs.layers import layers_of
from siting.outputs.notebook.display import CHART_HEIGHT_PX, figure_of, frame, html_table
from siting.outputs.report.charts import supply_figure
from siting.outputs.report.map import CLICK, LEAST_PX, PX_PER_ROOT_MW, map_view
from siting.outputs.report.words import headline, key_numbers, period_of
from siting.outputs.write import write_plan

MAP_HEIGHT_PX = 620
SITE_COLUMNS = ("site", "name", "agency", "commit_date", "first_energised_date", "it_mw")


class Plan(core.Plan):
    """A finished plan. ``tables`` are its tables as written; ``frame`` gives one to pandas."""

    def __repr__(self) -> str:
        return f"<siting plan {self.name!r}: {self.status}, {headline(self)}>"

    def _repr_html_(self) -> str:
        """The answer, its numbers and the chosen sites, for Jupyter."""
        chosen = [row for row in self.tables["sites"] if row["is_chosen"]]
        chosen.sort(key=lambda row: (-number(row, "it_mw"), str(row["site"])))
        numbers = [{"": words, "value": value} for value, words in key_numbers(self)]
        return (
            f"<div><h3>{escape(self.title)}</h3><p>{escape(headline(self))}</p>"
            f"{html_table(('', 'value'), numbers)}{html_table(SITE_COLUMNS, chosen)}</div>"
        )

    @property
    def sites(self) -> geopandas.GeoDataFrame:
        """Every candidate at its point (EPSG:4326), with what was decided: dates, MW, acres."""
        return layers_of(self)["sites"]

    def frame(self, name: str) -> pandas.DataFrame:
        """A table as a DataFrame with real dates, numbers and flags.

        Raises:
            InputError: no table of this name; says which there are.
        """
        return frame(self.tables, name)

    def write(self, folder: Path | str) -> None:
        """Report, maps, tables, workbook and calendar, in a folder that appears whole or not at all.

        Raises:
            InputError: neither a new folder nor that of an earlier plan.
        """
        write_plan(self, Path(folder))

    def timeline(self) -> Any:
        """IT load served [GW] by date, from the grid and from power on site, against the target."""
        return figure_of(supply_figure(self) or {"data": [], "layout": {}}, CHART_HEIGHT_PX)

    def explore(self, at: date | None = None) -> Any:
        """The map of the report, to be zoomed and hovered over, at a date.

        Args:
            at: a date within the horizon; its end if left out.

        Raises:
            InputError: a date outside the horizon.
        """
        block = map_view(self).block
        period = block.data["periods"].index(period_of(self, at, "at").isoformat())
        names = {layer["id"]: layer["words"] for layer in block.data["layers"]}
        data = [
            {**_named(_at(trace, block.data["popups"], period), names), "visible": True}
            for trace in block.figure["data"]
        ]
        layout = {**block.figure["layout"], "showlegend": True}
        return figure_of({"data": data, "layout": layout}, MAP_HEIGHT_PX)


def shown(plan: core.Plan) -> Plan:
    """A plan that shows itself."""
    return Plan(**{part.name: getattr(plan, part.name) for part in fields(plan)})


def _at(trace: Mapping[str, Any], popups: list[Any], period: int) -> dict[str, Any]:
    """A trace of the map with discs as large as the load in a period, none where there is none."""
    if trace.get("meta", {}).get("role") != "energised":
        return dict(trace)
    loads = [popups[place]["mw"][period] for place in trace["customdata"]]
    sizes = [LEAST_PX + PX_PER_ROOT_MW * sqrt(mw) if mw > 0 else 0 for mw in loads]
    return {**trace, "marker": {**trace["marker"], "size": sizes}}


def _named(trace: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A trace with its words in the legend, discs with those of their rings; no promise of a click."""
    meta = trace.get("meta")
    if meta is None:
        return {**trace, "showlegend": False}
    name = names[meta["layers"][0]]
    if "hovertext" not in trace:
        return {**trace, "name": name, "showlegend": False}
    hovers = [text.removesuffix(CLICK) for text in trace["hovertext"]]
    is_disc = meta["role"] == "energised"
    return {**trace, "hovertext": hovers, "name": name, "showlegend": not is_disc}
