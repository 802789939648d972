"""Four ways to state shared decisions wrongly: each optimum on paper, and what the mistake would make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import siting.families.plants.data as plants
import siting.families.transformers.rules as transformers
import siting.futures.extensive as stacking
import siting.futures.instances as futures_of
from siting.families.base import Build
from siting.families.transformers.data import TransformersData
from siting.futures.build import hedged
from siting.model.program import Named, Program, joined
from siting.solver.highs import solve
from support.engine import EXACT, instance_of
from support.futures import demand, outcome, with_futures

Data = dict[str, Any]
LEADS = "components.transformers.classes.main_bank.lead_times."
STEP_UP = "components.transformers.classes.step_up.lead_times.*.weeks"
NEWS = 2
"""Period of 2028-01, when every fact here becomes known."""
FAR_ALONE = 94.84
"""M USD of ``far`` from 2027-07 on, see the toy."""
NEAR_OPENED, HALL_YEAR = 10.0, 10.0


def optimum(scenario: Data) -> float:
    found = solve(hedged(instance_of(scenario)).whole.program, EXACT)
    assert found.status == "OPTIMAL"
    return found.objective


def of(fact: str, **outcomes: Data) -> Data:
    return {"facts": {fact: {"known": "2028-01", "outcomes": outcomes}}}


def late_orders() -> Data:
    """Orders of the first half-year arrive where banks are quick, those of the second where they are slow."""
    quick = outcome(0.5, early=(f"{LEADS}0.weeks", 20), late=(f"{LEADS}1.weeks", 60))
    slow = outcome(0.5, early=(f"{LEADS}0.weeks", 120), late=(f"{LEADS}1.weeks", 52))
    return with_futures(of("banks", quick=quick, slow=slow), has_units=False)


def late_step_ups() -> Data:
    """``far`` alone with fuel cells, whose step-ups come at once or never."""
    outcomes = {"quick": outcome(0.9, w=(STEP_UP, 20)), "slow": outcome(0.1, w=(STEP_UP, 90))}
    scenario = with_futures(of("step_ups", **outcomes))
    scenario["components"]["transformers"]["classes"]["step_up"] = {
        "role": "step_up",
        "unit_mva": 50,
        "power_factor_frac": 0.8,
        "lead_times": [{"ordered_from": "2027-01", "weeks": 26}],
        "overnight_usd_per_unit": 0,
        "lifetime_years": 50,
    }
    cell = scenario["components"]["plants"]["technologies"]["fuel_cell"]
    cell.update({"step_up_class": "step_up", "step_up_per_unit": 1})
    for site in ("near", "ranch"):
        scenario["sites"][site]["buildable_acres"] = 0
    return scenario


def banks_that_never_come() -> Data:
    """No order of slow banks arrives in the horizon: that future has no such decision."""
    weeks = f"{LEADS}*.weeks"
    outcomes = {"quick": outcome(0.9, w=(weeks, 20)), "slow": outcome(0.1, w=(weeks, 250))}
    return with_futures(of("banks", **outcomes), has_units=False)


def test_bounds_of_each_future_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = with_futures(demand("2028-01"))
    assert optimum(scenario) == pytest.approx(188.76)
    # no future is told of the largest target, nor of the bounds of the others
    monkeypatch.setattr(futures_of, "HEDGED", "notes")
    monkeypatch.setattr(futures_of, "_beside", tuple)
    assert optimum(scenario) == pytest.approx(189.945)


def test_orders_that_arrive_in_one_future_only(monkeypatch: pytest.MonkeyPatch) -> None:
    # a bank in each half-year and a hall at `near` begun in 2027-07: quick banks move the load in 2028
    # (79.95), slow ones in 2028-07 (92.37) with the hall idle for half a year
    right = (79.95 + 92.37 + HALL_YEAR / 2) / 2
    assert optimum(late_orders()) == pytest.approx(right)
    plain = transformers._constrain_orders

    def forbidding(build: Build, data: TransformersData) -> None:
        plain(build, replace(data, system=replace(data.system, is_hedged=False)))

    monkeypatch.setattr(transformers, "_constrain_orders", forbidding)
    assert optimum(late_orders()) == pytest.approx(FAR_ALONE)


def test_plants_whose_step_ups_come_late(monkeypatch: pytest.MonkeyPatch) -> None:
    # two cells save 3.09312 M USD each in 2028; without step-ups they stand idle at 8.4 M USD each
    saved, idle = 2 * (40 * 8.76e-3 * (60 - 27.2) - 8.4), 2 * 8.4
    assert optimum(late_step_ups()) == pytest.approx(FAR_ALONE - 0.9 * saved + 0.1 * idle)
    monkeypatch.setattr(plants, "_may_idle", lambda *_: ())
    assert optimum(late_step_ups()) == pytest.approx(FAR_ALONE)


def test_decisions_that_one_future_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    # the bank is ordered in 2027-07: quick ones move the load in 2028 (79.90), slow ones leave `near` and
    # its hall for nothing. Tied to a future that has no orders, it waits for the news, and so does the
    # hall: quick 92.37, slow pays for `near` alone
    idle = FAR_ALONE + NEAR_OPENED + HALL_YEAR
    assert optimum(banks_that_never_come()) == pytest.approx(0.9 * 79.90 + 0.1 * idle)
    plain = joined

    def tied(
        programs: Sequence[Program], weights: Sequence[float], owners: Sequence[Mapping[Named, int]]
    ) -> tuple[Program, list[np.ndarray]]:
        whole, places = plain(programs, weights, owners)
        upper = whole.upper.copy()
        for program, place, owner in zip(programs, places, owners, strict=True):
            for name in owner:
                column = program.columns[name]
                is_early = 0 <= program.decided_at[column] < NEWS
                if is_early and not all(name in other.columns for other in programs):
                    upper[place[column]] = 0.0
        return whole.bounded(upper=upper), places

    monkeypatch.setattr(stacking, "joined", tied)
    wrong = 0.9 * 92.37 + 0.1 * (FAR_ALONE + NEAR_OPENED)
    assert optimum(banks_that_never_come()) == pytest.approx(wrong)
