"""The network: two sites behind one line on paper, attachment, refusals, plans broken by hand."""

from __future__ import annotations

from math import pi
from pathlib import Path
from typing import Any

import pytest

from siting.cli.audit_plan import audit_folder
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Table
from siting.outputs.write import write_plan
from support.engine import instance_of, plan_of
from support.networks import behind_one_line
from support.tamper import rules_broken, with_row

TWINS = 2 * (10 + 10 + 17.52) + 0.1
"""Both at ``east``: opening, a year of hall, a year at 20 USD/MWh; one bank from stock, one bought."""
APART = (10 + 10 + 17.52) + (1 + 10 + 52.56) + 0.1
"""One at ``east``, one at ``far``, where energy costs 60 USD/MWh."""


def cost_musd(plan: Plan) -> float:
    """Cost of a plan that is proven and passes its audit."""
    assert plan.status == "OPTIMAL"
    assert plan.findings == ()
    return plan.objective_usd / 1e6


def drawn_at(plan: Plan, bus: str) -> float:
    """Most that sites draw at a bus [MW]."""
    return max(float(str(row["drawn_mw"])) for row in plan.tables["dispatch"] if row["bus"] == bus)


def test_two_sites_behind_one_line() -> None:
    """The line of 200 MW carries 50 MW of load: 150 are left, which one campus of 100 fits."""
    scenario = behind_one_line(200)
    assert cost_musd(plan_of(scenario)) == pytest.approx(APART)
    assert drawn_at(plan_of(scenario), "east") == pytest.approx(100)
    # each point of interconnection takes its site, and the zone takes both: no number says no
    del scenario["components"]["network"]
    blind = plan_of(scenario)
    assert cost_musd(blind) == pytest.approx(TWINS)
    drawn = [row for row in blind.tables["power"] if row["site"] in ("near", "twin")]
    last = max(str(row["period_start"]) for row in drawn)
    at_east = sum(float(str(row["grid_mw"])) for row in drawn if str(row["period_start"]) == last)
    assert 50 + at_east == pytest.approx(250)


@pytest.mark.parametrize(("rating_mw", "cost"), [(250, TWINS), (249, APART), (150, APART)])
def test_the_line_binds_to_the_megawatt(rating_mw: float, cost: float) -> None:
    """50 + 200 MW need 250. At 249 the second hall would be left short, so it goes to ``far``:
    keeping it at ``east`` with 99 MW leaves 1 MW late or a third hall, 12 months * 0.3 = 3.6 MUSD."""
    plan = plan_of(behind_one_line(rating_mw))
    expected = min(cost, TWINS - 0.1752 + 12 * 0.3) if rating_mw == 249 else cost
    assert cost_musd(plan) == pytest.approx(expected)


def test_one_of_two_circuits_must_do() -> None:
    """Two circuits of 150 carry 300 together, but 150 once one is out."""
    assert cost_musd(plan_of(behind_one_line(150, circuits=2))) == pytest.approx(TWINS)
    secure = plan_of(behind_one_line(150, circuits=2, is_n_minus_1=True))
    assert cost_musd(secure) == pytest.approx(APART)
    named = {(row["branch"], row["outage"]) for row in secure.tables["flows"]}
    assert named == {("east-0", "east-1"), ("east-1", "east-0")}


def test_generation_binds() -> None:
    """200 MW of sites and 50 of load need 250 MW; without them nothing more can be served."""
    unit = {"unit": {"bus": "plant", "max_mw": 250}}
    assert cost_musd(plan_of(behind_one_line(500, generators=unit))) == pytest.approx(TWINS)
    short = {"unit": {"bus": "plant", "max_mw": 150}}
    plan = plan_of(behind_one_line(500, generators=short))
    # 100 MW served, 100 late for a year
    assert cost_musd(plan) == pytest.approx(10 + 10 + 17.52 + 100 * 12 * 0.3)


def test_load_grows() -> None:
    """A load of 50 that grows by a tenth a year is 55 in 2028: 255 MW are needed."""
    grown: dict[str, Any] = {"load_growth_frac_per_year": 0.1}
    # the second half of 2028 comes half a year later: 50 * 1.1 ** 1.5
    last = 200 + 50 * 1.1**1.5
    assert cost_musd(plan_of(behind_one_line(last + 1e-3, **grown))) == pytest.approx(TWINS)
    assert cost_musd(plan_of(behind_one_line(last - 1, **grown))) > TWINS + 1


def test_a_phase_shifter_pushes_power() -> None:
    """Two equal paths to ``east`` of 150 MW; a shift on one drives 1000 a / 2 around the loop, with
    b = 100 / 0.1 = 1000 MW per radian: at 0.1 rad that is 50 MW, which leaves 2 * 100 in all."""
    straight = behind_one_line(150, circuits=2)
    assert cost_musd(plan_of(straight)) == pytest.approx(TWINS)
    pushed = behind_one_line(150, circuits=2)
    pushed["components"]["network"]["branches"]["east-0"]["shift_deg"] = 0.1 * 180 / pi
    assert cost_musd(plan_of(pushed)) == pytest.approx(APART)


