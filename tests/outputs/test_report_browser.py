"""The report in a browser without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outputs.browser import barriers, needs_chromium, offline_browser, opened, wait_until
from outputs.sample import SCRIPT, full_plan, minimal_plan
from outputs.sample_families import family_plan
from siting.outputs.report.page import write_report

WIDTHS = (1280, 390, 360)
BEFORE_POWER, HALF, ALL = 3, 4, 11
"""Periods of the plan by hand: mid 2028, early 2029 with half the load, and the last one."""

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser with an empty profile."""
    with offline_browser() as context:
        yield context


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of a full and of a minimal plan, and of one with every family on."""
    folder = tmp_path_factory.mktemp("report")
    plans = {"full": full_plan(), "minimal": minimal_plan(), "families": family_plan()}
    for name, plan in plans.items():
        write_report(plan, folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in plans}


def traces(page: Any, role: str, what: str) -> list[Any]:
    """A property of the map's traces of a role."""
    return list(
        page.evaluate(
            "role => document.getElementById('map').data.filter(t => t.meta && t.meta.role === role)"
            f".map(t => {what})",
            role,
        )
    )


@pytest.mark.parametrize(("name", "width"), [*(("families", w) for w in WIDTHS), ("minimal", 360)])
def test_no_error_no_request_no_sideways_scroll(
    browser: Any, reports: dict[str, Path], name: str, width: int
) -> None:
    page, wrong = opened(browser, reports[name], width)
    for tab in page.locator("[role=tab]").all():
        tab.click()
    for fold in page.locator("summary").all():
        fold.click()
    charts = page.locator(".chart").count()
    assert charts >= 4
    assert page.locator(".chart .plot-container").count() == charts
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
    assert wrong == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_serious_barrier(
    browser: Any, reports: dict[str, Path], width: int, scheme: str
) -> None:
    page, _ = opened(browser, reports["families"], width)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.locator("#pick").select_option(index=1)
    for fold in page.locator("summary").all():
        fold.click()
    wait_until(page, "!document.getElementById('popup').hidden")
    found = barriers(page)
    page.close()
    assert found == []


def test_slider_fills_sites(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["families"], 1280)
    sizes = {}
    for period in (BEFORE_POWER, HALF, ALL):
        page.locator("#date").fill(str(period))
        sizes[period] = traces(page, "energised", "t.marker.size")
    rings = traces(page, "ring", "t.marker.size")
    assert sizes[BEFORE_POWER] == [[0] * len(ring) for ring in rings]
    # the second agency by name has sites 0, 4 and 8, of 100, 500 and 900 MW, half of it in 2029
    assert sizes[HALF][1] == pytest.approx([8 + 0.6 * mw**0.5 for mw in (50, 250, 450)])
    assert [size for ring in rings for size in ring] == pytest.approx(
        [size for disc in sizes[ALL] for size in disc], abs=0.051
    )
    assert traces(page, "node", "t.visible") == [False]
    page.locator("[data-layer=node]").check()
    page.locator("#date").fill(str(BEFORE_POWER))
    before = traces(page, "node", "t.marker.size")[0][0]
    assert before == pytest.approx(4 + 0.25 * 5000**0.5)
    page.locator("#date").fill(str(ALL))
    assert traces(page, "node", "t.marker.size")[0][0] == pytest.approx(4 + 0.25 * 50**0.5)
    # 50 of 5,000 MW are left, a hundredth
    red = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--red')")
    assert traces(page, "node", "t.marker.color")[0] == [red]
    page.close()
    assert wrong == []


