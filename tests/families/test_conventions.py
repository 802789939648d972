"""What the formulations say that a reader cannot guess, each on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from siting.core.calendar import add_weeks
from siting.core.records import Rival, Site
from siting.core.rivals import expected_mw, percentile_mw
from siting.families.campus.settings import CampusConfig
from siting.families.headroom.settings import HeadroomConfig
from siting.families.transformers.settings import EquipmentClass
from support.engine import instance_of, plan_of, toy


def lone_site(**workload: Any) -> dict[str, Any]:
    """One site of 100 MW without a review, two half-years."""
    return {
        "schema_version": 1,
        "name": "lone",
        "horizon": {"start": "2028-01", "steps": [{"until": "2029-01", "step": "half_year"}]},
        "sites": {"s": {"max_it_mw": 100, "preparation_usd": 1_000_000}},
        "components": {"land": {}, "workloads": {"kinds": {"w": workload}}},
    }


def test_a_cost_paid_once_is_discounted_at_the_middle_of_its_period() -> None:
    """Committed in the first half-year, whose middle is a quarter after the start: 1 M / 1.21^0.25."""
    scenario = lone_site(targets=[{"from_date": "2028-01", "it_mw": 100}], must_serve=True)
    scenario["discount_rate_frac"] = 0.21
    assert plan_of(scenario).objective_usd == pytest.approx(1e6 / 1.21**0.25, rel=1e-9)


def test_a_target_within_a_period_counts_from_the_next() -> None:
    """From February: late from July on, 6 months * 100 MW * 1,000 USD, less than the million of the site."""
    late = {"delay_cost_usd_per_mw_month": 1_000}
    scenario = lone_site(targets=[{"from_date": "2028-02", "it_mw": 100}], **late)
    assert plan_of(scenario).objective_usd == pytest.approx(600_000, rel=1e-9)


def test_a_rival_within_a_period_counts_from_the_next() -> None:
    scenario = toy()
    rival = {"zone": "cheap", "draw_mw": 100, "in_service": "2027-08"}
    scenario["components"]["headroom"]["rivals"] = {"r": rival}
    taken = instance_of(scenario).system.rival_mw
    assert {p: mw for (_, _, p), mw in taken.items()} == {2: 100, 3: 100}


def test_the_first_lead_time_holds_before_its_date_and_weeks_round_to_the_day() -> None:
    kind = EquipmentClass.model_validate(
        {
            "role": "main_bank",
            "unit_mva": 100,
            "lead_times": [{"ordered_from": date(2030, 1, 1), "weeks": 10.1}],
        }
    )
    # 10.1 weeks are 70.7 days, 71
    assert kind.delivery_date(date(2027, 1, 1)) == date(2027, 3, 13)
    assert add_weeks(date(2027, 1, 1), 0.05) == date(2027, 1, 1)


def test_the_voltage_of_the_site_prices_its_connection() -> None:
    rows = [(69, 1, 10), (230, 2, 20), (500, 5, 50)]
    costs = [
        {"from_kv": kv, "line_usd_per_km": line, "substation_usd": station}
        for kv, line, station in rows
    ]
    config = HeadroomConfig.model_validate({"connection_costs": costs})
    assert [config.connection_usd(kv, 100) for kv in (None, 69, 345, 500)] == [0, 110, 220, 550]
    scenario = toy()
    scenario["components"]["headroom"]["connection_costs"] = costs
    scenario["nodes"] = {"n": {"zone": "cheap", "capacity_mw": 500, "poi_kv": 500}}
    scenario["sites"]["near"] |= {"node": "n", "gen_tie_km": 100, "poi_kv": 230}
    assert instance_of(scenario).data["headroom"].connect_usd["near"] == 220


@pytest.mark.parametrize(("limit", "halls"), [(99.9, 0), (100, 1), (250, 2), (1e4, 5)])
def test_a_limit_is_cut_to_whole_halls(limit: float, halls: int) -> None:
    config = CampusConfig(hall_it_mw=100, shell_months=0)
    assert config.most_halls(Site(max_it_mw=limit), 450) == halls


def test_a_minimum_campus_counts_halls_that_are_energised() -> None:
    """A hall of 100 MW takes half a year. With a minimum of 200 MW the second one, unused, is started as
    late as it serves by the end: at 2028-01, paid from 2028-07 for half a year, 5 M a campus; `near`
    and `far` are both built, so 79.9 + 2 * 5."""
    scenario = toy()
    scenario["components"]["campus"]["min_campus_it_mw"] = 200
    plan = plan_of(scenario)
    assert all(
        isinstance(day := row["in_service_date"], date) and day <= date(2028, 7, 1)
        for row in plan.tables["halls"]
    )
    assert plan.objective_usd == pytest.approx(89.9e6, rel=1e-6)


def test_rivals_round_up_to_whole_megawatts_at_a_percentile_only() -> None:
    rival = Rival(draw_mw=10.2, in_service=date(2027, 1, 1), zone="z")
    assert percentile_mw([rival, rival], 0.5) == 22
    assert expected_mw([rival, rival]) == pytest.approx(20.4, rel=1e-12)


def test_a_date_that_is_never_reached_leaves_the_next_goal_to_decide() -> None:
    scenario = toy()
    scenario["objectives"] = [{"goal": "earliest", "it_mw": 150}, {"goal": "least_cost"}]
    plan = plan_of(scenario)
    assert plan.goals[0].value is None
    assert plan.objective_usd == pytest.approx(79.9e6, rel=1e-6)
