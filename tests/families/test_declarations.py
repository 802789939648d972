"""What families declare of themselves holds together, and a name that nobody declares fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from siting.core.audit import (
    AuditResult,
    cover_by,
    firm_by_zone,
    number,
    rows_of,
    sum_by,
    supply_by,
)
from siting.core.names import UnknownNameError
from siting.core.table import Cell, Table, Tables
from siting.families.columns import SUPPLY_COLUMNS
from siting.families.registry import COMPONENTS
from siting.outputs.report.palette import DARK, LIGHT
from siting.outputs.report.schedule import LIMIT
from siting.solution.audit import audit_tables
from siting.solution.shape import JOINT, check_report
from support.engine import instance_of, plan_of, toy


def test_tables_of_supply_and_of_land_have_the_columns_that_others_read() -> None:
    tables = [c for component in COMPONENTS.values() for c in component.columns.values()]
    supplies = [columns for columns in tables if columns.supply is not None]
    takers = [columns for columns in tables if columns.acres_at]
    assert len(supplies) == len(takers) == 2
    for columns in supplies:
        assert columns.supply is not None
        of_supply = {columns.supply.kind, columns.supply.cover}
        assert {*SUPPLY_COLUMNS, *of_supply} <= set(columns.names)
    for columns in takers:
        assert {columns.acres_at, "acres", "start_date"} <= set(columns.names)
    for columns in tables:
        if (of := columns.footprint) is not None:
            assert {"period_start", of.source, *of.quantities} <= set(columns.names)
        assert columns.blank | columns.at_zones <= set(columns.names)


def test_every_family_has_a_title() -> None:
    titles = [component.title for component in COMPONENTS.values()]
    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_tables_and_steps_belong_to_one_family_each() -> None:
    tables = Counter(table for component in COMPONENTS.values() for table in component.columns)
    steps = Counter(s.step for component in COMPONENTS.values() for s in component.stages)
    tables.update(list(JOINT))
    steps.update(list(LIMIT))
    assert set(tables.values()) == set(steps.values()) == {1}


def test_stages_have_colours_of_the_palette_and_an_order_of_their_own() -> None:
    stages = [stage for component in COMPONENTS.values() for stage in component.stages]
    assert {stage.colour for stage in stages} <= LIGHT.keys() & DARK.keys()
    assert len({stage.order for stage in stages}) == len(stages)
    assert all(stage.delayed_by for stage in stages)


def reported(**columns: Any) -> dict[str, Table]:
    """What ``campus`` reports in a plan that does nothing, with other tables."""
    halls = COMPONENTS["campus"].columns["halls"].names
    return {"halls": Table(halls, ()), **columns}


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (
            {"hall": Table(("site",), ())},
            "unknown table of 'campus' 'hall', did you mean 'halls'",
        ),
        (
            {"halls": Table(("site", "coumt"), ())},
            "unknown column of table 'halls' 'coumt', did you mean 'count'",
        ),
        ({"halls": Table(("site",), ())}, "columns of table 'halls' are"),
    ],
)
def test_a_report_writes_what_is_declared(tables: dict[str, Table], words: str) -> None:
    with pytest.raises((UnknownNameError, ValueError), match=words):
        check_report("campus", None, reported(**tables))


def test_a_report_leaves_nothing_out() -> None:
    check_report("campus", None, reported())
    with pytest.raises(ValueError, match="declares and does not report halls"):
        check_report("campus", None, {})


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda tables, calendar: list(rows_of(tables, "hals")), "halls"),
        (
            lambda tables, calendar: sum_by(tables, "servce", ("site",), "it_mw", calendar),
            "service",
        ),
        (lambda tables, calendar: sum_by(tables, "service", ("site",), "itmw", calendar), "it_mw"),
        (lambda tables, calendar: sum_by(tables, "service", ("sites",), "it_mw", calendar), "site"),
        (
            lambda tables, calendar: [number(r, "cuont") for _, r in rows_of(tables, "halls")],
            "count",
        ),
        (lambda tables, calendar: [r["cuont"] for _, r in rows_of(tables, "halls")], "count"),
    ],
)
def test_an_audit_that_asks_for_an_unknown_name_fails(
    ask: Any, near: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of tables without rows, in the audit of a family as it runs in the engine."""
    scenario = toy()
    plan = plan_of(scenario)
    instance = instance_of(scenario)
    kept = {**plan.tables, "service": Table(plan.tables["service"].columns, ())}

    def audit(data: Any, tables: Mapping[str, Table]) -> AuditResult:
        ask(tables, instance.system.calendar)
        return AuditResult(())

    monkeypatch.setitem(
        COMPONENTS,
        "campus",
        replace(COMPONENTS["campus"], audit=audit),
    )
    with pytest.raises(UnknownNameError, match=f"did you mean '{near}'"):
        audit_tables(instance, kept, plan.objective_usd)


def test_a_table_of_a_family_that_is_off_is_only_empty() -> None:
    tables = Tables({}, {"rentals": ("location",)})
    assert list(rows_of(tables, "rentals")) == []


def test_whatever_is_declared_as_supply_is_counted() -> None:
    """Plants of 40 MW and 10 MW of another family at one place; 9 of those hold load in an outage."""
    calendar = instance_of(toy()).system.calendar
    columns = ("period_start", "location", "firm_mw", "capacity_mw", "held_mw")
    row: dict[str, Cell] = {"period_start": calendar.starts[0], "location": "near"}
    tables = {
        "generation": Table(columns, ({**row, "firm_mw": 40.0, "capacity_mw": 40.0},)),
        "cells": Table(columns, ({**row, "firm_mw": 10.0, "held_mw": 9.0},)),
    }
    transfers = ("from_zone", "to_zone", "period_start", "arrived_mw", "sent_mw")
    known = {"generation": columns, "cells": columns, "transfers": transfers}
    supplies = {"generation": "capacity_mw", "cells": "held_mw"}
    found = Tables(tables, known, supplies)
    assert supply_by(found, ("location",), "firm_mw", calendar) == {("near", 0): 50.0}
    assert firm_by_zone(found, calendar) == {("near", 0): 50.0}
    assert cover_by(found, calendar) == {("near", 0): 49.0}
