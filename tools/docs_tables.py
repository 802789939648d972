"""Write ``docs/guide/columns.md``: the columns of every table that a plan may hold, as declared.

``python tools/docs_tables.py`` (``make docs-math`` runs it too); a test compares page and declarations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from siting.families.registry import COMPONENTS
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
    lines = [INTRODUCTION, "## Of every plan", ""]
    for name, columns in sorted(JOINT.items()):
        lines += _table(name, columns)
    for family, component in sorted(COMPONENTS.items()):
        if component.columns:
            lines += [f"## Of [`{family}`](../mathematics/{family}.md)", ""]
        for name, declared in sorted(component.columns.items()):
            lines += _table(name, declared.names)
    return "\n".join(lines).rstrip() + "\n"


def _table(name: str, columns: Sequence[str]) -> Iterator[str]:
    """Name and columns of a table."""
    yield f"**`{name}`**: {', '.join(f'`{column}`' for column in columns)}"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
