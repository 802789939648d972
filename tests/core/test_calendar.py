"""Dates, lags and annuities against arithmetic on paper."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siting.core.calendar import Calendar, add_months, add_weeks, build_starts, lag_of
from siting.core.finance import capital_by_period, capital_recovery, present_year

HALF_YEARS = Calendar(
    build_starts(date(2027, 1, 1), [(date(2029, 1, 1), "half_year")]), date(2029, 1, 1)
)


def test_months_and_weeks_are_real_dates() -> None:
    assert add_months(date(2027, 1, 1), 18) == date(2028, 7, 1)
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2027, 1, 1), 0.5) == date(2027, 1, 16)  # 15.2 days
    assert add_months(date(2027, 7, 1), -6) == date(2027, 1, 1)
    assert add_weeks(date(2027, 1, 1), 52) == date(2027, 12, 31)


def test_unequal_periods() -> None:
    starts = build_starts(
        date(2027, 1, 1), [(date(2027, 7, 1), "quarter"), (date(2029, 7, 1), "year")]
    )
    calendar = Calendar(starts, date(2029, 7, 1), 0.1)
    assert starts == (date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1), date(2028, 7, 1))
    assert [calendar.months(p) for p in calendar.periods] == [3, 3, 12, 12]
    # the middle of the third period is one year after the start
    assert calendar.discount(2) == pytest.approx(1 / 1.1)
    assert present_year(calendar, 1) == pytest.approx(0.25 * 1.1 ** (-4.5 / 12))


@pytest.mark.parametrize("until", [date(2027, 1, 1), date(2027, 5, 1)])
def test_section_must_divide(until: date) -> None:
    with pytest.raises(ValueError, match="whole number of steps"):
        build_starts(date(2027, 1, 1), [(until, "half_year")])


def test_first_period_on_or_after() -> None:
    assert HALF_YEARS.period_from(date(2027, 7, 1)) == 1
    assert HALF_YEARS.period_from(date(2027, 7, 2)) == 2
    assert HALF_YEARS.period_from(date(2028, 7, 2)) is None
    assert HALF_YEARS.period_at(date(2027, 7, 2)) is None


def test_fifo_lag_is_one_lookup() -> None:
    lag = HALF_YEARS.lag(lambda day: add_months(day, 12))
    assert lag.arrival == (2, 3, None, None)
    assert lag.terms == ((), (), ((1, 0),), ((1, 1),))
    assert lag.first == 2
    assert lag.last_start(3) == 1


def test_later_order_that_arrives_earlier_is_exact() -> None:
    # ordered 0: arrives 3; ordered 1: arrives 2
    lag = lag_of([3, 2, None, None], 4)
    assert lag.terms[2] == ((-1, 0), (1, 1))  # only what was ordered in period 1
    assert lag.terms[3] == ((1, 1),)


@given(
    arrival=st.lists(st.one_of(st.none(), st.integers(0, 7)), min_size=1, max_size=8),
    orders=st.lists(st.integers(0, 5), min_size=8, max_size=8),
)
def test_lag_counts_what_has_arrived(arrival: list[int | None], orders: list[int]) -> None:
    lag = lag_of(arrival, len(arrival))
    total = [sum(orders[: start + 1]) for start in range(len(arrival))]
    for period, terms in enumerate(lag.terms):
        counted = sum(sign * total[start] for sign, start in terms)
        arrived = sum(
            orders[start] for start, at in enumerate(arrival) if at is not None and at <= period
        )
        assert counted == arrived


def test_capital_recovery() -> None:
    # 100 at 10 % over two years: 57.62 a year, since 57.62/1.1 + 57.62/1.21 = 100
    assert 100 * capital_recovery(0.1, 2) == pytest.approx(57.6190476)
    assert capital_recovery(0.0, 8) == 0.125
    assert capital_by_period(HALF_YEARS, 2, 80.0, 8, "grid") == {2: 5.0, 3: 5.0}
    assert capital_by_period(HALF_YEARS, None, 80.0, 8, "grid") == {}
