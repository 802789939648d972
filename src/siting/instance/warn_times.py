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
from siting.instance.asked import Asked

LONG_YEARS = 5
"""Years of a horizon over which a discount rate of 0 that nobody stated is doubted."""
TIMES = 2.0
"""A period is much longer than a lead time that it is more than so many times as long as."""
MONTHS_PER_WEEK = DAYS_PER_WEEK / DAYS_PER_MONTH

PLANTS = "components.plants.technologies.*"
LEADS = (
    "components.land.review_paths.*.months",
    "components.campus.shell_months",
    "sites.*.connection_months",
    "zones.*.connection_months",
    "components.transformers.classes.*.lead_times.*.weeks",
    "components.headroom.upgrades.*.lead_time_months",
    "components.bridge.products.*.mobilisation_months",
    "components.ride_through.lead_months",
    f"{PLANTS}.construction_months",
)
"""Lead times of what is ordered or built."""
DATES = (
    ("components.headroom.rivals.*.in_service", "it draws"),
    ("components.plants.named.*.earliest_in_service", "it is in service"),
    ("components.plants.technologies.*.available_from", "a unit may be started"),
    ("components.bridge.products.*.available_from", "a unit may run"),
    ("components.transformers.classes.*.reserve_from", "a draw is allowed"),
    ("components.transformers.classes.*.booked.*.delivered", "it is delivered"),
    ("components.transformers.classes.*.lead_times.*.ordered_from", "the row holds"),
    ("components.workloads.kinds.*.targets.*.from_date", "the target holds"),
    ("components.workloads.kinds.*.campus_floors.*.from_date", "the floor holds"),
    ("components.land.policies.*.from_date", "the policy holds"),
    ("components.headroom.upgrades.*.earliest_in_service", "it is in service"),
    ("components.ride_through.available_from", "equipment may be had"),
)
"""Dates from which something is so, and what."""
ENDS = (
    ("components.bridge.products.*.available_until", "no unit can run"),
    ("components.plants.named.*.decide_by", "it can never be started"),
    ("components.plants.named.*.retires_on", "it never runs"),
    ("components.land.policies.*.until", "it covers no commitment"),
)
"""Dates up to which something is so, and what follows where that is before the horizon."""


def warn_times(asked: Asked) -> Iterator[Issue]:
    """Dates, lead times, steps and discounting."""
    yield from _never(asked)
    yield from _over(asked)
    yield from _no_lead(asked)
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
    for pattern, what in DATES:
        found = list(_dated(asked, pattern, lambda day: day > last))
        text = (
            f"{{names}}: {what} only after the last period begins on {last}, so never in the plan"
        )
        paths = [path for path, _ in found]
        yield from asked.warn(paths, text, "Correct the date or the horizon", _row(pattern))


def _over(asked: Asked) -> Iterator[Issue]:
    """Dates before the horizon up to which something was so."""
    first = asked.instance.system.calendar.starts[0]
    for pattern, what in ENDS:
        paths = [path for path, _ in _dated(asked, pattern, lambda day: day <= first)]
        if "decide_by" in pattern:
            paths = [path for path, _ in _dated(asked, pattern, lambda day: day < first)]
        text = f"{{names}}: {what}, the date is over when the horizon begins on {first}"
        yield from asked.warn(paths, text, "Correct the date or the horizon", _row(pattern))


def _no_lead(asked: Asked) -> Iterator[Issue]:
    """What is there on the day on which it is asked for."""
    families, scenario = asked.families, asked.instance.scenario
    if "headroom" in families:
        sites = [site for site in scenario.sites.values() if site.connection_months is None]
        used = sorted({site.zone for site in sites if site.zone is not None})
        zones: list[Path_] = [("zones", z) for z in used if not scenario.zones[z].connection_months]
        what = "{names}: a connection takes no time, connection_months is 0"
        yield from asked.warn(zones, what, "State the months of study, queue and works")
    if "transformers" in families:
        rows: list[Path_] = [
            ("components", "transformers", "classes", name)
            for name, kind in sorted(families["transformers"].classes.items())
            if not any(row.weeks for row in kind.lead_times)
        ]
        yield from asked.warn(rows, "{names}: every lead time is 0 weeks", "State the weeks")
    if "plants" in families:
        stages = ("permitting_months", "equipment_lead_months", "construction_months")
        kinds: list[Path_] = [
            ("components", "plants", "technologies", name)
            for name, kind in sorted(families["plants"].technologies.items())
            if kind.delivery and not any(getattr(kind, stage) for stage in stages)
        ]
        what = "{names}: a unit runs on the day it is started, every stage takes 0 months"
        yield from asked.warn(kinds, what, f"State {', '.join(stages)}")
    campus = families.get("campus")
    if campus is not None and not campus.shell_months:
        place: Path_ = ("components", "campus", "shell_months")
        yield from asked.warn([place], "a hall takes 0 months", "State the months of construction")


def _long_periods(asked: Asked) -> Iterator[Issue]:
    """Most periods much longer than lead times that are decided in them."""
    calendar = asked.instance.system.calendar
    usual = median(calendar.months(p) for p in calendar.periods)
    found: list[tuple[float, Path_]] = []
    for pattern in LEADS:
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
