"""Curtailment tiers and rivals: on paper, refused, audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.records import Rival
from siting.core.rivals import expected_mw, percentile_mw
from siting.core.table import Cell, Table
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solution.audit import audit_tables
from siting.solver.highs import solve
from support.engine import EXACT, instance_of, plan_of, toy
from support.paper import Change, Scenario, check_case, set_at, several

FREE = 79.90
ONLY_40 = FREE - 0.6 * 26.28 + 0.6 * 180
"""40 of 100 MW at `far` in its half-year."""
NEAR_ONLY = 180 + 10 + 10 + 17.52
PAUSED = -(5 * 8760 * 60) / 2 / 1e6 + 5 * 8760 * 100 / 2 / 1e6
"""5 average MW pause in that half-year: energy at 60 USD saved, compute at 100 USD lost."""


def tiers(zone: str, firm_mw: float | None, deepest_mw: float, **settings: object) -> Change:
    """A zone with a curve from firm to 5 %, and the terms of that tier."""

    def change(scenario: Scenario) -> None:
        data = scenario["zones"][zone]
        del data["headroom_mw"]
        data["headroom_mw_5pct"] = deepest_mw
        if firm_mw is not None:
            data["headroom_mw_0pct"] = firm_mw
        scenario["components"]["curtailment"] = {
            "tiers": {
                "5pct": {
                    "hours_per_year": 1800,
                    "depth_frac": settings.get("depth_frac", 1.0),
                    "connection_months": settings.get("connection_months"),
                }
            },
            "flexible_frac": {"training": settings.get("flexible_frac", 1.0)},
            "lost_usd_per_mwh": 100,
        }

    return change


def rivals(percentile: float | None, **members: tuple[float, float]) -> Change:
    """Rivals in the zone of `far` as (MW, probability)."""
    rows = {
        name: {"zone": "dear", "draw_mw": mw, "probability_frac": p, "in_service": "2027-01"}
        for name, (mw, p) in members.items()
    }
    return several(
        set_at("components.headroom.rivals", rows),
        set_at("components.headroom.rival_percentile_frac", percentile),
    )


CASES: dict[str, tuple[Change, float]] = {
    # E(100) = 5 average MW, all of it offered by 100 MW that pause 5 % of the year
    "curve: 60 MW beyond firm headroom are bought with pauses": (
        tiers("dear", 40, 100),
        FREE + PAUSED,
    ),
    "zones: the same where that zone alone is named": (
        several(tiers("dear", 40, 100), set_at("components.curtailment.zones", ["dear"])),
        FREE + PAUSED,
    ),
    "zones: elsewhere load is firm, within 40 MW": (
        several(tiers("dear", 40, 100), set_at("components.curtailment.zones", ["cheap"])),
        ONLY_40,
    ),
    "curve just inside: firm headroom is enough": (tiers("dear", 100, 100), FREE),
    # rivals of 30 MW never pause: (30 + g - 40) * 5 / 60 <= 0.05 g holds up to g = 25
    "curve: firm rivals leave the burden to the plan": (
        several(tiers("dear", 40, 100), rivals(None, r=(60, 0.5))),
        FREE - 0.75 * 26.28 + 0.75 * 180 + 0.25 * PAUSED,
    ),
    "curve_end: a zone that takes 40 MW whatever the tier": (
        several(tiers("dear", None, 100), set_at("zones.dear.headroom_mw", 40)),
        ONLY_40,
    ),
    "flexible binds: 40 % cannot carry half": (
        tiers("dear", 40, 100, depth_frac=0.5, flexible_frac=0.4),
        ONLY_40,
    ),
    "flexible just inside": (
        tiers("dear", 40, 100, depth_frac=0.5, flexible_frac=0.5),
        FREE + PAUSED,
    ),
    # without a stated figure: what the surplus covers, 50 / (1 + 0.25) = 40 MW; the margin itself
    # is no obstacle, since load that gives way needs no accredited capacity
    "firm headroom from the surplus; adequacy counts only what stays": (
        several(
            tiers("dear", None, 100),
            set_at("zones.dear.accredited_surplus_mw", 50),
            set_at("zones.dear.reserve_margin_frac", 0.25),
        ),
        FREE + PAUSED,
    ),
    # near alone in 2028: one cell of 40 MW stands behind 40 of 100 MW and gives 5 average MW
    "peak_balance and backup_energy: a cell behind the meter": (
        several(
            set_at("components.land.max_sites_by_state", {"NV": 0}),
            tiers("cheap", 60, 100, depth_frac=0.4, flexible_frac=0.0),
        ),
        180 + 10 + 10 + 8.4 + 95 * 8760 * 20 / 1e6 + 5 * 8760 * 27.2 / 1e6,
    ),
    # curtailable service in six months lets near serve from 2027-07: a year and a half of 95 MW
    # bought at 20 USD and 5 MW paused at 100
    "tier_connected: curtailable service comes first": (
        several(
            tiers("dear", 100, 100, connection_months=6), set_at("zones.dear.connection_months", 12)
        ),
        10 + 15 + 1.5 * 8760 * (95 * 20 + 5 * 100) / 1e6,
    ),
    "tier_connected binds: both take a year": (
        several(
            tiers("dear", 100, 100, connection_months=12),
            set_at("zones.dear.connection_months", 12),
        ),
        NEAR_ONLY,
    ),
    "rivals expected: 460 of 500 MW": (rivals(None, r=(920, 0.5)), ONLY_40),
    "rivals expected just inside": (rivals(None, r=(800, 0.5)), FREE),
    # sums 0, 230, 460 with 1/4, 1/2, 1/4
    "rivals at a percentile: both are set aside": (
        rivals(0.8, a=(230, 0.5), b=(230, 0.5)),
        ONLY_40,
    ),
    "rivals at a percentile: one is": (rivals(0.75, a=(230, 0.5), b=(230, 0.5)), FREE),
    "rivals at a node": (
        several(
            set_at("nodes", {"poi": {"zone": "dear", "capacity_mw": 100}}),
            set_at("sites.far.node", "poi"),
            set_at(
                "components.headroom.rivals",
                {"r": {"node": "poi", "draw_mw": 60, "in_service": "2027-07"}},
            ),
        ),
        ONLY_40,
    ),
    "rivals at a node that come later": (
        several(
            set_at("nodes", {"poi": {"zone": "dear", "capacity_mw": 100}}),
            set_at("sites.far.node", "poi"),
            set_at(
                "components.headroom.rivals",
                {"r": {"node": "poi", "draw_mw": 60, "in_service": "2027-08"}},
            ),
        ),
        FREE,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])


MEMBERS = st.lists(st.tuples(st.integers(1, 60), st.floats(0.0, 1.0)), min_size=1, max_size=5).map(
    lambda rows: [
        Rival(zone="z", draw_mw=mw, in_service=date(2027, 1, 1), probability_frac=p)
        for mw, p in rows
    ]
)


@given(rivals=MEMBERS, low=st.floats(0.01, 1.0), high=st.floats(0.01, 1.0))
def test_percentiles_rise(rivals: list[Rival], low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert percentile_mw(rivals, low) <= percentile_mw(rivals, high)
    assert percentile_mw(rivals, 1.0) <= sum(r.draw_mw for r in rivals)
    assert 0 <= expected_mw(rivals) <= sum(r.draw_mw for r in rivals)


def refused(change: Change) -> str:
    """Message of a scenario that is refused."""
    scenario = toy()
    change(scenario)
    with pytest.raises(InputError) as error:
        instance_of(scenario)
    return str(error.value)


def test_refusals() -> None:
    row: dict[str, Any] = {"draw_mw": 5, "in_service": "2027-01"}
    found = refused(set_at("components.headroom.rivals", {"r": row}))
    assert "components.headroom.rivals.r: a rival of both a node and a zone, or of neither" in found
    found = refused(set_at("components.headroom.rivals", {"r": {**row, "zone": "moon"}}))
    assert "components.headroom.rivals.r.zone: unknown zone 'moon'" in found
    found = refused(tiers("dear", 120, 100))
    assert "zones.dear: headroom by tier is not a convex curve: 120 MW, 100 MW" in found
    assert "Correct headroom_mw_0pct" in found
    named = set_at("components.curtailment.zones", ["dear", "moon"])
    found = refused(several(tiers("dear", 40, 100), named))
    assert "components.curtailment.zones[1]: no zone is called 'moon'" in found


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A plan with a site that pauses."""
    scenario = toy()
    tiers("dear", 40, 100)(scenario)
    return plan_of(scenario)


