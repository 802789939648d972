"""The dated critical path of each site: what had to be finished before each energisation.

An energisation is a period in which the IT load of a site rises above all it had before. Its steps
are those that came into service since the one before: the review, halls, the connection,
transformers, plants and rented units on the site, and what the grid needed for it, upgrades and new
plants of its node and zone. The slack of a step is by how much it and the review that it stands on
could have begun earlier, as far as dates go: factory slots, builders or money may have kept it.
Critical are the steps that finished last and, of those, had the least slack; the others were begun
late because there was time. Where nothing was finished at the start of the period itself, the site
had been ready and what it waited for was the demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from siting.core.audit import day, exceeds, rows_of, sum_by
from siting.core.calendar import months_between
from siting.core.system import System
from siting.core.table import Cell, Table

COLUMNS = (
    "site",
    "energised_date",
    "added_it_mw",
    "step",
    "item",
    "started_date",
    "finished_date",
    "slack_months",
    "is_critical",
)
KEY = ("site", "energised_date", "step", "item", "started_date")
DEMAND = "demand"
"""Step of an energisation that waited for nothing but the load."""


@dataclass(frozen=True)
class Step:
    """Something that was started and came into service."""

    step: str
    item: str
    started: date
    finished: date
    slack_months: int = 0


def critical_path(system: System, tables: Mapping[str, Table]) -> Table:
    """One row for each energisation of a site and each step that came since the one before."""
    return Table.of(COLUMNS, _rows(system, tables))


def _rows(system: System, tables: Mapping[str, Table]) -> Iterator[dict[str, Cell]]:
    """Rows by site, energisation and date."""
    starts = system.calendar.starts
    steps = {site: sorted(_steps(system, tables, site), key=_order) for site in _sites(tables)}
    for site, energised, mw, before in _energisations(system, tables):
        since = starts[0] if before is None else before
        done = [
            step
            for step in steps[site]
            if step.finished <= energised and (before is None or step.finished > since)
        ]
        last = max((step.finished for step in done), default=None)
        if last != energised:
            done.append(Step(DEMAND, "targets", energised, energised))
            last = energised
        least = min(step.slack_months for step in done if step.finished == last)
        for step in done:
            yield {
                "site": site,
                "energised_date": energised,
                "added_it_mw": mw,
                "step": step.step,
                "item": step.item,
                "started_date": step.started,
                "finished_date": step.finished,
                "slack_months": step.slack_months,
                "is_critical": step.finished == last and step.slack_months == least,
            }


def _order(step: Step) -> tuple[date, str, str, date]:
    """Order of steps: as they finish."""
    return step.finished, step.step, step.item, step.started


def _sites(tables: Mapping[str, Table]) -> list[str]:
    """Sites that carry load."""
    return sorted({str(row["site"]) for _, row in rows_of(tables, "service")})


def _energisations(
    system: System, tables: Mapping[str, Table]
) -> Iterator[tuple[str, date, float, date | None]]:
    """(site, date, MW more than ever before, date of the energisation before)."""
    load = sum_by(tables, "service", ("site",), "it_mw", system.calendar)
    most: dict[str, float] = {}
    previous: dict[str, date] = {}
    for (site, period), mw in sorted(load.items()):
        if exceeds(mw, most.get(site, 0.0)):
            when = system.calendar.starts[period]
            yield site, when, mw - most.get(site, 0.0), previous.get(site)
            most[site], previous[site] = mw, when


def _steps(system: System, tables: Mapping[str, Table], site: str) -> Iterator[Step]:
    """Everything that a site may have waited for."""
    begin = system.calendar.starts[0]
    committed = reviewed = begin
    for _, row in rows_of(tables, "commitments"):
        if row["site"] == site:
            committed = day(row, "commit_date") or begin
            reviewed = day(row, "review_done_date") or committed
            path = str(row["review_path"] or "none")
            yield Step("review", path, committed, reviewed, months_between(begin, committed))
    for step, item, started, finished in _lots(system, tables, site):
        if finished is None:
            continue
        if step == "halls" and started is not None:
            slack = months_between(begin, committed) + max(0, months_between(reviewed, started))
        else:
            # what came from stock was never started: it could have come at once
            slack = months_between(begin, started or finished)
        yield Step(step, item, started or finished, finished, slack)


def _lots(
    system: System, tables: Mapping[str, Table], site: str
) -> Iterator[tuple[str, str, date | None, date | None]]:
    """(step, item, started, in service) of what was built, ordered or rented for a site."""
    node, zone = system.node_of.get(site, ""), system.sites[site].zone
    for table, step, item, started in (
        ("halls", "halls", "site", "start_date"),
        ("connections", "connection", "node", "start_date"),
        ("orders", "transformers", "equipment_class", "order_date"),
    ):
        for _, row in rows_of(tables, table):
            if row["site"] == site:
                yield step, str(row[item]), day(row, started), day(row, "in_service_date")
    for _, row in rows_of(tables, "plants"):
        if row["location"] in (site, zone):
            yield "plant", str(row["item"]), day(row, "start_date"), day(row, "in_service_date")
    for _, row in rows_of(tables, "upgrades"):
        if row["node"] == node if row["node"] else row["zone"] == zone:
            dates = day(row, "start_date"), day(row, "in_service_date")
            yield "upgrade", str(row["upgrade"]), *dates
    for _, row in rows_of(tables, "rentals"):
        if row["location"] == site and row["arrival_count"]:
            come = day(row, "period_start")
            yield "rental", str(row["product"]), come, come
