"""Whether a plan keeps its strategy, in plain arithmetic from its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from siting.core.audit import day, exceeds, firm_by_zone, number, rows_of, sum_by
from siting.core.calendar import add_months
from siting.core.study import Strategy
from siting.core.table import Row, Table
from siting.families.declared import commitments, decisions, restricted_decisions
from siting.instance.build import Instance
from siting.instance.committed import committed_sites
from siting.solution.committed import held_rows, needed_rows
from siting.solution.shape import declared

RESTART = "restart"


def strategy_findings(
    instance: Instance, tables: Mapping[str, Table], strategy: Strategy
) -> Iterator[str]:
    """Everything in a plan that its strategy does not allow."""
    yield from _dates(instance, tables, strategy)
    yield from _supply(instance, tables, strategy)
    rented = [of.shown.table for of in decisions().values() if of.is_rented and of.shown]
    if not strategy.is_rental_allowed and any(len(tables.get(table, ())) for table in rented):
        yield "strategy.is_rental_allowed: the plan rents units"
    if not strategy.is_headroom_used:
        yield from _draws(instance, tables)
    if strategy.is_grid_asked_at_once:
        yield from _asked(tables)
    if strategy.is_restart_first:
        yield from _restarts(instance, tables)


def _dates(instance: Instance, tables: Mapping[str, Table], strategy: Strategy) -> Iterator[str]:
    """Decisions outside the months of the strategy."""
    start = instance.system.calendar.starts[0]
    within, after = strategy.decided_within_months, strategy.decided_from_months
    end = None if within is None else add_months(start, within)
    begin = None if after is None else add_months(start, after)
    binding = strategy.committed_from_months
    bind = None if binding is None else add_months(start, binding)
    binds = {of.shown for of in commitments().values()}
    held = held_rows(instance, tables) | needed_rows(instance, tables)
    if begin is not None:
        held |= _pooled(instance, tables, begin, held)
    for shown in dict.fromkeys(of.shown for of in restricted_decisions().values() if of.shown):
        for where, row in rows_of(tables, shown.table):
            when = day(row, shown.date)
            if when is None or where in held or (shown.column and row[shown.column] != shown.value):
                continue
            if end is not None and when >= end:
                yield f"strategy.decided_within_months: {where} is of {when}, not before {end}"
            if begin is not None and when < begin:
                yield f"strategy.decided_from_months: {where} is of {when}, before {begin}"
            if bind is not None and shown in binds and when < bind:
                yield f"strategy.committed_from_months: {where} is of {when}, before {bind}"


def _pooled(
    instance: Instance, tables: Mapping[str, Table], before: date, held: set[str]
) -> set[str]:
    """Names of the orders for the pool before a date that are not held, of the classes of which all of them
    together are no more than the units of the pool and the stock that the sites to which the scenario commits
    get."""
    sites = committed_sites(instance.scenario)
    early: dict[str, list[tuple[str, float]]] = {}
    theirs: dict[str, float] = {}
    for row_name, row in rows_of(tables, "orders"):
        kind, count, when = (
            str(row["equipment_class"]),
            number(row, "quantity"),
            day(row, "order_date"),
        )
        is_early = when is not None and when < before
        if row["procurement"] == "pool" and is_early and row_name not in held:
            early.setdefault(kind, []).append((row_name, count))
        if row["procurement"] not in ("site", "resold") and row["site"] in sites:
            theirs[kind] = theirs.get(kind, 0.0) + count
    return {
        row_name
        for kind, rows in early.items()
        if not exceeds(sum(count for _, count in rows), theirs.get(kind, 0.0))
        for row_name, _ in rows
    }


def _supply(instance: Instance, tables: Mapping[str, Table], strategy: Strategy) -> Iterator[str]:
    """Plants of another energy source, or too slow."""
    config = instance.scenario.components.plants
    held = held_rows(instance, tables)
    for where, row in rows_of(tables, "plants"):
        if where in held:
            continue
        source = config.technologies[str(row["technology"])].energy_source
        if strategy.new_supply is not None and source not in strategy.new_supply:
            yield f"strategy.new_supply: {where} runs on {source or 'nothing stated'}"
        begin = day(row, "start_date")
        if strategy.supply_ready_months is not None and begin is not None:
            last = add_months(begin, strategy.supply_ready_months)
            ready = _ready(instance, row, begin)
            if ready > last:
                yield f"strategy.supply_ready_months: {where} runs on {ready}, after {last}"


def _ready(instance: Instance, row: Row, begin: date) -> date:
    """When the plant of a row, started on a date, can run."""
    config = instance.scenario.components.plants
    ready: date
    if row["item"] in config.named:
        ready = config.named[row["item"]].ready_date(begin)
        return ready
    zone = instance.system.zones.get(str(row["location"]))
    wait = zone.generation_queue_months if zone and row["delivery"] == "grid" else 0.0
    ready = config.technologies[str(row["technology"])].ready_date(begin, wait)
    return ready


def _draws(instance: Instance, tables: Mapping[str, Table]) -> Iterator[str]:
    """Zones whose load draws, or that send, more than new firm supply delivers."""
    calendar, sites = instance.system.calendar, instance.system.sites
    supply = firm_by_zone(declared(tables), calendar)
    drawn = dict.fromkeys((key for key in supply if key[0] in instance.system.zones), 0.0)
    for (site, p), mw in sum_by(tables, "power", ("site",), "grid_mw", calendar).items():
        zone = str(sites[site].zone)
        drawn[zone, p] = drawn.get((zone, p), 0.0) + mw
    for (zone, p), mw in sorted(drawn.items()):
        if exceeds(mw, supply.get((zone, p), 0.0)):
            when = calendar.starts[p]
            yield f"strategy.is_headroom_used: {zone} draws {mw:.6g} MW on {when}, more than is new"


def _asked(tables: Mapping[str, Table]) -> Iterator[str]:
    """Campuses that did not ask for their connection with the commitment."""
    asked = {str(row["site"]): day(row, "start_date") for _, row in rows_of(tables, "connections")}
    for where, row in rows_of(tables, "commitments"):
        if asked.get(str(row["site"])) != day(row, "commit_date"):
            yield f"strategy.is_grid_asked_at_once: {where} has no connection asked on its date"


def _restarts(instance: Instance, tables: Mapping[str, Table]) -> Iterator[str]:
    """Restarts not decided at their first date, and other plants started before one runs."""
    data = instance.data.get("plants")
    if data is None:
        return
    starts = instance.system.calendar.starts
    held = held_rows(instance, tables)
    begun = {str(row["item"]): day(row, "start_date") for _, row in rows_of(tables, "plants")}
    decided = {str(row["item"]) for where, row in rows_of(tables, "plants") if where in held}
    restarts = {j for j, plant in data.named.items() if plant.kind == RESTART}
    for j in sorted(restarts):
        if begun.get(j) != starts[0]:
            yield f"strategy.is_restart_first: {j} is not started on {starts[0]}"
    arrivals = [data.named_lag[j].arrival[0] for j in restarts]
    first = min((starts[p] for p in arrivals if p is not None), default=None)
    for item, begin in sorted(begun.items()):
        if item in restarts or item in decided or first is None or begin is None:
            continue
        if begin < first:
            yield f"strategy.is_restart_first: {item} is started on {begin}, before {first}"
