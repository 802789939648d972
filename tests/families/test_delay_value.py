"""What a month of delay is worth, by perspective, date and months late, on paper."""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.errors import InfeasibleError, InputError
from siting.families.workloads.value import (
    Band,
    delay_usd_per_month,
    due_parts,
    on_line,
)
from siting.pipeline import Loaded, run
from support.engine import EXACT, instance_of
from support.pairs import compare, scenario_of

FADING = [{"months_late": 0, "frac": 1.0}, {"months_late": 24, "frac": 0.5}]
FALLING = [{"at_date": "2027-01", "frac": 1.0}, {"at_date": "2029-01", "frac": 0.5}]


def scenario(headroom_mw: float = 0, **more: Any) -> dict[str, Any]:
    """100 MW wanted from 2027, 150 from 2028; a connection takes a year; 100,000 USD per MW-month."""
    perspective = {"typical_usd_per_mw_month": 100_000, **more.pop("perspective", {})}
    return {
        "schema_version": 1,
        "name": "late",
        "horizon": {"start": "2027-01", "steps": [{"until": "2030-01", "step": "year"}]},
        "sites": {"s": {"zone": "z"}},
        "zones": {"z": {"headroom_mw": headroom_mw, "connection_months": 12}},
        "components": {
            "land": {},
            "headroom": {},
            "workloads": {
                "perspectives": {"owner": perspective},
                "kinds": {
                    "w": {
                        "perspective": "owner",
                        "targets": [
                            {"from_date": "2027-01", "it_mw": 100},
                            {"from_date": "2028-01", "it_mw": 150},
                        ],
                        **more,
                    }
                },
            },
            "energy": {},
        },
    }


def cost_of(data: dict[str, Any]) -> float:
    """Optimum, audited, in M USD."""
    plan = run(Loaded(instance_of(data), {}), limits=EXACT)
    assert plan.findings == ()
    assert plan.any_plan_usd == pytest.approx(plan.objective_usd)
    return plan.objective_usd / 1e6


def test_a_level_is_that_of_the_perspective() -> None:
    """100 + 150 + 150 MW a year at 1.2 M USD per MW-year are 480; the workload's own level replaces it."""
    assert cost_of(scenario()) == pytest.approx(480)
    assert cost_of(scenario(delay_cost_usd_per_mw_month=50_000)) == pytest.approx(240)
    levels = {"low_usd_per_mw_month": 25_000, "high_usd_per_mw_month": 200_000}
    assert cost_of(scenario(perspective=levels, perspective_level="low")) == pytest.approx(120)
    assert cost_of(scenario(perspective=levels, perspective_level="high")) == pytest.approx(960)


def test_what_is_later_is_worth_less() -> None:
    """Mid-year: 6, 18 and 30 months late, shares 0.875, 0.625 and 0.5. 2027: 100 * 0.875; 2028: 100 *
    0.625 + 50 * 0.875; 2029: 100 * 0.5 + 50 * 0.625; times 1.2: 105 + 127.5 + 97.5 = 330."""
    assert cost_of(scenario(perspective={"by_months_late": FADING})) == pytest.approx(330)


def test_what_is_worth_most_is_served_first() -> None:
    """50 MW from 2028 on go to those that are due last: 105 + 1.2 * 62.5 + 1.2 * 50 = 240."""
    assert cost_of(scenario(50, perspective={"by_months_late": FADING})) == pytest.approx(240)


def test_the_year_counts_too() -> None:
    """Shares 1, 0.75 and 0.5 by year: 1.2 * (100 + 0.75 * 150 + 0.5 * 150) = 345; with both 105 + 0.75
    * 127.5 + 0.5 * 97.5 = 249.375. The shares act on a level of the workload's own as well."""
    assert cost_of(scenario(perspective={"by_date": FALLING})) == pytest.approx(345)
    both = {"by_date": FALLING, "by_months_late": FADING}
    assert cost_of(scenario(perspective=both)) == pytest.approx(249.375)
    half = scenario(perspective=both, delay_cost_usd_per_mw_month=50_000)
    assert cost_of(half) == pytest.approx(124.6875)


def test_a_target_that_must_be_met_is_apart_from_its_value() -> None:
    """From 2029 on all 150 MW must be served, though a month is worth nothing."""
    free = {"typical_usd_per_mw_month": 0.0}
    due = scenario(200, perspective=free, must_serve_from="2029-01")
    plan = run(Loaded(instance_of(due), {}), limits=EXACT)
    late = [row["unserved_mw"] for row in plan.tables["timeline"]]
    assert late[2] == 0
    with pytest.raises(InfeasibleError):
        run(Loaded(instance_of(scenario(100, perspective=free, must_serve_from="2029-01")), {}))


def test_perspectives_have_to_exist_and_be_clear() -> None:
    with pytest.raises(InputError, match="unknown perspective 'mission'"):
        instance_of(scenario(perspective_level="low") | _kind("mission"))
    twice = {"by_months_late": [FADING[0], FADING[0]]}
    with pytest.raises(InputError, match="two shares at one time"):
        instance_of(scenario(perspective=twice))


def _kind(name: str) -> dict[str, Any]:
    """The components with another perspective named."""
    data = scenario()
    data["components"]["workloads"]["kinds"]["w"]["perspective"] = name
    return {"components": data["components"]}


def test_parts_of_a_target() -> None:
    assert due_parts([10, 10, 30, 5, 7]) == [
        [(0, 10)],
        [(0, 10)],
        [(0, 10), (2, 20)],
        [(0, 5)],
        [(0, 5), (4, 2)],
    ]
    bands = (Band(10, 1.0), Band(20, 3.0))
    assert [delay_usd_per_month(bands, mw) for mw in (0, 5, 10, 15, 30)] == [0, 5, 10, 25, 70]
    assert on_line([(0, 1.0), (24, 0.5)], 6) == 0.875
    assert [on_line([(6, 2.0), (0, 1.0)], x) for x in (-1, 3, 9)] == [1, 1.5, 2]


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("pair", [("energy", "workloads"), ("plants", "workloads")], ids="-".join)
def test_optimum_equals_the_plain_program(pair: tuple[str, str], number: int) -> None:
    data = scenario_of(pair, number)
    workloads = data["components"]["workloads"]
    shares = [{"months_late": 0, "frac": 1.0}, {"months_late": 9, "frac": 0.6}]
    years = [{"at_date": "2026-01", "frac": 1.0}, {"at_date": "2028-07", "frac": 1.5}]
    workloads["perspectives"] = {
        "owner": {
            "typical_usd_per_mw_month": 1e5,
            "by_months_late": [*shares, {"months_late": 30, "frac": 0.2}],
            "by_date": years if number % 2 else [],
        }
    }
    for kind in workloads["kinds"].values():
        kind["perspective"] = "owner"
    assert compare(data) is None
