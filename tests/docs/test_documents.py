"""The documents lead to what is there and leave out nothing that a reader looks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import docs_dictionary
import docs_gallery
import docs_tables
import siting
from siting.families.registry import COMPONENTS
from siting.solution.shape import JOINT
from siting.studies.registry import options
from support.engine import BUILTIN

DOCS = sorted((BUILTIN / "docs").rglob("*.md"))
PAGES = [*DOCS, *BUILTIN.glob("*.md"), *(BUILTIN / "benchmarks").glob("*.md")]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(BUILTIN)))
def test_every_link_leads_somewhere(document: Path) -> None:
    found = LINK.findall(document.read_text(encoding="utf-8"))
    links = [link for link in found if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_page_is_linked_from_another() -> None:
    reached = {
        (document.parent / link).resolve()
        for document in PAGES
        for link in LINK.findall(document.read_text(encoding="utf-8"))
        if "://" not in link
    }
    starts = {BUILTIN / "docs" / "README.md"}
    assert {document.resolve() for document in DOCS} - starts - reached == set()


def test_the_readme_is_short() -> None:
    assert len((BUILTIN / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_the_guide_names_every_family_and_scenario() -> None:
    guide = (BUILTIN / "docs/guide/scenarios.md").read_text(encoding="utf-8")
    scenarios = {path.stem for path in (BUILTIN / "models").glob("*.yaml")}
    # half of ``transformer-2021-vs-2025``
    scenarios -= {"transformer-2021"}
    assert {name for name in (*COMPONENTS, *scenarios) if f"`{name}`" not in guide} == set()


def test_the_columns_are_those_that_families_declare() -> None:
    """``make docs-math`` writes the page again."""
    assert docs_tables.PAGE.read_text(encoding="utf-8") == docs_tables.page()


def test_the_gallery_is_what_the_scenarios_say() -> None:
    """``python tools/docs_gallery.py`` writes the page again."""
    assert docs_gallery.PAGE.read_text(encoding="utf-8") == docs_gallery.page()


def test_every_scenario_has_a_picture_and_no_picture_is_left_over() -> None:
    """``make gallery`` draws them."""
    wanted = {docs_gallery.picture_of(path) for path in docs_gallery.scenarios()}
    assert [path for path in wanted if not path.exists()] == []
    assert set(docs_gallery.PICTURES.iterdir()) - wanted == set()


def test_the_fields_are_those_of_the_models() -> None:
    """``python tools/docs_tables.py`` writes the page again."""
    assert docs_dictionary.PAGE.read_text(encoding="utf-8") == docs_dictionary.page()


def test_every_table_of_a_plan_is_described() -> None:
    described = (BUILTIN / "docs/guide/outputs.md").read_text(encoding="utf-8")
    tables = {*JOINT, *(name for one in COMPONENTS.values() for name in one.columns)}
    assert {name for name in tables if f"`{name}`" not in described} == set()


def test_every_question_of_a_study_is_described() -> None:
    guide = (BUILTIN / "docs/guide/build-or-wait.md").read_text(encoding="utf-8")
    said = siting.compare.__doc__ or ""
    for option in options():
        assert option.flag in guide
        assert re.search(rf"\b{option.argument}\b", said)


def test_the_quick_tests_are_there() -> None:
    listed = (BUILTIN / "tests/quick.txt").read_text(encoding="utf-8").split()
    assert listed and all((BUILTIN / path).exists() for path in listed)
    assert len(listed) == len(set(listed))
