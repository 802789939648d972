"""Strategies under uncertainty: on paper, against ordinary comparisons, and what can never be otherwise."""

from __future__ import annotations

import json
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siting.cli.main import main
from siting.core.audit import number
from siting.core.table import Row
from siting.futures.build import hedged, narrowed
from siting.pipeline import Loaded
from siting.studies.comparison import Comparison
from siting.studies.option import Asked
from siting.studies.page import comparison_page
from siting.studies.run import run_study
from siting.studies.under_futures.tables import quantile
from siting.studies.write import comparison_summary
from siting.timeline.restrict import restricted
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, toy, write_scenario
from support.futures import MONTHS, banks, banks_and_queue, demand, outcome, with_futures

OWN = {
    "at_once": {"decided_within_months": 6},
    "half_a_year": {"decided_from_months": 6},
    "a_year": {"decided_from_months": 12},
}
# if `quick` were known: `near` from 2027-07, nothing late: opening 10, hall 15, energy 26.28
KNOWN_QUICK_USD = 51.28e6
# from 2028-01, half a year late at 180: `near` with opening 10, hall 10, energy 17.52; else `far`, where
# opening is 1 and energy 52.56
HALF_USD = {"quick": 217.52e6, "slow": 243.56e6, "mid": 243.56e6}
# from 2028-07: late 360, hall 5, and opening 10, energy 8.76 or opening 1, energy 26.28
YEAR_USD = {"quick": 383.76e6, "slow": 392.28e6, "mid": 392.28e6}
SHARE = {"quick": 0.4, "slow": 0.35, "mid": 0.25}


def studied(scenario: dict[str, Any], **asked: Any) -> Comparison:
    """The strategies above."""
    own = deepcopy(scenario) | {"strategies": OWN}
    wanted = Asked(strategies=tuple(OWN), **asked)
    return run_study(Loaded(instance_of(own), {}), wanted, Solver(EXACT))


def supply(known: str = "2027-07") -> dict[str, Any]:
    """Banks and the connection at ``near`` are quick, slow or in between."""
    return with_futures(banks_and_queue(known), has_units=False)


def by_strategy(found: Comparison) -> dict[str, Row]:
    """Rows by strategy."""
    return {str(row["strategy"]): row for row in found.tables["under_futures"]}


def column(found: Comparison, strategy: str, key: str) -> dict[str, float]:
    """A column of a strategy by future."""
    rows = found.tables["strategy_futures"]
    return {str(r["future"]): number(r, key) for r in rows if r["strategy"] == strategy}


@pytest.fixture(scope="module")
def found() -> Comparison:
    return studied(supply())


def test_waiting_on_paper(found: Comparison) -> None:
    assert column(found, "half_a_year", "cost_usd") == pytest.approx(HALF_USD)
    assert column(found, "a_year", "cost_usd") == pytest.approx(YEAR_USD)
    rows = by_strategy(found)
    half = sum(SHARE[name] * usd for name, usd in HALF_USD.items())
    assert number(rows["half_a_year"], "expected_cost_usd") == pytest.approx(half)
    assert number(rows["optimal"], "expected_cost_usd") == pytest.approx(87.4145e6)
    assert number(rows["half_a_year"], "cost_increase_lower_usd") == pytest.approx(half - 87.4145e6)
    assert number(rows["half_a_year"], "cost_increase_upper_usd") == pytest.approx(half - 87.4145e6)
    # slow and mid together are more than a tenth
    assert number(rows["a_year"], "p90_cost_usd") == pytest.approx(392.28e6)
    assert number(rows["a_year"], "cvar_cost_usd") == pytest.approx(392.28e6)
    # 100 MW for a year in every future
    assert number(rows["a_year"], "late_mw_months") == pytest.approx(1200.0)


def test_regret_on_paper(found: Comparison) -> None:
    regret = column(found, "a_year", "regret_lower_usd")
    assert regret["quick"] == pytest.approx(YEAR_USD["quick"] - KNOWN_QUICK_USD)
    assert column(found, "a_year", "regret_upper_usd") == pytest.approx(regret)
    row = by_strategy(found)["a_year"]
    assert number(row, "worst_regret_usd") == pytest.approx(max(regret.values()))
    mean = sum(SHARE[name] * usd for name, usd in regret.items())
    assert number(row, "expected_regret_usd") == pytest.approx(mean)


