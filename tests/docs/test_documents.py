"""The documents lead to what is there and leave out nothing that a reader looks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from siting.families.registry import COMPONENTS
from support.engine import BUILTIN

DOCS = sorted((BUILTIN / "docs").rglob("*.md"))
PAGES = [*DOCS, *BUILTIN.glob("*.md"), *(BUILTIN / "benchmarks").glob("*.md")]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BUILTIN)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_is_linked_from_another() -> None:
    reached = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link
    }
    starts = {BUILTIN / "docs" / "README.md"}
    assert {page.resolve() for page in DOCS} - starts - reached == set()


def test_the_readme_is_short() -> None:
    assert len((BUILTIN / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_the_guide_names_every_family_and_scenario() -> None:
    guide = (BUILTIN / "docs/guide/scenarios.md").read_text(encoding="utf-8")
    scenarios = {path.stem for path in (BUILTIN / "models").glob("*.yaml")}
    # half of ``transformer-2021-vs-2025``
    scenarios -= {"transformer-2021"}
    assert {name for name in (*COMPONENTS, *scenarios) if f"`{name}`" not in guide} == set()


def test_the_quick_tests_are_there() -> None:
    listed = (BUILTIN / "tests/quick.txt").read_text(encoding="utf-8").split()
    assert listed and all((BUILTIN / path).exists() for path in listed)
    assert len(listed) == len(set(listed))
