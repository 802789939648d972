"""Each value of the tuning is used, and has beside it what it is or what was measured."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from siting.solver import tuning
from siting.solver.tuning import TUNING, Tuning
from support.tuned import tune

SOLVER = Path(tuning.__file__).parent


def test_every_value_is_explained() -> None:
    body = next(
        node
        for node in ast.parse(Path(tuning.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == "Tuning"
    ).body[1:]
    for value, text in zip(body[::2], body[1::2], strict=True):
        assert isinstance(value, ast.AnnAssign)
        assert isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    assert len(body) == 2 * len(fields(Tuning))


def test_every_value_is_used() -> None:
    used = {
        node.attr
        for path in SOLVER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "TUNING"
    }
    assert used == {field.name for field in fields(Tuning)}


def test_other_values_hold_in_every_module(monkeypatch: pytest.MonkeyPatch) -> None:
    from siting.solver import relaxation_duals, search

    tune(monkeypatch, large_integers=7)
    tune(monkeypatch, many_sites=8)
    for module in (relaxation_duals, search):
        found = module.TUNING
        assert (found.large_integers, found.many_sites) == (7, 8)
    assert Tuning() == TUNING
