"""The report in a browser without a network."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outputs.sample import full_plan, minimal_plan
from siting.outputs.report.page import write_report

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (1280, 390, 360)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser with an empty profile."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with tempfile.TemporaryDirectory() as profile, playwright.sync_playwright() as runner:
        context = runner.chromium.launch_persistent_context(
            profile, executable_path=str(CHROMIUM), args=FLAGS, offline=True
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of a full and of a minimal plan."""
    folder = tmp_path_factory.mktemp("report")
    paths = {name: folder / f"{name}.html" for name in ("full", "minimal")}
    write_report(full_plan(), paths["full"])
    write_report(minimal_plan(), paths["minimal"])
    return paths


def opened(browser: Any, path: Path, width: int) -> tuple[Any, list[str]]:
    """A page with its charts drawn, and everything that went wrong."""
    page = browser.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
    page.on(
        "request",
        lambda request: wrong.append(request.url) if request.url != path.as_uri() else None,
    )
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(path.as_uri())
    page.wait_for_selector("#costs .main-svg")
    return page, wrong


def wait_until(page: Any, expression: str) -> None:
    """Wait for an expression to hold; Playwright's own wait needs eval, which the page forbids."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {expression}")


@pytest.mark.parametrize("name", ["full", "minimal"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_error_no_request_no_sideways_scroll(
    browser: Any, reports: dict[str, Path], name: str, width: int
) -> None:
    page, wrong = opened(browser, reports[name], width)
    charts = page.locator(".chart").count()
    assert page.locator(".chart .plot-container").count() == charts == (6 if name == "full" else 5)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
    assert wrong == []


def test_hover_shows_hostile_names_as_text(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    seen = ""
    for trace in page.evaluate("document.getElementById('map').data.map((t, i) => [i, t.name])"):
        if trace[1]:
            page.evaluate(
                "i => Plotly.Fx.hover('map', [{curveNumber: i, pointNumber: 0}], 'xy')", trace[0]
            )
            seen += page.locator("#map .hovertext").first.text_content()
    assert "Source: <img src=x onerror=alert(1)>" in seen
    assert "Confidence: " in seen
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


def test_dark_and_narrow_redraw(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    ink = "document.getElementById('costs').layout.font.color"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    wait_until(page, f"{ink} !== '{light}'")
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until(page, "document.getElementById('costs').layout.font.size === 11")
    page.close()
    assert wrong == []


def test_source_of_a_row_opens_by_keyboard(browser: Any, reports: dict[str, Path]) -> None:
    page, wrong = opened(browser, reports["full"], 1280)
    link = page.locator("#sites tbody a").first
    target = link.get_attribute("href")
    link.focus()
    page.keyboard.press("Enter")
    wait_until(page, "document.getElementById('sources-fold').open")
    assert page.locator(target).is_visible()
    page.close()
    assert wrong == []


def test_text_contrast(browser: Any, reports: dict[str, Path]) -> None:
    """WCAG AA: text colours reach 4.5 to 1, chart colours 3 to 1, in light and dark."""
    page, _ = opened(browser, reports["minimal"], 1280)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for name, ground, least in (
            *((n, g, 4.5) for n in ("ink", "soft", "accent", "bad") for g in ("paper", "card")),
            ("est", "est-bg", 4.5),
            *((n, "paper", 3.0) for n in ("blue", "amber", "green", "purple", "teal", "red", "brown", "grey")),
        ):  # fmt: skip
            assert contrast(colour(page, name), colour(page, ground)) >= least, (
                scheme,
                name,
                ground,
            )
    page.close()


def colour(page: Any, name: str) -> list[float]:
    """Red, green and blue of a colour of the style sheet, 0 to 1."""
    text = page.evaluate(
        "n => getComputedStyle(document.documentElement).getPropertyValue('--' + n).trim()", name
    ).lstrip("#")
    text = text if len(text) == 6 else "".join(c * 2 for c in text)
    return [int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)]


def contrast(one: list[float], other: list[float]) -> float:
    """Contrast ratio by WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(rgb: list[float]) -> float:
    """Relative luminance by WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
