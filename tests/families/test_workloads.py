"""Campuses that grow, in few places; the cost of moving; latency; halls and units a year."""

from __future__ import annotations

from datetime import date

import pytest

from siting.core.errors import InputError
from siting.core.table import Cell, Table
from siting.core.yaml_source import parse_document
from siting.instance.build import build_instance
from siting.scenario import read_scenario
from siting.solution.audit import audit_tables
from support.engine import instance_of, plan_of, toy
from support.paper import Change, check_case, set_at, several

FREE = 79.90
NEAR_ONLY = 180 + 10 + 10 + 17.52
FAR_ONLY = 1 + 15 + 78.84 - 2 * (40 * 8760 * (60 - 27.2) / 1e6 - 8.4)
"""`far` alone with two cells from 2028-01."""
NOTHING = 540.0
TRAINING = "components.workloads.kinds.training"
CELL = "components.plants.technologies.fuel_cell"


def near_users(max_latency_ms: float) -> Change:
    """The target asked for at the place of `near`."""
    return several(
        set_at("components.workloads.regions", {"east": {"longitude": -77.0, "latitude": 40.5}}),
        set_at(f"{TRAINING}.targets", [{"from_date": "2027-07", "it_mw": 100, "region": "east"}]),
        set_at(f"{TRAINING}.max_latency_ms", max_latency_ms),
    )


def floors(*rows: tuple[str, float]) -> Change:
    """Least campus by date."""
    return set_at(f"{TRAINING}.campus_floors", [{"from_date": d, "it_mw": mw} for d, mw in rows])


def ramp(mw_a_year: float) -> Change:
    """Halls of 50 MW, some a year."""
    return several(
        set_at("components.campus.hall_it_mw", 50),
        set_at("components.campus.max_new_it_mw_per_year", mw_a_year),
    )


def cheap_cells(starts_a_year: float) -> Change:
    """Cells at 600 USD/kW, some started a year."""
    return several(
        set_at(f"{CELL}.overnight_usd_per_kw", 600),
        set_at(f"{CELL}.max_starts_per_year", starts_a_year),
    )


CASES: dict[str, tuple[Change, float]] = {
    # who serves in 2027 still serves 100 of 100 MW in 2028
    "campus_floor by date: far cannot hand over": (floors(("2028-01", 100)), FAR_ONLY),
    "campus_floor by date: nothing ever holds 150 of 100 MW": (floors(("2028-01", 150)), NOTHING),
    "campus_floor after the horizon": (floors(("2029-01", 150)), FREE),
    "campus_floor: the latest that has begun holds": (
        floors(("2027-01", 0), ("2028-01", 100)),
        FAR_ONLY,
    ),
    "campus_count of one": (set_at(f"{TRAINING}.max_sites", 1), FAR_ONLY),
    "campus_count of two": (set_at(f"{TRAINING}.max_sites", 2), FREE),
    "campus_count of none": (set_at(f"{TRAINING}.max_sites", 0), NOTHING),
    # 100 MW leave far: 5 million is less than the 8.75 that near saves, 10 million is more
    "moved for 5 million": (set_at(f"{TRAINING}.move_usd_per_mw", 50_000), FREE + 5),
    "moved binds: 10 million keep the load at far": (
        set_at(f"{TRAINING}.move_usd_per_mw", 100_000),
        FAR_ONLY,
    ),
    # cos c = sin 40.5 sin 37.5 + cos 40.5 cos 37.5 cos 39 = 0.8642: 3,359 km, 40.3 ms there and back
    "latency binds: far is 40.3 ms away": (near_users(40), NEAR_ONLY),
    "latency just inside": (near_users(41), FREE),
    # one hall a half-year: far serves 50 MW and 50 are late; near starts one hall a half-year early
    "campus.ramp binds": (
        ramp(100),
        (1 + 7.5 + 13.14 + 90) + (10 + 5 * 1.5 + 5 * 1 + 0.1 + 17.52),
    ),
    "campus.ramp just inside": (ramp(200), FREE),
    # one cell a half-year: 40 MW on cells from 2028-01, 80 from 2028-07, the rest from the grid
    "plants.supply binds": (
        cheap_cells(2),
        1 + 15 + 26.28 + 1.2 + 0.6 + 4380 * (40 * 27.2 + 60 * 60 + 80 * 27.2 + 20 * 60) / 1e6,
    ),
    "plants.supply just inside": (cheap_cells(6), 1 + 15 + 26.28 + 3.6 + 23.8272),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


def found_by_audit(change: Change, table: str, rows: list[dict[str, Cell]]) -> set[str]:
    """Rules named by the audit of a plan whose table is replaced."""
    scenario = toy()
    change(scenario)
    plan = plan_of(scenario)
    assert plan.findings == ()
    columns = plan.tables[table].columns
    tables = {**plan.tables, table: Table.of(columns, rows)}
    return {f.rule for f in audit_tables(instance_of(scenario), tables, plan.objective_usd)}


MOVE: dict[str, Cell] = {
    "period_start": date(2028, 1, 1),
    "workload": "training",
    "site": "far",
    "moved_mw": 100.0,
    "move_usd": 5e6,
}


def test_moves_as_reported() -> None:
    scenario = toy()
    set_at(f"{TRAINING}.move_usd_per_mw", 50_000)(scenario)
    assert list(plan_of(scenario).tables["moves"]) == [MOVE]


@pytest.mark.parametrize(
    "change",
    [
        {"moved_mw": 99.0},
        {"move_usd": 4e6},
        {"site": "near"},
        {"period_start": date(2028, 7, 1)},
        {"workload": "other"},
    ],
)
def test_audit_of_moves(change: dict[str, Cell]) -> None:
    costly = set_at(f"{TRAINING}.move_usd_per_mw", 50_000)
    assert "workloads.moves" in found_by_audit(costly, "moves", [{**MOVE, **change}])
    assert "workloads.moves" in found_by_audit(costly, "moves", [])


def test_audit_of_places() -> None:
    """The plan of two sites fails where one is allowed, or where a campus must stay."""
    free = toy()
    plan = plan_of(free)
    for change, rule in (
        (set_at(f"{TRAINING}.max_sites", 1), "workloads.campus_count"),
        (floors(("2028-01", 100)), "workloads.campus_floor"),
    ):
        scenario = toy()
        change(scenario)
        found = audit_tables(instance_of(scenario), plan.tables, plan.objective_usd)
        assert rule in {f.rule for f in found}


def test_a_listed_link_over_the_latency_limit_is_refused() -> None:
    """From 39 N, 86 W to 38 N, 95 W are 790 km: 2 * 790 * 6 / 1000 = 9.5 ms, over 5 ms."""
    text = """
schema_version: 1
name: link
horizon: {start: 2028-01, steps: [{until: 2029-01, step: half_year}]}
zones: {z: {}}
sites: {s: {zone: z, latitude: 39.0, longitude: -86.0}}
components:
  land: {}
  workloads:
    regions: {rb: {latitude: 38.0, longitude: -95.0}}
    kinds:
      inference:
        targets: [{from_date: 2028-01, it_mw: 100, region: rb}]
        delay_cost_usd_per_mw_month: 500000
        max_latency_ms: LIMIT
    links: {l: {site: s, workload: inference, region: rb}}
  energy: {}
"""
    wrong, right = (parse_document(text.replace("LIMIT", ms), "link.yaml") for ms in ("9.4", "9.5"))
    with pytest.raises(InputError, match=r"79[01] km are 9\.5 ms there and back, over the 9\.4 ms"):
        build_instance(read_scenario(wrong), {})
    assert build_instance(read_scenario(right), {}).data["workloads"].service_usd
