"""Dotted paths: ids with dots, wildcards, keys that are new."""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.paths import expand, put, unknown, value_at
from siting.core.yaml_scan import Path_

DATA: dict[str, Any] = {
    "zones": {"A": {"mw": 1, "rows": [{"w": 1}, {"w": 2}]}, "A.b": {"mw": 2}, "C": {}},
    "solver": {"gap": 0.1},
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zones.A.mw", [("zones", "A", "mw")]),
        ("zones.A.b.mw", [("zones", "A.b", "mw")]),
        ("zones.*.mw", [("zones", "A", "mw"), ("zones", "A.b", "mw")]),
        ("zones.A.rows.1.w", [("zones", "A", "rows", 1, "w")]),
        ("zones.*.rows.*.w", [("zones", "A", "rows", 0, "w"), ("zones", "A", "rows", 1, "w")]),
        ("zones.A.rows.2.w", []),
        ("zones.D.mw", []),
        ("solver.gap.x", []),
    ],
)
def test_what_is_there(text: str, found: list[Path_]) -> None:
    assert expand(DATA, text) == found


def test_the_longest_key_that_leads_on() -> None:
    """``a.b`` is a key, but only ``a`` leads to ``c``."""
    assert expand({"a": {"b": {"c": 1}}, "a.b": {"d": 2}}, "a.b.c") == [("a", "b", "c")]
    assert expand({"a": {"b": {"d": 1}}, "a.b": {"d": 2}}, "a.b.d") == [("a.b", "d")]


def test_new_keys() -> None:
    leaf = expand(DATA, "zones.*.kw", "leaf")
    assert leaf == [("zones", "A", "kw"), ("zones", "A.b", "kw"), ("zones", "C", "kw")]
    assert expand(DATA, "zones.D.kw", "leaf") == []
    assert expand(DATA, "plan.x.y", "all") == [("plan", "x", "y")]
    assert expand(DATA, "plan.*.y", "all") == []
    data: dict[str, Any] = {}
    put(data, ("plan", "x", "y"), 3)
    assert data == {"plan": {"x": {"y": 3}}}
    assert value_at(data, ("plan", "x", "z")) is None


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("zone.A.mw", "Write zones.A.mw"),
        ("gap", "Write solver.gap"),
        ("zones.*.rws.0.w", "Write zones.A.rows.0.w"),
    ],
)
def test_the_nearest_path_is_named(text: str, fix: str) -> None:
    assert unknown(DATA, text, "here").fix == fix
