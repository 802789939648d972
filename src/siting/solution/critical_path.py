"""The dated critical path of each site: what had to be finished before each energisation.

An energisation is a period in which the IT load of a site rises above all it had before. Its steps
are those that came into service since the one before (``steps.py``): reviews, halls, the connection
of the site's tier, transformers, ride-through equipment, plants and rented units on the site, and
what the grid needed for it. Where the targets of its workloads rise with the energisation and none
of their load was late before, the demand is a step too, which could not have come earlier. The
slack of a step is by how many months it could have been of use earlier, as far as dates go.

What the site waited for are the steps that came last, in the period of the energisation, and of
those had the least slack; the others were begun late because there was time. They are critical, and
so is what they began with the end of: the review before halls, say. Where nothing came in that
period, neither step nor demand, a limit gave way: headroom, the reserve of the zone, or another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from siting.core.audit import exceeds, sum_by
from siting.core.calendar import months_between
from siting.core.table import Cell, Row, Table
from siting.families.registry import COMPONENTS
from siting.families.steps import DEMAND, Around, Step, first_of
from siting.instance.build import Instance
from siting.solution.steps import around_site, steps_of, used_up

COLUMNS = (
    "site",
    "energised_date",
    "added_it_mw",
    "step",
    "item",
    "started_date",
    "finished_date",
    "slack_months",
    "is_last",
    "is_critical",
)
KEY = ("site", "energised_date", "step", "item", "started_date", "finished_date")
LIMIT = "limit"
"""Step of an energisation that waited for a limit to give way."""


def critical_path(instance: Instance, tables: Mapping[str, Table]) -> Table:
    """One row for each energisation of a site and each step that came since the one before."""
    return Table.of(COLUMNS, _rows(instance, tables))


def waited_for(table: Table) -> Iterator[Row]:
    """The rows of what sites waited for, without what those began with the end of."""
    return (row for row in table if row["is_critical"] and row["is_last"])


def _rows(instance: Instance, tables: Mapping[str, Table]) -> Iterator[dict[str, Cell]]:
    """Rows by site, energisation and date."""
    calendar = instance.system.calendar
    risen = {
        rise
        for name, data in instance.data.items()
        for rise in COMPONENTS[name].rises(data, tables)
    }
    arounds: dict[str, Around] = {}
    steps: dict[str, list[Step]] = {}
    for site, period, mw, before in _energisations(instance, tables):
        if site not in steps:
            arounds[site] = around_site(instance, tables, site)
            steps[site] = _distinct(steps_of(instance, arounds[site]))
        done = [
            step for step in steps[site] if before < first_of(calendar, step.finished) <= period
        ]
        on = calendar.starts[period]
        if (site, period) in risen:
            done.append(Step(DEMAND, "targets", on, on, period))
        elif all(first_of(calendar, step.finished) != period for step in done):
            done.append(Step(LIMIT, _limit(instance, arounds[site], period), on, on, period))
        slack = {
            step: months_between(calendar.starts[min(step.earliest, came)], calendar.starts[came])
            for step in done
            for came in (first_of(calendar, step.finished),)
        }
        last = {step for step in done if first_of(calendar, step.finished) == period}
        critical = _critical(done, last, slack)
        for step in done:
            yield {
                "site": site,
                "energised_date": on,
                "added_it_mw": mw,
                "step": step.step,
                "item": step.item,
                "started_date": step.started,
                "finished_date": step.finished,
                "slack_months": slack[step],
                "is_last": step in last,
                "is_critical": step in critical,
            }


def _critical(done: list[Step], last: set[Step], slack: Mapping[Step, int]) -> set[Step]:
    """Of what came last, the steps with the least slack, and what they followed, step by step."""
    least = min(slack[step] for step in last)
    path = {step for step in last if slack[step] == least}
    added = path
    while added:
        names = frozenset[tuple[str, str]]().union(*(step.after for step in added))
        added = {step for step in done if (step.step, step.item) in names} - path
        path = path | added
    return path


def _distinct(steps: Iterator[Step]) -> list[Step]:
    """Steps as they finish; of several with the same dates, the one that could come last."""
    found: dict[tuple[date, str, str, date], Step] = {}
    for step in steps:
        key = step.finished, step.step, step.item, step.started
        if key not in found or found[key].earliest < step.earliest:
            found[key] = step
    return [found[key] for key in sorted(found)]


def _energisations(
    instance: Instance, tables: Mapping[str, Table]
) -> Iterator[tuple[str, int, float, int]]:
    """(site, period, MW more than ever before, period of the energisation before or -1)."""
    load = sum_by(tables, "service", ("site",), "it_mw", instance.system.calendar)
    most: dict[str, float] = {}
    previous: dict[str, int] = {}
    for (site, period), mw in sorted(load.items()):
        if site in instance.system.sites and exceeds(mw, most.get(site, 0.0)):
            yield site, period, mw - most.get(site, 0.0), previous.get(site, -1)
            most[site], previous[site] = mw, period


def _limit(instance: Instance, around: Around, period: int) -> str:
    """What was used up in the period before, as far as the tables of the plan tell."""
    return next(used_up(instance, around, period - 1), "another one")
