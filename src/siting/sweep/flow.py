"""Which runs may begin: each once it is known from which it starts.

Runs come in waves. One starts from the nearest run of the waves before that has a plan, the first of several,
and may begin as soon as that one is finished and all that are nearer have none, whatever else of its wave and
of those before is still under way. So no process waits for the end of a wave, and yet each run starts from the
same one whichever process is quicker and wherever a sweep was stopped.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Begin = tuple[int, int | None]
"""Number of a point and of the one that it starts from, if any."""


class Flow:
    """Points that wait for the run they start from.

    A wave is looked at once a run of the wave before is finished: by then there is work for all.
    """

    def __init__(self, shares: np.ndarray, waves: Sequence[range]) -> None:
        """Begin with nothing finished.

        Args:
            shares: values as shares of the ranges, shape (points, factors). waves: of the points, in order.
        """
        self._shares = shares
        self._waves = list(waves)
        self._open = 0
        self._first = np.zeros(len(shares), dtype=int)
        self._is_done = np.zeros(len(shares), dtype=bool)
        self._has_plan = np.zeros(len(shares), dtype=bool)
        self._waiting: dict[int, list[int]] = {}

    def begin(self) -> list[Begin]:
        """Points that start from nothing."""
        return self._opened()

    def finished(self, number: int, *, has_plan: bool) -> list[Begin]:
        """Points that may begin now that a run is finished."""
        self._is_done[number], self._has_plan[number] = True, has_plan
        found = [one for n in self._waiting.pop(number, ()) for one in self._looked(n)]
        while self._open < len(self._waves) and number >= self._waves[self._open - 1].start:
            found += self._opened()
        return found

    def _opened(self) -> list[Begin]:
        """Points of the next wave that may begin."""
        wave = self._waves[self._open] if self._open < len(self._waves) else range(0)
        self._open += 1
        self._first[wave.start : wave.stop] = wave.start
        return [one for n in wave for one in self._looked(n)]

    def _looked(self, number: int) -> list[Begin]:
        """The point with the one that it starts from; nothing while that cannot be told."""
        before = slice(self._first[number])
        has_none = self._is_done[before] & ~self._has_plan[before]
        if has_none.all():
            return [(number, None)]
        far = ((self._shares[before] - self._shares[number]) ** 2).sum(axis=1)
        near = int(np.argmin(np.where(has_none, np.inf, far)))
        if self._is_done[near]:
            return [(number, near)]
        self._waiting.setdefault(near, []).append(number)
        return []
