"""The table of the frontier, a row a date."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.table import Cell, Table
from siting.studies.frontier.search import Waited
from siting.timeline.milestones import end_it_mw, late_mw_months, milestone_dates
from siting.timeline.plans import finite

COLUMNS = (
    "decided_from_date",
    "status",
    "cost_usd",
    "bound_usd",
    "cost_increase_lower_usd",
    "cost_increase_upper_usd",
    "late_mw_months",
    "first_date",
    "half_date",
    "full_date",
    "end_it_mw",
)


def frontier_tables(found: tuple[Waited, ...]) -> dict[str, Table]:
    """``frontier``."""
    return {"frontier": Table.of(COLUMNS, _rows(found))}


def _rows(found: tuple[Waited, ...]) -> Iterator[dict[str, Cell]]:
    """Cost, lateness and dates by the date before which nothing is decided."""
    for one in found:
        blank = dict.fromkeys(COLUMNS)
        about = blank | {
            "decided_from_date": one.decided_from,
            "status": one.status,
            "cost_usd": finite(one.cost_usd),
            "bound_usd": finite(one.bound_usd),
            "cost_increase_lower_usd": finite(one.increase.least),
            "cost_increase_upper_usd": finite(one.increase.most),
        }
        if one.plan is not None:
            dates = milestone_dates(one.plan, None)
            about |= {f"{name}_date": when for name, when in dates.items()}
            about |= {
                "late_mw_months": late_mw_months(one.plan),
                "end_it_mw": end_it_mw(one.plan),
            }
        yield about