def test_what_flows_without_the_plan_may_go_on() -> None:
    """A rating below the 50 MW of load binds nothing that flows anyway, and nothing may be added."""
    plan = plan_of(behind_one_line(30))
    assert drawn_at(plan, "east") == pytest.approx(0, abs=1e-6)
    assert plan.findings == ()


def test_nearest_bus_of_an_allowed_voltage() -> None:
    scenario = behind_one_line(500, bus_of_site={"far": "west"}, min_kv=230, max_km=30)
    buses = scenario["components"]["network"]["buses"]
    near = scenario["sites"]["near"]
    # a degree of latitude is 111.195 km; the nearest bus of all is of too low a voltage
    buses["east"] |= {"longitude": near["longitude"], "latitude": near["latitude"] + 0.2}
    buses["low"] = {"base_kv": 69, "longitude": near["longitude"], "latitude": near["latitude"]}
    scenario["components"]["network"]["branches"]["low"] = {
        "from_bus": "low", "to_bus": "east", "x_pu": 0.1,
    }  # fmt: skip
    rows = {row["site"]: row for row in plan_of(scenario).tables["attachments"]}
    assert rows["near"]["bus"] == rows["twin"]["bus"] == "east"
    assert rows["near"]["distance_km"] == pytest.approx(0.2 * 111.195, rel=1e-4)
    scenario["components"]["network"]["max_km"] = 22
    with pytest.raises(InputError, match="no bus of 230 kV or more within 22 km") as error:
        plan_of(scenario)
    assert len(error.value.issues) == 2


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("branches", "west", "to_bus"), "nowhere", "an end at a bus that is not in the case"),
        (("branches", "west", "x_pu"), 0.0, "a reactance of zero"),
        (("branches", "west", "to_bus"), "plant", "both ends at one bus"),
        (("generators", "unit", "bus"), "nowhere", "a bus that is not in the case"),
        (("generators", "unit", "max_mw"), 40, "a load of 50.0 MW above the 40.0 MW"),
        (("bus_of_site", "far"), "nowhere", "unknown bus 'nowhere'"),
        (("bus_of_site", "nobody"), "west", "unknown site 'nobody'"),
        (("load_growth_frac_per_year",), 1.0, "at the end a load of"),
    ],
)
def test_wrong_networks_are_said(path: tuple[str, ...], value: object, said: str) -> None:
    unit = {"unit": {"bus": "plant", "max_mw": 100}}
    scenario = behind_one_line(500, generators=unit)
    place = scenario["components"]["network"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError, match=said):
        instance_of(scenario)


def test_the_audit_finds_what_is_changed() -> None:
    scenario = behind_one_line(150, circuits=2, is_n_minus_1=True)
    instance, plan = instance_of(scenario), plan_of(scenario)
    for name in ("attachments", "dispatch", "flows"):
        table = plan.tables[name]
        for position, row in enumerate(table):
            for column in (
                "bus",
                "generation_mw",
                "drawn_mw",
                "load_mw",
                "flow_mw",
                "rating_mw",
                "loading_frac",
            ):
                if column in row:
                    cell = row[column]
                    other = f"{cell}x" if isinstance(cell, str) else float(str(cell)) + 1
                    changed = {name: with_row(table, position, **{column: other})}
                    rules = rules_broken(instance, plan, changed)
                    assert any(rule.startswith("network.") for rule in rules), (name, row, column)
    for name in ("attachments", "dispatch"):
        table = plan.tables[name]
        rules = rules_broken(instance, plan, {name: Table(table.columns, table.rows[1:])})
        assert any(rule.startswith("network.") for rule in rules), name


def test_a_written_plan_passes_its_audit(tmp_path: Path) -> None:
    for name, network in (("plain", {}), ("secure", {"circuits": 2, "is_n_minus_1": True})):
        write_plan(plan_of(behind_one_line(160, **network)), tmp_path / name)
        assert audit_folder(tmp_path / name) == []


def test_a_loaded_line_that_is_not_named_is_found() -> None:
    """The line of 160 MW carries 150, above nine tenths of its rating."""
    scenario = behind_one_line(160)
    instance, plan = instance_of(scenario), plan_of(scenario)
    table = plan.tables["flows"]
    assert {row["branch"] for row in table} == {"east-0"}
    assert "network.flow" in rules_broken(instance, plan, {"flows": Table(table.columns, ())})


def test_the_audit_overloads_a_line_by_itself() -> None:
    """Both sites drawn at ``east``, with generation that balances: only the flow is wrong."""
    scenario = behind_one_line(200)
    instance, plan = instance_of(scenario), plan_of(scenario)
    free = behind_one_line(500)
    other = plan_of(free)
    changes = {name: other.tables[name] for name in other.tables}
    assert "network.flow_limit" in rules_broken(instance, plan, changes)