def broken(plan: Plan, table: str, change: Callable[[dict[str, Cell]], None]) -> set[str]:
    """Rules named by the audit after a change of the first row of a table."""
    scenario = toy()
    tiers("dear", 40, 100)(scenario)
    rows = [dict(row) for row in plan.tables[table]]
    change(rows[0])
    tables = {**plan.tables, table: Table.of(plan.tables[table].columns, rows)}
    found = audit_tables(instance_of(scenario), tables, plan.objective_usd)
    return {finding.rule for finding in found}


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("curtailment", "tier", "0pct", "curtailment.row"),
        ("curtailment", "draw_mw", 99.0, "curtailment.tier_draw"),
        ("curtailment", "give_way_mw", 90.0, "curtailment.row"),
        ("curtailment", "paused_mw", 101.0, "curtailment.paused"),
        ("curtailment", "paused_mw", 90.0, "curtailment.peak_balance"),
        ("curtailment", "onsite_backup_mw", 1.0, "curtailment.row"),
        ("curtailment", "lost_mwh", 1.0, "curtailment.row"),
        ("curtailment", "peak_hours_count", 10.0, "curtailment.row"),
        ("curtailment", "site", "near", "curtailment.tier_draw"),
        ("curtailment", "period_start", date(2027, 1, 1), "curtailment.tier_draw"),
        ("curtailment_zones", "needed_mwh", 1.0, "curtailment.table"),
        ("curtailment_zones", "offered_mwh", 1.0, "curtailment.table"),
        ("curtailment_zones", "drawn_mw", 1.0, "curtailment.table"),
    ],
)
def test_audit_names_the_rule(plan: Plan, table: str, column: str, value: Cell, rule: str) -> None:
    assert plan.findings == ()
    assert rule in broken(plan, table, lambda row: row.update({column: value}))


