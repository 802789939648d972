"""Tables that follow from other tables: what is served, and one row a site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from siting.core.audit import day, facility_load, number, rest, rows_of, sum_by
from siting.core.committed import NAME
from siting.core.table import Cell, Table, Tables
from siting.families.columns import Footprint
from siting.families.registry import COMPONENTS
from siting.families.workloads.data import WorkloadsData
from siting.instance.build import Instance
from siting.solution.committed import KEY as COMMITTED_KEY
from siting.solution.committed import committed_table
from siting.solution.critical_path import KEY as CRITICAL_KEY
from siting.solution.critical_path import critical_path, waited_for

TIMELINE_COLUMNS = (
    "period_start",
    "period_end",
    "workload",
    "target_mw",
    "served_mw",
    "unserved_mw",
    "grid_mw",
    "onsite_mw",
)
SITE_COLUMNS = (
    "site",
    "name",
    "agency",
    "state",
    "zone",
    "node",
    "is_chosen",
    "commit_date",
    "review_path",
    "review_done_date",
    "first_energised_date",
    "full_energised_date",
    "waited_for",
    "it_mw",
    "facility_mw",
    "grid_mw",
    "onsite_mw",
    "acres_used",
    "buildable_acres",
    "source",
    "confidence",
    "estimated",
)


FOOTPRINT_COLUMNS = ("year", "kind", "source", "emissions_t", "water_m3")
KEYS = {
    "critical_path": CRITICAL_KEY,
    "timeline": ("period_start", "workload"),
    "sites": ("site",),
    "footprint": ("year", "kind", "source"),
    NAME: COMMITTED_KEY,
}
"""Columns that name a row of each derived table."""


def derived_tables(instance: Instance, tables: Tables) -> dict[str, Table]:
    """``critical_path``, ``timeline`` and ``sites``; ``footprint`` where a family counts it, and
    ``committed`` where the scenario fixes or bounds decisions."""
    path = critical_path(instance, tables)
    derived = {
        "critical_path": path,
        "timeline": Table.of(TIMELINE_COLUMNS, _timeline(instance, tables)),
        "sites": Table.of(SITE_COLUMNS, _sites(instance, tables, path)),
    }
    if instance.scenario.committed:
        derived[NAME] = committed_table(instance, tables)
    if has_footprint(instance):
        derived["footprint"] = Table.of(FOOTPRINT_COLUMNS, footprint(tables))
    return derived


def has_footprint(instance: Instance) -> bool:
    """Whether some family prices or caps a quantity of the footprint."""
    return any(COMPONENTS[name].counts for name in instance.data)


def footprint(tables: Mapping[str, Table]) -> Iterator[dict[str, Cell]]:
    """Emissions and water of each technology, zone and cooling by calendar year."""
    total: dict[tuple[int, str, str], dict[str, float]] = {}
    for name, of in _footprints():
        for _, row in rows_of(tables, name):
            start = day(row, "period_start")
            if start is not None:
                amounts = total.setdefault((start.year, of.kind, str(row[of.source])), {})
                for quantity in of.quantities:
                    amounts[quantity] = amounts.get(quantity, 0.0) + number(row, quantity)
    for (year, kind, source), amounts in sorted(total.items()):
        yield {
            "year": year,
            "kind": kind,
            "source": source,
            "emissions_t": amounts.get("emissions_t", 0.0),
            "water_m3": amounts.get("water_m3", 0.0),
        }


def _footprints() -> Iterator[tuple[str, Footprint]]:
    """Tables whose rows have a footprint."""
    for component in COMPONENTS.values():
        for name, columns in component.columns.items():
            if columns.footprint is not None:
                yield name, columns.footprint


def _grid_share(instance: Instance, tables: Mapping[str, Table]) -> dict[tuple[str, int], float]:
    """Share of each site's load that its grid draw covers; 1 where power is not modelled."""
    if "energy" not in instance.data:
        return {}
    calendar = instance.system.calendar
    share: dict[tuple[str, int], float] = {}
    for _, row in rows_of(tables, "power"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        facility = number(row, "facility_mw")
        if period is not None and facility > 0:
            share[str(row["site"]), period] = min(1.0, number(row, "grid_mw") / facility)
    return share


def _timeline(instance: Instance, tables: Mapping[str, Table]) -> Iterator[dict[str, Cell]]:
    """Target, served and late IT MW of each workload and period, by where the power comes from."""
    calendar = instance.system.calendar
    data: WorkloadsData = instance.data["workloads"]
    share = _grid_share(instance, tables)
    served: dict[tuple[str, int], float] = {}
    grid: dict[tuple[str, int], float] = {}
    for _, row in rows_of(tables, "service"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        if period is not None:
            key = (str(row["workload"]), period)
            mw = number(row, "it_mw")
            served[key] = served.get(key, 0.0) + mw
            part = share.get((str(row["site"]), period), 1.0)
            grid[key] = grid.get(key, 0.0) + part * mw
    targets: dict[tuple[str, int], float] = {}
    for (w, _, p), mw in data.target_mw.items():
        targets[w, p] = targets.get((w, p), 0.0) + mw
    for w in sorted(data.delay_usd):
        for p in calendar.periods:
            target, done = targets.get((w, p), 0.0), served.get((w, p), 0.0)
            yield {
                "period_start": calendar.starts[p],
                "period_end": calendar.finish(p),
                "workload": w,
                "target_mw": target,
                "served_mw": done,
                "unserved_mw": max(0.0, rest(target, done)),
                "grid_mw": grid.get((w, p), 0.0),
                "onsite_mw": rest(done, grid.get((w, p), 0.0)),
            }


def _sites(instance: Instance, tables: Tables, path: Table) -> Iterator[dict[str, Cell]]:
    """One row a candidate: its dates, what its first energisation waited for, and its load and supply at
    the end of the horizon. It is fully energised once it serves the most that it ever does."""
    system, calendar = instance.system, instance.system.calendar
    last = len(calendar) - 1
    load = sum_by(tables, "service", ("site",), "it_mw", calendar)
    facility_mw = facility_load(system, tables)
    share = _grid_share(instance, tables)
    commitments = {str(row["site"]): row for _, row in rows_of(tables, "commitments")}
    acres: dict[str, float] = {}
    for name, column in tables.acres_at:
        for _, row in rows_of(tables, name):
            acres[str(row[column])] = acres.get(str(row[column]), 0.0) + number(row, "acres")
    dates: dict[str, list[date]] = {}
    for row in path:
        energised = day(row, "energised_date")
        assert energised is not None
        dates.setdefault(str(row["site"]), []).append(energised)
    waits: dict[str, list[str]] = {}
    for row in waited_for(path):
        if day(row, "energised_date") == min(dates[str(row["site"])]):
            waits.setdefault(str(row["site"]), []).append(f"{row['step']}: {row['item']}")
    for site, record in system.sites.items():
        chosen = commitments.get(site)
        it_mw = load.get((site, last), 0.0)
        facility = facility_mw.get((site, last), 0.0)
        grid = share.get((site, last), 1.0) * facility
        yield {
            "site": site,
            "name": record.name or site,
            "agency": record.agency,
            "state": record.state,
            "zone": record.zone or "",
            "node": system.node_of.get(site, ""),
            "is_chosen": chosen is not None,
            "commit_date": chosen["commit_date"] if chosen else None,
            "review_path": chosen["review_path"] if chosen else "",
            "review_done_date": chosen["review_done_date"] if chosen else None,
            "first_energised_date": min(dates.get(site, ()), default=None),
            "full_energised_date": max(dates.get(site, ()), default=None),
            "waited_for": "; ".join(waits.get(site, ())),
            "it_mw": it_mw,
            "facility_mw": facility,
            "grid_mw": grid,
            "onsite_mw": rest(facility, grid),
            "acres_used": acres.get(site, 0.0),
            "buildable_acres": record.buildable_acres,
            "source": record.source,
            "confidence": record.confidence,
            "estimated": record.estimated,
        }
