"""Options on sites: worked on paper, refused, audited, and what they are worth before news comes.

The toy scenario without plants, with a connection of ``near`` at once, one commitment a year and ``far``
committed: it serves from 2027-07; ``near``, committed in 2028-01, has its hall and bank in 2028-07 and takes
the load for the last half-year, which saves 2.47 of 94.84 million dollars.
"""

from __future__ import annotations

from datetime import date

import pytest

from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.futures.build import hedged
from siting.futures.search import HedgeSearch
from siting.solution.audit import audit_tables
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several

FAR_ONLY = 1 + 15 + 1.5 * 52.56
BOTH = (1 + 15 + 52.56) + (10 + 5 + 0.05 + 100 * 8760 * 20 / 2 / 1e6)
"""``far`` for a year, ``near`` for the last half-year."""


def without_plants(scenario: Scenario) -> None:
    """No fuel cells, and nothing that they need."""
    del scenario["components"]["plants"]


FAR = {"decision": "core.commit", "item": "far", "date": "2027-01", "at_least": 1}
NEAR_AT_MOST = {"decision": "core.commit", "item": "near", "date": "2027-01", "at_most": 1}
LATE = several(
    without_plants,
    set_at("components.land.max_commitments_per_year", 1),
    set_at("zones.cheap.connection_months", 0),
    set_at("committed", {"far": FAR}),
)


def options(offers_end: str, usd: float) -> Change:
    """Offers end in a month; a fee a year and acre, of which ``near`` has 200."""
    return set_at("components.land.options", {"offers_end": offers_end, "usd_per_acre_year": usd})


CASES: dict[str, tuple[Change, float]] = {
    "offers stay open": (LATE, BOTH),
    "a year of the fee": (several(LATE, options("2027-01", 5000)), BOTH + 1.0),
    "half a year of it": (several(LATE, options("2027-07", 5000)), BOTH + 0.5),
    "nothing where it is committed in time": (several(LATE, options("2028-01", 5000)), BOTH),
    "offers that end after the horizon stay open": (several(LATE, options("2029-01", 5000)), BOTH),
    "too dear": (several(LATE, options("2027-01", 15000)), FAR_ONLY),
    "just not too dear": (several(LATE, options("2027-01", 12000)), BOTH + 2.4),
    "offers that have ended before: nothing without an option": (
        several(LATE, options("2026-10", 5000)),
        FAR_ONLY,
    ),
    "offers that have ended before: an option that is held, paid for a year": (
        several(
            LATE,
            options("2026-10", 5000),
            set_at(
                "committed",
                {"far": FAR, "near": {**FAR, "decision": "land.option", "item": "near"}},
            ),
        ),
        BOTH + 1.0,
    ),
    "a site that is committed at most needs an option too": (
        several(
            LATE,
            options("2027-01", 5000),
            set_at("committed", {"far": FAR, "near": NEAR_AT_MOST}),
        ),
        BOTH + 1.0,
    ),
    "sites that open later have offers of their own": (
        several(LATE, options("2027-01", 15000), set_at("sites.near.open_from", "2027-07")),
        BOTH,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


@pytest.fixture(scope="module")
def optioned() -> tuple[Scenario, Plan]:
    """A plan with an option that is used."""
    scenario = toy()
    several(LATE, options("2027-01", 5000))(scenario)
    return scenario, plan_of(scenario)


def test_the_option_is_listed(optioned: tuple[Scenario, Plan]) -> None:
    (row,) = optioned[1].tables["lease_options"]
    assert {name: str(cell) for name, cell in row.items()} == {
        "site": "near",
        "acres": "200.0",
        "fee_usd_per_year": "1000000.0",
        "start_date": "2027-01-01",
        "end_date": "2028-01-01",
        "ends": "committed",
    }


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ({"site": "nowhere"}, {"land.option", "land.option_held"}),
        ({"acres": 100.0}, {"land.option"}),
        ({"fee_usd_per_year": 5.0}, {"land.option"}),
        ({"end_date": date(2027, 1, 1), "ends": "released"}, {"land.option"}),
        ({"ends": "released"}, {"land.option_end"}),
        ({"ends": "held"}, {"land.option_end"}),
        ({}, {"land.option_held", "costs.family"}),
    ],
)
def test_audit_finds_broken_options(
    optioned: tuple[Scenario, Plan], cells: dict[str, Cell], rules: set[str]
) -> None:
    scenario, plan = optioned
    held = plan.tables["lease_options"]
    rows = tuple({**row, **cells} for row in held) if cells else ()
    tables = {**plan.tables, "lease_options": Table(held.columns, rows)}
    found = audit_tables(instance_of(scenario), tables, plan.objective_usd)
    assert rules <= {finding.rule for finding in found}


def test_audit_finds_an_option_that_ends_on_another_day(
    optioned: tuple[Scenario, Plan],
) -> None:
    scenario, plan = optioned
    held, instance = plan.tables["lease_options"], instance_of(scenario)
    for period in (1, 3):
        rows = tuple({**row, "end_date": instance.system.calendar.starts[period]} for row in held)
        tables = {**plan.tables, "lease_options": Table(held.columns, rows)}
        rules = {finding.rule for finding in audit_tables(instance, tables, plan.objective_usd)}
        assert {"land.option_end", "costs.family"} <= rules


def test_an_option_keeps_a_site_until_the_news() -> None:
    """From 2028-01 on it is known whether energy at ``near`` costs 20 or 60 dollars. With an option, a
    million dollars for the year, ``near`` is committed where it is cheap and given back where not."""
    scenario = toy()
    several(LATE, options("2027-01", 5000))(scenario)
    dear = [{"path": "zones.cheap.energy_usd_per_mwh", "set": 60}]
    scenario["futures"] = {
        "facts": {
            "price": {
                "known": "2028-01",
                "outcomes": {
                    "cheap": {"probability": 0.5},
                    "dear": {"probability": 0.5, "changes": dear},
                },
            }
        }
    }
    expected = (BOTH + 1.0) / 2 + (FAR_ONLY + 1.0) / 2
    assert expected < FAR_ONLY
    found = HedgeSearch(hedged(instance_of(scenario)), Solver(EXACT)).run()
    assert found.value == pytest.approx(expected, rel=1e-9)
    options("2027-01", 6500)(scenario)
    found = HedgeSearch(hedged(instance_of(scenario)), Solver(EXACT)).run()
    assert found.value == pytest.approx(FAR_ONLY, rel=1e-9)
