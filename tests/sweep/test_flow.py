"""Which runs may begin, in any order in which others finish."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from siting.sweep.flow import Flow


def starts_of(shares: np.ndarray, waves: list[range], planned: list[bool]) -> list[int | None]:
    """The start of each point by enumeration: the nearest of the waves before that has a plan."""
    found: list[int | None] = []
    for wave in waves:
        for n in wave:
            known = [i for i in range(wave.start) if planned[i]]
            far = {i: sum((shares[i] - shares[n]) ** 2) for i in known}
            found.append(min(known, key=lambda i: (far[i], i)) if known else None)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_starts_are_those_of_enumeration_whatever_finishes_first(seed: int) -> None:
    rng = Random(seed)
    # few values, so that several points are equally near
    shares = np.array([[rng.choice((0.0, 0.5, 1.0)) for _ in range(3)] for _ in range(32)])
    waves = [range(0, 1), range(1, 2), range(2, 4), range(4, 8), range(8, 16), range(16, 32)]
    planned = [rng.random() < 0.6 for _ in shares]
    flow, found = Flow(shares, waves), {}
    under_way = list(flow.begin())
    while under_way:
        number, start = under_way.pop(rng.randrange(len(under_way)))
        assert number not in found
        found[number] = start
        under_way += flow.finished(number, has_plan=planned[number])
    assert [found[n] for n in range(32)] == starts_of(shares, waves, planned)


def test_a_run_waits_for_its_own_start_alone() -> None:
    """Of two that are under way the slow one is near 0.1, the other near 0.9."""
    shares = np.array([[0.5], [0.0], [1.0], [0.1], [0.9]])
    flow = Flow(shares, [range(0, 1), range(1, 3), range(3, 5)])
    assert flow.begin() == [(0, None)]
    assert flow.finished(0, has_plan=True) == [(1, 0), (2, 0)]
    assert flow.finished(2, has_plan=True) == [(4, 2)]
    assert flow.finished(1, has_plan=False) == [(3, 0)]
