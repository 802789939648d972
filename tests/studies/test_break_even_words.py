"""What a break-even says in a sentence of the stretches that it found."""

from __future__ import annotations

import pytest

from siting.core.study import BreakEven
from siting.studies.break_evens.search import LINES, BreakEvenResult
from siting.studies.break_evens.stretches import FIRST, SECOND, TIE, Stretch
from siting.studies.break_evens.words import sentence

STUDY = BreakEven(paths=["x"], lowest=0.0, highest=4.0, resolution=0.05, between=("grid", "own"))


@pytest.mark.parametrize(
    ("high", "said"),
    [
        # a tie that is narrower than the resolution, and still one
        (0.1213, "grid is better from 0 to 0.1027; both are as good from 0.1027 to 0.1213; own is"),
        # two lines that cross are equal to a dollar on a width that is nothing
        (0.1027000001, "grid is better from 0 to 0.1027; own is better from 0.1027 to 4"),
    ],
)
def test_a_proven_tie_is_told_and_the_width_of_a_crossing_is_not(high: float, said: str) -> None:
    stretches = (
        Stretch(0.0, 0.1027, FIRST),
        Stretch(0.1027, high, TIE),
        Stretch(high, 4.0, SECOND),
    )
    assert said in sentence(BreakEvenResult("x", STUDY, (), stretches, (), LINES))
