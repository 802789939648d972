"""The page of a comparison in a browser without a network: no error, no sideways scroll, no barrier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outputs.browser import barriers, needs_chromium, offline_browser, opened
from siting.pipeline import Loaded
from siting.studies.option import Asked
from siting.studies.page import write_comparison_page
from siting.studies.run import compare
from support.engine import EXACT, instance_of, toy

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser with an empty profile."""
    with offline_browser() as context:
        yield context


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Strategies, frontier, site answers and bottlenecks of the toy."""
    asked = Asked(frontier=True, sites=("chosen",), bottlenecks=())
    path = tmp_path_factory.mktemp("study") / "compare.html"
    write_comparison_page(compare(Loaded(instance_of(toy()), {}), asked, EXACT), path)
    return path


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (768, "light"), (390, "dark")])
def test_nothing_is_wrong(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    page, wrong = opened(browser, page_file, width)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for fold in page.locator("summary").all():
        fold.click()
    assert page.locator(".chart .plot-container").count() == page.locator(".chart").count() >= 6
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = barriers(page)
    page.close()
    assert found == []
    assert wrong == []


def test_names_stand_whole_on_a_phone(browser: Any, page_file: Path) -> None:
    page, _ = opened(browser, page_file, 390)
    names = page.evaluate(
        "[...document.querySelectorAll('#bottleneck-chart .ytick text')].map(t => t.textContent)"
    )
    heights = page.evaluate(
        "[...document.querySelectorAll('.chart')].map(c => c.scrollHeight - c.clientHeight)"
    )
    beyond = page.evaluate(
        "[...document.querySelectorAll('.xtitle, .ytitle, .legendtext')].map(t => [t.textContent, "
        "t.getBoundingClientRect()]).filter(([, r]) => r.left < 0 || r.right > 390).map(([t]) => t)"
    )
    page.close()
    assert beyond == []
    assert names
    assert not any("…" in name for name in names)
    # no chart is taller than its place on the page
    assert max(heights) <= 1
