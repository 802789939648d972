"""The main finding of each shipped scenario, against arithmetic or against its own counterfactual."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from siting.core.audit import number
from siting.core.plan import Plan
from siting.core.table import Row
from siting.pipeline import load, run
from support.engine import BUILTIN

MODELS = sorted(path.stem for path in (BUILTIN / "models").glob("*.yaml"))


def solved(name: str, overrides: dict[str, Any] | None = None) -> Plan:
    """Plan of a shipped scenario, proven and audited."""
    plan = run(load(BUILTIN / "models" / f"{name}.yaml", overrides))
    assert plan.status == "OPTIMAL"
    assert plan.findings == ()
    assert plan.gap <= 0.005
    return plan


def months(start: object, end: object) -> int:
    """Whole months between two dates."""
    assert isinstance(start, date)
    assert isinstance(end, date)
    return (end.year - start.year) * 12 + end.month - start.month


def late_mw_months(plan: Plan) -> float:
    """MW-months of load served late."""
    return sum(
        number(row, "unserved_mw") * months(row["period_start"], row["period_end"])
        for row in plan.tables["timeline"]
    )


def first_service(plan: Plan) -> date:
    """First date with any load."""
    found = min(row["period_start"] for row in plan.tables["service"])  # type: ignore[type-var]
    assert isinstance(found, date)
    return found


def _starts(row: Row) -> date:
    """Start of the period of a row."""
    start = row["period_start"]
    assert isinstance(start, date)
    return start


def in_service(plan: Plan) -> dict[str, date]:
    """Earliest in-service date of each technology."""
    found: dict[str, date] = {}
    for row in plan.tables["plants"]:
        name, day = str(row["technology"]), row["in_service_date"]
        assert isinstance(day, date)
        found[name] = min(day, found.get(name, day))
    return found


@pytest.mark.parametrize("name", MODELS)
def test_every_scenario_reads_and_says_what_it_shows(name: str) -> None:
    text = (BUILTIN / "models" / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(load(BUILTIN / "models" / f"{name}.yaml").instance.system.calendar) > 0


def test_transformers_of_2025_cost_three_months() -> None:
    """Ordered on 2027-01-01: 128 weeks and 3 months end on 2029-09-15, so 2029-10; 50 weeks and 3
    months come before the connection of 30 months, 2029-07. Three months of 1,000 MW."""
    now, then = solved("transformer-2021-vs-2025"), solved("transformer-2021")
    assert first_service(now) == date(2029, 10, 1)
    assert first_service(then) == date(2029, 7, 1)
    assert late_mw_months(now) - late_mw_months(then) == pytest.approx(3000, abs=1e-3)
    delay = 0.53e6 * 1000 * 3
    assert now.objective_usd - then.objective_usd < delay


def test_tiers_unlock_what_firm_service_cannot() -> None:
    """Reviewed in 2027-04, halls 12 months, curtailable connection 15 months: 2028-04. Firm service
    takes 30 months from 2027-01: 2029-07."""
    plan = solved("unlock-headroom")
    assert plan.goals[0].value is not None
    assert number({"mw": plan.goals[0].value}, "mw") > 1000
    assert first_service(plan) == date(2028, 4, 1)
    drawing = [
        row for row in plan.tables["curtailment"] if row["period_start"] == date(2028, 10, 1)
    ]
    assert drawing
    assert all(row["tier"] != "0pct" for row in drawing)
    firm = solved(
        "unlock-headroom",
        {"components.curtailment.flexible_frac.training": 0, "components.bridge": None},
    )
    assert firm.goals[0].value == 0
    assert first_service(firm) == date(2029, 7, 1)


def test_emergency_permits_save_a_year_where_power_is_on_site() -> None:
    """12 or 24 months of review and 18 of halls: 2029-07 or 2030-07; 48 months of connection: 2031-01."""
    policy = "components.land.policies.emergency_permitting_2025.is_on"
    plan, without = solved("emergency-permits"), solved("emergency-permits", {policy: False})
    assert (first_service(plan), first_service(without)) == (date(2029, 7, 1), date(2030, 7, 1))
    assert plan.objective_usd < without.objective_usd
    for each in (plan, without):
        early = [row for row in each.tables["power"] if _starts(row) < date(2031, 1, 1)]
        assert early
        assert all(number(row, "grid_mw") == 0 for row in early)


def test_the_fleet_waits_for_its_first_unit() -> None:
    """Permits of 24 months and 90 of construction: 2036-07; the next generation starts then, 18 and
    43 months: 61 months, 2041-08, so 2042-01. Where it follows the first concrete it comes earlier, however
    large the target: 1 GW is proven in seconds, 3 GW in minutes."""
    plan = solved("smr-fleet")
    assert in_service(plan) == {"smr_bwrx300": date(2036, 7, 1), "smr_next": date(2042, 1, 1)}
    starts = [row["start_date"] for row in plan.tables["plants"] if row["technology"] == "smr_next"]
    assert min(starts) == date(2036, 7, 1)  # type: ignore[type-var]
    follow = "components.plants.technologies.smr_next.after_milestone"
    targets = "components.workloads.kinds.training.targets"
    fewer = {follow: "start", targets: [{"from_date": "2034-01", "it_mw": 1000}]}
    early = in_service(solved("smr-fleet", fewer))
    assert early["smr_next"] < date(2036, 7, 1)


def test_a_restart_comes_before_anything_new() -> None:
    plan = solved("restart-vs-new")
    dates = in_service(plan)
    assert dates["nuclear_restart"] == first_service(plan)
    assert dates["smr_bwrx300"] == date(2034, 7, 1)  # 24 and 66 months from 2027-01
    closed = {"components.plants.named.records.crane.decide_by": "2026-01"}
    without = solved("restart-vs-new", closed)
    assert "nuclear_restart" not in in_service(without)
    assert late_mw_months(without) > late_mw_months(plan)


def test_eight_gigawatts_at_one_site_come_at_a_gigawatt_a_year() -> None:
    """DOE review of 18 months and halls of 18: the first 500 MW in 2030-01, then 500 a half-year: the
    sixteenth half-year's halls complete 8 GW in 2037-07."""
    plan = solved("eight-gigawatt-2030")
    assert plan.goals[0].value == plan.goals[0].bound == date(2037, 7, 1)
    assert len({row["site"] for row in plan.tables["service"]}) == 1


