"""Firm power between zones: limits and losses on paper, exporters, refusals, changes by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from siting.cli.audit_plan import audit_folder
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.outputs.write import write_plan
from support.engine import PUBLISHED, instance_of, plan_of, toy
from support.tamper import rules_broken, with_row

NEAR = 10 + 10 + 17.52
"""Near alone in 2028: opening, hall, energy at 20 USD/MWh; its bank is in stock."""
FAR = 1 + 10 + 52.56
"""Far alone, at 60 USD/MWh."""
LATE = 12 * 0.3
"""A megawatt late for a year, in million dollars; its energy of 0.1752 is not bought."""


def tied(
    limit_mw: float, zone: str = "dear", family: str = "headroom", **link: Any
) -> dict[str, Any]:
    """The toy with 100 MW from 2028 on, 40 MW of headroom or surplus in ``cheap``, and a link."""
    scenario = toy()
    del scenario["components"]["plants"]
    del scenario["sites"]["ranch"]
    kind = scenario["components"]["workloads"]["kinds"]["training"]
    kind["targets"] = [{"from_date": "2028-01", "it_mw": 100}]
    short = "headroom_mw" if family == "headroom" else "accredited_surplus_mw"
    scenario["zones"]["cheap"][short] = 40
    if zone == "third":
        scenario["zones"]["third"] = {"headroom_mw": 66, "accredited_surplus_mw": 500}
    link = {"from_zone": zone, "to_zone": "cheap", "forward_mw": limit_mw, "reverse_mw": 0, **link}
    scenario["components"]["interfaces"] = {"limits": {"tie": {"loss_frac": 0.1, **link}}}
    return scenario


def cost_musd(plan: Plan) -> float:
    """Cost of a plan that is proven and passes its audit."""
    assert plan.status == "OPTIMAL"
    assert plan.findings == ()
    return plan.objective_usd / 1e6


@pytest.mark.parametrize("family", ["headroom", "adequacy"])
def test_a_neighbour_helps_within_the_limit_and_its_losses(family: str) -> None:
    """60 MW are missing; 66.7 sent at a loss of a tenth bring them."""
    assert cost_musd(plan_of(tied(67, family=family))) == pytest.approx(NEAR)
    # 66 sent bring 59.4, so 0.6 MW are late all year
    short = NEAR + 0.6 * (LATE - 0.1752)
    assert cost_musd(plan_of(tied(66, family=family))) == pytest.approx(short)
    # 20 sent bring 18: near carries 58 MW and far the other 42, with a second hall and a bank bought
    both = 10 + 1 + 2 * 10 + 0.1 + 0.58 * 17.52 + 0.42 * 52.56
    assert cost_musd(plan_of(tied(20, family=family))) == pytest.approx(both)
    assert both < FAR


def test_transfers_on_paper() -> None:
    rows = list(plan_of(tied(67)).tables["transfers"])
    assert {row["interface"] for row in rows} == {"tie"}
    served = [row for row in rows if str(row["period_start"]) >= "2028"]
    assert all(float(str(row["arrived_mw"])) >= 60 - 1e-6 for row in served)
    for row in rows:
        assert float(str(row["arrived_mw"])) == pytest.approx(0.9 * float(str(row["sent_mw"])))


def test_a_written_plan_passes_its_audit(tmp_path: Path) -> None:
    write_plan(plan_of(tied(66)), tmp_path / "plan")
    assert audit_folder(tmp_path / "plan") == []


def test_the_reverse_way_is_another_limit() -> None:
    turned = tied(0, from_zone="cheap", to_zone="dear", reverse_mw=67)
    assert cost_musd(plan_of(turned)) == pytest.approx(NEAR)
    assert cost_musd(plan_of(tied(0, reverse_mw=67))) == pytest.approx(FAR)


def test_an_exporter_without_sites_has_its_own_headroom() -> None:
    """The third zone can spare 66 MW, whatever the link carries."""
    short = NEAR + 0.6 * (LATE - 0.1752)
    assert cost_musd(plan_of(tied(500, zone="third"))) == pytest.approx(short)


def test_an_exporter_whose_site_has_no_connection() -> None:
    """`dear` takes 70 MW and sends 67 of them: no row may ask its unbuilt site for what is sent."""
    scenario = tied(67)
    scenario["zones"]["dear"]["headroom_mw"] = 70
    assert cost_musd(plan_of(scenario)) == pytest.approx(NEAR)
    # with 66 MW to send 59.4 arrive
    scenario["zones"]["dear"]["headroom_mw"] = 66
    short = NEAR + 0.6 * (LATE - 0.1752)
    assert cost_musd(plan_of(scenario)) == pytest.approx(short)


def test_losses_follow_from_the_distance() -> None:
    """1,000 km at a tenth for 1,000 km lose as much as a stated tenth."""
    scenario = tied(67, loss_frac=None, distance_km=1000)
    scenario["components"]["interfaces"]["loss_frac_per_1000_km"] = 0.1
    assert cost_musd(plan_of(scenario)) == pytest.approx(NEAR)
    scenario["components"]["interfaces"]["limits"]["tie"]["distance_km"] = 1200
    assert cost_musd(plan_of(scenario)) > NEAR + 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"from_zone": "nowhere"}, "unknown zone 'nowhere'"),
        ({"from_zone": "cheap"}, "both ends in"),
    ],
)
def test_wrong_interfaces_are_said(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        instance_of(tied(67, **change))


def test_the_audit_finds_what_is_changed() -> None:
    scenario = tied(67)
    instance, plan = instance_of(scenario), plan_of(scenario)
    table = plan.tables["transfers"]
    for position, row in enumerate(table):
        for column in ("interface", "from_zone", "sent_mw", "arrived_mw", "limit_mw"):
            cell = row[column]
            other = f"{cell}x" if isinstance(cell, str) else float(str(cell)) + 1
            changed = {"transfers": with_row(table, position, **{column: other})}
            rules = rules_broken(instance, plan, changed)
            assert any(rule.startswith("interfaces.") for rule in rules), (position, column)
    most = with_row(table, 0, sent_mw=68, arrived_mw=61.2)
    assert "interfaces.interface_limit" in rules_broken(instance, plan, {"transfers": most})
    # without the transfer the families that used it find what is missing
    gone = {"transfers": type(table)(table.columns, ())}
    assert rules_broken(instance, plan, gone) & {"headroom.zone_limit", "headroom.table"}


def test_the_reeds_interfaces_are_read_as_they_are() -> None:
    """The published table of 134 zones, its own column names, through ``file:``."""
    path = PUBLISHED / "reeds_interfaces"
    from siting.core.yaml_source import parse_document
    from siting.instance.tables import resolve_tables

    reference = {
        "file": str(path / "transmission_capacity_init_AC_ba_NARIS2024.csv"),
        "columns": {
            "from_zone": "r",
            "to_zone": "rr",
            "forward_mw": "MW_f0",
            "reverse_mw": "MW_r0",
        },
        "id_column": "interface",
    }
    settings = {"components": {"interfaces": {"limits": reference}}}
    found = resolve_tables(parse_document(json.dumps(settings), "s.json"), path)
    assert not found.issues, found.issues
    data: Any = found.document.data
    rows = data["components"]["interfaces"]["limits"]
    assert len(rows) > 250
    assert rows["p1||p2"]["forward_mw"] == pytest.approx(8287.031)
