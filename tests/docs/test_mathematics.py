"""The pages of the mathematics are the formulations of the families, as written today."""

from __future__ import annotations

import re

from docs_mathematics import FOLDER, pages
from siting.families.registry import COMPONENTS


def test_the_pages_are_what_the_docstrings_say() -> None:
    """``make docs-math`` writes them again."""
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == pages()


def test_every_formula_of_a_docstring_stands_on_its_page() -> None:
    """Nothing that a docstring indents is lost, in this order."""
    written = pages()
    for name, component in COMPONENTS.items():
        formulas = [line[4:] for line in component.formulation.splitlines() if line[:4] == "    "]
        blocks = re.findall(r"```text\n(.*?)```", written[f"{name}.md"], re.DOTALL)
        shown = [line for line in "".join(blocks).splitlines() if line]
        assert shown == [line.replace("``", "") for line in formulas], name
        assert formulas, name
