"""``report.html``: one file that works offline, with every number's source."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from siting.core.audit import number
from siting.core.plan import Plan
from siting.core.table import Cell, Row
from siting.outputs.report.charts import (
    cost_figure,
    gantt_figure,
    is_estimated,
    map_figure,
    timeline_figure,
)

GW = 1000.0
BILLION = 1e9
UNITS = {
    "_mw": "MW",
    "_usd": "M USD",
    "_km": "km",
    "_acres": "acres",
    "acres_used": "acres",
}
LABELS = {
    "it_mw": "IT load",
    "grid_mw": "From grid",
    "onsite_mw": "On site",
    "is_chosen": "Built",
    "commit_date": "Commit",
    "first_energised_date": "First power",
    "order_date": "Order by",
    "delivery_date": "Delivery",
    "in_service_date": "In service",
    "start_date": "Start",
    "overnight_usd": "Overnight cost",
    "equipment_class": "Class",
    "procurement": "Bought as",
    "acres_used": "Land used",
    "buildable_acres": "Buildable",
    "capacity_mw": "Capacity",
    "firm_mw": "Firm",
    "added_mw": "Added",
}


def write_report(plan: Plan, path: Path) -> None:
    """Write the report."""
    environment = Environment(
        loader=PackageLoader("siting.outputs.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, _, _ = environment.loader.get_source(environment, "style.css")  # type: ignore[union-attr]
    figures = {
        "map": map_figure(plan),
        "timeline": timeline_figure(plan),
        "costs": cost_figure(plan),
    }
    gantt = gantt_figure(plan)
    if gantt is not None:
        figures["gantt"] = gantt
    html = environment.get_template("template.html").render(
        plan=plan,
        headline=headline(plan),
        numbers=key_numbers(plan),
        tables=_tables(plan),
        figures=sorted(figures),
        data=Markup(script_json(figures)),
        style=Markup(style),
        plotly=Markup(get_plotlyjs()),
        objective=f"{plan.objective_usd / BILLION:,.3f}",
        bound=f"{plan.bound_usd / BILLION:,.3f}",
        gap=f"{plan.gap:.3%}",
        settings=[(key, _setting(value)) for key, value in sorted(plan.settings.items())],
    )
    path.write_text(html, encoding="utf-8")


def script_json(data: Any) -> str:
    """JSON that cannot leave its script element."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"), sort_keys=True)
    for bad in "<>&\u2028\u2029":
        text = text.replace(bad, f"\\u{ord(bad):04x}")
    return text


