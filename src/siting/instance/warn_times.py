"""Warnings about time: dates that never come, lead times of nothing, periods longer than they decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from statistics import median
from typing import Any

from siting.core.calendar import months_between
from siting.core.errors import Issue
from siting.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK, MONTHS_PER_YEAR
from siting.core.yaml_source import Path_
from siting.families.registry import COMPONENTS
from siting.instance.asked import Asked

LONG_YEARS = 5
"""Years of a horizon over which a discount rate of 0 that nobody stated is doubted."""
TIMES = 2.0
"""A period is much longer than a lead time that it is more than so many times as long as."""
MONTHS_PER_WEEK = DAYS_PER_WEEK / DAYS_PER_MONTH

LEADS = ("sites.*.connection_months", "zones.*.connection_months")
"""Lead times of records; families declare theirs."""


def warn_times(asked: Asked) -> Iterator[Issue]:
    """Dates, lead times, steps and discounting."""
    yield from _never(asked)
    yield from _over(asked)
    yield from _long_periods(asked)
    calendar, document = asked.instance.system.calendar, asked.document
    years = months_between(calendar.starts[0], calendar.end) / MONTHS_PER_YEAR
    data: Any = document.data
    if "discount_rate_frac" not in data and years >= LONG_YEARS:
        what = f"no discount_rate_frac: a dollar in {calendar.end.year - 1} counts as one today"
        yield Issue(document.where(()), what, "", "State the real rate, 0 if that is meant")


def _on(value: object) -> date | None:
    """A date as it stands in a scenario."""
    try:
        text = str(value)
        return date.fromisoformat(text if len(text) > len("2027-01") else f"{text}-01")
    except ValueError:
        return None


def _dated(
    asked: Asked, pattern: str, is_odd: Callable[[date], bool]
) -> Iterator[tuple[Path_, date]]:
    """The user's dates that are odd."""
    for path, value in asked.own(pattern):
        day = _on(value)
        if day is not None and is_odd(day):
            yield path, day


def _row(pattern: str) -> int:
    """Which key of a path names its row."""
    keys = pattern.split(".")
    return keys.index("*") if "*" in keys else len(keys) - 1


def _never(asked: Asked) -> Iterator[Issue]:
    """Dates after the last period has begun: what they begin never comes about."""
    calendar = asked.instance.system.calendar
    last = calendar.starts[-1]
    begins = [(name, date_) for name, c in COMPONENTS.items() for date_ in c.doubts.begins]
    for name, begin in begins:
        pattern = f"components.{name}.{begin.path}"
        paths = [path for path, _ in _dated(asked, pattern, lambda day: day > last)]
        text = (
            f"{{names}}: {begin.what} only after the last period begins on {last}, "
            "so never in the plan"
        )
        yield from asked.warn(paths, text, "Correct the date or the horizon", _row(pattern))


def _over(asked: Asked) -> Iterator[Issue]:
    """Dates before the horizon up to which something was so."""
    first = asked.instance.system.calendar.starts[0]
    ends = [(name, date_) for name, c in COMPONENTS.items() for date_ in c.doubts.ends]
    for name, end in ends:
        pattern = f"components.{name}.{end.path}"
        odd = first.__gt__ if end.is_last else first.__ge__
        paths = [path for path, _ in _dated(asked, pattern, odd)]
        text = f"{{names}}: {end.what}, the date is over when the horizon begins on {first}"
        yield from asked.warn(paths, text, "Correct the date or the horizon", _row(pattern))


def _long_periods(asked: Asked) -> Iterator[Issue]:
    """Most periods much longer than lead times that are decided in them."""
    calendar = asked.instance.system.calendar
    usual = median(calendar.months(p) for p in calendar.periods)
    found: list[tuple[float, Path_]] = []
    declared = [
        f"components.{name}.{path}" for name, c in COMPONENTS.items() for path in c.doubts.leads
    ]
    for pattern in (*LEADS, *declared):
        factor = MONTHS_PER_WEEK if pattern.endswith("weeks") else 1.0
        for path, value in asked.own(pattern):
            if isinstance(value, int | float) and 0 < TIMES * factor * value < usual:
                found.append((factor * value, path))
    if found:
        months, path = min(found, key=lambda item: (item[0], str(item[1])))
        more = f", and {len(found) - 1} more like it" if len(found) > 1 else ""
        name = ".".join(map(str, path))
        what = (
            f"periods of {usual:g} months decide a lead time of {months:.1f} months ({name}{more}): "
            "everything is ready with the next period at the earliest"
        )
        yield Issue(asked.document.where(("horizon", "steps")), what, "", "Take shorter steps")
