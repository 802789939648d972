"""Cleaning: what is a spike, a gap, a whole year, another unit; and that everything is counted."""

from __future__ import annotations

import numpy as np
import pandas
import pytest

from siting.demand.clean import check_units, clean, find_spikes


def frame(start: str, end: str, mw: float = 100.0) -> pandas.DataFrame:
    """A demand of one zone that hardly changes: a measurement does not stay the same for a week."""
    hours = pandas.date_range(start, end, freq="h")
    last_digit = 1e-12 * (np.arange(len(hours)) // 100 % 2)
    return pandas.DataFrame({"A": mw * (1 + last_digit)}, index=hours)


def test_gaps_are_filled_on_a_straight_line_and_counted() -> None:
    demand = frame("2023-01-01", "2023-12-31 23:00")
    demand.iloc[1000:1003, 0] = np.nan
    demand.iloc[1003, 0] = 120.0
    demand.iloc[999, 0] = 80.0
    (area,) = clean(demand, {})
    assert area.demand_mw[999:1004].tolist() == [80, 90, 100, 110, 120]
    assert (area.filled, area.spikes, area.not_positive, area.longest_gap_hours) == (3, 0, 0, 3)
    assert area.years == (2023,)


def test_spikes_and_values_that_are_not_positive() -> None:
    demand = frame("2023-01-01", "2023-12-31 23:00")
    demand.iloc[500, 0] = 100_000.0
    demand.iloc[501, 0] = 90_000.0
    demand.iloc[600, 0] = 130.0
    demand.iloc[700, 0] = 1.0
    demand.iloc[800, 0] = 0.0
    demand.iloc[801, 0] = -5.0
    (area,) = clean(demand, {})
    # two far ones, one that jumps up and back by 30 %, one far below
    assert (area.spikes, area.not_positive, area.filled) == (4, 2, 6)
    assert np.allclose(area.demand_mw, 100.0, rtol=1e-9)


@pytest.mark.parametrize("mw", [99_999.0, 1_700.0, 1_000.0, 400.0])
def test_a_week_of_one_value_is_no_demand_whatever_the_value(mw: float) -> None:
    """The last value that came, 1.2 times the peak: not far beyond the others, and it would be the peak."""
    hours = pandas.date_range("2023-01-01", "2023-12-31 23:00", freq="h")
    real = 1000 + 400 * np.sin(2 * np.pi * (np.arange(len(hours)) + 0.5) / 24)
    demand = pandas.DataFrame({"A": real}, index=hours)
    demand.iloc[4000:4168, 0] = mw
    (area,) = clean(demand, {})
    assert area.filled == area.spikes == 168
    assert area.demand_mw.max() <= 1400
    flat = pandas.DataFrame({"A": np.full(len(hours), mw)}, index=hours)
    assert clean(flat, {})[0].years == ()


def test_a_real_day_is_no_spike() -> None:
    """A daily swing of 40 % either way, and a cold week half as high again."""
    hours = pandas.date_range("2023-01-01", "2023-12-31 23:00", freq="h")
    mw = 1000 + 400 * np.sin(2 * np.pi * hours.hour / 24)
    mw = np.where((hours.day_of_year > 40) & (hours.day_of_year < 48), 1.5 * mw, mw)
    assert not find_spikes(pandas.DataFrame({"A": mw}, index=hours)).any()


def test_only_whole_years_count() -> None:
    demand = frame("2022-11-01", "2024-12-31 23:00")
    demand.iloc[-2000:, 0] = np.nan
    (area,) = clean(demand, {})
    assert area.years == (2023,)
    assert area.dropped_years == (2022, 2024)
    assert len(area.demand_mw) == 8760


def test_years_and_months_are_local() -> None:
    """UTC hours of an area five hours behind: its year begins at 05:00 UTC."""
    demand = frame("2023-01-01 05:00", "2024-01-01 04:00")
    (area,) = clean(demand, {"A": -5})
    assert area.years == (2023,) and len(area.month) == 8760
    assert area.month[0] == 1 and area.month[-1] == 12 and area.filled == 0


def test_other_units_are_named() -> None:
    kilowatts = frame("2023-01-01", "2023-12-31 23:00", 5_000_000.0)
    assert "more than that of the whole United States" in str(check_units(kilowatts, {}, "f")[0])
    known = check_units(frame("2023-01-01", "2023-02-01", 100_000.0), {"A": 100.0}, "f")
    assert "where 100 MW are known" in str(known[0]) and "--unit kW" in str(known[0])
    gigawatts = check_units(frame("2023-01-01", "2023-02-01", 0.1), {"A": 100.0}, "f")
    assert "where 100 MW are known" in str(gigawatts[0])
    mixed = frame("2023-01-01", "2023-12-31 23:00")
    # August and September, hours 212 * 24 to 273 * 24
    mixed.iloc[5088:6552, 0] *= 1000
    found = check_units(mixed, {}, "f")
    assert len(found) == 1 and "1e+03 times the usual in 2 months from 2023-08" in str(found[0])
    assert check_units(frame("2023-01-01", "2023-12-31 23:00"), {"A": 120.0}, "f") == []