def _setting(value: object) -> str:
    """A setting in one line."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)


def headline(plan: Plan) -> str:
    """The answer in one sentence."""
    sites = plan.tables["sites"].rows
    built = [row for row in sites if row["is_chosen"]]
    rows = plan.tables["timeline"].rows
    last = max(row["period_start"] for row in rows)  # type: ignore[type-var]
    served = sum(number(row, "served_mw") for row in rows if row["period_start"] == last)
    target = sum(number(row, "target_mw") for row in rows if row["period_start"] == last)
    energised = [row["first_energised_date"] for row in built if row["first_energised_date"]]
    first = f"first power on {min(energised)}" if energised else "no power"
    kind = "federal sites" if any(row["agency"] for row in sites) else "sites"
    return (
        f"{len(built)} of {len(sites)} {kind} carry {served / GW:,.1f} GW of IT load by {last}, "
        f"{served / target:.0%} of the target; {first}."
        if target
        else f"{len(built)} of {len(sites)} {kind} are built."
    )


def key_numbers(plan: Plan) -> list[tuple[str, str]]:
    """Five numbers that say most."""
    late = 0.0
    for row in plan.tables["timeline"]:
        begin, end = row["period_start"], row["period_end"]
        months = (end.year - begin.year) * 12 + end.month - begin.month  # type: ignore[union-attr]
        late += months * number(row, "unserved_mw")
    orders = plan.tables["orders"].rows if "orders" in plan.tables else ()
    plants = plan.tables["plants"].rows if "plants" in plan.tables else ()
    dates = [row["order_date"] for row in orders if row["order_date"]]
    return [
        (f"{plan.objective_usd / BILLION:,.1f} B USD", "discounted cost, delay included"),
        (f"{plan.gap:.2%}", "from the proven bound"),
        (f"{late / GW:,.1f} GW-months", "of load later than its target"),
        (
            f"{sum(int(number(row, 'quantity')) for row in orders):,}",
            f"transformers, first order by {min(dates)}" if dates else "transformers to order",
        ),
        (f"{sum(number(row, 'firm_mw') for row in plants) / GW:,.2f} GW", "of new firm power"),
    ]


def _tables(plan: Plan) -> list[dict[str, Any]]:
    """Tables of the report: title, note, header and cells."""
    specs: list[tuple[str, str, str, Sequence[str]]] = [
        (
            "orders",
            "Transformers to order",
            "Soonest first; a date to order by, not a forecast.",
            (
                "order_date",
                "equipment_class",
                "quantity",
                "site",
                "procurement",
                "delivery_date",
                "in_service_date",
            ),
        ),
        (
            "sites",
            "Sites that are built",
            "MW at the end of the horizon.",
            (
                "site",
                "name",
                "agency",
                "state",
                "zone",
                "commit_date",
                "first_energised_date",
                "it_mw",
                "grid_mw",
                "onsite_mw",
                "acres_used",
                "buildable_acres",
            ),
        ),
        (
            "plants",
            "New power",
            "Units on site and in zones, and named plants.",
            (
                "name",
                "technology",
                "location",
                "quantity",
                "capacity_mw",
                "firm_mw",
                "start_date",
                "in_service_date",
            ),
        ),
        (
            "upgrades",
            "Grid upgrades",
            "",
            ("name", "added_mw", "overnight_usd", "start_date", "in_service_date"),
        ),
        (
            "connections",
            "Connections",
            "",
            ("site", "node", "gen_tie_km", "overnight_usd", "start_date", "in_service_date"),
        ),
    ]
    tables = []
    for name, title, note, columns in specs:
        rows = list(plan.tables[name]) if name in plan.tables else []
        if name == "sites":
            rows = sorted((r for r in rows if r["is_chosen"]), key=lambda r: -number(r, "it_mw"))
        if name == "orders":
            rows = sorted(rows, key=lambda r: (str(r["order_date"] or ""), str(r["site"])))
        if rows:
            tables.append(
                {
                    "id": name,
                    "title": title,
                    "note": note,
                    **_table(columns, rows, has_provenance="estimated" in rows[0]),
                }
            )
    return tables


def _table(columns: Sequence[str], rows: Iterable[Row], has_provenance: bool) -> dict[str, Any]:
    """Header and cells; an estimate is marked and keeps its source in the title of the mark."""
    header = [(_label(column), _is_number(column)) for column in columns]
    body = []
    for row in rows:
        cells = [(_shown(column, row[column]), _is_number(column)) for column in columns]
        mark = None
        if has_provenance:
            mark = {
                "estimated": is_estimated(row),
                "confidence": str(row["confidence"] or "not stated"),
                "title": f"Estimated: {row['estimated'] or 'nothing'}. Source: {row['source'] or 'not stated'}",
            }
        body.append({"cells": cells, "mark": mark})
    return {"header": header, "rows": body, "has_provenance": has_provenance}


def _label(column: str) -> str:
    """Column heading with its unit."""
    unit = next((u for suffix, u in UNITS.items() if column.endswith(suffix)), "")
    bare = LABELS.get(column)
    if bare is None:
        stem = next((column.removesuffix(s) for s in UNITS if column.endswith(s)), column)
        bare = stem.replace("_", " ").capitalize()
    return f"{bare} [{unit}]" if unit else bare


def _is_number(column: str) -> bool:
    """Whether a column is right-aligned."""
    return column.endswith(tuple(UNITS)) or column in ("quantity", "count")


def _shown(column: str, cell: Cell) -> str:
    """A cell as text with sensible digits."""
    if cell is None or cell == "":
        return "–"
    if column.endswith("_usd") and isinstance(cell, int | float):
        return f"{cell / 1e6:,.1f}"
    if isinstance(cell, float):
        return f"{cell:,.1f}" if column.endswith("_km") else f"{cell:,.0f}"
    return str(cell)