def test_everything_at_once_is_what_hedging_does_here(found: Comparison) -> None:
    # its sites are committed in 2027-01, and halls, which come later, are no decision of a strategy
    row = by_strategy(found)["at_once"]
    assert number(row, "expected_cost_usd") == pytest.approx(87.4145e6)
    assert number(row, "cost_increase_upper_usd") == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("name", ["at_once", "half_a_year", "a_year"])
def test_facts_known_at_the_start_are_as_many_comparisons(name: str) -> None:
    together = by_strategy(studied(supply("2027-01")))
    apart = 0.0
    for key, weeks, months in (("quick", 20, 6), ("slow", 60, None), ("mid", 40, 18)):
        scenario = supply()
        del scenario["futures"]
        for lead in scenario["components"]["transformers"]["classes"]["main_bank"]["lead_times"]:
            lead["weeks"] = weeks
        if months is not None:
            scenario["zones"]["cheap"]["connection_months"] = months
        plain = studied(scenario)
        assert "under_futures" not in plain.tables
        row = next(row for row in plain.tables["strategies"] if row["strategy"] == name)
        apart += SHARE[key] * number(row, "cost_usd")
    assert number(together[name], "expected_cost_usd") == pytest.approx(apart)


def test_one_future_is_the_ordinary_comparison() -> None:
    one = {
        "facts": {"banks": {"known": "2027-07", "outcomes": {"as_stated": {"probability": 1.0}}}}
    }
    result = studied(with_futures(one))
    plain = {str(row["strategy"]): row for row in result.tables["strategies"]}
    for name, row in by_strategy(result).items():
        cost = number(plain[name], "cost_usd")
        for key in ("expected_cost_usd", "p90_cost_usd", "cvar_cost_usd", "value_usd"):
            assert number(row, key) == pytest.approx(cost, abs=1.0)
        assert number(row, "worst_regret_usd") == pytest.approx(
            cost - number(plain["optimal"], "cost_usd"), abs=1.0
        )


@pytest.mark.parametrize(
    "futures",
    [banks("delivery"), demand("2028-01"), banks_and_queue("2028-01")],
    ids=["by acting", "demand", "late news"],
)
def test_what_can_never_be_otherwise(futures: dict[str, Any]) -> None:
    result = studied(with_futures(futures))
    rows = by_strategy(result)
    best = number(rows["optimal"], "value_usd")
    costs = [number(rows[name], "value_usd") for name in ("optimal", "half_a_year", "a_year")]
    assert all(one <= other + 1.0 for one, other in pairwise(costs))
    for row in rows.values():
        assert row["status"] == "OPTIMAL"
        assert number(row, "value_usd") >= best - 1.0
        for key in ("expected", "p90", "cvar"):
            assert number(row, f"{key}_bound_usd") <= number(row, f"{key}_cost_usd") + 1.0
        assert number(row, "expected_cost_usd") <= number(row, "cvar_cost_usd") + 1.0
    for row in result.tables["strategy_futures"]:
        assert -1.0 <= number(row, "regret_lower_usd") <= number(row, "regret_upper_usd") + 1.0
    assert not result.is_open


def test_a_shared_decision_keeps_the_restriction_of_every_future() -> None:
    months = "components.plants.technologies.fuel_cell.equipment_lead_months"
    outcomes = {"soon": {"probability": 0.5}, "slow": outcome(0.5, months=(months, 12))}
    scenario = with_futures({"facts": {"cells": {"known": "2027-07", "outcomes": outcomes}}})
    scenario["strategies"] = {"bridge": {"supply_ready_months": 12}}
    instance = instance_of(scenario)
    model = hedged(instance)
    strategy = instance.scenario.strategies["bridge"]
    pairs = zip(model.models, model.instances, strict=True)
    whole = narrowed(model, [restricted(*pair, strategy) for pair in pairs]).whole
    names = {future.name: n for n, future in enumerate(model.tree.futures)}
    # cells that are there after a year in one future alone cannot be started before it is known which
    for (name, index), column_ in whole.parts[names["soon"]].columns.items():
        if name == "plants.units":
            most = whole.program.upper[whole.place[names["soon"]][column_]]
            assert (most == 0) == (index[-1] == 0)


