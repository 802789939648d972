"""The page of a plan under uncertainty: its numbers are those of the tables, both read back from files."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from outputs.browser import needs_chromium, offline_browser, opened
from outputs.report_page import Page
from siting.futures.study import hedge
from siting.outputs.hedge.page import _follows
from siting.outputs.hedge.write import write_hedge
from siting.outputs.report.blocks import Bullets, Fold
from siting.pipeline import Loaded
from support.engine import EXACT, instance_of
from support.futures import TARGET, WEEKS, outcome, with_futures

Rows = list[dict[str, str]]
WIDTHS = (1280, 390)


def facts() -> dict[str, Any]:
    """Two facts, two dates: banks that are learnt first, then demand."""
    banks = {
        "quick": outcome(0.25, weeks=(WEEKS, 20)),
        "as_stated": {"probability": 0.5},
        "very_slow": outcome(0.25, weeks=(WEEKS, 60)),
    }
    demand = {"low": {"probability": 0.3}, "high": outcome(0.7, mw=(TARGET, 200))}
    return {
        "facts": {
            "banks": {"about": "Delivery of banks", "known": "2027-07", "outcomes": banks},
            "demand": {"known": "2028-01", "outcomes": demand},
        }
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan under uncertainty, written."""
    target = tmp_path_factory.mktemp("hedge") / "out"
    write_hedge(hedge(Loaded(instance_of(with_futures(facts())), {}), EXACT), target, {})
    return target


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return Page((folder / "hedge.html").read_text(encoding="utf-8"))


def rows(folder: Path, name: str) -> Rows:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(page: Page, table: str, heading: str) -> list[str]:
    """Cells of a table of the page under a heading."""
    head, *body = page.tables[table]
    place = head.index(heading)
    return [row[place].strip() for row in body]


def numbers(page: Page, table: str, heading: str) -> list[float]:
    return [float(cell.replace(",", "")) for cell in column(page, table, heading)]


def of(table: Rows, key: str, unit: float = 1.0) -> list[float]:
    return [float(row[key]) / unit for row in table]


def figures(page: Page) -> dict[str, Any]:
    """Charts by name, as the script of the page reads them."""
    return dict(json.loads(page.scripts[0])["figures"])


def test_what_is_decided_now_and_later(page: Page, folder: Path) -> None:
    policy = rows(folder, "policy")
    now = [row for row in policy if row["when"] == "now"]
    later = [row for row in policy if row["when"] != "now"]
    assert now
    assert later
    for name, some in (("now-table", now), ("policy-table", later)):
        assert column(page, name, "Decide") == [row["commits"] for row in some]
        assert numbers(page, name, "Quantity") == of(some, "quantity")
    assert column(page, "policy-table", "On") == [row["date"] for row in later]
    shares = [
        float(cell.removesuffix(" %")) for cell in column(page, "policy-table", "Probability")
    ]
    assert shares == pytest.approx(of(later, "probability", 0.01))
    items = dict(zip([row["item"] for row in policy], _items(page), strict=False))
    assert items["far"] == "Far"
    assert items["main_bank@near"] == "Main bank at Near"
    text = " ".join(page.text)
    assert "Delivery of banks (banks): as stated or quick or very slow, known on 2027-07" in text
    assert "Demand: high or low, known on 2028-01" in text


def _items(page: Page) -> list[str]:
    return [*column(page, "now-table", "For"), *column(page, "policy-table", "For")]


def test_load_and_cost_of_each_future(page: Page, folder: Path) -> None:
    table = rows(folder, "futures")
    for name in ("when-table", "cost-table"):
        assert column(page, name, "Future") == [row["future"] for row in table]
    assert numbers(page, "when-table", "Late [MW-months]") == pytest.approx(
        of(table, "late_mw_months"), abs=0.5
    )
    for heading, key in (("First", "first_date"), ("Half", "half_date"), ("All", "full_date")):
        assert column(page, "when-table", heading) == [row[key] for row in table]
    for heading, key in (
        ("Cost [M USD]", "cost_usd"),
        ("If it were known [M USD]", "known_cost_usd"),
        ("Regret [M USD]", "regret_usd"),
    ):
        assert numbers(page, "cost-table", heading) == pytest.approx(of(table, key, 1e6), abs=5e-4)
    expected = sum(float(r["probability"]) * float(r["cost_usd"]) for r in table)
    assert f"{expected / 1e6:,.1f} M USD expected over 6 futures" in " ".join(page.text)


