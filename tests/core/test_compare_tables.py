"""Derived tables are compared row by row, each under a key of its own."""

from __future__ import annotations

import pytest

from siting.core.audit import compare_tables
from siting.core.table import Table

COLUMNS = ("site", "mw")
WANTED = Table.of(COLUMNS, [{"site": "a", "mw": 1.0}, {"site": "b", "mw": 2.0}])


def found(*rows: tuple[str, float]) -> list[str]:
    """What is said of a table with some rows."""
    table = Table.of(COLUMNS, [{"site": site, "mw": mw} for site, mw in rows])
    return [f.what for f in compare_tables("r", "t", table, WANTED, ("site",))]


def test_the_same_rows_in_any_order() -> None:
    assert found(("b", 2.0), ("a", 1.0)) == []


def test_a_second_row_is_found_even_where_it_is_the_same() -> None:
    assert found(("a", 1.0), ("b", 2.0), ("a", 1.0)) == ["a second row of a"]


def test_wrong_missing_and_invented_rows() -> None:
    assert found(("a", 3.0), ("c", 2.0)) == [
        "mw is 3.0, the rule gives 1.0",
        "the row follows from nothing else in the plan",
        "row ('b',) is missing",
    ]


def test_a_key_that_does_not_tell_rows_apart_is_a_bug() -> None:
    with pytest.raises(ValueError, match="do not tell the rows of t apart"):
        list(compare_tables("r", "t", WANTED, WANTED, ()))
