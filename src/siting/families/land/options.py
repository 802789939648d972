"""Lease options of ``land``: sites that stay open after offers end, for a yearly fee. The formulation stands
in the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from siting.core.audit import Finding, day, row_differences, rows_of
from siting.core.bill import Bill, charge, site
from siting.core.calendar import Calendar
from siting.core.finance import present_year, present_years
from siting.core.records import Record
from siting.core.strict import MonthDate, NonNegative
from siting.core.system import System
from siting.core.table import Cell, Tables
from siting.expressions.labels import Expr, Label, Relation, at
from siting.families.base import Build, Values

COLUMNS = ("site", "acres", "fee_usd_per_year", "start_date", "end_date", "ends")
COMMITTED, RELEASED, HELD = "committed", "released", "held"
"""How an option ends: its site is committed, it is given back, or the horizon ends."""


class LeaseOptions(Record):
    """Options on sites whose offers end."""

    offers_end: MonthDate
    """After this date, or the first period that begins later, a site that was open by then may be committed
    only under an option; one that the scenario commits to needs none. Before the horizon: only options that
    the scenario commits to are there."""
    usd_per_acre_year: NonNegative
    """Fee from ``offers_end`` until the site is committed or the option is given back [USD per acre and
    year], on the acres that may be used; a site that states none pays nothing."""


@dataclass(frozen=True)
class OptionData:
    """Numbers of the formulas.

    Attributes:
        first: period from which on offers have ended. free: last period in which a site may be committed
            without an option, -1 where there is none. most: options that may be taken, by site.
        later: (site, period) in which only an option lets a site be committed. acres, fee_usd_per_year: by
            site that may have one.
    """

    first: int
    free: int
    most: Mapping[str, float]
    later: tuple[tuple[str, int], ...]
    acres: Mapping[str, float]
    fee_usd_per_year: Mapping[str, float]

    @property
    def index(self) -> list[tuple[str, int]]:
        """(site, period) in which options are taken."""
        return [(s, self.first) for s in self.acres]


def prepare_options(system: System, config: LeaseOptions | None) -> OptionData:
    """Sites that are open when offers end, and may be committed later."""
    first = None if config is None else system.calendar.period_from(config.offers_end)
    if config is None or first is None:
        return OptionData(0, 0, {}, (), {}, {})
    is_over = config.offers_end < system.calendar.starts[0]
    free = -1 if is_over else first
    least = system.committed.items()
    is_meant = {parts[1] for parts, count in least if parts[0] == "core.commit" and count > 0}
    is_open = {s for s, p in system.commit_periods if p == first and s not in is_meant}
    later = tuple((s, p) for s, p in system.commit_periods if p > free and s in is_open)
    most = {s: system.committed.get(("land.option", s), 0.0) if is_over else 1.0 for s in is_open}
    acres = {s: system.sites[s].buildable_acres or 0.0 for s in dict(later)}
    fee = {s: config.usd_per_acre_year * held for s, held in acres.items()}
    return OptionData(first, free, most, later, acres, fee)


def declare_options(build: Build, calendar: Calendar, data: OptionData) -> None:
    """Declare options and what is given back; charge the fee while they are held."""
    option = build.variable(
        "option",
        data.index,
        domain="binary",
        upper=lambda s, p: at(data.most, s),
        doc="option taken on a site",
    )
    released = build.variable(
        "released", data.later, domain="binary", doc="option given back up to a period"
    )
    build.cumulative("option_monotone", option, data.index)
    build.cumulative("released_monotone", released, data.later)
    years = present_years(calendar)

    def fee(s: Label, p: Label) -> tuple[Label, Expr]:
        is_new = build.commit.get((s, p)) - build.commit.get((s, data.free))
        held = option[s, data.first] - released.get((s, p)) - is_new
        return p, at(years, p) * at(data.fee_usd_per_year, s) * held

    periods = calendar.periods[data.first :]
    build.cost_each([(s, p) for s in data.acres for p in periods], fee)


def constrain_options(build: Build, data: OptionData) -> None:
    """After offers have ended, a new commitment uses up an option that is still held."""
    option, released = build.variables["option"], build.variables["released"]

    @build.constraint(over=data.later, doc="option of a site committed late")
    def option_held(s: Label, p: Label) -> Relation:
        newly = build.commit[s, p] - build.commit.get((s, data.free))
        return newly + released[s, p] <= option[s, data.first]


def option_rows(values: Values, calendar: Calendar, data: OptionData) -> Iterator[dict[str, Cell]]:
    """One row an option that is paid for some time, or used."""
    for s in data.acres:
        if values.get("land.option", (s, data.first)) < 0.5:
            continue
        periods = [p for site_, p in data.later if site_ == s]
        is_old = values.get("core.commit", (s, data.free)) > 0.5
        end, ends = len(calendar), HELD
        for p in periods:
            if not is_old and values.get("core.commit", (s, p)) > 0.5:
                end, ends = p, COMMITTED
                break
            if values.get("land.released", (s, p)) > 0.5:
                end, ends = p, RELEASED
                break
        yield option_row(calendar, data, s, end, ends)


def option_row(
    calendar: Calendar, data: OptionData, site_: str, end: int, ends: str
) -> dict[str, Cell]:
    """The row of an option that ends with the beginning of a period."""
    return {
        "site": site_,
        "acres": data.acres[site_],
        "fee_usd_per_year": data.fee_usd_per_year[site_],
        "start_date": calendar.starts[data.first],
        "end_date": _start(calendar, end),
        "ends": ends,
    }


def _start(calendar: Calendar, period: int) -> date:
    """Beginning of a period, or the end of the horizon."""
    return calendar.starts[period] if period < len(calendar) else calendar.end


def audit_options(
    calendar: Calendar,
    data: OptionData,
    tables: Tables,
    committed: Mapping[str, int],
    cost_usd: Bill,
) -> Iterator[Finding]:
    """One option a site, held until it is committed, given back or the horizon ends; adds the fees."""
    used: set[str] = set()
    for row_name, row in rows_of(tables, "lease_options"):
        s, end_date, ends = str(row["site"]), day(row, "end_date"), str(row["ends"])
        end = _period(calendar, end_date)
        if (
            not data.most.get(s)
            or s in used
            or s not in data.acres
            or end is None
            or end <= data.free
        ):
            yield Finding("land.option", row_name, "not one option of a site")
            continue
        used.add(s)
        expected = option_row(calendar, data, s, end, ends)
        yield from row_differences("land.option", row_name, row, expected)
        if not _ends_so(ends, end, committed.get(s), calendar, data):
            what = f"it is said to end {ends} on {end_date}"
            yield Finding("land.option_end", row_name, what)
        for p in calendar.periods[data.first : end]:
            usd = present_year(calendar, p) * data.fee_usd_per_year[s]
            charge(cost_usd, site(s), {p: usd})
    for s in _late(data, committed):
        if s not in used:
            what = f"committed on {calendar.starts[committed[s]]}, after offers have ended"
            yield Finding("land.option_held", f"site {s}", f"{what}, without an option")


def _late(data: OptionData, committed: Mapping[str, int]) -> Iterable[str]:
    """Sites that are committed after offers have ended."""
    return [s for s in data.acres if committed.get(s, -1) > data.free]


def _ends_so(
    ends: str, end: int, committed: int | None, calendar: Calendar, data: OptionData
) -> bool:
    """Whether an option ends as is said: a late commitment uses it up, and nothing else does."""
    is_late = committed is not None and committed > data.free
    if is_late or ends == COMMITTED:
        return is_late and ends == COMMITTED and committed == end
    return ends == (HELD if end == len(calendar) else RELEASED)


def _period(calendar: Calendar, when: date | None) -> int | None:
    """The period that begins on a date; their number where it is the end of the horizon."""
    if when == calendar.end:
        return len(calendar)
    return None if when is None else calendar.period_at(when)