def test_sites_and_worth_of_knowing(page: Page, folder: Path) -> None:
    dates = sorted(
        rows(folder, "dates"), key=lambda row: (-float(row["built_share_frac"]), row["site"])
    )
    assert column(page, "where-table", "Site") == [row["name"] for row in dates]
    shares = [float(cell.removesuffix(" %")) for cell in column(page, "where-table", "Built in")]
    assert shares == pytest.approx(of(dates, "built_share_frac", 0.01))
    first = [row["first_power_p50_date"] or "–" for row in dates]
    assert column(page, "where-table", "First power, P50") == first
    worth = rows(folder, "information")
    for heading, key in (("At least [M USD]", "lower_usd"), ("At most [M USD]", "upper_usd")):
        shown = numbers(page, "information-table", heading)
        assert shown == pytest.approx(of(worth, key, 1e6), abs=0.05)


def test_bars_of_regret(page: Page, folder: Path) -> None:
    expected: dict[str, float] = defaultdict(float)
    for row in rows(folder, "regret"):
        expected[row["plan"]] += float(row["probability"]) * float(row["regret_usd"]) / 1e6
    bars = figures(page)["regret"]["data"][0]
    labels = ["This plan" if name == "hedge" else f"Plan for {name}" for name in expected]
    assert bars["text"] == labels
    assert bars["x"] == pytest.approx(list(expected.values()), abs=1e-5)


def test_fan_of_load(page: Page, folder: Path) -> None:
    table = rows(folder, "futures")
    served: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for future in table:
        load: dict[str, float] = defaultdict(float)
        path = folder / "plans" / future["future"] / "tables" / "timeline.csv"
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                load[row["period_start"]] += float(row["served_mw"]) / 1000
        for start, gw in load.items():
            served[start].append((gw, float(future["probability"])))
    middle = []
    for _, found in sorted(served.items()):
        total = 0.0
        for gw, share in sorted(found):
            total += share
            if total >= 0.5 - 1e-9:
                middle.append(gw)
                break
    traces = figures(page)["fan"]["data"]
    lines = {trace["name"]: trace["y"] for trace in traces if trace.get("showlegend", True)}
    assert lines["P50"][:-1] == pytest.approx(middle, abs=1e-5)
    most = [max(gw for gw, _ in found) for _, found in sorted(served.items())]
    assert lines["All futures"][:-1] == pytest.approx(most, abs=1e-5)
    assert "Target, likeliest future" in lines
    fills = {trace["fillcolor"] for trace in traces if "fillcolor" in trace}
    assert len(fills) == 2


@needs_chromium
def test_no_error_no_request_no_sideways_scroll(folder: Path) -> None:
    with offline_browser() as browser:
        for width in WIDTHS:
            shown, wrong = opened(browser, folder / "hedge.html", width)
            for fold in shown.locator("summary").all():
                fold.click()
            assert not wrong
            assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_a_long_tree_shows_its_first_year_and_folds_the_others() -> None:
    lines = [(f"{year}-01-01", f"{year}, {n}") for year in (2027, 2028, 2029) for n in range(5)]
    first, later = _follows(lines)
    assert isinstance(first, Bullets)
    assert (first.title, first.items) == (
        "What follows in 2027",
        tuple(line for when, line in lines if when < "2028"),
    )
    assert isinstance(later, Fold)
    assert later.summary == "What follows from 2028 on"
    assert [(b.title, len(b.items)) for b in later.blocks if isinstance(b, Bullets)] == [
        ("2028", 5),
        ("2029", 5),
    ]
    (short,) = _follows(lines[:12])
    assert isinstance(short, Bullets)
    assert short.items == tuple(line for _, line in lines[:12])
