"""Shipped scenarios and the wheel: what they find, and that they run anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from siting.core.audit import number
from siting.core.plan import Plan
from siting.pipeline import load
from support.engine import BUILTIN, plan_of


def test_pjm_plan_is_proven(pjm_plan: Plan) -> None:
    assert pjm_plan.status == "OPTIMAL"
    assert pjm_plan.findings == ()
    assert pjm_plan.gap <= 0.005


def test_crane_waits_for_its_date_and_its_rights(pjm_plan: Plan) -> None:
    plants = {row["item"]: row for row in pjm_plan.tables["plants"]}
    assert "crane" in plants
    assert plants["crane"]["in_service_date"] >= date(2027, 10, 1)  # type: ignore[operator]
    by_period: dict[object, dict[object, float]] = {}
    for row in pjm_plan.tables["generation"]:
        by_period.setdefault(row["period_start"], {})[row["item"]] = number(row, "deliverable_mw")
    for start, delivered in by_period.items():
        crane, eddystone = delivered.get("crane", 0.0), delivered.get("eddystone_3_4", 0.0)
        if start < date(2031, 1, 1):  # type: ignore[operator]
            assert crane + eddystone <= 760 + 1e-6
        assert crane <= 835 + 1e-6


def crane_only(needed_from: str) -> dict[str, object]:
    """A zone without headroom or surplus, one site, and Crane beside Eddystone."""
    return {
        "schema_version": 1,
        "name": "crane",
        "horizon": {"start": "2027-01", "steps": [{"until": "2033-01", "step": "year"}]},
        "sites": {"s": {"zone": "pjm", "max_it_mw": 1000}},
        "zones": {"pjm": {"headroom_mw": 0, "accredited_surplus_mw": 0, "energy_usd_per_mwh": 30}},
        "components": {
            "land": {},
            "energy": {},
            "headroom": {},
            "adequacy": {},
            "workloads": {
                "kinds": {
                    "training": {
                        "delay_cost_usd_per_mw_month": 1e6,
                        "targets": [{"from_date": needed_from, "it_mw": 1000}],
                    }
                }
            },
            "plants": {
                "technologies": {"reactor": {"unit_mw": 800}, "steam": {"unit_mw": 500}},
                "named": {
                    "crane": {
                        "technology": "reactor",
                        "zone": "pjm",
                        "capacity_mw": 835,
                        "earliest_in_service": "2027-10",
                        "lead_time_months": 9,
                        "rights_from": "eddystone",
                        "own_rights_from": "2031-01",
                    },
                    "eddystone": {
                        "technology": "steam",
                        "zone": "pjm",
                        "capacity_mw": 760,
                        "earliest_in_service": "2027-01",
                    },
                },
            },
        },
    }


def test_rights_on_paper() -> None:
    plan = plan_of(crane_only("2027-01"))
    served = {
        row["period_start"].year: number(row, "served_mw")  # type: ignore[union-attr]
        for row in plan.tables["timeline"]
    }
    # until 2031 the two share 760 MW; then 835 and 760 together serve all 1,000 MW
    assert served == pytest.approx(
        dict.fromkeys(range(2027, 2031), 760.0) | {2031: 1000.0, 2032: 1000.0}
    )


def test_flagship_is_what_it_says() -> None:
    instance = load(BUILTIN / "models" / "federal-2035.yaml").instance
    system = instance.system
    # 59, of which the three in Alaska are left out
    assert len(system.sites) == 56
    assert len(system.calendar) >= 24
    assert system.calendar.end == date(2041, 1, 1)
    plants = instance.data["plants"]
    bought = [k for k, t in plants.technologies.items() if t.delivery]
    assert len(bought) >= 6
    # all that the named plants give is sold
    assert not plants.named
    assert len(instance.scenario.families()["plants"].named) == 31
    assert len(instance.scenario.families()["workloads"].kinds) >= 2


@pytest.mark.slow
def test_wheel_alone_solves(tmp_path: Path) -> None:
    """The wheel is made from the archive of the source, as for a release."""
    build = [sys.executable, "-m", "build", "--outdir", str(tmp_path / "dist"), str(BUILTIN)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = {name.partition(".dist-info/")[2] for name in packed.namelist()}
    assert {"licenses/LICENSE", "licenses/THIRD_PARTY.md"} <= names
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", str(wheel)], check=True)
    (tmp_path / "empty").mkdir()
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    siting = str(tmp_path / "env" / "bin" / "siting")

    def run(*arguments: str) -> None:
        command = [siting, *arguments]
        subprocess.run(
            command, check=True, cwd=tmp_path / "empty", env=environment, stdout=subprocess.DEVNULL
        )

    run("init", "demo")
    run("solve", "demo/scenario.yaml", "-o", "out")
    run("audit", "out")
    plan = json.loads((tmp_path / "empty" / "out" / "plan.json").read_text(encoding="utf-8"))
    assert plan["status"] == "OPTIMAL"
    assert plan["gap"] <= 0.005
