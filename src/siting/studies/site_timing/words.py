"""Now, later or never, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from siting.studies.base import Result
from siting.studies.site_timing.timing import NOW, SiteTiming, best_saving
from siting.timeline.words import dearer, is_as_good, span


def sentences(result: Result[tuple[SiteTiming, ...]]) -> Iterator[str]:
    """Now, later or never at each site."""
    for timing in result.found:
        yield " ".join(sentences_of(timing))


def sentences_of(timing: SiteTiming) -> Iterator[str]:
    """Now, later or never at a site."""
    without = timing.without
    is_any_date = bool(timing.waits) and timing.is_no_wait_better and timing.is_no_wait_worse
    if is_any_date and is_as_good(without):
        yield f"{timing.site}: now, later or never is as good."
        return
    if without.least == float("inf"):
        yield f"{timing.site}: there is no plan without it."
    else:
        yield f"{timing.site}: without it the plan is {dearer(without)}."
    if timing.case(NOW).status == "INFEASIBLE":
        yield "It cannot start now."
    if not timing.waits:
        yield "There is no later date to wait for."
        return
    if is_any_date:
        yield "Any date of its start is as good."
        return
    wins, loses = timing.wins_until, timing.loses_from
    if wins:
        saved = best_saving(timing)
        yield f"Waiting until {wins:%Y-%m} beats starting now; the best wait saves {span(saved)}."
    elif timing.is_no_wait_better:
        yield "No wait beats starting now."
    else:
        yield "Whether a wait beats starting now is open within the gap."
    if loses:
        yield f"A start from {loses:%Y-%m} on is worse."
    elif timing.is_no_wait_worse:
        yield "No later start is worse."
    else:
        yield "Whether a later start is worse is open within the gap."
