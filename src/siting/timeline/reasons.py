"""Why a site is in a plan or not, and what it would take.

For a chosen site: its critical path, the limits it uses up, and what the best plan without it
costs. For one that is not chosen: what the best plan with it costs, and by how many weeks its
connection would have to be shorter for that to pay. Both are solved again, so every cost is an
interval: between what is proven and what the plans differ by.

With the connection k weeks shorter the site pays for certain where the plan with it costs no more than
the bound of the plan without it, and does not for certain where its bound is above the cost of that one.
So a number of weeks is only named once the choice is solved with it, and with a week less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from siting.core.audit import SAME_ABSOLUTE, day, number, rows_of
from siting.core.errors import InfeasibleError
from siting.core.study import Change
from siting.core.table import Row, Table
from siting.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK
from siting.instance.build import Instance
from siting.instance.changes import changed
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.timeline.plans import Interval, cost_and_bound, difference, has_one_goal, same_usd
from siting.timeline.solves import Solver

COMMIT = "core.commit"
WEEKS_PER_MONTH = DAYS_PER_MONTH / DAYS_PER_WEEK
PAYS, OPEN, COSTS = "pays", "open", "costs"


@dataclass(frozen=True)
class SiteReasons:
    """What a site means to a plan.

    Attributes:
        is_chosen: whether the plan commits it.
        path: rows of the critical path. limits: what it uses up, in words.
        other: by how much the best plan is dearer with the opposite choice: without a chosen site, with
            one that is not; None if there is no such plan.
        better_usd: by how much the best plan with the opposite choice is cheaper than the plan given,
            which then was not the best; 0 if it is not.
        entry_mw: IT load that a site not chosen carries at the end of the best plan with it.
        connection_weeks: what the connection of a site takes; 0 where it needs none.
        entry_weeks: fewest weeks by which its connection would have to be shorter for it to pay for
            certain; None if no shortening does, or none is needed, or the site is chosen.
        entry_least_weeks: weeks less than which do not pay for certain.
    """

    site: str
    is_chosen: bool
    path: tuple[Row, ...]
    limits: tuple[str, ...]
    other: Interval | None
    better_usd: float
    entry_mw: float | None
    connection_weeks: float
    entry_weeks: int | None = None
    entry_least_weeks: int | None = None

    @property
    def entry_usd_per_mw(self) -> float | None:
        """What bringing the site in costs for each MW that it carries."""
        if self.other is None or not self.entry_mw:
            return None
        return self.other.plan / self.entry_mw


def reasons_for(
    instance: Instance,
    tables: Mapping[str, Table],
    cost_usd: tuple[float, float],
    site: str,
    solver: Solver,
) -> SiteReasons:
    """Reasons for or against a site of the scenario.

    Args:
        tables: of the plan. cost_usd: its bound and its cost.
    """
    linear = assemble(instance).linear
    is_chosen = any(row["site"] == site for row in tables["commitments"])
    held = _held(linear, instance, site, 0.0 if is_chosen else 1.0)
    name = f"{'without' if is_chosen else 'with'} {site}"
    outcome = solver.solve(name, instance, held).outcome
    weeks = 0.0
    if instance.system.sites[site].zone is not None:
        weeks = instance.system.connection_months(site) * WEEKS_PER_MONTH
    path = tuple(row for row in tables["critical_path"] if row["site"] == site)
    limits = tuple(_limits(instance, tables, site))
    if outcome.x is None:
        return SiteReasons(site, is_chosen, path, limits, None, 0.0, None, weeks)
    other = cost_and_bound(outcome)
    is_cost_all = has_one_goal(instance)
    better = max(0.0, cost_usd[1] - other[0]) if is_cost_all else 0.0
    better = better if better > same_usd(cost_usd[1]) else 0.0
    # where the opposite choice is better its plan is the best one that is known
    known = (cost_usd[1] - better, cost_usd[0])
    found = SiteReasons(
        site,
        is_chosen,
        path,
        limits,
        difference(other, known, is_never_less=is_cost_all),
        better,
        None,
        weeks,
    )
    if is_chosen:
        return found
    last = len(instance.system.calendar) - 1
    column = linear.columns.get(("core.it_mw", (site, last)))
    mw = 0.0 if column is None else float(outcome.x[column])
    found = replace(found, entry_mw=mw)
    if not is_cost_all or better or _state(other, known) == PAYS:
        return found
    now = _state(other, known)
    pays, open_from = _entry_weeks(instance, site, known, (now, ceil(weeks)), solver)
    return replace(found, entry_weeks=pays, entry_least_weeks=open_from)


def _state(chosen: tuple[float, float], without: tuple[float, float]) -> str:
    """Whether the best plan with a site is no dearer than that without it, for certain, or dearer.

    Args:
        chosen, without: cost and bound.
    """
    margin = same_usd(without[0])
    if chosen[0] <= without[1] + margin:
        return PAYS
    return COSTS if chosen[1] > without[0] + margin else OPEN


def _held(linear: Program, instance: Instance, site: str, value: float) -> Program:
    """The commitment of a site by the end held at 1, or at 0 throughout."""
    last = len(instance.system.calendar) - 1
    lower, upper = linear.lower.copy(), linear.upper.copy()
    for (name, key), column in linear.columns.items():
        if name == COMMIT and key[0] == site:
            if not value:
                upper[column] = 0.0
            elif key[1] == last:
                lower[column] = 1.0
    return linear.bounded(lower, upper)


def _entry_weeks(
    instance: Instance,
    site: str,
    without: tuple[float, float],
    connection: tuple[str, int],
    solver: Solver,
) -> tuple[int | None, int | None]:
    """Fewest weeks by which a shorter connection pays for certain, and fewest by which it may; None where
    not even ``most`` does. Each is solved, and so is a week less, which does not.

    Args:
        without: cost and bound of the best plan without the site.
        connection: whether the site pays with its connection as it is, and the weeks that it takes.
    """
    now, most = connection
    if most <= 0:
        return None, None
    months = instance.system.connection_months(site)
    known = {0: now}

    def state(weeks: int) -> str:
        if weeks not in known:
            left = max(0.0, months - weeks / WEEKS_PER_MONTH)
            path = f"sites.{site}.connection_months"
            sooner = changed(instance, [Change(path=path, set=left, is_new=True)], site)
            assert sooner is not None
            try:
                held = _held(assemble(sooner).linear, sooner, site, 1.0)
            except InfeasibleError:
                known[weeks] = COSTS
                return COSTS
            ranked = solver.solve(f"{site} {weeks} weeks sooner", sooner, held)
            known[weeks] = _state(cost_and_bound(ranked.outcome), without)
        return known[weeks]

    def first(states: set[str]) -> int | None:
        """Fewest weeks with one of some states, which once reached is not left."""
        low, high = 0, most
        if state(low) in states:
            return low
        if state(high) not in states:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if state(middle) in states else (middle, high)
        return high

    return first({PAYS}), first({PAYS, OPEN})


def _limits(instance: Instance, tables: Mapping[str, Table], site: str) -> Iterator[str]:
    """What is used up at the site, at its node and in its zone."""
    system = instance.system
    node, zone = system.node_of.get(site, ""), system.sites[site].zone
    for level, place in (("node", node), ("zone", zone)):
        full = [
            day(row, "period_start")
            for _, row in rows_of(tables, "headroom")
            if row["level"] == level
            and row["place"] == place
            and number(row, "used_mw") > SAME_ABSOLUTE
            and number(row, "left_mw") <= SAME_ABSOLUTE
        ]
        if full:
            yield f"headroom of {level} {place} is used up {_when(instance, full)}"
    for _, row in rows_of(tables, "sites"):
        if row["site"] == site and number(row, "acres_used") > 0:
            left = number(row, "buildable_acres") - number(row, "acres_used")
            if row["buildable_acres"] is not None and left <= SAME_ABSOLUTE:
                yield f"all {number(row, 'buildable_acres'):,.0f} buildable acres are used"
    if short := _reserve(tables, str(zone)):
        when = _when(instance, short)
        yield f"accredited supply of zone {zone} just meets the reserve margin {when}"


def _when(instance: Instance, starts: Sequence[date | None]) -> str:
    """Periods in words, by their first days: each run of them from its start to its end."""
    calendar = instance.system.calendar
    wanted = {p for p in calendar.periods if calendar.starts[p] in starts}
    spans = []
    for p in sorted(wanted):
        if p - 1 not in wanted:
            last = next(q for q in range(p, len(calendar)) if q + 1 not in wanted)
            end = "" if last + 1 == len(calendar) else f" to {calendar.finish(last)}"
            spans.append(f"from {calendar.starts[p]}{end}")
    return ", ".join(spans)


def _reserve(tables: Mapping[str, Table], zone: str) -> list[date | None]:
    """First days of periods in which a zone has no accredited capacity to spare."""
    starts = []
    for _, row in rows_of(tables, "adequacy"):
        required = number(row, "required_mw")
        left = number(row, "surplus_mw") + number(row, "new_supply_mw") - required
        if row["zone"] == zone and required > SAME_ABSOLUTE and left <= SAME_ABSOLUTE:
            starts.append(day(row, "period_start"))
    return starts
