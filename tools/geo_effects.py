"""What each rule of the catalogue does to the national plan: rows of ``docs/guide/sensitivity.md``, by rule.

Which change tells of which rule stands in ``sensitivity.yaml`` (``rules``). A rule without one says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tools" / "sensitivity.yaml"
PAGE = ROOT / "docs" / "guide" / "sensitivity.md"
ROW = re.compile(
    r"^\| (?P<about>[^|]+) \| [\d.,]+ \| (?P<against>[-+][\d.]+%) "
    r"\| (?P<gap>[\d.]+%)[^|]*\| (?P<moved>[\d,]+) \|",
    re.M,
)
NO_PLAN = re.compile(r"^No plan: (?P<about>.+) \(", re.M)
NOT_SOLVED = "not solved yet"
NO_CHANGE = {
    "acres": "not measured: where acres are offered, federal-2035 takes those",
    "capacity_credit": "not measured",
    "circle": "none: circles are only drawn",
    "contracts": "none in federal-2035: no output of a named plant is left to buy, and none is deferred",
    "effect": "this list",
    "gen_tie": "not measured",
    "lifetime": "not measured",
    "line_months": "not measured",
    "node": "not measured",
    "plant_capacity": "as contracts",
    "plant_capital": "as contracts",
    "plant_dates": "as contracts",
    "plant_rights": "as contracts",
    "status": "federal-2035-open.yaml is the plan without what is known of offers",
    "surplus": "none in federal-2035, which states needs",
    "tariffs": "none: no scenario takes them",
    "unverified": "none: it changes no value",
    "zone": "not measured",
}
"""Rules that no change tells of, and why not."""


def effects(
    rules: Iterable[str],
    cases: Path = CASES,
    page: Path = PAGE,
    no_change: Mapping[str, str] = NO_CHANGE,
) -> dict[str, list[str] | str]:
    """What is known of each rule, or why nothing is; those of one kind (``needs.PJM.year``) count as one.

    Raises:
        ValueError: a rule without a change and without a reason, or with both; a change of no rule.
    """
    found = measured(page.read_text(encoding="utf-8"))
    told: dict[str, list[str]] = {}
    rows: Mapping[str, Any] = yaml.safe_load(cases.read_text(encoding="utf-8"))
    for row in rows.values():
        about = str(row["about"])
        for rule in row.get("rules", ()):
            told.setdefault(rule, []).append(f"{about}: {found.get(about, NOT_SOLVED)}")
    kinds = {rule.partition(".")[0] for rule in rules}
    if wrong := sorted(kinds ^ (set(told) | set(no_change)) | set(told) & set(no_change)):
        raise ValueError(f"rules without one effect: {', '.join(wrong)}")
    return {kind: told[kind] if kind in told else no_change[kind] for kind in sorted(kinds)}


def measured(page: str) -> dict[str, str]:
    """Cost and MW moved of each change in the page's table, in words."""
    found = {row["about"]: "no plan" for row in NO_PLAN.finditer(page)}
    for row in ROW.finditer(page):
        found[row["about"]] = (
            f"cost {row['against']}, {row['moved']} MW moved (gap {row['gap']})".replace("%", " %")
        )
    return found
