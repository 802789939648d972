"""Break-evens that are known on paper, and what the gap does to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import break_even as campaign
from siting.core.errors import InputError
from siting.core.study import BreakEven
from siting.pipeline import Loaded
from siting.studies.break_evens.search import (
    LINES,
    BreakEvenResult,
    CurvePoint,
    find_break_even,
)
from siting.studies.break_evens.stretches import FIRST, SECOND, TIE
from siting.studies.break_evens.tables import break_even_tables
from siting.timeline.library import strategies_for
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of
from support.two_sites import (
    BREAK_EVEN_DELAY_USD,
    BREAK_EVEN_WEEKS,
    cost_grid_musd,
    cost_own_musd,
    two_sites,
)

WEEKS = "components.transformers.classes.*.lead_times.*.weeks"
DELAY = "components.workloads.kinds.training.delay_cost_usd_per_mw_month"


def study(path: str, lowest: float, highest: float, resolution: float, **more: Any) -> BreakEven:
    """A break-even between grid and own power."""
    return BreakEven.model_validate(
        {
            "paths": [path],
            "lowest": lowest,
            "highest": highest,
            "resolution": resolution,
            "between": ["grid_only", "own_power"],
            "curve_points": 3,
            **more,
        },
        strict=False,
    )


def found(asked: BreakEven, solver: Solver | None = None) -> BreakEvenResult:
    """The break-even on the case of two sites."""
    loaded = Loaded(instance_of(two_sites()), {})
    named = strategies_for(loaded.instance, list(asked.between))
    return find_break_even(loaded, "case", asked, named, solver or Solver(EXACT))


def test_transformer_lead_time_to_the_period() -> None:
    result = found(study(WEEKS, 124, 156, 0.5))
    (crossing,) = result.crossings
    assert (crossing.before, crossing.after) == ("grid_only", "own_power")
    assert crossing.low <= BREAK_EVEN_WEEKS < crossing.high
    assert crossing.high - crossing.low <= 0.5
    for point in result.points:
        # days until the bank comes, counted in months of the calendar
        if 134.7 < point.value <= 139:
            assert point.cost_usd[0] == pytest.approx(1e6 * cost_grid_musd(26, 80_500), rel=1e-9)
        assert point.cost_usd[1] == pytest.approx(1e6 * cost_own_musd(80_500), rel=1e-9)


def test_delay_cost_to_one_percent() -> None:
    result = found(study(DELAY, 50_000, 200_000, 0.005 * BREAK_EVEN_DELAY_USD))
    (crossing,) = result.crossings
    assert crossing.low < BREAK_EVEN_DELAY_USD < crossing.high
    assert crossing.high - crossing.low <= 0.01 * BREAK_EVEN_DELAY_USD
    assert (crossing.before, crossing.after) == ("grid_only", "own_power")


def test_a_wide_gap_widens_the_interval_and_never_moves_it_off() -> None:
    exact = found(study(DELAY, 50_000, 200_000, 500))
    wide = found(study(DELAY, 50_000, 200_000, 500), Solver(replace(EXACT, gap_frac=0.05)))
    assert len(exact.crossings) == 1
    for crossing in wide.crossings:
        assert crossing.low < BREAK_EVEN_DELAY_USD < crossing.high


def test_no_change_in_the_range_is_no_crossing() -> None:
    result = found(study(DELAY, 100_000, 200_000, 1000))
    assert result.crossings == ()
    assert all(point.winner == 1 for point in result.points)
    tables = break_even_tables([result])
    (row,) = tables["break_evens"].rows
    assert (row["low"], row["high"]) == (None, None)
    assert {row["better"] for row in tables["break_even_curves"]} == {"own_power"}


def test_a_tie_at_the_lowest_value_and_a_change_between_two_samples() -> None:
    # nobody serves anything while that is cheaper than late: the grid from 74.446667 / 2800 =
    # 26,588 USD a MW-month on, own power from 238.1088 / 4800 = 49,606 on; both cost 5400 d below
    result = found(study(DELAY, 0, 1_000_000, 100_000))
    assert result.proof == LINES
    wide = [s for s in result.stretches if s.high - s.low > 1]
    assert [s.winner for s in wide] == [TIE, FIRST, SECOND]
    assert wide[0].high == pytest.approx(74.446667e6 / 2800, rel=1e-6)
    (crossing,) = result.crossings
    assert crossing.low <= BREAK_EVEN_DELAY_USD <= crossing.high
    assert crossing.high - crossing.low < 1


@pytest.mark.parametrize("seed", range(100_001, 100_008))
def test_random_ones_against_a_fine_sweep(seed: int) -> None:
    asked = campaign.case(seed)
    if asked is None:
        pytest.skip("the number is not in this scenario")
    result = find_break_even(asked[0], "case", asked[1], asked[2], Solver(EXACT))
    assert list(campaign.wrong(*asked, result)) == []


def test_added_and_multiplied_values_find_the_same() -> None:
    added = found(study(WEEKS, -7, 9, 0.5, way="add"))
    beyond = BREAK_EVEN_WEEKS - 139
    assert added.crossings[0].low <= beyond < added.crossings[0].high
    times = found(study(WEEKS, 0.9, 1.1, 0.01, way="multiply"))
    assert times.crossings[0].low <= BREAK_EVEN_WEEKS / 139 < times.crossings[0].high


@given(
    costs=st.lists(st.floats(0, 1e9), min_size=2, max_size=2),
    gaps=st.lists(st.floats(0, 1e9), min_size=2, max_size=2),
    share=st.lists(st.floats(0, 1), min_size=2, max_size=2),
)
@settings(deadline=None)
def test_a_certain_winner_wins_whatever_the_true_optima_are(
    costs: list[float], gaps: list[float], share: list[float]
) -> None:
    bounds = [cost - gap for cost, gap in zip(costs, gaps, strict=True)]
    point = CurvePoint(0.0, (costs[0], costs[1]), (bounds[0], bounds[1]))
    truth = [b + s * (c - b) for c, b, s in zip(costs, bounds, share, strict=True)]
    if point.winner:
        assert (truth[0] < truth[1]) == (point.winner < 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"paths": ["components.nothing.at.all"]}, ["no path names a number"]),
        ({"paths": ["name"]}, ["'name' holds str", "a number"]),
        ({"lowest": -5, "highest": 5}, ["delay_cost"]),
    ],
)
def test_wrong_numbers_are_refused(change: dict[str, Any], words: list[str]) -> None:
    asked = study(DELAY, 0, 10, 1).model_copy(update=change)
    if "name" in asked.paths:
        asked = asked.model_copy(update={"way": "add"})
    with pytest.raises(InputError) as error:
        found(asked)
    for word in words:
        assert word in str(error.value)


def now_or_cheaper() -> dict[str, Any]:
    """100 MW of own power on one site over four years, at once or a year later for half the price.

    A plant that can be had from the start costs 200 MUSD over 20 years, 10 a year; one that can be started
    from 2028 on costs 5. A year in which the load is late costs 1200 MW-months times d, the delay cost.
    Decided in the first year: 4 * 10 = 40, or nothing for 4800 d. Decided after it: from 2028 on
    15 + 1200 d, each year later 5 less and 1200 d more, nothing 4800 d.
    With d in MUSD: both serve nothing up to 5 / 1200; then it is worth to wait; to decide at once costs
    less than nothing from 40 / 4800 on, and less than waiting from (40 - 15) / 1200 on.
    """
    plant = {"unit_mw": 100, "delivery": ["on_site"], "lifetime_years": 20}
    return {
        "schema_version": 1,
        "name": "now-or-cheaper",
        "discount_rate_frac": 0.0,
        "horizon": {"start": "2027-01", "steps": [{"until": "2031-01", "step": "year"}]},
        "sites": {"s": {}},
        "components": {
            "land": {},
            "energy": {},
            "plants": {
                "technologies": {
                    "dear": {**plant, "overnight_usd_per_kw": 2000},
                    "cheap": {**plant, "overnight_usd_per_kw": 1000, "available_from": "2028-01"},
                }
            },
            "workloads": {
                "kinds": {"training": {"targets": [{"from_date": "2027-01", "it_mw": 100}]}}
            },
        },
        "strategies": {
            "soon": {"decided_within_months": 12},
            "later": {"decided_from_months": 12},
        },
    }


def test_waiting_is_better_between_two_samples_beside_a_tie() -> None:
    # samples at 0, 100,000, ...: a tie at the lowest, and from the second on to decide at once wins
    scenario = now_or_cheaper()
    (kind,) = scenario["components"]["workloads"]["kinds"].values()
    kind["delay_cost_usd_per_mw_month"] = 100_000.0
    loaded = Loaded(instance_of(scenario), {})
    asked = study(DELAY, 0, 400_000, 5000, between=["soon", "later"], curve_points=5)
    named = strategies_for(loaded.instance, ["soon", "later"])
    result = find_break_even(loaded, "case", asked, named, Solver(EXACT))
    assert result.proof == LINES
    wide = [s for s in result.stretches if s.high - s.low > 1]
    assert [s.winner for s in wide] == [TIE, SECOND, FIRST]
    assert wide[0].high == pytest.approx(5e6 / 1200, rel=1e-6)
    (crossing,) = result.crossings
    assert (crossing.before, crossing.after) == ("later", "soon")
    assert crossing.low <= 25e6 / 1200 <= crossing.high
    assert crossing.high - crossing.low < 1
    for point in result.points:
        late = 1200e-6 * point.value
        assert point.cost_usd[0] == pytest.approx(1e6 * min(4 * late, 40), abs=1)
        assert point.cost_usd[1] == pytest.approx(1e6 * min(4 * late, 15 + late), abs=1)
