"""The page ``docs/guide/fields.md``: every input field, as the models state it; ``docs_tables`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from siting.cli.dictionary import input_sections
from siting.reference.fields import Entry, Section

PAGE = Path(__file__).parents[1] / "docs" / "guide" / "fields.md"
INTRODUCTION = """<!-- Written by tools/docs_tables.py (make docs-math) from the models of a scenario. -->

# Fields of a scenario

Every section of a scenario file with its fields, then those of a screening file and of a sweep. `*` in a path
stands for an id, or a place in a list. The unit of a number ends its name
([units](../glossary.md#units-in-names)). `siting schema --table NAME` prints a section in the terminal,
`siting schema` the JSON Schema with which editors complete, explain and check. Columns of the tables of a plan
are [here](columns.md).
"""


def page() -> str:
    """The page as it should be."""
    lines = [INTRODUCTION]
    for section in input_sections():
        lines += _section(section)
    return "\n".join(lines).rstrip() + "\n"


def _section(section: Section) -> Iterator[str]:
    """Heading, what it is, and a table of its fields."""
    yield f"## `{section.path or 'scenario'}`"
    yield ""
    yield section.about.replace("``", "`")
    yield ""
    if not section.entries:
        return
    yield "| field | meaning | holds | default | example | since |"
    yield "|---|---|---|---|---|---|"
    for entry in section.entries:
        default = "required" if entry.is_required else entry.default
        cells = (entry.meaning, _holds(entry), default, f"`{entry.example}`", entry.since)
        yield f"| `{entry.name}` | " + " | ".join(_escaped(cell) for cell in cells) + " |"
    yield ""


def _holds(entry: Entry) -> str:
    """Kind, unit and range."""
    return "; ".join(part for part in (entry.kind, entry.unit, entry.range) if part)


def _escaped(text: str) -> str:
    """A cell of a table."""
    return text.replace("|", "\\|")
