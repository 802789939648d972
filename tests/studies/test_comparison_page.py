"""The page of a study: offline, numbers as in the tables, hostile names stay text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from siting.outputs.report.blocks import Chart, TableBlock
from siting.pipeline import Loaded
from siting.reference.vocabulary import STUDIES
from siting.studies.comparison import Comparison
from siting.studies.option import Asked
from siting.studies.page import comparison_page, write_comparison_page
from siting.studies.run import compare
from siting.studies.site_timing import STUDY as SITE_TIMING
from siting.studies.site_timing.timing import band
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
    asked = Asked(
        bottlenecks=(),
        break_evens=("flip",),
        sites=("chosen",),
        alternatives=1,
        within_frac=0.2,
    )
    return compare(Loaded(instance_of(scenario), {}), asked, EXACT)


def test_every_part_has_a_section(study: Comparison) -> None:
    found = [section.id for section in comparison_page(study).sections]
    assert found == [
        "answer",
        "strategies",
        "when",
        "where",
        "sites",
        "waits",
        "bottlenecks",
        "break-evens",
        "site-timing",
        "alternatives",
        "from",
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


def test_a_difference_that_is_known_is_one_number(study: Comparison) -> None:
    """On paper 540.00 against 79.90; `grid_only` is the best plan itself."""
    page = comparison_page(study)
    figure = next(
        block.figure
        for section in page.sections
        for block in section.blocks
        if isinstance(block, Chart) and block.id == "strategy-costs"
    )
    (bars,) = figure["data"]
    shown = dict(zip(bars["customdata"], bars["text"], strict=True))
    assert (shown["Grid only"], shown["Wait until 2030-01"]) == ("0.0", "460.1")
    assert ("as good", "Grid only") in page.numbers


def test_small_maps_show_the_loads_of_one_date(study: Comparison) -> None:
    """From 2027-07 the best plan has 100 MW at `far` and waits for `near`; who waits has nothing."""
    figure = next(
        block.figure
        for section in comparison_page(study).sections
        for block in section.blocks
        if isinstance(block, Chart) and block.id == "strategy-maps"
    )
    heads = [note["text"] for note in figure["layout"]["annotations"]]
    assert heads[0] == "<b>Best plan</b><br>100 MW at 1 of 2 sites"
    assert "<b>Wait until 2030-01</b><br>0 MW at 0 of 0 sites" in heads
    best = next(trace for trace in figure["data"] if "marker" in trace)
    assert best["text"] == ["Far: 100 MW", "Near: 0 MW"]
    assert best["marker"]["symbol"] == ["circle", "circle-open"]
    # 5 px and 0.35 px for each root of a MW
    assert best["marker"]["size"] == [8.5, 5.0]


def test_a_break_even_says_who_is_better_on_every_stretch(study: Comparison) -> None:
    tables = [
        block.table
        for section in comparison_page(study).sections
        if section.id == "break-evens"
        for block in section.blocks
        if isinstance(block, TableBlock)
    ]
    lines = [line.cells for line in tables[0].lines]
    assert [cells[-1] for cells in lines] == ["Both as good", "Grid only"]
    assert {cells[1] for cells in lines} == {"US dollars per MW month"}
    # `near` alone is 600 MW-months late and costs 10 + 10 + 17.52 M USD, waiting is 1,800 late:
    # 37.52 + 600 v = 1,800 v at 31,266.67 USD
    assert lines[0][3] == lines[1][2] == "31,266.67"


def test_the_frontier_of_a_site_is_a_band_that_does_not_fall(study: Comparison) -> None:
    """Without `near` the plan costs 88.66 instead of 79.9, and so it does where it comes later."""
    near = next(timing for timing in study.found(SITE_TIMING) if timing.site == "near")
    found = band(near)
    assert [usd.least for _, usd in found] == sorted(usd.least for _, usd in found)
    assert found[0][1].most == 0.0
    for _, usd in found[1:]:
        assert 0.0 <= usd.least <= usd.most
        assert usd.most == pytest.approx(88.65376e6 - 79.9e6, rel=1e-3)


def test_headings_say_what_they_mean(study: Comparison, tmp_path: Path) -> None:
    write_comparison_page(study, tmp_path / "c.html")
    html = (tmp_path / "c.html").read_text(encoding="utf-8")
    for key in ("cost_usd", "late_mw_months", "gain_lower_usd", "saving_upper_usd"):
        assert f'title="{STUDIES[key]}"' in html


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
