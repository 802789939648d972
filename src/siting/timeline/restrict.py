r"""A strategy as bounds, and as rows of its own: it only narrows what is feasible.

Formulation, with the names of the families and T months from the start of the horizon:

    decided_within_months   X[i,p-1] = X[i,p]           p starts T or later, X a decision
    decided_from_months     X[i,p] = 0                  p starts before T
    committed_from_months   the same                    X that is no reservation
    new_supply              plants.units[k,..] = 0, plants.start[j,..] = 0
                                                        other energy sources than those named
    supply_ready_months     the same                    plants that take longer from their start
    is_rental_allowed       R[i,p] = 0                  where it is not
    is_headroom_used        (zone_draw) sum_{s in z} energy.grid_mw[s,p] <= Fz[z,p], the firm supply that is
                            new in a zone and what ``interfaces`` bring, net; where it is not
    is_grid_asked_at_once   headroom.connect[s,p] = core.commit[s,p]; core.commit[s,p] = 0 where the
                            site has no point of interconnection
    is_restart_first        plants.start[j,p] = 1       j a restart, p from the first possible on
                            plants.units[k,..,p] = 0, plants.start[j',p] = 0
                                                        j' no restart, p before the first runs

Decisions X are the states that families declare as decided at their start or at order, and R those
that they declare rented. What the scenario commits to is decided: nothing above holds for it up to its
quantity n, nor for what it may need at its sites C (the site, its connection, its equipment), nor for as
many units of the pool as they are assigned:

    (committed)             sum_{p free} (X[i,p] - X[i,p-1]) <= n[i]         p free of what else forbids it
    (committed_pool)        transformers.pool_order[e,p] <= n[e] + sum_{s in C} transformers.assign[e,s,last]
                            p the last before T

Only bounds of columns and rows change and rows are added, so that a plan
of a strategy is a plan of the scenario, and no strategy can be proven cheaper than the optimum.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from scipy.sparse import csr_array

from siting.core.calendar import add_months
from siting.core.study import Strategy
from siting.families.base import Index
from siting.families.declared import decisions
from siting.families.plants.data import PlantsData
from siting.instance.build import Instance
from siting.model.assemble import Model
from siting.model.program import Program
from siting.solver.remedies import ZONE_DRAW
from siting.timeline.narrowing import Narrowing

RESTART = "restart"
"""``kind`` of a named plant that is restarted."""


def restricted(model: Model, instance: Instance, strategy: Strategy) -> Program:
    """The program of a model with the bounds and rows of a strategy."""
    narrow = Narrowing(model, instance)
    _date(narrow, strategy)
    _choose_supply(narrow, strategy)
    if not strategy.is_rental_allowed:
        narrow.forbid({name for name, of in decisions().items() if of.is_rented})
    if strategy.is_grid_asked_at_once:
        _ask_at_once(narrow)
    if strategy.is_restart_first:
        _restart_first(narrow)
    return (
        narrow.model()
        if strategy.is_headroom_used
        else _only_new_supply(narrow.model(), model, instance)
    )


def _date(narrow: Narrowing, strategy: Strategy) -> None:
    """Decisions within the first months, or after them."""
    starts = narrow.starts
    if strategy.decided_within_months is not None:
        last = narrow.after(strategy.decided_within_months)
        for name in narrow.decisions:
            narrow.refuse(name, lambda key: starts[key[-1]] >= last)
    if strategy.decided_from_months is not None:
        narrow.forbid_before(narrow.after(strategy.decided_from_months))
    if strategy.committed_from_months is not None:
        narrow.only_reserve_before(narrow.after(strategy.committed_from_months))


def _choose_supply(narrow: Narrowing, strategy: Strategy) -> None:
    """Plants of the energy sources named, and none that takes too long."""
    data: PlantsData | None = narrow.instance.data.get("plants")
    if data is None:
        return
    sources, months = strategy.new_supply, strategy.supply_ready_months

    def is_refused(technology: str) -> bool:
        return sources is not None and data.technologies[technology].energy_source not in sources

    def is_slow(begin: date, ready: date) -> bool:
        return months is not None and ready > add_months(begin, months)

    def unit(key: Index) -> bool:
        name, place, p = key
        ready = data.technologies[name].ready_date(
            narrow.starts[p], data.queue_months.get((name, place), 0.0)
        )
        return is_refused(name) or is_slow(narrow.starts[p], ready)

    def plant(key: Index) -> bool:
        record = data.named[key[0]]
        ready = record.ready_date(narrow.starts[key[1]])
        return is_refused(record.technology) or is_slow(narrow.starts[key[1]], ready)

    narrow.refuse("plants.units", unit)
    narrow.refuse("plants.start", plant)


def _only_new_supply(linear: Program, model: Model, instance: Instance) -> Program:
    """Load draws no more than new firm supply delivers to its zone.

    Args:
        linear: the program to narrow. model: whose ledger tells what is delivered.
    """
    system = instance.system
    zones = system.zones_used(s for s in system.node_of if s in system.first_service)
    keys = [(z, p) for z in zones for p in system.calendar.periods]
    number = {key: row for row, key in enumerate(keys)}
    firm = model.ledger.total("zone_firm_mw").sums.at(keys, len(keys))
    supplied = model.declared[firm.columns]
    is_kept = supplied >= 0
    drawn = [
        (number[str(system.sites[key[0]].zone), key[1]], column)
        for (name, key), column in linear.columns.items()
        if name == "energy.grid_mw"
    ]
    rows = np.concatenate([firm.rows[is_kept], np.array([row for row, _ in drawn], dtype=int)])
    columns = np.concatenate([supplied[is_kept], np.array([c for _, c in drawn], dtype=int)])
    values = np.concatenate([-firm.values[is_kept], np.ones(len(drawn))])
    more = csr_array((values, (rows, columns)), shape=(len(keys), len(linear.cost)))
    lower = np.full(len(keys), -np.inf)
    names = [(ZONE_DRAW, key) for key in keys]
    narrowed = linear.with_rows(more, lower, firm.constant, names)
    return narrowed.with_units({ZONE_DRAW: "MW"})


def _ask_at_once(narrow: Narrowing) -> None:
    """Connections asked for with the commitment; no campus without one."""
    narrow.hold_equal("headroom.asked", lambda key: True)
    known = narrow.linear.columns
    narrow.refuse("core.commit", lambda key: ("headroom.connect", key) not in known)


def _restart_first(narrow: Narrowing) -> None:
    """Restarts at their first date, every other plant once the first of them runs."""
    data: PlantsData | None = narrow.instance.data.get("plants")
    if data is None:
        return
    restarts = {j for j, plant in data.named.items() if plant.kind == RESTART}
    narrow.require("plants.start", lambda key: key[0] in restarts)
    runs = [data.named_lag[j].arrival[0] for j in restarts]
    first = min((p for p in runs if p is not None), default=None)
    if first is not None:
        narrow.forbid({"plants.units"}, lambda key: key[-1] < first)
        narrow.forbid({"plants.start"}, lambda key: key[0] not in restarts and key[-1] < first)