def test_audit_recomputes_the_zone(plan: Plan) -> None:
    """A plan made for a deeper curve fails where the zone takes less."""
    scenario = toy()
    tiers("dear", 30, 90)(scenario)
    found = audit_tables(instance_of(scenario), plan.tables, plan.objective_usd)
    assert {"curtailment.curve_end", "curtailment.curve"} <= {f.rule for f in found}
    assert replace(plan).status == "OPTIMAL"


def without_rows(model: Program, names: tuple[str, ...]) -> Program:
    """The model with the rows of some constraints open."""
    is_gone = np.array([name in names for name, _ in model.row_names])
    assert is_gone.any()
    lower = np.where(is_gone, -np.inf, model.row_lower)
    upper = np.where(is_gone, np.inf, model.row_upper)
    return replace(model, row_lower=lower, row_upper=upper)


@pytest.mark.parametrize("depth", [1.0, 0.5])
@pytest.mark.parametrize("flexible", [0.1, 0.25, 0.6])
def test_rows_against_mixed_tiers_change_the_relaxation_alone(
    depth: float, flexible: float
) -> None:
    """`far` cannot pause enough to give way, so it is firm; without the rows a relaxed site is partly
    firm and pauses the flexible share of all its load."""
    scenario = toy()
    tiers("dear", 40, 100, depth_frac=depth, flexible_frac=flexible)(scenario)
    model = assemble(instance_of(scenario)).linear
    mixed = without_rows(model, ("curtailment.given_way", "curtailment.pause_backed"))
    assert solve(mixed, EXACT).objective == pytest.approx(solve(model, EXACT).objective, rel=1e-7)
    is_none = np.zeros_like(model.is_integer)
    with_rows = solve(replace(model, is_integer=is_none), EXACT).objective
    without = solve(replace(mixed, is_integer=is_none), EXACT).objective
    if flexible < depth:
        assert without < with_rows - 0.01
    else:
        assert without <= with_rows + 1e-6


GEN_TIE = set_at(
    "components.headroom.connection_costs",
    [{"from_kv": 0, "line_usd_per_km": 0, "substation_usd": 5e7}],
)


def valid_kinds(model: Program) -> tuple[str, ...]:
    """Kinds of valid inequalities that a model has."""
    return tuple(sorted({name for name, _ in model.row_names} & model.cuts))


@pytest.mark.parametrize("name", sorted(CASES))
def test_valid_inequalities_change_no_optimum(name: str) -> None:
    scenario = toy()
    several(CASES[name][0], GEN_TIE)(scenario)
    model = assemble(instance_of(scenario)).linear
    found = valid_kinds(model)
    without = without_rows(model, found) if found else model
    assert solve(model, EXACT).objective == pytest.approx(solve(without, EXACT).objective, rel=1e-7)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (set_at("zones.dear.headroom_mw", 40), {"headroom.zone_connected"}),
        (
            tiers("dear", 40, 100, flexible_frac=0.1),
            {"curtailment.firm_choice", "curtailment.firm_connected", "curtailment.zone_connected"},
        ),
    ],
)
def test_a_zone_that_takes_less_than_its_site(change: Change, kinds: set[str]) -> None:
    """`far` may draw 40 MW of 100 that are firm: relaxed, four tenths of a gen-tie were enough."""
    scenario = toy()
    several(change, GEN_TIE)(scenario)
    model = assemble(instance_of(scenario)).linear
    found = valid_kinds(model)
    assert kinds <= set(found)
    is_none = np.zeros_like(model.is_integer)
    relaxed = replace(model, is_integer=is_none)
    without = without_rows(relaxed, found)
    assert solve(relaxed, EXACT).objective > solve(without, EXACT).objective + 0.01
