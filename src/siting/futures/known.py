"""How exactly and how long each future is solved as if it were known."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from siting.solver.highs import Limits

SHARE_KNOWN = 0.5
"""Of a time limit, what the futures may take together, so that the rest is left for plans that hold in all."""


def known_limits(limits: Limits, count: int) -> Limits:
    """Limits of the futures as if they were known: half the gap and half the time, where there are several."""
    if count == 1:
        return limits
    seconds = limits.time_limit_seconds
    if seconds is not None:
        seconds *= SHARE_KNOWN / ceil(count / limits.threads)
    return replace(limits, gap_frac=limits.gap_frac / 2, time_limit_seconds=seconds)
