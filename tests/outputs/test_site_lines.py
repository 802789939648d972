"""The three lines of each site are true: the number with the least room is the last one that holds."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest

from siting.core.audit import day
from siting.core.marginal import MARGINAL, marginal_text
from siting.core.plan import Plan
from siting.outputs.report.sections import plan_sections
from siting.outputs.report.site_lines import SiteLines, site_lines
from siting.solution.audit import audit_tables
from support.engine import instance_of, plan_of, toy

RULES = {"acres": {"land.area_limit"}, "MW": {"headroom.connected", "headroom.node_limit"}}
MARGIN = 0.5
"""Beyond what audits let pass, in acres or MW."""


@pytest.fixture(scope="module", params=["toy", "pjm", "committed"])
def plan(request: pytest.FixtureRequest, toy_plan: Plan, pjm_plan: Plan) -> Plan:
    """Plans with and without points of interconnection, and one with a commitment."""
    if request.param == "committed":
        scenario = toy()
        scenario["sites"]["ranch"].update(land_status="awarded", offered_acres=120)
        rows = {"decision": "core.commit", "item": "ranch", "at_least": 1}
        scenario["committed"] = {"ranch": rows}
        return plan_of(scenario)
    return toy_plan if request.param == "toy" else pjm_plan


def with_number(plan: Plan, path: str, value: float) -> dict[str, Any]:
    """The scenario of a plan with another number."""
    scenario = copy.deepcopy(json.loads(json.dumps(dict(plan.scenario), default=str)))
    *parents, last = path.split(".")
    place = scenario
    for key in parents:
        place = place[key]
    assert last in place
    place[last] = value
    found: dict[str, Any] = scenario
    return found


def broken(plan: Plan, scenario: dict[str, Any], rules: set[str]) -> bool:
    """Whether a plan breaks one of some rules of a scenario."""
    findings = audit_tables(instance_of(scenario), plan.tables, plan.objective_usd)
    return bool(rules & {finding.rule for finding in findings})


def test_every_built_site_has_its_lines(plan: Plan) -> None:
    chosen = {row["site"] for row in plan.tables["sites"] if row["is_chosen"]}
    assert {lines.site for lines in site_lines(plan)} == chosen
    (section,) = [s for s in plan_sections(plan) if s.id == "site-lines"]
    worth = marginal_text(plan)
    assert len(section.blocks) == 1 + bool(worth) + len(chosen)
    assert not worth or str(plan.settings[MARGINAL]["site"]) in chosen  # type: ignore[index]


def test_below_its_number_the_plan_does_not_hold(plan: Plan) -> None:
    checked = 0
    for lines in site_lines(plan):
        for room in lines.rooms:
            if room.used <= MARGIN:
                continue
            rules = RULES[room.unit]
            assert not broken(plan, with_number(plan, room.path, room.used), rules), room
            assert broken(plan, with_number(plan, room.path, room.used - MARGIN), rules), room
            checked += 1
    assert checked


def test_the_number_with_the_least_room_is_told(plan: Plan) -> None:
    for lines in site_lines(plan):
        shares = [room.share for room in lines.rooms]
        assert shares == sorted(shares, reverse=True)
        if lines.rooms:
            assert lines.rooms[0].path in lines.undo


def first(plan: Plan, table: str, place: str, column: str, site: str) -> date | None:
    """First date of a site in a table."""
    rows = plan.tables[table].rows if table in plan.tables else ()
    dates = [when for row in rows if row[place] == site and (when := day(row, column)) is not None]
    return min(dates, default=None)


def place(plan: Plan, site: str, column: str) -> object:
    """Node or zone of a site."""
    return next(row[column] for row in plan.tables["sites"] if row["site"] == site)


def first_of_zone(plan: Plan, site: str) -> date | None:
    """Start of the first plant of the zone that an energisation of a site needed."""
    zone = place(plan, site, "zone")
    dates = [
        found
        for row in plan.tables["critical_path"]
        if row["site"] == site and str(row["item"]).partition("@")[2] == zone
        if (found := day(row, "started_date")) is not None
    ]
    return min(dates, default=None)


def test_dates_are_those_of_the_tables(plan: Plan) -> None:
    for lines in site_lines(plan):
        told = {what: when for when, what in lines.needs}
        expected = {
            "the commitment": first(plan, "commitments", "site", "commit_date", lines.site),
            "the first halls": first(plan, "halls", "site", "start_date", lines.site),
            "the request for a connection": first(
                plan, "connections", "site", "start_date", lines.site
            ),
            "the first transformers ordered": first(
                plan, "orders", "site", "order_date", lines.site
            ),
            "the first plants of its own": first(
                plan, "plants", "location", "start_date", lines.site
            ),
            "upgrades of its point of interconnection": first(
                plan, "upgrades", "node", "start_date", str(place(plan, lines.site, "node"))
            ),
            "the first plants in its zone": first_of_zone(plan, lines.site),
        }
        assert told == {what: when for what, when in expected.items() if when is not None}
        assert [when for when, _ in lines.needs] == sorted(told.values())


def line_of(plan: Plan, site: str) -> SiteLines:
    """The lines of a site."""
    return next(lines for lines in site_lines(plan) if lines.site == site)


def test_the_toy_by_hand(toy_plan: Plan) -> None:
    """``far`` serves first, from July 2027; ``near`` serves all at the end, from January 2028."""
    near, far = line_of(toy_plan, "near"), line_of(toy_plan, "far")
    assert "At the end it serves 100 MW of training." in near.why
    assert "First power 2028-01, 2027-07 at the first site of the plan." in near.why
    assert "No load is served there at the end." in far.why
    assert "as early as any site of the plan" in far.why
    assert "Less than 100 acres" in near.undo
    assert "now 200" in near.undo


def test_a_commitment_is_told() -> None:
    scenario = toy()
    scenario["sites"]["ranch"].update(land_status="awarded", offered_acres=120)
    scenario["committed"] = {"ranch": {"decision": "core.commit", "item": "ranch", "at_least": 1}}
    ranch = line_of(plan_of(scenario), "ranch")
    assert "The scenario commits to it; the land is awarded." in ranch.why
    assert ranch.rooms[0].path == "sites.ranch.offered_acres"
    assert "the choice would be free" in ranch.undo
