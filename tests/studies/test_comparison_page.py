"""The page of a study: offline, numbers as in the tables, hostile names stay text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from siting.pipeline import Loaded
from siting.studies.comparison import Comparison
from siting.studies.option import Asked
from siting.studies.page import comparison_page, write_comparison_page
from siting.studies.run import compare
from siting.studies.write import write_comparison
from support.engine import EXACT, instance_of, toy

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def study() -> Comparison:
    """Everything of the toy, with a hostile title and strategy."""
    scenario = toy()
    scenario["title"] = HOSTILE
    scenario["strategies"] = {"mine": {"about": HOSTILE, "decided_within_months": 6}}
    scenario["break_evens"] = {
        "flip": {
            "about": HOSTILE,
            "paths": ["components.workloads.kinds.*.delay_cost_usd_per_mw_month"],
            "lowest": 0,
            "highest": 400000,
            "resolution": 50000,
            "between": ["grid_only", "wait_until"],
        }
    }
    asked = Asked(bottlenecks=(), break_evens=("flip",), alternatives=1, within_frac=0.2)
    return compare(Loaded(instance_of(scenario), {}), asked, EXACT)


def test_every_part_has_a_section(study: Comparison) -> None:
    found = [section.id for section in comparison_page(study).sections]
    assert found == [
        "answer",
        "strategies",
        "when",
        "sites",
        "waits",
        "bottlenecks",
        "break-evens",
        "alternatives",
    ]


def test_numbers_are_those_of_the_tables(study: Comparison, tmp_path: Path) -> None:
    write_comparison_page(study, tmp_path / "c.html")
    html = (tmp_path / "c.html").read_text(encoding="utf-8")
    for row in study.tables["strategies"]:
        cost, most = row["cost_usd"], row["cost_increase_upper_usd"]
        assert isinstance(cost, float) and isinstance(most, float)
        assert f"{cost / 1e9:,.2f}" in html
        assert f"{most / 1e6:,.0f}" in html
    for line in study.answer[1:3]:
        assert line in html


def test_every_plan_is_a_link_away(study: Comparison, tmp_path: Path) -> None:
    write_comparison(study, tmp_path / "study", {})
    html = (tmp_path / "study" / "compare.html").read_text(encoding="utf-8")
    found = re.findall(r'<a href="(plans/[^"]+)">', html)
    assert len(found) == len(study.results)
    assert all((tmp_path / "study" / address / "plan.json").is_file() for address in found)


def test_hostile_text_stays_text_and_nothing_is_fetched(study: Comparison, tmp_path: Path) -> None:
    write_comparison_page(study, tmp_path / "c.html")
    html = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert "<img" not in html
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", html)


def test_the_page_stands_in_the_folder(study: Comparison, tmp_path: Path) -> None:
    write_comparison(study, tmp_path / "a", {})
    write_comparison(study, tmp_path / "b", {})
    first = (tmp_path / "a" / "compare.html").read_bytes()
    assert first == (tmp_path / "b" / "compare.html").read_bytes()
