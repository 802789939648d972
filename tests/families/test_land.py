"""Policies and actions of ``land``: cases on paper, refusals, and plans broken by hand.

The toy scenario costs 79.90 million dollars; ``far`` starts in 2027-01 and serves from 2027-07, and
its agency is BLM. The comments of ``models/toy.yaml`` and of ``test_binding.py`` derive the parts.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.core.yaml_source import read_document
from siting.solution.audit import audit_tables
from support.engine import BUILTIN, instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several

FREE = 79.90
NEAR_ONLY = 180 + 10 + 10 + 17.52
CELL_SAVES = 40 * 8760 * (60 - 6.8 * 4) / 1e6 - 40_000 * 4200 / 20 / 1e6
"""A cell at ``far`` a year: 11.49 of energy saved against 8.4 of capital."""
RANCH = 180 + 2 + 10 + 3 * 8.4 + 100 * 8760 * 6.8 * 4 / 1e6
"""``ranch`` alone from 2028-01 with three cells: 241.03."""
RANCH_LATE = 360 + 2 + 5 + (3 * 8.4 + 100 * 8760 * 6.8 * 4 / 1e6) / 2
"""``ranch`` alone from 2028-07."""
LAND = "components.land"
FAR_ONLY = 1 + 15 + 78.84 - 2 * CELL_SAVES
"""``far`` alone from 2027-07, with two cells from 2028-01."""
FAR_LATE = 180 + 1 + 10 + 52.56 - 2 * CELL_SAVES / 2
"""``far`` committed in 2027-07: serves from 2028-01, cells started then run from 2028-07."""
FAR_LATE_REVIEWED = 180 + 1 + 10 + 52.56 - 2 * CELL_SAVES
"""``far`` committed in 2027-01 and reviewed by 2027-07: cells run from 2028-01."""
PATHS = {
    "ea": {"months": 1, "cost_usd": 2_000_000},
    "ce": {"months": 0, "cost_usd": 500_000},
    "slow": {"months": 18},
    "none": {"months": 0},
    "half": {"months": 6},
    "year": {"months": 12},
}


def far_takes(path: str, **policy: Any) -> Change:
    """``far`` is reviewed by a path, and a policy replaces paths."""
    return several(
        set_at(f"{LAND}.review_paths", PATHS),
        set_at("sites.far.review_path", path),
        set_at(f"{LAND}.policies", {"waiver": {"is_on": True, **policy}}),
    )


def actions_of(action: str, listed: Any) -> Change:
    """Agency BLM has a path for each action; ``far`` states one."""
    return several(
        set_at(f"{LAND}.review_paths", PATHS),
        set_at(f"{LAND}.path_by_agency", {"BLM": listed}),
        set_at("sites.far.action", action),
    )


def tiers(months: int, cost_usd: float = 0.0, path: str = "none", **who: Any) -> Change:
    """A programmatic review of ``far`` or others; their own reviews serve nobody in the horizon."""
    return several(
        set_at(f"{LAND}.review_paths", PATHS),
        set_at(f"{LAND}.default_path", "slow"),
        set_at(
            f"{LAND}.programmatic",
            {
                "plan": {
                    **(who or {"sites": ["far"]}),
                    "months": months,
                    "cost_usd": cost_usd,
                    "tiered_path": path,
                }
            },
        ),
    )


def ranch_after(path: str) -> Change:
    """Only ``ranch`` has room, under a review of its own; a hall takes no time."""
    return several(
        tiers(0, sites=["far"]),
        set_at(f"{LAND}.default_path", path),
        set_at("sites.near.buildable_acres", 99),
        set_at("sites.far.buildable_acres", 99),
        set_at("components.campus.shell_months", 0),
    )


def leases(phases: int, usd: float = 1000.0) -> Change:
    """Rent a year and acre, in phases."""
    return several(
        set_at(f"{LAND}.lease_phases", phases), set_at(f"{LAND}.lease_usd_per_acre_year", usd)
    )


def two_halls(scenario: Scenario) -> None:
    """Only ``far``, without cells, and a second target of 100 MW from 2028-07 on."""
    set_at(f"{LAND}.max_sites_by_agency", {"DOE": 0, "DoD": 0})(scenario)
    del scenario["components"]["plants"]
    targets = scenario["components"]["workloads"]["kinds"]["training"]["targets"]
    targets.append({"from_date": "2028-07", "it_mw": 200})


EA_TO_CE = {"ea": "ce"}
NO_NEAR = set_at("sites.near.buildable_acres", 99)
CASES: dict[str, tuple[Change, float]] = {
    # one month of review moves far's hall to 2027-07 and service to 2028-01: near alone is better
    "policy switched off": (far_takes("ea", is_on=False, replaces=EA_TO_CE), NEAR_ONLY),
    # the exclusion takes no time and costs 0.5
    "policy in force": (far_takes("ea", replaces=EA_TO_CE), FREE + 0.5),
    "policy of another agency": (
        far_takes("ea", agencies=["DOE"], replaces=EA_TO_CE),
        NEAR_ONLY,
    ),
    "policy of the agency": (far_takes("ea", agencies=["DOE", "BLM"], replaces=EA_TO_CE), FREE + 0.5),
    # the commitment of 2027-01 is covered until 2027-02 and no longer until 2027-01
    "policy until the commitment": (far_takes("ea", until="2027-01", replaces=EA_TO_CE), NEAR_ONLY),
    "policy until after it": (far_takes("ea", until="2027-02", replaces=EA_TO_CE), FREE + 0.5),
    "policy from the commitment on": (
        far_takes("ea", from_date="2027-01", replaces=EA_TO_CE),
        FREE + 0.5,
    ),
    # a path put in place is not replaced again: slow becomes ea, which stays
    "policy does not chain": (
        far_takes("slow", replaces={"slow": "ea", "ea": "ce"}),
        NEAR_ONLY,
    ),
    # Without near. Committed in 2027-01 the review of 18 months ends in 2028-07 and serves nobody;
    # committed in 2027-07, under the policy, it ends at once: the later commitment is reviewed
    # earlier. Hall from 2027-07 serves from 2028-01, and cells started then run from 2028-07.
    "a later commitment overtakes": (
        several(
            NO_NEAR, far_takes("slow", from_date="2027-07", replaces={"slow": "none"})
        ),
        FAR_LATE,
    ),
    # without the policy far serves nobody within the horizon, and ranch is the best left
    "nothing overtakes": (
        several(NO_NEAR, far_takes("slow", is_on=False, replaces={"slow": "none"})),
        RANCH,
    ),
    "action with a slow path": (actions_of("lease", {"default": "ce", "lease": "ea"}), NEAR_ONLY),
    "action with a quick path": (
        actions_of("lease", {"default": "ea", "lease": "ce"}),
        FREE + 0.5,
    ),
    "no action takes the default": (actions_of("", {"default": "ce", "lease": "ea"}), FREE + 0.5),
    "one path for every action": (actions_of("lease", "ce"), FREE + 0.5),
    # With a review of 18 months of its own no site serves anybody within the horizon: 540 of delay.
    # far alone, tiered at once, all on time: 1 + 15 + 78.84 less two cells from 2028-01
    "tiered at once": (tiers(0), FAR_ONLY),
    "programmatic and tiered review are paid": (tiers(0, 2e6, "ce"), FAR_ONLY + 2 + 0.5),
    # complete in 2027-07, so far is committed then and serves from 2028-01
    "programmatic_review of 6 months": (tiers(6), FAR_LATE),
    # complete in 2027-08: committed in 2028-01, served from 2028-07: two half-years late, half a
    # year of hall and energy; a cell would only run from 2029-01
    "tiered_after binds: 7 months": (tiers(7), 360 + 1 + 5 + 26.28),
    # one month of tiered review: hall from 2027-07, like the own review of a month in far_takes
    "tiered review of a month": (tiers(0, 0, "ea"), FAR_LATE_REVIEWED + 2),
    # near and far share one review of 1: the free optimum and the review
    "one review for two sites": (tiers(0, 1e6, sites=["near", "far"]), FREE + 1),
    "one review for an agency": (tiers(0, 1e6, agency="BLM"), FAR_ONLY + 1),
    # far is worth 540 - FAR_LATE = 299.5: it tiers if the review costs less
    "a review worth its cost": (tiers(6, 299e6), FAR_LATE + 299),
    "a review not worth its cost": (tiers(6, 300e6), 540.0),
    # connection of 12 months: had far been committed in 2027-01 and tiered in 2027-07, it would
    # serve from 2028-01; committed in 2027-07 it serves from 2028-07, 2 cells from then on too
    "tiered_new binds: only a new commitment tiers": (
        several(tiers(6), set_at("zones.dear.connection_months", 12)),
        360 + 1 + 5 + 26.28 - 2 * CELL_SAVES / 2,
    ),
    # ranch: cells started in 2027-01 are built from 2027-07, when a tiered review of half a year
    # is complete, and run from 2028-01
    "plants.reviewed by a tiered review": (tiers(0, path="half", sites=["ranch"]), RANCH),
    # a tiered review of a year is complete in 2028-01: cells started in 2027-07 run from 2028-07
    "plants.reviewed binds": (tiers(0, path="year", sites=["ranch"]), RANCH_LATE),
    # a hall that takes no time could serve from 2028-01, but the cells begin after the review
    "plants.reviewed binds alone": (
        several(ranch_after("slow"), tiers(0, path="year", sites=["ranch"])),
        RANCH_LATE,
    ),
    "plants.reviewed binds alone by the own review": (ranch_after("year"), RANCH_LATE),
    "plants.reviewed just inside by the own review": (ranch_after("half"), RANCH),
    # far's own review takes no time and costs 10; the tiered one is free and serves from 2028-01.
    # Whoever tiers waits: far pays 10, and near would pay 10 more to save 8.75
    "the date of one review, the price of the other": (
        several(
            tiers(0, path="half"),
            set_at(f"{LAND}.review_paths.dear", {"months": 0, "cost_usd": 10_000_000}),
            set_at(f"{LAND}.default_path", "dear"),
        ),
        FAR_ONLY + 10,
    ),
    # committed in 2027-07, the programmatic review complete: cells started then run from 2028-07
    "cells wait for the commitment": (tiers(6, sites=["ranch"]), RANCH_LATE),
    # committed in 2028-01: a cell would run from 2029-01
    "cells wait too long": (tiers(7, sites=["ranch"]), 540.0),
    "a policy replaces the tiered path": (
        several(
            tiers(0, 0, "ea"),
            set_at(f"{LAND}.policies", {"waiver": {"is_on": True, "replaces": EA_TO_CE}}),
        ),
        FAR_ONLY + 0.5,
    ),
    # acres in use: 100 at far for 2 years from 2027-01, 100 at near for 1.5 from 2027-07
    "rent of the acres in use": (leases(0), FREE + 0.2 + 0.15),
    # one phase is all 200 acres; of two, or of four, those that hold 100 acres are enough
    "one phase leases all": (leases(1), FREE + 2 * 0.35),
    "two phases of 100 acres": (leases(2), FREE + 0.35),
    "three phases of 66.7 acres, two in use": (leases(3), FREE + 0.35 * 4 / 3),
    "phase_limit binds: all phases are too few acres": (
        several(leases(2, 0), set_at("sites.far.buildable_acres", 99)),
        NEAR_ONLY,
    ),
    "phase_limit just inside": (several(leases(2, 0), set_at("sites.far.buildable_acres", 100)), FREE),
    "a site that states no acres pays for those in use": (
        several(leases(1), set_at("sites.far.buildable_acres", None)),
        FREE + 0.2 + 2 * 0.15,
    ),
    # far: opening 1, halls 10 a year for 1.5 and 0.5 years, energy likewise, a second bank for half
    # a year; the second phase of 100 acres is leased when the second hall is started, 2028-01
    "phase_area binds: a second phase with the second hall": (
        several(leases(2), two_halls),
        1 + 20 + 78.84 + 26.28 + 0.05 + 0.2 + 0.1,
    ),
    "one phase for both halls": (
        several(leases(1), two_halls),
        1 + 20 + 78.84 + 26.28 + 0.05 + 0.4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_case_on_paper(name: str) -> None:
    change, expected = CASES[name]
    check_case(change, expected)


def test_the_plan_names_the_path_that_applied() -> None:
    plan = check_case(far_takes("ea", replaces=EA_TO_CE), FREE + 0.5)
    rows = {row["site"]: row for row in plan.tables["commitments"]}
    assert rows["far"]["review_path"] == "ce"
    assert rows["far"]["review_done_date"] == rows["far"]["commit_date"]


def test_the_plan_names_the_review_it_tiers_from() -> None:
    plan = check_case(tiers(6, 1e6), FAR_LATE + 1)
    (far,) = plan.tables["commitments"]
    assert far["is_tiered"] is True
    assert far["review_path"] == "none"
    (review,) = plan.tables["programmatic_reviews"]
    assert (review["id"], review["months"], review["cost_usd"]) == ("plan", 6.0, 1e6)
    assert review["done_date"] == far["commit_date"]


def test_a_site_with_a_good_review_of_its_own_does_not_tier() -> None:
    plan = check_case(several(tiers(0, 1e6), set_at(f"{LAND}.default_path", "none")), FREE)
    assert not any(row["is_tiered"] for row in plan.tables["commitments"])
    assert len(plan.tables["programmatic_reviews"]) == 0


REFUSALS: dict[str, tuple[Change, str, str]] = {
    "unknown action": (
        actions_of("sale", {"default": "ce"}), "sites.far.action", "unknown action 'sale'",
    ),
    "action missing": (
        actions_of("", {"lease": "ce"}), "sites.far.action", "no action is stated",
    ),
    "unknown path of an action": (
        actions_of("lease", {"lease": "cx"}), f"{LAND}.path_by_agency.BLM.lease",
        "unknown review path 'cx'",
    ),
    "unknown path of an agency": (
        actions_of("lease", "cx"), f"{LAND}.path_by_agency.BLM", "unknown review path 'cx'",
    ),
    "unknown usual path": (
        far_takes("ea", replaces={"eis": "ea"}), f"{LAND}.policies.waiver.replaces", "'eis'",
    ),
    "unknown path put in place": (
        far_takes("ea", replaces={"ea": "cx"}), f"{LAND}.policies.waiver.replaces.ea", "'cx'",
    ),
    "dates turned round": (
        far_takes("ea", replaces=EA_TO_CE, from_date="2028-01", until="2028-01"),
        f"{LAND}.policies.waiver.until", "before it begins",
    ),
    "no such agency": (
        far_takes("ea", replaces=EA_TO_CE, agencies=["NASA"]),
        f"{LAND}.policies.waiver.agencies", "no site belongs",
    ),
    "two policies collide": (
        several(
            far_takes("ea", replaces=EA_TO_CE),
            set_at(f"{LAND}.policies.other", {"is_on": True, "replaces": {"ea": "none"}}),
        ),
        f"{LAND}.policies.waiver.replaces.ea", "different paths",
    ),
    "tiered path unknown": (
        tiers(0, path="cx"), f"{LAND}.programmatic.plan.tiered_path", "unknown review path 'cx'",
    ),
    "programmatic review of nobody": (
        tiers(0, sites=None), f"{LAND}.programmatic.plan", "neither an agency nor sites",
    ),
    "programmatic review of agency and sites": (
        tiers(0, sites=["far"], agency="BLM"), f"{LAND}.programmatic.plan", "an agency and sites",
    ),
    "programmatic review of an unknown site": (
        tiers(0, sites=["far", "moon"]), f"{LAND}.programmatic.plan.sites", "unknown site 'moon'",
    ),
    "programmatic review of an unknown agency": (
        tiers(0, agency="NASA"), f"{LAND}.programmatic.plan", "covers no site",
    ),
    "two programmatic reviews of a site": (
        several(
            tiers(0),
            set_at(
                f"{LAND}.programmatic.other", {"agency": "BLM", "months": 1, "tiered_path": "ce"}
            ),
        ),
        f"{LAND}.programmatic.other", "both cover the site 'far'",
    ),
    "path of the wrong kind": (
        actions_of("lease", 3), f"{LAND}.path_by_agency.BLM", "found number 3",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_says_where_what_and_how_to_mend(name: str) -> None:
    change, where, what = REFUSALS[name]
    scenario = toy()
    change(scenario)
    with pytest.raises(InputError) as raised:
        instance_of(scenario)
    found = [issue for issue in raised.value.issues if issue.where.endswith(where)]
    assert found, raised.value
    assert what in found[0].what
    assert found[0].expected


def test_policies_that_never_meet_may_differ() -> None:
    scenario = toy()
    other = {"is_on": True, "from_date": "2028-01", "replaces": {"ea": "none"}}
    several(
        far_takes("ea", replaces=EA_TO_CE, until="2028-01"),
        set_at(f"{LAND}.policies.later", other),
        set_at(f"{LAND}.policies.elsewhere", {**other, "from_date": "2027-01", "agencies": ["DOE"],
                                              "until": "2028-01", "is_on": False}),
    )(scenario)  # fmt: skip
    instance_of(scenario)


def plan_after(change: Change) -> tuple[Scenario, Plan]:
    """The toy scenario after a change, and its plan."""
    scenario = toy()
    change(scenario)
    return scenario, plan_of(scenario)


def rules_broken(
    scenario: Scenario, plan: Plan, table: str, row: int, cells: dict[str, Cell]
) -> set[str]:
    """Rules the audit names after some cells of a row were changed; no cells removes the row."""
    rows = list(plan.tables[table].rows)
    if cells:
        rows[row] = {**rows[row], **cells}
    else:
        del rows[row]
    changed = Table(plan.tables[table].columns, tuple(rows))
    tables = {**plan.tables, table: changed}
    findings = audit_tables(instance_of(scenario), tables, plan.objective_usd)
    return {finding.rule for finding in findings}


def row_of(plan: Plan, table: str, column: str, value: Cell) -> int:
    """Position of the first row with a value."""
    return next(n for n, row in enumerate(plan.tables[table]) if row[column] == value)


def test_audit_finds_a_broken_commitment() -> None:
    scenario, plan = plan_after(far_takes("ea", until="2027-02", replaces=EA_TO_CE))
    far = row_of(plan, "commitments", "site", "far")
    starts = instance_of(scenario).system.calendar.starts
    broken: tuple[tuple[dict[str, Cell], str], ...] = (
        ({"review_path": "ea"}, "land.review"),
        ({"review_done_date": starts[1]}, "land.review"),
        ({"commit_date": starts[1]}, "land.review"),
        ({"commit_usd": 1.0}, "land.cost"),
        ({"site": "nowhere"}, "land.commitment"),
        ({}, "land.area_limit"),
    )
    for cells, rule in broken:
        assert rule in rules_broken(scenario, plan, "commitments", far, cells), cells


def test_audit_finds_broken_tiering() -> None:
    scenario, plan = plan_after(tiers(6, 1e6, "ce"))
    starts = instance_of(scenario).system.calendar.starts
    broken: tuple[tuple[str, dict[str, Cell], str], ...] = (
        ("commitments", {"is_tiered": False}, "land.review"),
        ("commitments", {"is_tiered": None}, "land.review"),
        ("commitments", {"commit_date": starts[0]}, "land.tiered_after"),
        ("commitments", {"review_path": "slow"}, "land.review"),
        ("commitments", {"commit_usd": 0.0}, "land.cost"),
        ("programmatic_reviews", {"start_date": starts[1]}, "land.tiered_after"),
        ("programmatic_reviews", {"start_date": starts[1]}, "land.programmatic"),
        ("programmatic_reviews", {"done_date": starts[2]}, "land.programmatic"),
        ("programmatic_reviews", {"months": 5.0}, "land.programmatic"),
        ("programmatic_reviews", {"cost_usd": 0.0}, "land.programmatic"),
        ("programmatic_reviews", {"agency": "DOE"}, "land.programmatic"),
        ("programmatic_reviews", {"id": "other"}, "land.programmatic"),
        ("programmatic_reviews", {}, "land.tiered_after"),
        ("programmatic_reviews", {}, "costs.family"),
    )
    for table, cells, rule in broken:
        assert rule in rules_broken(scenario, plan, table, 0, cells), (table, cells)


def test_lease_phases_are_listed_as_they_begin() -> None:
    _, plan = plan_after(several(leases(2), two_halls))
    rows = [(row["site"], row["count"], row["acres"]) for row in plan.tables["lease_phases"]]
    assert rows == [("far", 1, 100.0), ("far", 1, 100.0)]
    first, second = plan.tables["lease_phases"]
    assert (str(first["start_date"]), str(second["start_date"])) == ("2027-01-01", "2028-01-01")


def test_audit_finds_broken_lease_phases() -> None:
    scenario, plan = plan_after(several(leases(2), two_halls))
    starts = instance_of(scenario).system.calendar.starts
    broken: tuple[tuple[int, dict[str, Cell], str], ...] = (
        (0, {"count": 2}, "land.phases"),
        (0, {"count": 2, "acres": 200.0}, "land.phase_limit"),
        (0, {"count": 0.5, "acres": 50.0}, "land.phases"),
        (0, {"acres": 99.0}, "land.phases"),
        (0, {"site": "nowhere"}, "land.phases"),
        (0, {"site": "near"}, "land.phase_limit"),
        (0, {"start_date": starts[1]}, "land.phase_area"),
        (1, {"start_date": starts[1]}, "costs.family"),
        (1, {}, "land.phase_area"),
    )
    for row, cells, rule in broken:
        assert rule in rules_broken(scenario, plan, "lease_phases", row, cells), (row, cells)


def test_library_policies_are_off_and_may_all_be_switched_on() -> None:
    scenario = toy()
    scenario["sites"]["ranch"]["agency"] = "USBR"
    library = read_document(BUILTIN / "models" / "libraries" / "policies.yaml").data
    assert isinstance(library, dict)
    assert not any(policy["is_on"] for policy in library.values())
    reviews = read_document(BUILTIN / "models" / "libraries" / "review.yaml").data
    for policy in library.values():
        policy["is_on"] = True
    scenario["components"]["land"] = {"review_paths": reviews, "policies": library}
    scenario["components"]["land"]["default_path"] = "environmental_assessment"
    terms = instance_of(json.loads(json.dumps(scenario))).data["land"].own
    assert {terms[s, 0].path for s in ("near", "far", "ranch")} == {
        "categorical_exclusion",
        "emergency_assessment",
    }


def test_library_of_programmatic_reviews_fits_the_review_library() -> None:
    scenario = toy()
    folder = BUILTIN / "models" / "libraries"
    several(
        set_at(f"{LAND}.review_paths", read_document(folder / "review.yaml").data),
        set_at(f"{LAND}.programmatic", read_document(folder / "programmatic.yaml").data),
        set_at("horizon.steps", [{"until": "2033-01", "step": "year"}]),
    )(scenario)
    data = instance_of(json.loads(json.dumps(scenario))).data["land"]
    assert data.programmatic_of == {"far": "blm_land", "near": "doe_sites", "ranch": "dod_sites"}
