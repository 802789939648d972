"""Parts of the shared system: how those of several families combine, on paper; names that fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from siting.core.errors import InputError
from siting.core.system import System
from siting.families.budget.settings import BudgetConfig
from siting.families.provides import PARTS, Frame, Provider, combined
from siting.families.registry import COMPONENTS
from siting.instance.shared import build_system
from support.engine import instance_of, toy

OTHER = "other_family"


def system_with(monkeypatch: pytest.MonkeyPatch, provides: Mapping[str, Provider]) -> System:
    """The system of the toy scenario with one family more, which provides something."""
    scenario = instance_of(toy()).scenario
    families = scenario.families()
    other = replace(COMPONENTS["budget"], name=OTHER, provides=provides)
    monkeypatch.setitem(COMPONENTS, OTHER, other)
    return build_system(scenario, {**families, OTHER: BudgetConfig()})


@pytest.mark.parametrize(
    ("part", "values", "expected"),
    [
        ("pue", [], 1.0),
        ("pue", [1.2, 1.4], 1.4),
        ("load_factor_frac", [0.8, 0.9], 0.8),
        ("targets_mw", [{0: 5.0, 1: 7.0}, {1: 3.0}], {0: 5.0, 1: 10.0}),
        ("it_limit_mw", [{"a": 90.0}, {"a": 80.0, "b": 10.0}], {"a": 80.0, "b": 10.0}),
        ("is_zone_limited", [], True),
        ("is_zone_limited", [False, True], True),
        ("is_zone_limited", [False], False),
        ("workloads", [["b"], ["a", "b"]], ("a", "b")),
        ("step_up_classes", [], None),
        ("tier_months", [{"1pct": None}, {"1pct": 3.0, "5pct": 2.0}], {"1pct": None, "5pct": 2.0}),
        (
            "review_dates",
            [
                {"a": {date(2027, 1, 1): date(2028, 1, 1)}},
                {"a": {date(2027, 1, 1): date(2027, 6, 1)}},
            ],
            {"a": {date(2027, 1, 1): date(2028, 1, 1)}},
        ),
    ],
)
def test_parts_of_several_families_make_one(part: str, values: list[Any], expected: object) -> None:
    assert combined(PARTS[part], values) == expected


def test_a_family_limits_a_site_and_delays_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the 100 MW of ``near`` 30 are left, and a year of construction moves its first load."""
    plain = instance_of(toy()).system

    def it_limit_mw(frame: Frame, config: BudgetConfig) -> dict[str, float]:
        assert frame.peak_target_mw == plain.peak_target_mw
        return {"near": 30.0}

    def build_months(frame: Frame, config: BudgetConfig) -> float:
        return 12.0

    provides = {"it_limit_mw": it_limit_mw, "build_months": build_months}
    system = system_with(monkeypatch, provides)
    assert system.it_limit_mw == {**plain.it_limit_mw, "near": 30.0}
    assert system.period_limit_mw["near", len(system.calendar) - 1] == 30.0
    first = {s: plain.calendar.starts[p] for s, p in plain.first_reviewed.items()}
    served = {s: system.calendar.starts[p] for s, p in system.first_service.items()}
    assert served
    assert all(day == date(first[s].year + 1, first[s].month, 1) for s, day in served.items())
    assert OTHER in system.provided_by["it_limit_mw"]


def test_a_second_pue_is_told_with_the_family_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def pue(frame: Frame, config: BudgetConfig) -> float:
        return 1.5

    system = system_with(monkeypatch, {"pue": pue})
    energy = COMPONENTS["energy"]
    assert system.pue == 1.5
    assert not energy.check(system, energy.config(pue=1.0))  # type: ignore[call-arg]
    (issue,) = energy.check(system, energy.config(pue=1.2))  # type: ignore[call-arg]
    assert f"beside components.{OTHER}" in issue.what


def test_a_part_that_nothing_reads_fails_with_the_nearest_name() -> None:
    with pytest.raises(
        ValueError, match=r"'budget' provides .*'load_facter_frac'.*'load_factor_frac'"
    ):
        replace(COMPONENTS["budget"], provides={"load_facter_frac": lambda frame, config: 0.5})


@pytest.mark.parametrize("family", ["land", "workloads"])
def test_what_every_plan_needs_has_to_be_provided(family: str) -> None:
    scenario = instance_of(toy()).scenario
    rest = {name: config for name, config in scenario.families().items() if name != family}
    with pytest.raises(InputError, match=f"the family '{family}' is missing"):
        build_system(scenario, rest)


def test_a_rival_names_a_node_of_the_scenario() -> None:
    """The connection that a site without a node has for itself is none that a rival could name."""
    scenario = toy()
    alone = next(s for s, site in scenario["sites"].items() if site.get("node") is None)
    rivals = {"r": {"node": alone, "draw_mw": 10, "in_service": "2027-01"}}
    scenario["components"]["headroom"]["rivals"] = rivals
    with pytest.raises(InputError, match=f"rivals.r.node: unknown node '{alone}'"):
        instance_of(scenario)
