"""Status, offer and progress of sites: cases on paper with the toy scenario, and what is never created.

``far`` starts in 2027-01 and serves from 2027-07; a month later it serves from 2028-01, and then
``near`` alone is better. The comments of ``models/toy.yaml`` derive the parts.
"""

from __future__ import annotations

from typing import Any

import pytest

from siting.core.errors import InputError
from siting.model.assemble import assemble
from siting.solution.audit import audit_tables
from support.engine import instance_of, plan_of, toy
from support.paper import Change, check_case, set_at, several

FREE = 79.90
NEAR_ONLY = 180 + 10 + 10 + 17.52
CELL_SAVES = 40 * 8760 * (60 - 6.8 * 4) / 1e6 - 40_000 * 4200 / 20 / 1e6
FAR_LATE = 180 + 1 + 10 + 52.56 - CELL_SAVES
"""``far`` committed in 2027-07: serves from 2028-01, two cells run for its last half-year."""
LAND = "components.land"
ALL = ["awarded", "selected", "under_negotiation", "designated_other_use", "solicited"]


def far(**values: Any) -> Change:
    """What ``far`` states."""
    return several(*(set_at(f"sites.far.{name}", value) for name, value in values.items()))


def far_reviewed(least_months: float | None, **values: Any) -> Change:
    """``far`` takes a review of six months, which its agency may have begun."""
    path = {"months": 6, "least_months": least_months}
    return several(
        set_at(f"{LAND}.review_paths", {"half": path}), far(review_path="half", **values)
    )


CASES: dict[str, tuple[Change, float]] = {
    **{f"taken: {status}": (far(land_status=status), NEAR_ONLY) for status in ALL[:4]},
    "solicited": (far(land_status="solicited"), FREE),
    "listed": (far(land_status="listed"), FREE),
    "own initiative": (far(land_status="own_initiative"), FREE),
    "a status that the scenario allows": (
        several(far(land_status="awarded"), set_at(f"{LAND}.usable_statuses", ALL)),
        FREE,
    ),
    "a status that the scenario does not allow": (
        several(far(land_status="listed"), set_at(f"{LAND}.usable_statuses", ALL)),
        NEAR_ONLY,
    ),
    "no room for a hall in the offer": (far(offered_acres=99), NEAR_ONLY),
    "just room for a hall": (far(offered_acres=100), FREE),
    "an offer larger than the land": (far(offered_acres=400, buildable_acres=99), NEAR_ONLY),
    "nothing offered": (far(offered_acres=0), NEAR_ONLY),
    "as if it were offered": (
        several(far(offered_acres=0), set_at(f"{LAND}.is_offer_binding", False)),
        FREE,
    ),
    "open from the first day": (far(open_from="2027-01"), FREE),
    "open a month later": (far(open_from="2027-02"), NEAR_ONLY),
    "open later, and nothing else near": (
        several(far(open_from="2027-02"), set_at("sites.near.buildable_acres", 99)),
        FAR_LATE,
    ),
    # six months from 2026-07 end on 2027-01-01, from 2026-08 a month too late
    "begun in time": (far_reviewed(0, review_started="2026-07"), FREE),
    "begun a month too late": (far_reviewed(0, review_started="2026-08"), NEAR_ONLY),
    "begun, and a month is left at the least": (
        far_reviewed(1, review_started="2026-01"),
        NEAR_ONLY,
    ),
    "begun, without credit for it": (far_reviewed(None, review_started="2026-01"), NEAR_ONLY),
    "begun, and the scenario does not count it": (
        several(
            far_reviewed(0, review_started="2026-01"),
            set_at(f"{LAND}.is_progress_counted", False),
        ),
        NEAR_ONLY,
    ),
    "decided": (far_reviewed(None, review_done="2026-12"), FREE),
    "to be decided": (far_reviewed(None, review_done="2027-02"), NEAR_ONLY),
}


@pytest.mark.parametrize("name", CASES)
def test_cases_on_paper(name: str) -> None:
    change, expected = CASES[name]
    check_case(change, expected)


def test_a_site_that_is_taken_has_no_variables() -> None:
    scenario = toy()
    far(land_status="awarded")(scenario)
    linear = assemble(instance_of(scenario)).linear
    assert not [key for _, key in linear.columns if "far" in key]


def test_a_site_has_no_variable_before_it_is_open() -> None:
    scenario = toy()
    far(open_from="2027-02")(scenario)
    linear = assemble(instance_of(scenario)).linear
    found = sorted(key[1] for name, key in linear.columns if name == "core.commit" and "far" in key)
    assert found == [1, 2, 3]


def test_the_audit_refuses_a_commitment_of_a_site_that_is_taken() -> None:
    plan = plan_of(toy())
    assert "far" in {row["site"] for row in plan.tables["commitments"]}
    taken = toy()
    far(land_status="selected")(taken)
    findings = audit_tables(instance_of(taken), plan.tables, plan.objective_usd)
    assert any(found.rule == "land.commitment" for found in findings)


def test_the_audit_refuses_more_acres_than_are_offered() -> None:
    plan = plan_of(toy())
    offered = toy()
    far(offered_acres=99)(offered)
    findings = audit_tables(instance_of(offered), plan.tables, plan.objective_usd)
    assert any(found.rule == "land.area_limit" for found in findings)


def test_a_scenario_without_a_usable_site_is_told_which_setting_leaves_none() -> None:
    scenario = toy()
    for site in scenario["sites"].values():
        site["land_status"] = "awarded"
    with pytest.raises(InputError, match="usable_statuses"):
        instance_of(scenario)


def test_offered_acres_replace_an_estimate() -> None:
    """Acres that an agency states are no estimate; more than the land holds are no news."""
    scenario = toy()
    scenario["sites"]["far"].update(estimated="buildable_acres;poi_kv", offered_acres=150)
    scenario["sites"]["near"].update(estimated="buildable_acres", offered_acres=400)
    sites = instance_of(scenario).system.sites
    assert (sites["far"].buildable_acres, sites["far"].estimated) == (150, "poi_kv")
    assert (sites["near"].buildable_acres, sites["near"].estimated) == (200, "buildable_acres")
