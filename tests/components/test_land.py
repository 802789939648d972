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
LAND = "components.land"
PATHS = {
    "ea": {"months": 1, "cost_usd": 2_000_000},
    "ce": {"months": 0, "cost_usd": 500_000},
    "slow": {"months": 18},
    "none": {"months": 0},
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
        180 + 1 + 10 + 52.56 - 2 * CELL_SAVES / 2,
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
    dates = instance_of(json.loads(json.dumps(scenario))).data["land"].path
    assert {dates[s, 0] for s in ("near", "far", "ranch")} == {
        "categorical_exclusion",
        "emergency_assessment",
    }