def test_no_more_than_the_limit_trips_together() -> None:
    plan = solved("ride-through-virginia")
    trips = [number(row, "trip_mw") for row in plan.tables["trip_groups"]]
    drawn = max(number(row, "drawn_mw") for row in plan.tables["trip_groups"])
    held = sum(number(row, "equipped_mw") for row in plan.tables["ride_through"])
    assert max(trips) <= 1500 + 1e-6
    assert drawn > 1500
    assert held >= drawn - 1500 - 1e-6
    free = solved("ride-through-virginia", {"components.ride_through": None})
    assert first_service(plan) == first_service(free)


def test_abundant_reserve_moves_no_date() -> None:
    plan, scarce = solved("abundant-reserve"), solved("restart-pjm")
    assert first_service(plan) == first_service(scarce)
    assert plan.objective_usd < scarce.objective_usd
    assert len(plan.tables["plants"]) == 0
    assert len(scarce.tables["plants"]) > 0
    slack = [
        number(row, "surplus_mw") - number(row, "required_mw") for row in plan.tables["adequacy"]
    ]
    assert min(slack) > 0


def test_shared_line_sends_one_campus_west() -> None:
    """101.18 million dollars with the lines, 75.14 without, on paper in the file."""
    plan = solved("shared-line")
    assert plan.objective_usd == pytest.approx(101_180_000)
    assert {str(row["site"]) for row in plan.tables["service"]} >= {"west-1"}
    blind = solved("shared-line", {"components.network": None})
    assert blind.objective_usd == pytest.approx(75_140_000)
    assert {str(row["site"]) for row in blind.tables["service"]} == {"east-1", "east-2"}
