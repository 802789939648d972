"""Maps of several plans of a scenario in one figure: a menu chooses which of them is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import plotly.graph_objects

from siting.core import plan as core
from siting.outputs.notebook.plan import shown

MENU_TOP_PX = 60
"""Room above the map for the menu."""


def explore(plans: Mapping[str, core.Plan], at: date | None = None) -> Any:
    """The maps of plans by name, the first of them shown; ground that they have in common is drawn once.

    Raises:
        InputError: a date outside the horizon.
    """
    maps = {name: shown(plan).explore(at) for name, plan in plans.items()}
    drawn = {name: [trace.to_plotly_json() for trace in one.data] for name, one in maps.items()}
    first, *others = drawn.values()
    ground = [trace for trace in first if all(trace in other for other in others)]
    traces, owners = list(ground), [""] * len(ground)
    for name, own in drawn.items():
        rest = [trace for trace in own if trace not in ground]
        traces += rest
        owners += [name] * len(rest)
    layout = next(iter(maps.values())).layout.to_plotly_json()
    buttons = [
        {"label": name, "method": "update", "args": [_only(owners, name), _frame(one.layout)]}
        for name, one in maps.items()
    ]
    menu = {"buttons": buttons, "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"}
    chosen = _only(owners, next(iter(maps)))["visible"]
    data = [{**trace, "visible": on} for trace, on in zip(traces, chosen, strict=True)]
    layout["margin"] = {**layout.get("margin", {}), "t": MENU_TOP_PX}
    return plotly.graph_objects.Figure({"data": data, "layout": {**layout, "updatemenus": [menu]}})


def _only(owners: list[str], name: str) -> dict[str, list[bool]]:
    """Which traces are visible where one plan is shown."""
    return {"visible": [owner in ("", name) for owner in owners]}


def _frame(layout: Any) -> dict[str, Any]:
    """What of the plane a map shows."""
    return {f"{axis}.range": list(layout[axis].range) for axis in ("xaxis", "yaxis")}
