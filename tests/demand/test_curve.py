"""Headroom by curtailment rate: curves known on paper, and the formula evaluated by brute force."""

from __future__ import annotations

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siting.core.errors import InputError
from siting.demand.curve import largest_load_mw, seasons, tier_headroom

YEAR = pandas.date_range("2023-01-01", "2023-12-31 23:00", freq="h")
MONTH = YEAR.month.to_numpy()
HOUR = np.arange(len(YEAR))


def at(stamp: str) -> int:
    """Number of an hour of the year."""
    return int(YEAR.get_loc(pandas.Timestamp(stamp)))


def test_a_constant_load_leaves_nothing() -> None:
    """Demand is its own peak in every hour, so any new load is curtailed whole."""
    season = seasons(np.full(len(YEAR), 100.0), MONTH, "flat")
    assert (season.summer_peak_mw, season.winter_peak_mw) == (100.0, 100.0)
    tier = tier_headroom(season, HOUR, 1, 0.05)
    assert (tier.headroom_mw, tier.curtailed_hours_per_year, tier.events_per_year) == (0, 0, 0)


def test_one_spike_in_each_season() -> None:
    """100 MW all year, 200 MW in one hour of January and one of July.

    Up to 100 MW only the two hours are curtailed, 2 L <= 0.0025 * 8760 L = 21.9 L. Above it every
    hour is: 2 L + 8758 (L - 100) = 21.9 L, so L = 875,800 / 8738.1 = 100.2277...
    """
    demand = np.full(len(YEAR), 100.0)
    demand[[at("2023-01-10 18:00"), at("2023-07-10 17:00")]] = 200.0
    season = seasons(demand, MONTH, "spikes")
    tier = tier_headroom(season, HOUR, 1, 0.0025)
    assert tier.headroom_mw == pytest.approx(875_800 / 8738.1, rel=1e-12)
    assert tier.curtailed_hours_per_year == 8760
    assert tier.events_per_year == 1 and tier.longest_event_hours == 8760
    # 8758 hours lose only 0.2277 MW; the two of the spikes lose all
    assert tier.half_kept_frac == pytest.approx(8758 / 8760)


def test_one_spike_in_summer_only_leaves_winter_without_room() -> None:
    """Winter demand is its own peak: 151 days of hours curtailed whole, far above any rate here."""
    demand = np.full(len(YEAR), 100.0)
    demand[at("2023-07-10 17:00")] = 200.0
    tier = tier_headroom(seasons(demand, MONTH, "summer"), HOUR, 1, 0.05)
    assert tier.headroom_mw == 0.0


def test_two_seasons() -> None:
    """Summer peak 300, winter peak 200, both in a block of hours; 100 MW everywhere else.

    30 July hours at 300 and 10 January hours at 200. Up to 100 MW of new load the 40 hours are
    curtailed whole; above it also the other winter hours, 3624 - 10 of them, by L - 100 each; above
    200 MW the rest of summer. At 1 %: 40 L + 3614 (L - 100) = 87.6 L, L = 361,400 / 3566.4 = 101.335.
    """
    demand = np.full(len(YEAR), 100.0)
    july, january = at("2023-07-10 05:00"), at("2023-01-10 05:00")
    demand[july : july + 30] = 300.0
    demand[january : january + 10] = 200.0
    season = seasons(demand, MONTH, "two")
    tier = tier_headroom(season, HOUR, 1, 0.01)
    load = 361_400 / 3566.4
    assert tier.headroom_mw == pytest.approx(load, rel=1e-12)
    assert tier.summer_hours_per_year == 30
    assert tier.winter_hours_per_year == 3624
    assert tier.summer_energy_frac == pytest.approx(30 * load / (0.01 * 8760 * load))
    # January to March, July, November and December
    assert tier.events_per_year == 3
    assert tier.longest_event_hours == (31 + 28 + 31) * 24


