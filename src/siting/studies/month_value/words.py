"""The value of a month in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.labels import words
from siting.outputs.report.grid import name_of
from siting.studies.base import Result
from siting.studies.month_value.search import Level, MonthValue


def sentences(result: Result[MonthValue]) -> Iterator[str]:
    """Below which value what would not be built, beside what is stated and published."""
    found = result.found
    if found.share is None:
        yield "No plan was found that a lower value of a month makes the best one."
        return
    for level in found.levels:
        yield f"{words(level.workload)}: {_of(level, found.share)}"
    if found.sites:
        sites = ", ".join(
            f"{name_of(result.best, site)} ({mw:,.0f} MW)" for site, mw in found.sites.items()
        )
        yield f"Where it is worth less, a plan without these campuses, or parts of them, is cheaper: {sites}."
    else:
        yield "Where it is worth less, a plan on the same sites that serves later is cheaper."


def _of(level: Level, share: float) -> str:
    """The value of one workload."""
    text = f"a month is stated at {level.usd:,.0f} USD per MW"
    if level.perspective and level.low_usd is not None and level.high_usd is not None:
        published = f"{level.low_usd:,.0f} to {level.high_usd:,.0f}"
        text += f" ({level.perspective}; published {published})"
    return f"{text}; the best plan is the best from {share * level.usd:,.0f} USD on."
