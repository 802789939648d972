"""Write ``docs/guide/columns.md`` and ``fields.md``: columns of a plan and fields of a scenario, as declared.

``python tools/docs_tables.py`` (``make docs-math`` runs it too); a test compares pages and declarations.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docs_dictionary
from siting.families.registry import COMPONENTS
from siting.reference.columns import result_tables
from siting.reference.fields import Section
from siting.solution.shape import JOINT

PAGE = Path(__file__).parents[1] / "docs" / "guide" / "columns.md"
INTRODUCTION = """<!-- Written by tools/docs_tables.py (make docs-math) from the declarations of families. -->

# Columns of the tables

Every table that a plan may hold, in `tables/NAME.csv`, with its columns in order. [Outputs](outputs.md)
says what a row of each is; the unit of a number ends the name of its column
([units](../glossary.md#units-in-names)). A table of a family is there if the family is on.
"""


def page() -> str:
    """The page as it should be."""
    tables = {section.path: section for section in result_tables()}
    lines = [INTRODUCTION, "## Of every plan", ""]
    for name in sorted(JOINT):
        lines += _table(tables[name])
    for family, component in sorted(COMPONENTS.items()):
        if component.columns:
            lines += [f"## Of [`{family}`](../mathematics/{family}.md)", ""]
        for name in sorted(component.columns):
            lines += _table(tables[name])
    return "\n".join(lines).rstrip() + "\n"


def _table(section: Section) -> Iterator[str]:
    """Name of a table, what a row is, and its columns."""
    yield f"**`{section.path}`**: {section.about}"
    yield ""
    yield "| column | meaning | unit |"
    yield "|---|---|---|"
    for entry in section.entries:
        yield f"| `{entry.name}` | {entry.meaning} | {entry.unit or entry.kind} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    docs_dictionary.PAGE.write_text(docs_dictionary.page(), encoding="utf-8", newline="\n")
