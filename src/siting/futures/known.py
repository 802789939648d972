"""How exactly and how long each future is solved as if it were known."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from siting.solver.highs import Limits

GAPS_KNOWN, GAPS_PASSING = 0.5, 3.0
"""Times the asked gap that each future may leave open. Of the three of the flagship one takes 112 seconds of
processor time for half of 1 %, and 12 for three times as much."""
SHARE_KNOWN = 0.5
"""Of a time limit, what the futures may take together, so that the rest is left for plans that hold in all."""


def known_limits(limits: Limits, count: int, *, is_passing: bool) -> Limits:
    """Limits of the futures as if they were known, where there are several: half the time, and half the gap, or
    three times the gap where the bound will be another's.

    Args:
        count: of futures. is_passing: whether their bounds are of use for what knowing is worth alone.
    """
    if count == 1:
        return limits
    seconds = limits.time_limit_seconds
    if seconds is not None:
        seconds *= SHARE_KNOWN / ceil(count / limits.threads)
    gap_frac = limits.gap_frac * (GAPS_PASSING if is_passing else GAPS_KNOWN)
    return replace(limits, gap_frac=gap_frac, time_limit_seconds=seconds)
