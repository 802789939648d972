"""``report.html``: one file that works offline, with every number's source."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from importlib import resources
from math import isfinite
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from siting.core.plan import Plan
from siting.outputs.report.charts import (
    Figure,
    cost_figure,
    generation_figure,
    supply_figure,
    workload_figure,
)
from siting.outputs.report.gantt import gantt_figure
from siting.outputs.report.map import map_view
from siting.outputs.report.tables import (
    connection_table,
    cost_table,
    order_table,
    plant_table,
    site_tables,
    source_table,
    upgrade_table,
)
from siting.outputs.report.words import BILLION, goal_lines, headline, key_numbers, share

PACKAGE = "siting.outputs.report"


def write_report(plan: Plan, path: Path) -> None:
    """Write the report."""
    environment = Environment(
        loader=PackageLoader(PACKAGE, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = environment.get_template("template.html").render(_content(plan))
    path.write_text(html, encoding="utf-8", newline="\n")


def _content(plan: Plan) -> dict[str, Any]:
    """Everything that the template shows."""
    map_, script, plotly = map_view(plan), _file("script.js"), _unix(get_plotlyjs())
    figures = {
        "map": map_.figure,
        "workloads": workload_figure(plan),
        "supply": supply_figure(plan),
        "generation": generation_figure(plan),
        "gantt": gantt_figure(plan),
        "costs": cost_figure(plan),
    }
    drawn = {name: figure for name, figure in figures.items() if figure is not None}
    sites, candidates = site_tables(plan)
    return {
        "plan": plan,
        "headline": headline(plan),
        "numbers": key_numbers(plan),
        "map": map_,
        "figures": drawn,
        "orders": order_table(plan),
        "tables": [t for t in _tables(plan, sites) if t.lines],
        "candidates": candidates,
        "costs": cost_table(plan),
        "sources": source_table(plan),
        "proof": proof(plan),
        "settings": [(key, _setting(value)) for key, value in sorted(plan.settings.items())],
        "data": Markup(script_json(drawn)),
        "style": Markup(_file("style.css")),
        "script": Markup(script),
        "plotly": Markup(plotly),
        "hashes": f"{_hash(plotly)} {_hash(script)}",
    }


def _tables(plan: Plan, sites: Any) -> list[Any]:
    """Tables shown open, in order."""
    return [sites, plant_table(plan), upgrade_table(plan), connection_table(plan)]


def proof(plan: Plan) -> list[tuple[str, str]]:
    """How good the plan is, as label and value."""
    size, billions = plan.model, "B USD"
    bound = f"{plan.bound_usd / BILLION:,.3f} {billions}" if isfinite(plan.bound_usd) else "none"
    audit = "passed" if not plan.findings else f"FAILED with {len(plan.findings)} findings"
    meaning = {
        "OPTIMAL": "OPTIMAL: proven to within the gap that was asked for",
        "FEASIBLE": "FEASIBLE: the search stopped at a limit; a better plan may exist",
        "AUDIT_FAILED": "AUDIT_FAILED: the plan breaks its own rules; do not use it",
    }
    return [
        ("Status", meaning.get(plan.status, plan.status)),
        *goal_lines(plan),
        ("Discounted cost", f"{plan.objective_usd / BILLION:,.3f} {billions}"),
        (_cost_bound(plan), bound),
        ("Gap between the two", share(plan.gap)),
        ("Audit", audit),
        ("Solve time", f"{plan.solve_seconds:,.0f} s"),
        (
            "Model",
            f"{size.rows:,} rows, {size.columns:,} columns, {size.integers:,} of them integer, "
            f"{size.nonzeros:,} nonzeros",
        ),
    ]


def _cost_bound(plan: Plan) -> str:
    """What the bound on the cost means."""
    kept = " that keeps the goals before" if len(plan.goals) > 1 else ""
    return f"No plan{kept} can cost less than"


def script_json(data: Mapping[str, Figure]) -> str:
    """JSON that cannot leave its script element."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"), sort_keys=True)
    for bad in "<>&\u2028\u2029":
        text = text.replace(bad, f"\\u{ord(bad):04x}")
    return text


def _setting(value: object) -> str:
    """A setting in one line."""
    is_nested = isinstance(value, Mapping | list | tuple)
    return json.dumps(value, sort_keys=True, default=_plain) if is_nested else str(value)


def _plain(value: object) -> Any:
    """Mappings and dates as JSON takes them."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot show a setting of type {type(value).__name__}")


def _file(name: str) -> str:
    """Text of a file of the report."""
    return _unix(resources.files(PACKAGE).joinpath(name).read_text(encoding="utf-8"))


def _unix(text: str) -> str:
    """Text with the line ends that a browser hashes."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _hash(script: str) -> str:
    """Source expression by which the content security policy admits a script."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
