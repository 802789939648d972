"""Result tables of ``land`` from the solved values."""

from __future__ import annotations

from siting.core.calendar import add_months
from siting.core.table import Cell, Table
from siting.families.base import Values, steps
from siting.families.columns import Columns
from siting.families.land.data import LandData
from siting.families.land.options import COLUMNS as OPTION_COLUMNS
from siting.families.land.options import option_rows

COMMITMENT_COLUMNS = (
    "site",
    "review_path",
    "is_tiered",
    "commit_date",
    "review_done_date",
    "commit_usd",
)


PHASE_COLUMNS = ("site", "count", "acres", "start_date")


REVIEW_COLUMNS = ("id", "agency", "months", "cost_usd", "start_date", "done_date")
TABLES = {
    "commitments": Columns(COMMITMENT_COLUMNS),
    "programmatic_reviews": Columns(REVIEW_COLUMNS, when=lambda data: bool(data.programmatic)),
    "lease_phases": Columns(PHASE_COLUMNS, when=lambda data: bool(data.phase_acres)),
    "lease_options": Columns(OPTION_COLUMNS, when=lambda data: bool(data.options.acres)),
}


def report(values: Values, data: LandData) -> dict[str, Table]:
    """One row a committed site, a programmatic review, a beginning of lease phases."""
    periods = data.system.calendar.periods
    rows = []
    for site in data.system.sites:
        for period, _ in steps(values, "core.commit", (site,), periods):
            is_tiered = round(values.get("land.tiered", (site, period))) == 1
            rows.append(commitment_row(data, site, period, is_tiered=is_tiered))
    tables = {"commitments": Table.of(COMMITMENT_COLUMNS, rows)}
    if data.programmatic:
        started = [
            review_row(data, review, period)
            for review, lag in data.programmatic_lag.items()
            for period, _ in steps(values, "land.programmatic", (review,), lag.starts)
        ]
        tables["programmatic_reviews"] = Table.of(REVIEW_COLUMNS, started)
    if data.phase_acres:
        leased = [
            phase_row(data, site, period, count)
            for site in data.phase_acres
            for period, count in steps(values, "land.phases", (site,), periods)
        ]
        tables["lease_phases"] = Table.of(PHASE_COLUMNS, leased)
    if data.options.acres:
        options = option_rows(values, data.system.calendar, data.options)
        tables["lease_options"] = Table.of(OPTION_COLUMNS, list(options))
    return tables


def commitment_row(data: LandData, site: str, period: int, *, is_tiered: bool) -> dict[str, Cell]:
    """A row of ``commitments``: everything follows from site, period and tiering."""
    terms = (data.tiered if is_tiered else data.own)[site, period]
    return {
        "site": site,
        "review_path": terms.path,
        "is_tiered": is_tiered,
        "commit_date": data.system.calendar.starts[period],
        "review_done_date": terms.done,
        "commit_usd": terms.commit_usd,
    }


def review_row(data: LandData, review: str, period: int) -> dict[str, Cell]:
    """A row of ``programmatic_reviews``."""
    record, start = data.programmatic[review], data.system.calendar.starts[period]
    return {
        "id": review,
        "agency": record.agency or "",
        "months": record.months,
        "cost_usd": record.cost_usd,
        "start_date": start,
        "done_date": add_months(start, record.months),
    }


def phase_row(data: LandData, site: str, period: int, count: int) -> dict[str, Cell]:
    """A row of ``lease_phases``: phases that begin together."""
    return {
        "site": site,
        "count": count,
        "acres": count * data.phase_acres[site],
        "start_date": data.system.calendar.starts[period],
    }
