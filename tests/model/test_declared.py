"""What families declare of their states and rules: complete, right, and refused where a name is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siting.core.errors import InfeasibleError, SitingError
from siting.core.study import Strategy
from siting.families.declarations import Decision, Limit, Rank, Shown
from siting.families.declared import (
    decisions,
    in_every_round,
    logic,
    measures,
    purchases,
    restricted_decisions,
)
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.instance.changes import find
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.model.values import SolvedValues
from siting.pipeline import load
from siting.solution.extract import extract
from siting.solver.highs import solve
from siting.solver.remedies import all_limits
from siting.timeline.restrict import restricted
from support.engine import EXACT, instance_of, toy
from support.needs import WITH, with_needs
from support.pairs import PAIRS, scenario_of

SHIPPED = sorted((Path(__file__).parents[2] / "models").glob("*.yaml"))
WITH_HALLS = SHIPPED[0].with_name("unlock-headroom.yaml")
ASKED_LATER = {
    "network.flow_limit",
    "strategy.committed",
    "strategy.committed_pool",
    "strategy.zone_draw",
}
"""Limits whose rows are not in the program at first."""


@dataclass(frozen=True)
class Seen:
    """A program and its instance."""

    instance: Instance
    linear: Program
    cumulative: Mapping[str, str]


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    """Programs of every shipped scenario and of a random one of each pair of families."""
    return list(_programs())


def _programs() -> Iterator[Seen]:
    """The programs; a scenario without a plan that cannot even be built has none."""
    instances = [load(path).instance for path in SHIPPED]
    instances += [instance_of(scenario_of(pair, 1)) for pair in PAIRS]
    bounds = {"decision": "core.commit", "item": "far", "at_least": 1, "at_most": 1}
    instances.append(instance_of({**toy(), "committed": {"far": bounds}}))
    instances += [instance_of(with_needs(pair, 1)) for pair in WITH]
    for instance in instances:
        try:
            model = assemble(instance)
        except InfeasibleError:
            continue
        yield Seen(instance, model.linear, model.cumulative)


def test_every_integer_is_a_decision_or_recourse(seen: list[Seen]) -> None:
    known, found = decisions(), set[str]()
    for one in seen:
        linear, periods = one.linear, one.instance.system.calendar.periods
        rows = {row: True for row in linear.row_names}
        for (name, key), column in linear.columns.items():
            decision = known.get(name)
            assert decision is not None or not linear.is_integer[column], name
            if decision is None or decision.is_recourse:
                assert linear.decided_at[column] == -1
                continue
            found.add(name)
            assert key[-1] in periods
            assert linear.decided_at[column] == key[-1]
            before = (*key[:-1], key[-1] - 1)
            if (name, before) in linear.columns:
                assert (one.cumulative[name], key) in rows, "what is committed to stays"
    assert found == set(restricted_decisions())


def test_every_row_is_a_limit_or_logic(seen: list[Seen]) -> None:
    """A row that a number of the scenario bounds is a limit, or its family says why it is none."""
    limits, reasons, found = all_limits(), logic(), set[str]()
    assert not set(limits) & set(reasons)
    for one in seen:
        bounds = np.stack([one.linear.row_lower, one.linear.row_upper])
        is_numbered = (np.isfinite(bounds) & (bounds != 0)).any(axis=0)
        for (name, _), numbered in zip(one.linear.row_names, is_numbered, strict=True):
            found.add(name)
            if numbered:
                assert name in limits or name in reasons, name
    assert set(limits) - found <= ASKED_LATER | {"emissions.agency_cap", "water.basin_cap"}
    assert set(reasons) <= found


def test_measures_name_numbers_of_scenarios(seen: list[Seen]) -> None:
    for measure in measures():
        for path in measure.paths:
            assert any(find(one.instance, path) for one in seen), path


DATED = [(pair, 2) for pair in PAIRS if {"land", "ride_through"} & set(pair)]
DATED += [(("campus", "land"), number) for number in range(9, 12)]
"""Random scenarios of which plans are looked at: between them they show every decision."""


def rises(linear: Program, x: np.ndarray, name: str) -> set[int]:
    """Periods in which a state rises."""
    state = {key: x[column] for (known, key), column in linear.columns.items() if known == name}
    before = {key: state.get((*key[:-1], key[-1] - 1), 0.0) for key in state}
    return {key[-1] for key in state if state[key] > before[key] + 1e-6}


def test_a_plan_shows_each_decision_on_its_date() -> None:
    """Dates in the tables are the periods in which the states rise."""
    known, found = decisions(), set[str]()
    for pair, number in DATED:
        instance = instance_of(scenario_of(pair, number))
        model = assemble(instance)
        x = solve(model.linear, EXACT).x
        if x is None:
            continue
        tables, starts = extract(instance, SolvedValues(model, x)), instance.system.calendar.starts
        expected: dict[Shown, set[date]] = {}
        for name, decision in known.items():
            if decision.shown is not None and not decision.is_rented:
                dates = {starts[p] for p in rises(model.linear, x, name)}
                expected.setdefault(decision.shown, set()).update(dates)
        for shown, dates in expected.items():
            every = tables[shown.table].rows if shown.table in tables else ()
            rows = [row for row in every if not shown.column or row[shown.column] == shown.value]
            assert {row[shown.date] for row in rows} == dates, (pair, number, shown)
            found |= {shown.table for _ in rows}
    assert found == {of.shown.table for of in known.values() if of.shown and not of.is_rented}


def changed_family(monkeypatch: pytest.MonkeyPatch, name: str, **fields: Any) -> None:
    """A family that declares something else."""
    monkeypatch.setitem(COMPONENTS, name, replace(COMPONENTS[name], **fields))


LIMIT = Limit(Rank.GRID)


@pytest.mark.parametrize(
    ("family", "fields", "words"),
    [
        (
            "headroom",
            {"limits": {"node_limt": LIMIT}},
            "unknown rule of a limit of headroom 'headroom.node_limt', did you mean "
            "'headroom.node_limit'?",
        ),
        (
            "land",
            {"logic": {"area_limits": "acres"}},
            "unknown rule of a limit of land 'land.area_limits', did you mean 'land.area_limit'?",
        ),
        (
            "campus",
            {"decisions": {"hall": Decision("halls", "recourse")}},
            "unknown variable of a decision of campus 'campus.hall', did you mean 'campus.halls'?",
        ),
        ("campus", {"decisions": {}}, "campus does not declare when 'halls' is decided"),
        (
            "curtailment",
            {"decisions": {"tier": Decision("the tier", "at its start")}},
            "curtailment declares 'tier' decided, but it may fall again",
        ),
    ],
)
def test_a_name_that_is_wrong_fails_where_the_model_is_built(
    monkeypatch: pytest.MonkeyPatch, family: str, fields: dict[str, Any], words: str
) -> None:
    changed_family(monkeypatch, family, **fields)
    instance = load(WITH_HALLS).instance
    with pytest.raises(SitingError) as error:
        assemble(instance)
    assert str(error.value) == words


def test_what_a_family_declares_is_known_to_solver_and_strategies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Halls that are said to be decided at their start are dated by strategies, and so on."""
    halls = COMPONENTS["campus"].decisions["halls"]
    changed_family(
        monkeypatch,
        "campus",
        decisions={"halls": replace(halls, decided="at its start", bought="")},
        limits={"ramp": LIMIT},
        measures=(),
        is_in_every_round=False,
    )
    instance = load(WITH_HALLS).instance
    model = assemble(instance)
    linear = model.linear
    columns = [c for (name, _), c in linear.columns.items() if name == "campus.halls"]
    assert (linear.decided_at[columns] >= 0).all()
    late = restricted(model, instance, Strategy(decided_from_months=12))
    early = [
        c for c in columns if instance.system.calendar.starts[linear.decided_at[c]].year < 2028
    ]
    assert early and not late.upper[early].any()
    assert "campus.halls" not in purchases()
    assert "campus.ramp" in all_limits() and "campus.minimum_campus" not in all_limits()
    assert "halls" not in [measure.words for measure in measures()]
    assert in_every_round() == ("plants",)
