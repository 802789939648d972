r"""Plans almost as cheap as the optimum on other sites.

With the cost C of the optimum, a tolerance t, and c[s] = 1 where site s is committed by the end:

    (within)    cost <= (1 + t) * C
    (other)     the sites on which c differs from c_k >= 1    for each plan k found before
    maximise    the sum of these numbers of sites over k

gives a choice of sites as far as possible from those known; the search for it may stop early, since
any choice found is one. The cheapest plan on exactly these sites is then solved with its own proof.
Sites in every plan are a safe start whatever is decided later; that is what was found, not proven
for plans that were not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.model.assemble import USD_PER_OBJECTIVE, LinearModel, assemble
from siting.pipeline import Loaded, finish
from siting.solver.rows import with_caps
from siting.solver.search import search
from siting.timeline.solves import Solver

COMMIT = "core.commit"
DISTANCE_GAP = 0.2
"""Gap at which a choice of sites counts as far enough from the others."""
DISTANCE_SECONDS = 120.0
HALF = 0.5
PLAN_COLUMNS = ("plan", "status", "cost_usd", "dearer_usd", "new_sites", "sites")
SITE_COLUMNS = ("site", "plan_count", "of_count", "is_in_all")


@dataclass(frozen=True)
class Alternative:
    """A near-optimal plan and the sites it uses."""

    plan: Plan
    sites: frozenset[str]


def find_alternatives(
    loaded: Loaded,
    base: Plan,
    within_frac: float,
    count: int,
    solver: Solver,
    on_done: Callable[[Alternative], None] = lambda alternative: None,
) -> tuple[Alternative, ...]:
    """The optimum, then up to ``count`` plans on other sites, each at most ``within_frac`` dearer.

    Raises:
        NoPlanError: a solve that found no plan.
    """
    model = assemble(loaded.instance)
    linear = model.linear
    last = len(loaded.instance.system.calendar) - 1
    columns = {
        key[0]: column
        for (name, key), column in linear.columns.items()
        if name == COMMIT and key[1] == last
    }
    found = [Alternative(base, _committed(base))]
    limit = (1 + within_frac) * base.objective_usd / USD_PER_OBJECTIVE - linear.offset
    rows = with_caps(linear, linear.cost[np.newaxis, :], np.array([limit]), "alternatives.within")
    for number in range(1, count + 1):
        x = _farthest(rows, columns, [a.sites for a in found], solver)
        sites = frozenset(s for s, column in columns.items() if x is not None and x[column] > HALF)
        if x is None:
            break
        here = _on_sites(linear, columns, sites)
        solver.points.append({names: float(x[i]) for names, i in linear.columns.items() if x[i]})
        ranked = solver.solve(f"alternative {number}", loaded.instance, here)
        plan = finish(loaded, model, here, ranked, solver.limits)
        found.append(Alternative(plan, sites))
        on_done(found[-1])
    return tuple(found)


def _committed(plan: Plan) -> frozenset[str]:
    """Sites of a plan."""
    return frozenset(str(row["site"]) for row in plan.tables["commitments"])


def _farthest(
    model: LinearModel,
    columns: dict[str, int],
    known: Sequence[frozenset[str]],
    solver: Solver,
) -> np.ndarray | None:
    """A plan whose sites differ as much as can be found from those of every plan known."""
    # minus the number of sites that differ from each plan, less the size of its own set
    alike = np.zeros((len(known), len(model.cost)))
    for row, sites in enumerate(known):
        for site, column in columns.items():
            alike[row, column] = 1.0 if site in sites else -1.0
    sizes = np.array([len(sites) for sites in known], dtype=float)
    other = with_caps(model, alike, sizes - 1.0, "alternatives.other")
    program = replace(other, cost=alike.sum(axis=0), offset=-sizes.sum())
    seconds = solver.limits.time_limit_seconds
    limits = replace(
        solver.limits,
        gap_frac=DISTANCE_GAP,
        time_limit_seconds=DISTANCE_SECONDS if seconds is None else min(seconds, DISTANCE_SECONDS),
    )
    return search(program, limits).x


def _on_sites(linear: LinearModel, columns: dict[str, int], sites: frozenset[str]) -> LinearModel:
    """The model with exactly these sites."""
    lower, upper = linear.lower.copy(), linear.upper.copy()
    for site, column in columns.items():
        lower[column] = upper[column] = float(site in sites)
    return replace(linear, lower=lower, upper=upper)


def alternative_tables(found: Sequence[Alternative]) -> dict[str, Table]:
    """``alternatives``, one row a plan, and ``site_choices``, in how many plans each site is."""
    best = found[0]
    plans: list[dict[str, Cell]] = [
        {
            "plan": "optimal" if number == 0 else f"alternative {number}",
            "status": alternative.plan.status,
            "cost_usd": alternative.plan.objective_usd,
            "dearer_usd": alternative.plan.objective_usd - best.plan.objective_usd,
            "new_sites": ";".join(sorted(alternative.sites - best.sites)),
            "sites": ";".join(sorted(alternative.sites)),
        }
        for number, alternative in enumerate(found)
    ]
    counts = {str(row["site"]): 0 for row in best.plan.tables["sites"]}
    for alternative in found:
        for site in alternative.sites:
            counts[site] += 1
    choices: list[dict[str, Cell]] = [
        {
            "site": site,
            "plan_count": count,
            "of_count": len(found),
            "is_in_all": count == len(found),
        }
        for site, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return {
        "alternatives": Table.of(PLAN_COLUMNS, plans),
        "site_choices": Table.of(SITE_COLUMNS, choices),
    }
