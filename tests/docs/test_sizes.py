"""No module and no function is too long to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE_LINES, FUNCTION_LINES = 400, 60


def modules() -> list[Path]:
    """Everything that is not a test."""
    folders = ("src", "tools", "campaigns", "benchmarks")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and lines of each function of a module, its docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - body[0].lineno + 1


def test_no_module_is_longer_than_400_lines() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert lines and not {str(path) for path, count in lines.items() if count > MODULE_LINES}


def test_no_function_is_longer_than_60_lines() -> None:
    found = [(str(path), *found) for path in modules() for found in functions(path)]
    assert found and not [one for one in found if one[2] > FUNCTION_LINES]
