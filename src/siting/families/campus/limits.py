"""Limits of ``campus``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Limit, Measure, Rank, larger, setting, sooner, times

LIMITS: Mapping[str, Limit] = {
    "minimum_campus": Limit(Rank.LOAD, setting("components.campus.min_campus_it_mw"), times(-1.0)),
}

MEASURES: tuple[Measure, ...] = (
    sooner("building", "halls", "components.campus.shell_months"),
    larger(
        "site",
        "halls that a site may begin in a year",
        "components.campus.max_new_it_mw_per_year",
        unit="MW",
        most=1 << 14,
    ),
)
