"""The documentation site is built without a warning, stands by itself and can be used by everybody."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import docs_site
from outputs.browser import needs_chromium, offline_browser, wait_until
from support.engine import BUILTIN

WIDTHS = (1280, 768, 390)
RELATED = ("search", "next", "prev", "index", "genindex")
SERIOUS = ("serious", "critical")
SHOWN = (
    "index.html",
    "howto/restart.html",
    "gallery.html",
    "guide/fields.html",
    "reference/python.html",
    "mathematics/land.html",
    "decisions/0001-lead-times.html",
)


class Page(HTMLParser):
    """What a page names: anchors, links, and what a browser would load for it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        found = {name: value for name, value in attrs if value is not None}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" or found.get("rel") in RELATED:
            self.links += [found["href"]] if "href" in found else []
        elif tag in ("script", "link", "img", "iframe", "source"):
            self.loaded += [found[name] for name in ("src", "href") if name in found]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; what Sphinx warns of fails here."""
    out = tmp_path_factory.mktemp("docs") / "site"
    program = [sys.executable, docs_site.__file__, str(out)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Every page of it; the theme keeps a template among its files."""
    paths = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    return {path: Page(path.read_text(encoding="utf-8")) for path in paths}


def test_every_link_and_heading_is_there(pages: dict[Path, Page]) -> None:
    dead = []
    for path, page in pages.items():
        for link in [*page.links, *page.loaded]:
            name, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", link):
                continue
            target = (path.parent / unquote(name.partition("?")[0])).resolve() if name else path
            is_there = target.exists()
            if is_there and anchor and target in pages:
                is_there = unquote(anchor) in pages[target].anchors
            if not is_there:
                dead.append((path.name, link))
    assert dead == []


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    loaded = {link for page in pages.values() for link in page.loaded}
    assert [link for link in loaded if re.match(r"([a-z]+:)?//", link)] == []
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert [s for text in styles for s in re.findall(r"url\(['\"]?(?:https?:)?//[^)]*", text)] == []


def test_every_page_of_the_repository_is_in_it(pages: dict[Path, Page], site: Path) -> None:
    sources = [*(BUILTIN / "docs").rglob("*.md"), *(BUILTIN / name for name in docs_site.OTHERS)]
    wanted = {site / f"{docs_site.page_of(source)}".replace(".md", ".html") for source in sources}
    assert wanted - set(pages) == set()


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\n[gone](gone.md)\n",
        "# A\n\n[no such heading](#gone)\n",
        "# A\n\n![gone](gone.png)\n",
        "# A\n\n```{eval-rst}\n.. autofunction:: siting.gone\n```\n",
    ],
    ids=["page", "heading", "picture", "function"],
)
def test_what_is_dead_fails(text: str, tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(
        'extensions = ["myst_parser", "sphinx.ext.autodoc"]\nmyst_heading_anchors = 4\n', "utf-8"
    )
    (tmp_path / "index.md").write_text(text, encoding="utf-8")
    done = docs_site.html(tmp_path, tmp_path / "out", capture_output=True, text=True)
    assert done.returncode == 1
    assert "gone" in done.stderr


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser with an empty profile."""
    with offline_browser() as context:
        yield context


def opened(
    browser: Any, path: Path, width: int, query: str = "", scheme: str = "light"
) -> tuple[Any, list[str]]:
    """A page of the site, and everything that goes wrong on it."""
    page = browser.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("requestfailed", lambda request: wrong.append(f"not loaded: {request.url}"))
    page.on(
        "request",
        lambda asked: (
            wrong.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
        ),
    )
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(path.as_uri() + query)
    return page, wrong


@needs_chromium
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_need_no_connection_and_do_not_scroll_sideways(
    browser: Any, site: Path, width: int
) -> None:
    for name in SHOWN:
        page, wrong = opened(browser, site / name, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.close()
        assert wrong == []


@needs_chromium
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_serious_barrier(browser: Any, site: Path, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core")
    for name in SHOWN:
        page, _ = opened(browser, site / name, width, scheme=scheme)
        wait_until(page, f"document.documentElement.dataset.theme === '{scheme}'")
        found = axe.Axe().run(page).response["violations"]
        page.close()
        serious = [
            (name, rule["id"], [node["html"][:200] for node in rule["nodes"][:3]])
            for rule in found
            if rule["impact"] in SERIOUS
        ]
        assert serious == []


@needs_chromium
def test_the_search_works_from_a_folder(browser: Any, site: Path) -> None:
    page, wrong = opened(browser, site / "search.html", 1280, "?q=curtailment")
    wait_until(page, "document.querySelectorAll('#search-results li').length > 3")
    assert "curtailment" in page.locator("#search-results").inner_text().lower()
    page.close()
    assert wrong == []
