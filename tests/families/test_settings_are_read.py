"""Every key that a scenario may hold is read somewhere; no setting is accepted and ignored."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

import siting
from siting.core.records import Zone
from siting.families.plants.settings import Technology
from siting.scenario import schema

SOURCES = sorted(Path(siting.__file__).parent.rglob("*.py"))
SHOWN = {"source", "confidence", "estimated", "about", "geometry_kind", "description"} | {
    "schema_version"
}
"""Words about a row, which pass to the outputs as they are."""


def models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """A model and every model that its fields hold."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        stack = [field.annotation]
        while stack:
            kind = stack.pop()
            stack += getattr(kind, "__args__", ())
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from models(kind, seen)


def words_read() -> set[str]:
    """Attributes that are read anywhere, and names in text: columns and paths of tables."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_setting_is_read() -> None:
    read = words_read() | SHOWN
    ignored = {
        f"{model.__name__}.{name}"
        for model in models(schema(), set())
        for name in model.model_fields
        if name not in read
    }
    assert not ignored


def test_wind_capacity_credit_counts() -> None:
    """0.1 firm and half of a credit of 0.3 are 0.25; outside every zone half of 0.2 and 0.1 are 0.2."""
    farm = Technology(
        unit_mw=100, capacity_credit_frac=0.1, wind_weight=0.5, default_wind_credit_frac=0.2
    )
    assert farm.credit_frac(Zone(capacity_credit_wind_frac=0.3)) == pytest.approx(0.25, abs=1e-12)
    assert farm.credit_frac(None) == pytest.approx(0.2, abs=1e-12)
