"""Numbers near a limit: one rule of tolerance, whatever their size and price."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import magnitudes
from siting.core.audit import (
    ABSOLUTE_TOLERANCE,
    NOISE,
    RELATIVE_TOLERANCE,
    SAME_ABSOLUTE,
    SAME_RELATIVE,
    USD_TOLERANCE,
    exceeds,
    is_near,
    is_same,
    is_same_usd,
    rest,
)
from siting.model.values import cleaned
from siting.outputs.tables import cell_text
from siting.solver.highs import FEASIBILITY
from support.engine import instance_of, plan_of
from support.tamper import rules_broken, with_row

SIZES = [10.0**power for power in range(-9, 10)]


def a_cent_late(delay_usd: float) -> dict[str, Any]:
    """A unit gives 120 * 0.3 = 36 average MW, 36 / 1.1 = 32.727272... MW of IT load a site, so that 80 MW
    are 32.72... + 32.72... + 14.54... on three sites, and nothing is late: 0 USD."""
    turbine = {
        "unit_mw": 120,
        "delivery": ["on_site"],
        "capacity_factor_frac": 0.3,
        "max_units_per_place": 1,
    }
    return {
        "schema_version": 1,
        "name": "a-cent-late",
        "horizon": {
            "start": "2027-04",
            "steps": [
                {"until": "2028-10", "step": "half_year"},
                {"until": "2031-10", "step": "year"},
            ],
        },
        "sites": {"s1": {}, "s2": {}, "s3": {}},
        "components": {
            "land": {},
            "plants": {"technologies": {"gt": turbine}},
            "workloads": {
                "kinds": {
                    "training": {
                        "targets": [{"from_date": "2030-01", "it_mw": 80}],
                        "delay_cost_usd_per_mw_month": delay_usd,
                    }
                }
            },
            "energy": {"pue": 1.1},
        },
    }


@pytest.mark.parametrize("delay_usd", [1e3, 1e6, 3e8, 1e10])
def test_what_is_served_in_thirds_is_not_late(delay_usd: float) -> None:
    scenario = a_cent_late(delay_usd)
    plan = plan_of(scenario)
    assert (plan.status, plan.objective_usd, plan.findings) == ("OPTIMAL", 0.0, ())
    assert {row["unserved_mw"] for row in plan.tables["timeline"]} == {0.0}
    # a millionth of a MW less is late, and has its price
    service = plan.tables["service"]
    mw = service.rows[0]["it_mw"]
    assert isinstance(mw, float)
    changed = {"service": with_row(service, 0, it_mw=mw * (1 - 1e-5))}
    assert "costs.family" in rules_broken(instance_of(scenario), plan, changed)


@pytest.mark.parametrize("size", SIZES)
def test_each_rule_gives_away_its_tolerance_and_no_more(size: float) -> None:
    for rule, absolute, relative in (
        (is_near, ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE),
        (is_same, SAME_ABSOLUTE, SAME_RELATIVE),
        (is_same_usd, USD_TOLERANCE, SAME_RELATIVE),
    ):
        tolerance = absolute + relative * size
        assert rule(size, size + 0.99 * tolerance)
        assert not rule(size, size + 1.01 * (absolute + relative * (size + 2 * tolerance)))
        assert rule(size, size * (1 + 4 * np.finfo(float).eps))
    assert not exceeds(size, size) and exceeds(size * 1.01 + 1e-5, size)
    assert rest(size, size * (1 + 4 * np.finfo(float).eps)) == 0.0
    assert rest(size + 1, size) == pytest.approx(1.0, rel=1e-6)


def test_the_rules_give_away_more_than_the_solver_does() -> None:
    assert NOISE < FEASIBILITY < ABSOLUTE_TOLERANCE
    # a hundred values that are left out
    assert SAME_ABSOLUTE >= 100 * NOISE * (1 - 1e-12)


@given(st.floats(1e-9, 1e9), st.integers(0, 3))
def test_writing_and_reading_decide_nothing(size: float, sign: int) -> None:
    value = -size if sign == 0 else size
    found = float(cell_text(value))
    assert found == pytest.approx(value, rel=1e-14, abs=0)
    assert rest(value, found) == 0.0


@given(st.floats(1, 1e9))
def test_only_noise_is_cleaned(value: float) -> None:
    few = float(f"{value:.10g}")
    noisy = np.array([value, few * (1 + 1e-15), value * 1e-13 if value < 1e3 else 0.0])
    kept = cleaned(noisy)
    assert kept[0] == pytest.approx(value, rel=1e-12, abs=1e-12)
    assert kept[1] == few
    assert kept[2] == 0.0


def test_a_third_keeps_its_digits() -> None:
    assert cleaned(np.array([32.72727272727273, 49.99999999999999, 5e-10])).tolist() == [
        32.72727272727273,
        50.0,
        0.0,
    ]
    assert cell_text(0.1 + 0.2) == "0.3"
    assert cell_text(32.72727272727273) == "32.7272727272727"
    assert cell_text(20112559242.97) == "20112559242.97"


def test_campaign() -> None:
    assert list(magnitudes.run(1, 60)) == []
