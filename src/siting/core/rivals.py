"""How much headroom announced loads and queue projects take before the plan does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from math import ceil

from siting.core.records import Node, Rival

ROUNDING = 1e-9


def expected_mw(rivals: Iterable[Rival]) -> float:
    """Probability-weighted draw of independent rivals [MW]."""
    return sum(rival.probability_frac * rival.draw_mw for rival in rivals)


def percentile_mw(rivals: Iterable[Rival], share: float) -> float:
    """Least draw [MW] that the sum of independent rivals does not exceed with a probability.

    The distribution of the sum is exact on a grid of whole MW; each draw is rounded up to it.
    """
    chances = [1.0]
    for rival in rivals:
        step = ceil(rival.draw_mw - ROUNDING)
        built = [0.0] * step + [rival.probability_frac * chance for chance in chances]
        missed = [(1 - rival.probability_frac) * chance for chance in chances] + [0.0] * step
        chances = [a + b for a, b in zip(built, missed, strict=True)]
    reached = 0.0
    for mw, chance in enumerate(chances):
        reached += chance
        if reached >= share - ROUNDING:
            return float(mw)
    return float(len(chances) - 1)


def rival_mw(
    rivals: Mapping[str, Rival],
    nodes: Mapping[str, Node],
    starts: Iterable[date],
    percentile_frac: float | None,
) -> dict[tuple[str, str, int], float]:
    """Draw of rivals by ("node" or "zone", id, period) [MW]; expected where no percentile is asked.

    A rival at a node counts in the node's zone too.
    """
    taken: dict[tuple[str, str, int], float] = {}
    for p, start in enumerate(starts):
        groups: dict[tuple[str, str], list[Rival]] = {}
        for _, rival in sorted(rivals.items()):
            if rival.in_service > start:
                continue
            node = nodes.get(rival.node or "")
            zone = rival.zone or (node.zone if node else None)
            if rival.node:
                groups.setdefault(("node", rival.node), []).append(rival)
            if zone:
                groups.setdefault(("zone", zone), []).append(rival)
        for (level, place), members in sorted(groups.items()):
            taken[level, place, p] = (
                expected_mw(members)
                if percentile_frac is None
                else percentile_mw(members, percentile_frac)
            )
    return taken