def test_slider_says_what_is_energised(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    said = {}
    for period in (BEFORE_POWER, HALF, ALL):
        page.locator("#date").fill(str(period))
        said[period] = page.locator("#now").text_content()
        assert page.locator("#date").get_attribute("aria-valuetext") == said[period]
    assert said[BEFORE_POWER].startswith("From 2028-07: 0 MW of IT load energised")
    # half of 6,600 MW in 2029, three quarters of it from the grid
    assert said[HALF].startswith(
        "From 2029-01: 3.3 GW of IT load energised at 11 sites, 6.6 GW asked"
    )
    assert "2.5 GW from the grid, 825 MW from power on site" in said[HALF]
    assert "From 2032-07: 6.6 GW" in said[ALL]
    page.close()
    assert wrong == []


def test_slider_by_keyboard_and_play(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    page.locator("#date").focus()
    page.keyboard.press("Home")
    assert "2027-01" in page.locator("#now").text_content()
    # upgrades by hand are in service in 2031, plants in 2029: both are faint before
    assert traces(page, "upgrade", "t.marker.opacity") == [[0.25, 0.25]]
    page.keyboard.press("ArrowRight")
    assert "2027-07" in page.locator("#now").text_content()
    page.keyboard.press("End")
    assert traces(page, "upgrade", "t.marker.opacity") == [[1, 1]]
    page.locator("#play").click()
    assert "2027-01" in page.locator("#now").text_content()
    wait_until(page, "document.getElementById('now').textContent.includes('2027-07')")
    page.locator("#play").click()
    assert page.locator("#play").text_content() == "Play"
    page.close()
    assert wrong == []


def test_layers_toggle(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["families"], 1280)
    for layer, role in (("candidate", "candidate"), ("plant", "plant"), ("upgrade", "upgrade")):
        assert traces(page, role, "t.visible") == [True]
        page.locator(f"[data-layer={layer}]").uncheck()
        assert traces(page, role, "t.visible") == [False]
    page.locator("[data-layer=node]").check()
    assert traces(page, "node", "t.visible") == [True]
    page.locator("[data-layer=agency-0]").focus()
    page.keyboard.press("Space")
    assert traces(page, "ring", "t.visible") == [False, True, True, True]
    assert traces(page, "energised", "t.visible") == [False, True, True, True]
    page.locator("[data-layer=now]").uncheck()
    assert traces(page, "ring", "t.visible") == [False, True, True, True]
    assert traces(page, "energised", "t.visible") == [False] * 4
    page.locator("#date").fill("0")
    assert traces(page, "energised", "t.visible") == [False] * 4
    page.close()
    assert wrong == []


def test_every_popup_opens_and_shows_names_as_text(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["families"], 1280)
    names = set()
    options = page.locator("#pick option").count()
    # twenty sites, three plants, two upgrades, one node, and the first line of the list
    assert options == 20 + 3 + 2 + 1 + 1
    for place in range(1, options):
        page.locator("#pick").select_option(index=place)
        text = page.locator("#popup").text_content()
        assert "Source, confidence" in text
        names.add(page.locator("#popup h3").evaluate("node => node.firstChild.textContent"))
    assert {SCRIPT, '=HYPERLINK("http://example.invalid","x")'} <= names
    assert page.locator("img").count() == 0
    page.close()
    assert wrong == []


def test_popup_cites_and_closes_by_keyboard(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["families"], 1280)
    page.locator("#pick").focus()
    page.locator("#pick").select_option(label=SCRIPT)
    popup = page.locator("#popup")
    assert "IT load at the end100 MWthis plan" in popup.text_content()
    assert "Buildable land5,000 acresest.[" in popup.text_content()
    assert f"{SCRIPT} register of land, page 0" in popup.text_content()
    assert "Confidence: low." in popup.text_content()
    assert "Headroom left at the node50 MW from 2032-07" in popup.text_content()
    page.locator("#date").fill("0")
    assert "Headroom left at the node5,000 MW from 2027-01" in popup.text_content()
    popup.locator(".close").focus()
    page.keyboard.press("Escape")
    assert popup.is_hidden()
    assert page.evaluate("document.activeElement.id") == "pick"
    page.close()
    assert wrong == []


def test_popup_opens_by_click(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    page.locator("#map").scroll_into_view_if_needed()
    spot = page.evaluate(
        """() => {
          const map = document.getElementById('map'), box = map.getBoundingClientRect();
          const trace = map.data.find(t => t.meta && t.meta.role === 'candidate');
          const full = map._fullLayout, last = trace.x.length - 1;
          return [box.left + full.xaxis._offset + full.xaxis.l2p(trace.x[last]),
                  box.top + full.yaxis._offset + full.yaxis.l2p(trace.y[last])];
        }"""
    )
    page.mouse.move(*spot)
    wait_until(page, "document.querySelector('#map .hovertext') !== null")
    page.mouse.click(*spot)
    wait_until(page, "!document.getElementById('popup').hidden")
    # the last candidate lies in Alaska
    assert page.locator("#popup h3").text_content() == "Proving Ground 19"
    page.close()
    assert wrong == []


def test_hover_shows_hostile_names_as_text(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["families"], 1280)
    seen = ""
    for place in page.evaluate(
        "document.getElementById('map').data.map((t, i) => t.meta ? i : -1).filter(i => i > 0)"
    ):
        page.evaluate(
            "i => Plotly.Fx.hover('map', [{curveNumber: i, pointNumber: 0}], 'xy')", place
        )
        # Plotly answers at most every fifty milliseconds
        page.wait_for_timeout(60)
        hover = page.locator("#map .hovertext")
        seen += hover.first.text_content() if hover.count() else ""
    assert SCRIPT in seen
    for chart in ("gantt", "rental-chart"):
        assert SCRIPT[:10] in page.locator(f"#{chart}").text_content()
    assert page.locator("img").count() == 0
    page.close()
    assert wrong == []


def test_injected_script_would_not_run(browser: Any, reports: dict[str, Path]) -> None:
    page, _ = opened(browser, reports["minimal"], 1280)
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.bad=1>')"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.bad === undefined")
    page.close()


def test_tabs_by_keyboard(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    page.locator("#tab-supply").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-workloads"
    assert page.locator("#workloads .main-svg").first.is_visible()
    assert not page.locator("#supply").is_visible()
    page.keyboard.press("End")
    assert page.locator("#generation .main-svg").first.is_visible()
    page.close()
    assert wrong == []


def test_table_sorts_by_keyboard(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    head = page.locator("#site-table thead button", has_text="IT load")
    head.focus()
    page.keyboard.press("Enter")

    def loads() -> list[str]:
        return [
            str(text)
            for text in page.locator("#site-table tbody td:nth-child(9)").all_text_contents()
        ]

    assert loads() == [f"{100 * n:,}" for n in range(1, 12)]
    assert page.locator("#site-table th[aria-sort=ascending]").count() == 1
    page.keyboard.press("Enter")
    assert loads() == [f"{100 * n:,}" for n in range(11, 0, -1)]
    page.close()
    assert wrong == []


def test_colours_follow_system_switch_and_width(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    ink = "document.getElementById('costs').layout.font.color"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    wait_until(page, f"{ink} !== '{light}'")
    page.locator("#theme").select_option("light")
    assert page.evaluate(ink) == light
    page.locator("#theme").select_option("dark")
    page.emulate_media(color_scheme="light")
    assert page.evaluate(ink) != light
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until(page, "document.getElementById('costs').layout.font.size === 11")
    page.close()
    assert wrong == []


def test_paper_shows_every_chart_in_light_colours(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["families"], 1280)
    page.emulate_media(color_scheme="dark", media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    charts = page.locator(".chart").all()
    for chart in charts:
        assert chart.evaluate("n => n.closest('details') !== null || n.clientHeight > 0")
        assert chart.evaluate("n => n.layout.font.color") == "#1b2733"
    assert page.locator("#panel-generation").is_visible()
    assert not page.locator("#play").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.getElementById('costs').layout.font.color") != "#1b2733"
    page.close()
    assert wrong == []


def test_source_of_a_row_opens_by_keyboard(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    link = page.locator("#site-table tbody a").first
    target = link.get_attribute("href")
    link.focus()
    page.keyboard.press("Enter")
    wait_until(page, "document.getElementById('sources-fold').open")
    assert page.locator(target).is_visible()
    page.close()
    assert wrong == []
