"""Pages of hedges, sweeps and re-plans in a browser without a network: no error, no scroll, no barrier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outputs.browser import barriers, needs_chromium, offline_browser, opened
from siting.futures.study import hedge
from siting.outputs.hedge.page import write_hedge_page
from siting.outputs.report.replan import write_replan_page
from siting.pipeline import Loaded
from siting.replan.run import replan
from siting.replan.told import Fact
from siting.sweep.page import write_sweep_page
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, plan_of, toy
from support.futures import banks_and_queue, with_futures
from support.sweeps import CHEAP, DEAR, sweep_here, write_study

LATE_BANK = Fact("main_bank", date(2027, 7, 1), date(2028, 9, 1), None, "a letter", "news.csv:2")
pytestmark = needs_chromium


def hedge_page(folder: Path) -> Path:
    """The toy with banks and a queue that are late in some futures."""
    futures = with_futures(banks_and_queue("2027-07"), has_units=False)
    write_hedge_page(hedge(Loaded(instance_of(futures), {}), EXACT), folder / "hedge.html")
    return folder / "hedge.html"


def sweep_page(folder: Path) -> Path:
    """The price of energy at both sites of the toy, sampled, with regrets."""
    design = {"kind": "one_at_a_time", "points": 3}
    study = write_study(folder, {"cheap": CHEAP, "dear": DEAR}, design)
    write_sweep_page(sweep_here(study, folder / "store"), folder / "sweep.html")
    return folder / "sweep.html"


def replan_page(folder: Path) -> Path:
    """The toy with a bank that is a year late."""
    again = replan(plan_of(toy()), date(2027, 10, 1), Solver(EXACT), facts=[LATE_BANK])
    write_replan_page(again, folder / "replan.html")
    return folder / "replan.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser with an empty profile."""
    with offline_browser() as context:
        yield context


@pytest.fixture(scope="module", params=[hedge_page, sweep_page, replan_page])
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of the pages."""
    write: Callable[[Path], Path] = request.param
    return write(tmp_path_factory.mktemp("page"))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (768, "light"), (390, "dark")])
def test_nothing_is_wrong(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    page, wrong = opened(browser, page_file, width)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for fold in page.locator("summary").all():
        fold.click()
    drawn, charts = page.locator(".chart .plot-container").count(), page.locator(".chart").count()
    scroll = page.evaluate("document.documentElement.scrollWidth")
    found = barriers(page)
    page.close()
    assert drawn == charts
    assert scroll <= width
    assert found == []
    assert wrong == []
