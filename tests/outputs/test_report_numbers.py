"""Numbers on the page equal those of the tables; both are read back from files."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from typing import Any

import pytest

from outputs.report_page import Page
from siting.core.plan import Plan
from siting.core.resources import builtin_path
from siting.outputs.write import write_plan
from siting.pipeline import load, run

Tables = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module", params=["toy", "unlock-headroom", "shared-line"])
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Plan, Page, Tables]:
    """A solved plan, its page, and its tables as text."""
    plan = run(load(builtin_path(f"models/{request.param}.yaml")))
    folder = tmp_path_factory.mktemp("plan") / "out"
    write_plan(plan, folder)
    tables: Tables = {}
    for path in (folder / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return plan, Page((folder / "report.html").read_text(encoding="utf-8")), tables


def data_of(page: Page) -> dict[str, Any]:
    """What the scripts of a page read."""
    return dict(json.loads(page.scripts[0]))


def number(text: str) -> float:
    """A number as it stands on the page."""
    return float(text.replace(",", ""))


def column(page: Page, table: str, heading: str) -> list[str]:
    """Cells of a table of the page under a heading, without its total."""
    head, *rows = page.tables[table]
    place = head.index(heading)
    return [row[place] for row in rows if row[0] != "Total"]


def sums(rows: list[dict[str, str]], key: str, value: str) -> dict[str, float]:
    """Sum of a column by another."""
    total: dict[str, float] = defaultdict(float)
    for row in rows:
        total[row[key]] += float(row[value] or 0)
    return dict(total)


def test_charts_of_load(written: tuple[Plan, Page, Tables]) -> None:
    _, page, tables = written
    traces = {t["name"]: t["y"] for t in data_of(page)["figures"]["supply"]["data"]}
    for name, key in (
        ("From the grid", "grid_mw"),
        ("From power on site", "onsite_mw"),
        ("Target", "target_mw"),
    ):
        expected = list(sums(tables["timeline"], "period_start", key).values())
        assert traces[name][:-1] == pytest.approx([mw / 1000 for mw in expected], abs=1e-5)


def test_map_follows_service_and_headroom(written: tuple[Plan, Page, Tables]) -> None:
    _, page, tables = written
    data = data_of(page)["map"]
    names = {row["name"]: row["site"] for row in tables["sites"]}
    periods = data["periods"]
    served = {period: 0.0 for period in periods}
    for popup in data["popups"]:
        if popup["kind"] == "site":
            rows = [r for r in tables["service"] if r["site"] == names[popup["name"]]]
            expected = sums(rows, "period_start", "it_mw")
            assert popup["mw"] == pytest.approx([expected.get(p, 0.0) for p in periods], abs=1e-3)
            served = {p: served[p] + mw for p, mw in zip(periods, popup["mw"], strict=True)}
    assert list(served.values()) == pytest.approx(data["totals"]["served_mw"], abs=1e-2)
    left = {
        (row["place"], row["period_start"]): float(row["left_mw"])
        for row in tables["headroom"]
        if row["level"] == "node"
    }
    found = sorted(tuple(p["left"]) for p in data["popups"] if p["kind"] == "node")
    places = sorted({place for place, _ in left})
    expected_left = sorted(tuple(left[place, p] for p in periods) for place in places)
    assert len(found) == len(expected_left) > 0
    for one, other in zip(found, expected_left, strict=True):
        assert one == pytest.approx(other, abs=1e-3)


def in_words(usd: float) -> tuple[str, float]:
    """Unit of money that a page is to use for an amount, and what it is in dollars."""
    return ("B USD", 1e9) if usd >= 1e9 else ("M USD", 1e6)


def test_costs(written: tuple[Plan, Page, Tables]) -> None:
    plan, page, tables = written
    expected = sorted(sums(tables["costs"], "family", "usd").values(), reverse=True)
    name, unit = in_words(plan.objective_usd)
    shown = [number(cell) for cell in column(page, "cost-table", f"Discounted cost [{name}]")]
    assert shown == pytest.approx([usd / unit for usd in expected], abs=0.0051)
    fall = data_of(page)["figures"]["costs"]["data"][0]
    assert fall["x"][-1] == pytest.approx(plan.objective_usd / unit, abs=1e-4)
    assert sum(fall["x"][:-1]) == pytest.approx(fall["x"][-1], abs=1e-3)


def test_sites_and_orders(written: tuple[Plan, Page, Tables]) -> None:
    _, page, tables = written
    built = {row["name"]: row for row in tables["sites"] if row["is_chosen"] == "true"}
    for heading, key in (
        ("IT load [MW]", "it_mw"),
        ("Grid [MW]", "grid_mw"),
        ("On site [MW]", "onsite_mw"),
        ("Land used [acres]", "acres_used"),
    ):
        names = column(page, "site-table", "Site")
        cells = column(page, "site-table", heading)
        assert sorted(names) == sorted(built)
        for name, cell in zip(names, cells, strict=True):
            assert number(cell) == pytest.approx(float(built[name][key]), abs=0.5)
    if tables.get("orders"):
        cells = column(page, "order-table", "Quantity")
        assert sum(map(number, cells)) == sum(float(r["quantity"]) for r in tables["orders"])
    else:
        assert "order-table" not in page.tables


def test_lines_near_their_limit(written: tuple[Plan, Page, Tables]) -> None:
    _, page, tables = written
    if "flows" not in tables:
        assert "flow-table" not in page.tables
        return
    shown = column(page, "flow-table", "Loading [%]")
    worst: dict[tuple[str, str], float] = {}
    for row in tables["flows"]:
        key = row["branch"], row["outage"]
        worst[key] = max(worst.get(key, 0.0), 100 * float(row["loading_frac"]))
    assert worst
    assert sorted(map(number, shown)) == pytest.approx(sorted(worst.values()), abs=0.05)


def test_families(written: tuple[Plan, Page, Tables]) -> None:
    _, page, tables = written
    if "curtailment" not in tables:
        assert "curtailment-table" not in page.tables
        return
    lost = column(page, "curtailment-table", "Energy not used, all periods [MWh]")
    total = sum(float(row["lost_mwh"]) for row in tables["curtailment"])
    assert sum(map(number, lost)) == pytest.approx(total, abs=0.5 * len(lost))
    energy = column(page, "rental-table", "Energy, all periods [MWh]")
    total = sum(float(row["energy_mwh"]) for row in tables["rentals"])
    assert sum(map(number, energy)) == pytest.approx(total, abs=0.5 * len(energy))
    trace = data_of(page)["figures"]["curtailment-chart"]["data"][0]
    paused = sums(tables["curtailment"], "period_start", "paused_mw")
    starts = dict(zip(trace["x"], trace["y"], strict=True))
    for start, mw in paused.items():
        assert starts[start] == pytest.approx(mw, abs=1e-4)


def test_proof(written: tuple[Plan, Page, Tables]) -> None:
    plan, page, _ = written
    text = "".join(page.text)
    name, unit = in_words(plan.objective_usd)
    assert f"{plan.objective_usd / unit:,.3f} {name}" in text
    assert f"{plan.bound_usd / unit:,.3f} {name}" in text
    assert f"{plan.model.rows:,} rows" in text
    for digest in plan.inputs.values():
        assert digest in text
