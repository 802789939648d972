"""A browser without a network, and pages opened in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

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
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")


@contextmanager
def offline_browser() -> Iterator[Any]:
    """A browser with an empty profile and no network."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with tempfile.TemporaryDirectory() as profile, playwright.sync_playwright() as runner:
        context = runner.chromium.launch_persistent_context(
            profile, executable_path=str(CHROMIUM), args=FLAGS, offline=True
        )
        yield context
        context.close()


def opened(browser: Any, path: Path, width: int) -> tuple[Any, list[str]]:
    """A page with its charts drawn, and everything that goes wrong on it from now on."""
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
    page.wait_for_selector("html[data-ready=yes]")
    return page, wrong


def barriers(page: Any) -> list[tuple[str, list[str]]]:
    """Rules of accessibility that a page breaks to a serious degree or worse, each with some of its places."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core")
    return [
        (rule["id"], [node["html"][:200] for node in rule["nodes"][:3]])
        for rule in axe.Axe().run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def wait_until(page: Any, expression: str) -> None:
    """Wait for an expression to hold; Playwright's own wait needs eval, which the page forbids."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {expression}")
