"""Adequacy by season: what a plan shows of deficits, what the audit finds, and what could be relaxed."""

from __future__ import annotations

from typing import Any

import pytest

from oracle.test_plain import deficit
from siting.core.errors import InputError
from siting.core.table import Table
from siting.solution.audit import audit_tables
from support.engine import instance_of, plan_of, toy

MUSD = 1e6


@pytest.mark.parametrize(
    ("how", "mw", "musd"),
    # 1.2 accredited MW for each of 100, and where it is cured 60 more, from units of 20 at 0.2 a year
    [("carried", -60.0, 6 * 0.2), ("cured", -60.0, 9 * 0.2), ("cured", 60.0, 3 * 0.2)],
)
def test_a_deficit_is_shown_and_cured_where_asked(how: str, mw: float, musd: float) -> None:
    plan = plan_of(deficit(how, mw))
    assert plan.objective_usd == pytest.approx(musd * MUSD, abs=1)
    assert plan.findings == ()
    row = plan.tables["adequacy"].rows[0]
    assert (row["zone"], row["season"]) == ("a", "winter")
    assert row["deficit_mw"] == pytest.approx(max(0, -mw))
    assert row["surplus_mw"] == pytest.approx(max(0, mw))
    assert row["required_mw"] == pytest.approx(120)


def test_the_audit_finds_a_deficit_that_is_not_cured() -> None:
    """Six units serve the load of a zone whose deficit is carried; nine must where it is cured."""
    carried = plan_of(deficit("carried", -60.0))
    cured = instance_of(deficit("cured", -60.0))
    rules = {finding.rule for finding in audit_tables(cured, carried.tables, carried.objective_usd)}
    assert rules == {"adequacy.deficit_cured"}


def test_the_audit_finds_a_season_that_is_short() -> None:
    """120 MW are required and 120 there; of a requirement of 1.36 in spring nobody knew."""
    scenario = deficit("carried", -60.0)
    plan = plan_of(scenario)
    spring = {
        "zone": "a",
        "season": "spring",
        "year": 2026,
        "requirement_frac": 1.36,
        "surplus_mw": 0,
    }
    scenario["components"]["adequacy"]["needs"]["s"] = spring
    findings = audit_tables(instance_of(scenario), plan.tables, plan.objective_usd)
    found = {finding.rule for finding in findings}
    assert found == {"adequacy.reserve_margin", "adequacy.table", "sources.table"}
    rows = plan.tables["adequacy"]
    halved = Table.of(rows.columns, [{**row, "required_mw": 60} for row in rows])
    tables = {**plan.tables, "adequacy": halved}
    found = {f.rule for f in audit_tables(plan_instance(), tables, plan.objective_usd)}
    assert found == {"adequacy.table"}


def plan_instance() -> Any:
    """The instance of a deficit that is carried."""
    return instance_of(deficit("carried", -60.0))


NEED = {"zone": "dear", "season": "winter", "year": 2028, "requirement_frac": 1.1, "surplus_mw": 5}


def with_rows(**rows: dict[str, Any]) -> dict[str, Any]:
    """The toy with some needs."""
    scenario = toy()
    scenario["components"]["adequacy"] = {"needs": rows}
    return scenario


def test_each_season_holds_from_its_year_and_the_last_one_afterwards() -> None:
    rows = {"a": NEED, "b": {**NEED, "season": "summer", "year": 2026, "surplus_mw": -7}}
    rows["c"] = {**rows["b"], "year": 2028, "surplus_mw": 9}
    system = instance_of(with_rows(**rows)).system
    starts = system.calendar.starts
    for p, start in enumerate(starts):
        summer, winter = system.needs_of("dear", p)
        assert (winter.season, winter.surplus_mw) == ("winter", 5)
        assert summer.surplus_mw == (9 if start.year >= 2028 else -7)
    assert [need.season for need in system.needs_of("cheap", 0)] == ["year"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"a": {**NEED, "zone": "dera"}}, "unknown zone 'dera'"),
        ({"a": NEED, "b": NEED}, "a second row of dear, winter 2028, beside 'a'"),
    ],
)
def test_rows_that_cannot_be_meant_are_refused(rows: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        instance_of(with_rows(**rows))


def test_deficits_are_cured_by_load_that_is_connected() -> None:
    scenario = with_rows(a=NEED)
    scenario["components"]["adequacy"]["deficit"] = "cured"
    del scenario["components"]["headroom"]
    with pytest.raises(InputError, match="deficits are cured by load that is connected"):
        instance_of(scenario)
