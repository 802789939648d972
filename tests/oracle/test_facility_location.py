"""Published optima of capacitated facility location, reached by the ordinary command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from siting.cli.main import main
from support.engine import SHARED, write_scenario
from support.facility_location import scenario_of

FOLDER = SHARED / "data" / "flp_orlib_cap"
INSTANCES = sorted(path.stem for path in FOLDER.glob("cap*.txt"))
PRINTED_DIGITS_USD = 0.001
"""The published optima are printed to three decimals, rounded either way."""


@pytest.mark.skipif(not INSTANCES, reason="OR-Library instances are not beside the checkout")
@pytest.mark.parametrize("name", INSTANCES or ["absent"])
def test_published_optimum(name: str, tmp_path: Path) -> None:
    with (FOLDER / "optima.csv").open(encoding="utf-8") as file:
        optimum = {r["instance"]: float(r["published_optimum"]) for r in csv.DictReader(file)}[name]
    scenario = write_scenario(scenario_of(FOLDER / f"{name}.txt"), tmp_path / "scenario.json")
    with pytest.raises(SystemExit) as stop:
        main(["solve", str(scenario), "-o", str(tmp_path / "out"), "--json"])
    assert stop.value.code == 0
    summary = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert summary["status"] == "OPTIMAL"
    assert summary["objective_usd"] == pytest.approx(optimum, rel=1e-6, abs=PRINTED_DIGITS_USD)
