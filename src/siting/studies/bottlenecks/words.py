"""Bottlenecks in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from siting.studies.base import Result
from siting.studies.bottlenecks.question import Gains
from siting.timeline.plans import same_usd
from siting.timeline.words import end, span

SHOWN = 3
"""Bottlenecks that are named."""


def sentences(result: Result[Gains]) -> Iterator[str]:
    """The steps that gain most, and those that are none."""
    steps = [g for g in result.found if g.is_relaxation]
    seen = [g for g in steps if g.plan_usd > same_usd(result.best.objective_usd)]
    if steps and not seen:
        most = max(steps, key=lambda gain: gain.most_usd)
        yield (
            "No single step of any limit gains anything that the gap lets one see; "
            f"none gains more than {end(most.most_usd)}."
        )
    for place, gain in enumerate(seen[:SHOWN], 1):
        late = "" if gain.mw_months is None else f"; {gain.mw_months:,.0f} fewer MW-months late"
        yield f"Bottleneck {place}: {gain.step.about}: gains {span(gain.usd)}{late}."
    others = [g.name for g in result.found if not g.is_relaxation]
    if others:
        yield f"No relaxation here, as the optimum is dearer or impossible with it: {', '.join(others)}."
