"""Rows stated as they are broken give the optimum of the full model, with outages and without."""

from __future__ import annotations

import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siting.families.network.data import NetworkData, broken_limits, restate
from siting.model.assemble import assemble
from siting.pipeline import Loaded, run, solve_linear
from siting.solver.highs import solve
from siting.solver.lazy_rows import Point, separator
from siting.solver.rows import with_lazy_rows
from siting.timeline.solves import Solver
from support.engine import BUILTIN, EXACT, SHARED, instance_of, plan_of
from support.networks import all_rows, behind_one_line, random_network, with_angles

CASES = [(seed, is_secure) for seed in range(6) for is_secure in (False, True)]


@pytest.mark.parametrize(("seed", "is_secure"), CASES)
def test_lazy_rows_all_rows_and_angles_agree(seed: int, is_secure: bool) -> None:
    instance = instance_of(random_network(seed, is_n_minus_1=is_secure))
    linear = assemble(instance).linear
    data: NetworkData = instance.data["network"]
    full = solve(with_lazy_rows(linear, all_rows(data)), EXACT)
    angles = solve(with_angles(linear, data), EXACT)
    lazily = solve_linear(instance, linear, EXACT)
    assert full.status == angles.status == lazily.outcome.status == "OPTIMAL"
    assert lazily.outcome.objective == pytest.approx(full.objective, rel=1e-6)
    assert angles.objective == pytest.approx(full.objective, rel=1e-6)
    assert lazily.program is not None and lazily.outcome.x is not None
    stated = len(lazily.program.row_lower) - len(linear.row_lower)
    assert stated < len(all_rows(data))
    point = Point(linear, lazily.outcome.x)
    assert not any(broken_limits(data, point, p) for p in data.periods)


@pytest.mark.parametrize(("seed", "is_secure"), CASES)
def test_rows_are_stated_again_from_their_indices_in_any_order_of_the_tables(
    seed: int, is_secure: bool
) -> None:
    scenario = random_network(seed, is_n_minus_1=is_secure)
    data: NetworkData = instance_of(scenario).data["network"]
    # as a stored scenario has them, so that the same row is stated over the same columns
    stored = instance_of(json.loads(json.dumps(scenario, sort_keys=True))).data["network"]
    rows = all_rows(data)
    again = restate(stored, [row.index for row in rows])
    for row, other in zip(rows, again, strict=True):
        assert other is not None
        assert (other.name, other.index, other.unit) == (row.name, row.index, row.unit)
        assert (other.lower, other.upper) == pytest.approx((row.lower, row.upper), abs=1e-6)
        terms, others = ({(n, i): v for n, i, v in each.terms} for each in (row, other))
        both = set(terms) | set(others)
        assert [terms.get(key, 0.0) for key in both] == pytest.approx(
            [others.get(key, 0.0) for key in both], abs=1e-9
        )
    line, *_, p = rows[0].index
    wrong = [(), (line,), (line, -1), ("zzz", p), (line, "zzz out", p), (line, f"{line} out", p)]
    assert restate(stored, [*wrong, (line, None, p), (line, p, p, p)]) == [None] * 8


def test_some_of_the_networks_bind() -> None:
    """The cases above would show nothing if no line ever held a plan back."""
    dearer = 0
    for seed, is_secure in CASES:
        instance = instance_of(random_network(seed, is_n_minus_1=is_secure))
        linear = assemble(instance).linear
        free = solve(linear, EXACT)
        held = solve_linear(instance, linear, EXACT).outcome
        assert held.objective >= free.objective * (1 - 1e-7)
        dearer += held.objective > free.objective * (1 + 1e-6)
    assert dearer >= 8


def test_plans_pass_an_audit_with_its_own_power_flow() -> None:
    for seed in range(3):
        plan = plan_of(random_network(seed, is_n_minus_1=True))
        assert plan.status == "OPTIMAL"
        assert plan.findings == ()


def test_finished_solves_of_another_rating_are_not_taken_up(tmp_path: Path) -> None:
    """The arrays of both are the same until a plan breaks a limit."""
    found = []
    for rating_mw in (200, 500, 200):
        instance = instance_of(behind_one_line(rating_mw))
        solver = Solver(EXACT, (tmp_path,))
        ranked = solver.solve("optimal", instance, assemble(instance).linear)
        found.append(ranked.outcome.objective)
    assert found == pytest.approx([101.18, 75.14, 101.18])
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_a_start_that_breaks_a_line_is_completed_anew() -> None:
    """The plan with both campuses in the east is feasible without the line only."""
    free, tied = (instance_of(behind_one_line(rating_mw)) for rating_mw in (500, 200))
    east = solve_linear(free, assemble(free).linear, EXACT).outcome
    assert east.x is not None
    linear = assemble(tied).linear
    outcome = solve_linear(tied, linear, EXACT, None, east.x).outcome
    assert outcome.objective == pytest.approx(101.18)


def test_goals_in_order_keep_to_the_lines() -> None:
    scenario = behind_one_line(200)
    scenario["objectives"] = [{"goal": "fewest_late_mw_months"}, {"goal": "least_cost"}]
    plan = plan_of(scenario)
    assert plan.findings == ()
    assert {str(row["site"]) for row in plan.tables["service"]} >= {"far"}


def test_a_plan_stopped_in_time_keeps_to_the_lines() -> None:
    """No time at all: the plan without the lines is completed under them, or there is none."""
    scenario = random_network(1, is_n_minus_1=False)
    instance = instance_of(scenario)
    linear = assemble(instance).linear
    exact = solve_linear(instance, linear, EXACT).outcome
    assert exact.x is not None
    # a start that is feasible lets every later solve end at once
    stopped = solve_linear(
        instance, linear, replace(EXACT, time_limit_seconds=1e-3), None, exact.x
    ).outcome
    separate = separator(instance)
    assert separate is not None and stopped.x is not None
    assert separate(Point(linear, stopped.x)) == []
    assert stopped.objective >= exact.objective - 1e-9
    assert stopped.bound <= exact.objective + 1e-9


def test_a_family_without_such_rows_is_solved_as_before() -> None:
    scenario = random_network(0, is_n_minus_1=False)
    del scenario["components"]["network"]
    instance = instance_of(scenario)
    assert separator(instance) is None
    plan = run(Loaded(instance, {}), limits=EXACT)
    assert plan.status == "OPTIMAL"
    assert np.isfinite(plan.objective_usd)


def test_the_regional_network_of_the_west() -> None:
    """Eight candidates on 1,229 buses: rows as they are broken against all rows at once."""
    data_folder = SHARED / "data" / "grid_west_regional"
    if not data_folder.is_dir():
        pytest.skip("the regional network is not at hand")
    west = runpy.run_path(str(BUILTIN / "benchmarks" / "network.py"))
    scenario = west["scenario_of"](west["network_tables"](data_folder), 8, 4)
    del scenario["components"]["campus"]
    instance = instance_of(scenario)
    linear = assemble(instance).linear
    data: NetworkData = instance.data["network"]
    assert len(data.limits.network.buses) > 1000
    limits = replace(EXACT, gap_frac=1e-6)
    full = solve(with_lazy_rows(linear, all_rows(data)), limits)
    lazily = solve_linear(instance, linear, limits)
    assert full.status == lazily.outcome.status == "OPTIMAL"
    assert lazily.outcome.objective == pytest.approx(full.objective, rel=2e-6)
    assert lazily.program is not None
    stated = len(lazily.program.row_lower) - len(linear.row_lower)
    assert 0 < stated < len(all_rows(data))
    assert plan_of(scenario, limits).findings == ()