def test_events_and_half_of_the_load() -> None:
    """Peaks of 100, then 90, 40 for three hours; below it 0. Load of L = 60 found by its own rate."""
    demand = np.zeros(len(YEAR))
    for stamp, block in (("2023-01-10 05:00", (100, 90, 40)), ("2023-08-01 05:00", (100, 90, 40))):
        demand[at(stamp) : at(stamp) + 3] = block
    # margins 0, 10, 60 in both seasons; at L = 60: curtailed 60 + 50 + 0, twice
    rate = 220 / (8760 * 60)
    tier = tier_headroom(seasons(demand, MONTH, "events"), HOUR, 1, rate)
    assert tier.headroom_mw == pytest.approx(60.0)
    tier = tier_headroom(
        seasons(demand, MONTH, "events"), HOUR, 1, 2 * (70 + 60 + 10) / (8760 * 70)
    )
    assert tier.headroom_mw == pytest.approx(70.0)
    assert (tier.events_per_year, tier.mean_event_hours, tier.longest_event_hours) == (2, 3, 3)
    # 10 of 70 MW in the third hour of each leaves more than half
    assert tier.half_kept_frac == pytest.approx(1 / 3)
    # an hour that is missing between ends the event
    apart = np.where(np.arange(len(HOUR)) > at("2023-08-01 05:00"), HOUR + 1, HOUR)
    assert (
        tier_headroom(
            seasons(demand, MONTH, "events"), apart, 1, tier.curtailment_rate
        ).events_per_year
        == 3
    )


def test_two_years_share_thresholds_and_average_rates() -> None:
    """The peak of the first year bounds the second; the rate is the mean over both."""
    demand = np.concatenate([np.full(len(YEAR), 100.0)] * 2)
    month = np.concatenate([MONTH] * 2)
    demand[[at("2023-01-10 18:00"), at("2023-07-10 17:00")]] = 200.0
    season = seasons(demand, month, "years")
    # 2 L + 17518 (L - 100) = 0.0025 * 8760 * 2 L
    load = largest_load_mw(season.margin_mw, 2, 0.0025)
    assert load == pytest.approx(1_751_800 / (17_520 - 43.8), rel=1e-12)


def test_demand_above_its_threshold_between_seasons_counts() -> None:
    """A September hour 50 MW above the summer peak is curtailed at any L: 50 + 3 L <= 21.9 L.

    The largest L with room below: 50 + 3 L + 8757 (L - 100) = 21.9 L.
    """
    demand = np.full(len(YEAR), 100.0)
    demand[[at("2023-01-10 18:00"), at("2023-07-10 17:00")]] = 200.0
    demand[at("2023-09-06 17:00")] = 250.0
    season = seasons(demand, MONTH, "september")
    load = largest_load_mw(season.margin_mw, 1, 0.0025)
    assert load == pytest.approx((875_700 - 50) / (8760 - 21.9), rel=1e-12)


def test_missing_seasons_are_refused() -> None:
    spring = (MONTH >= 3) & (MONTH <= 5)
    with pytest.raises(InputError) as caught:
        seasons(np.ones(int(spring.sum())), MONTH[spring], "spring")
    said = str(caught.value)
    assert "no demand of June to August" in said and "no demand of December to February" in said


@given(
    st.lists(st.integers(-5, 60), min_size=3, max_size=200),
    st.sampled_from([0.0001, 0.0005, 0.002, 0.01]),
)
@settings(max_examples=200)
def test_the_largest_load_of_random_margins(margins: list[int], rate: float) -> None:
    """It meets the rate, and a hair more does not; or no load at all does."""
    margin = np.array(margins, float)
    allowed = rate * 8760

    def excess(load: float) -> float:
        return float(np.maximum(0.0, load - margin).sum() - allowed * load)

    if allowed >= len(margin):
        with pytest.raises(ValueError, match="more hours"):
            largest_load_mw(margin, 1, rate)
        return
    load = largest_load_mw(margin, 1, rate)
    grid = np.linspace(load + 1e-6, load + 500, 200)
    assert all(excess(float(more)) > 0 for more in grid)
    if load > 0:
        assert excess(load) == pytest.approx(0.0, abs=1e-6)
