"""What each late MW-month waited for.

Load that is late in a period is served by the energisations that follow it, in order of date; each
gives what the site waited for (``critical_path.py``); where there are several they share it. Load
that no energisation of the horizon serves waited for nothing: not serving it is what the strategy
leaves, or what is cheapest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from siting.core.audit import day, number, rows_of
from siting.core.calendar import months_between
from siting.core.table import Cell, Table
from siting.solution.critical_path import waited_for

WAIT_COLUMNS = ("period_start", "site", "energised_date", "waited_for", "item", "late_mw_months")
NEVER = "not served"
SMALL = 1e-6
"""MW below which nothing is late."""


def waits(tables: Mapping[str, Table]) -> Iterator[dict[str, Cell]]:
    """Rows by period, energisation and step; their MW-months sum to those that are late."""
    late: dict[tuple[date, date], float] = {}
    for _, row in rows_of(tables, "timeline"):
        start, end = day(row, "period_start"), day(row, "period_end")
        if start is not None and end is not None:
            late[start, end] = late.get((start, end), 0.0) + number(row, "unserved_mw")
    events = _events(tables)
    for (start, end), mw in sorted(late.items()):
        months = months_between(start, end)
        left = mw
        for energised, site, added, steps in events:
            if left <= SMALL:
                break
            if energised <= start:
                continue
            part = min(left, added)
            left -= part
            for step, item in steps:
                amount = part * months / len(steps)
                yield _row(start, (site, energised, step, item), amount)
        if left > SMALL:
            yield _row(start, ("", None, NEVER, ""), left * months)


def _row(
    start: date, cause: tuple[str, date | None, str, str], mw_months: float
) -> dict[str, Cell]:
    """One wait."""
    return dict(zip(WAIT_COLUMNS, (start, *cause, mw_months), strict=True))


def _events(
    tables: Mapping[str, Table],
) -> list[tuple[date, str, float, list[tuple[str, str]]]]:
    """(date, site, MW, critical steps) of each energisation, by date."""
    found: dict[tuple[date, str], tuple[float, list[tuple[str, str]]]] = {}
    for row in waited_for(tables["critical_path"]):
        energised = day(row, "energised_date")
        if energised is not None:
            key = (energised, str(row["site"]))
            _, steps = found.setdefault(key, (number(row, "added_it_mw"), []))
            step = (str(row["step"]), str(row["item"] or ""))
            if step not in steps:
                steps.append(step)
    return [(when, site, mw, steps) for (when, site), (mw, steps) in sorted(found.items())]
