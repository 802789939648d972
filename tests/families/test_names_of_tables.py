"""Tables and columns that the code names are declared, also where no plan of the tests has rows of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import siting
from siting.families.registry import COMPONENTS
from siting.solution.shape import JOINT

SOURCE = Path(siting.__file__).parent
TABLE_AT = {"rows_of": 1, "rows_in": 1, "sum_by": 1, "rows_at": 1, "sums": 0}
"""Functions that are given the name of a table, and at which place."""
COLUMN_AT = {"number": 1, "day": 1}
ROWS = frozenset({"row", "other", "wide", "follower", "chosen"})
"""What rows of tables are called."""
STUDIES = ("timeline", "studies", "futures", "replan", "sweep")
"""Packages that make tables of their own."""
DECLARED = {n: c.names for component in COMPONENTS.values() for n, c in component.columns.items()}
KNOWN = {**DECLARED, **JOINT}
COLUMNS = frozenset(column for columns in KNOWN.values() for column in columns)


def literal(node: ast.AST | None) -> str | None:
    """Text that stands in the code."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def called(node: ast.Call) -> str:
    """Name of a function that is called."""
    of = node.func
    return of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""


def tables_named(tree: ast.AST) -> Iterator[str]:
    """Names of tables in some code."""
    for node in ast.walk(tree):
        found: ast.AST | None = None
        if isinstance(node, ast.Call):
            place = TABLE_AT.get(called(node))
            is_get = called(node) == "get" and ast.unparse(node.func).endswith("tables.get")
            if is_get or (place is not None and len(node.args) > place):
                found = node.args[0 if is_get else place or 0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("tables"):
            found = node.slice
        if (name := literal(found)) is not None:
            yield name


def columns_named(tree: ast.AST) -> Iterator[str]:
    """Names of columns in some code that reads rows of tables."""
    for node in ast.walk(tree):
        found: ast.AST | None = None
        if isinstance(node, ast.Call) and called(node) in COLUMN_AT:
            place = COLUMN_AT[called(node)]
            found = node.args[place] if len(node.args) > place else None
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) in ROWS:
            found = node.slice
        if (name := literal(found)) is not None:
            yield name


def tables_made(tree: ast.AST) -> Iterator[str]:
    """Names of tables that studies make and no plan has: keys of tables, and those of ``NAME_table``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_table"):
            yield node.name.removesuffix("_table")
        if isinstance(node, ast.Dict) and any(map(is_table, node.values)):
            yield from filter(None, map(literal, node.keys))


def is_table(node: ast.AST) -> bool:
    """Whether an expression is a table by its looks."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) == "Table.of" or called(node).endswith("_table")
    return isinstance(node, ast.Name) and node.id == "table"


def files(*folders: str) -> list[Path]:
    """Modules of some packages."""
    return sorted(path for folder in folders for path in (SOURCE / folder).rglob("*.py"))


def test_every_table_that_is_named_is_declared() -> None:
    made = {
        name
        for path in files(*STUDIES)
        for name in tables_made(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {"alternatives", "bottlenecks", "break_evens", "site_timing", "strategies"} <= made
    found = {
        (path.name, name)
        for path in files(
            "families", "solution", "outputs", "timeline", "studies", "futures", "cli"
        )
        for name in tables_named(ast.parse(path.read_text(encoding="utf-8")))
        if name not in KNOWN and name not in made
    }
    assert found == set()


def test_every_column_that_a_family_or_the_audit_reads_is_declared() -> None:
    found = {
        (path.name, name)
        for path in files("families", "solution")
        for name in columns_named(ast.parse(path.read_text(encoding="utf-8")))
        if name not in COLUMNS
    }
    assert found == set()


@pytest.mark.parametrize(
    ("code", "tables", "columns"),
    [
        ('rows_of(books.tables, "hals")', ["hals"], []),
        ('books.sums("hals", ("site",), "acres")', ["hals"], []),
        ('plan.tables["hals"]; plan.tables.get("hall")', ["hall", "hals"], []),
        ('number(row, "akres"); row["cuont"]; other["x"]', [], ["akres", "cuont", "x"]),
    ],
)
def test_names_are_seen(code: str, tables: list[str], columns: list[str]) -> None:
    tree = ast.parse(code)
    assert sorted(tables_named(tree)) == tables
    assert sorted(columns_named(tree)) == columns


def test_tables_that_studies_make_are_seen() -> None:
    code = """
def policy_table(tree): ...
def some(found):
    return {"one": f(found), "two": Table.of((), ())}
def others(found):
    table = f(found)
    return {"three": 3}, {"four": table}
"""
    assert sorted(tables_made(ast.parse(code))) == ["four", "one", "policy", "two"]
