"""The unit of money follows from its size, the same in every table and sentence."""

from __future__ import annotations

import pytest

from siting.core.money import BILLIONS, DOLLARS, MILLIONS, MoneyUnit, money, unit_of


@pytest.mark.parametrize(
    ("usd", "unit"),
    [
        ((), DOLLARS),
        ((0.0, float("inf")), DOLLARS),
        ((99_999.0,), DOLLARS),
        ((-2e5, 3.0), MILLIONS),
        ((79.9e6, 1.0), MILLIONS),
        ((1e6, -1.2e9), BILLIONS),
    ],
)
def test_amounts_that_stand_together_have_the_unit_of_the_largest(
    usd: tuple[float, ...], unit: MoneyUnit
) -> None:
    assert unit_of(*usd) is unit


def test_differences_are_never_in_billions_where_that_is_asked() -> None:
    assert unit_of(46e9, widest=MILLIONS) is MILLIONS
    assert unit_of(46.0, widest=MILLIONS) is DOLLARS


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        (112.807e9, "112.81 B USD"),
        (79.9e6, "79.90 M USD"),
        (80_000.4, "80,000 USD"),
        (-0.2, "0 USD"),
        (float("inf"), "not known"),
    ],
)
def test_in_words(usd: float, words: str) -> None:
    assert money(usd, 2) == words
