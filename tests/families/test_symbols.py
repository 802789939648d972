"""The symbols of each formulation: each stands once, and beside those of variables stands their name."""

from __future__ import annotations

import re
from functools import cache

import pytest

from siting.families.registry import COMPONENTS
from siting.model.assemble import written
from support.engine import instance_of
from support.instances_joined import joined

SYMBOL = re.compile(r"(?:^| {4})(\w[\w,\[\] ]*?) {2,}\S")


@cache
def variables() -> frozenset[str]:
    """``family.variable`` of all that scenarios with every family declare."""
    builds = (written(instance_of(joined(seed))) for seed in range(12))
    return frozenset(part.name for build in builds for part in build.writer.declared)


def symbols_of(family: str) -> str:
    """The table of symbols of a formulation."""
    _, _, rest = COMPONENTS[family].formulation.partition("Symbols\n-------\n")
    return rest.partition("\n\n")[0]


@pytest.mark.parametrize("family", sorted(COMPONENTS))
def test_each_variable_stands_beside_its_symbol(family: str) -> None:
    named = set(re.findall(r"``(\w+)``", symbols_of(family)))
    own = {name.partition(".")[2] for name in variables() if name.startswith(f"{family}.")}
    assert own <= named


@pytest.mark.parametrize("family", sorted(COMPONENTS))
def test_no_symbol_stands_twice(family: str) -> None:
    found: list[str] = []
    for line in symbols_of(family).splitlines():
        if (first := SYMBOL.match(line)) and line[4:5] != " ":
            found += [part.partition("[")[0] for part in re.split(r", (?![^\[]*\])", first[1])]
    assert found and len(found) == len(set(found)), sorted(found)