def test_it_is_shown(found: Comparison) -> None:
    said = [line for line in found.answer if line.startswith("Over 3 futures")]
    assert len(said) == 4
    assert "87.4 M USD expected" in said[0]
    assert any("half_a_year: 145.7 M USD dearer" in line for line in said)
    about = comparison_summary(found)["under_futures"]
    assert isinstance(about, dict)
    assert about["a_year"]["futures"]["quick"]["cost_usd"] == pytest.approx(YEAR_USD["quick"])
    assert any(section.id == "under-futures" for section in comparison_page(found).sections)
    assert len(found.frame("strategy_futures")) == 12


def test_the_stated_numbers_alone() -> None:
    result = studied(supply(), as_stated=True)
    assert "under_futures" not in result.tables
    assert "under_futures" not in studied(toy()).tables


def test_a_cost_that_is_not_exceeded() -> None:
    costs, shares = np.array([3.0, 1.0, 2.0]), np.array([0.1, 0.4, 0.5])
    assert quantile(costs, shares, 0.9) == 2.0
    assert quantile(costs, shares, 0.91) == 3.0
    assert quantile(costs, shares, 0.4) == 1.0


def slots(usd: float = 5e6, stock: int = 0) -> Comparison:
    """Waiting and reserving until it is known, in 2028, whether `near` is connected in 6 or 12 months; banks
    take a year."""
    queue = {"quick": outcome(0.5, months=(MONTHS, 6)), "stated": {"probability": 0.5}}
    scenario = with_futures({"facts": {"queue": {"known": "2028-01", "outcomes": queue}}})
    scenario["sites"]["ranch"]["buildable_acres"] = 0
    scenario["components"]["plants"]["technologies"]["fuel_cell"]["delivery"] = []
    banks_ = scenario["components"]["transformers"]["classes"]["main_bank"]
    banks_ |= {"overnight_usd_per_unit": usd, "stock_units": stock}
    for lead in banks_["lead_times"]:
        lead["weeks"] = 52
    scenario["strategies"] = {
        "wait": {"decided_from_months": 12},
        "reserve": {"committed_from_months": 12},
    }
    wanted = Asked(strategies=("wait", "reserve"))
    return run_study(Loaded(instance_of(scenario), {}), wanted, Solver(EXACT))


def test_reserving_pays_where_slots_are_what_takes_longest() -> None:
    result = slots()
    # a bank ordered in 2028-01 comes after the horizon: 100 MW are late for 18 months
    assert column(result, "wait", "cost_usd") == pytest.approx({"quick": 540e6, "stated": 540e6})
    # ordered in 2027-07 it is there in 2028-07, for half a year at 0.1 a year, at whichever site is then chosen
    expected = {
        name: YEAR_USD[old] + 0.05e6 for name, old in (("quick", "quick"), ("stated", "slow"))
    }
    assert column(result, "reserve", "cost_usd") == pytest.approx(expected)
    assert number(by_strategy(result)["reserve"], "expected_cost_usd") == pytest.approx(388.07e6)


@pytest.mark.parametrize(
    ("usd", "stock", "expected"), [(20e9, 0, 540e6), (5e6, 1, (383.76e6 + 392.28e6) / 2)]
)
def test_reserving_is_worth_nothing(usd: float, stock: int, expected: float) -> None:
    """Half a year of a bank for 20 billion over 50 years is 200 M USD, and saves 156.24 at most; nor does it
    help where one is in stock."""
    rows = by_strategy(slots(usd, stock))
    for name in ("wait", "reserve"):
        assert number(rows[name], "expected_cost_usd") == pytest.approx(expected)


def test_the_command_writes_tables_summary_and_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = supply() | {"strategies": OWN}
    path, out = write_scenario(scenario, tmp_path / "toy.json"), tmp_path / "study"
    with pytest.raises(SystemExit) as stop:
        main(["compare", str(path), "-o", str(out), "--strategies", "half_a_year"])
    assert not stop.value.code
    assert "Over 3 futures, half_a_year: 145.7 M USD dearer" in capsys.readouterr().out.replace(
        "\n", " "
    )
    about = json.loads((out / "compare.json").read_text(encoding="utf-8"))["under_futures"]
    assert about["half_a_year"]["futures"]["slow"]["cost_usd"] == pytest.approx(HALF_USD["slow"])
    for name in ("under_futures", "strategy_futures"):
        assert (out / "tables" / f"{name}.csv").is_file()
    assert "Strategies over all futures" in (out / "compare.html").read_text(encoding="utf-8")
