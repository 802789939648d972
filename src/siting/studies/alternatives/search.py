r"""Plans almost as cheap as the optimum on other sites.

With the cost C of the optimum, a tolerance t, and c[s] = 1 where site s is committed by the end:

    (within)    cost <= (1 + t) * C
    (other)     the sites on which c differs from c_k >= 1    for each plan k found before
    maximise    the sum of these numbers of sites over k

gives a choice of sites as far as possible from those known; the search for it may stop early, since
any choice found is one. The cheapest plan on exactly these sites is then solved with its own proof,
and counts only if it keeps (within) itself. Goals before the cost keep what the optimum reaches. A plan
that turns out better than the optimum takes its place, and C is its cost from then on.
Sites in every plan are a safe start whatever is decided later; that is what was found, not proven
for plans that were not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.model.goals import linear_goals
from siting.model.program import Program
from siting.pipeline import Loaded, finish
from siting.solver.completion import named
from siting.solver.highs import Limits
from siting.solver.lazy_rows import separator, solve_lazily
from siting.solver.lexicographic import Ranked
from siting.solver.search import search
from siting.timeline.plans import difference, measures_of, most_of_goals, precedes, same
from siting.timeline.solves import Solver

COMMIT = "core.commit"
DISTANCE_GAP = 0.2
"""Gap at which a choice of sites counts as far enough from the others."""
DISTANCE_SECONDS = 120.0
HALF = 0.5
TRIES = 3
"""Choices of sites that are solved at most for each plan asked for."""
PLAN_COLUMNS = (
    "plan",
    "status",
    "cost_usd",
    "bound_usd",
    "cost_increase_lower_usd",
    "cost_increase_upper_usd",
    "dearer_usd",
    "new_sites",
    "sites",
)
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
        InfeasibleError, NoPlanError: a solve that found no plan.
    """
    model = assemble(loaded.instance)
    columns = _last_commitments(loaded.instance, model.linear)
    found: tuple[Alternative, ...] = (Alternative(base, sites_of(base)),)
    known = [found[0].sites]
    for _ in range(TRIES * count):
        if len(found) > count:
            break
        program = _near(loaded.instance, model.linear, found[0].plan, within_frac)
        x = _farthest(loaded.instance, program, columns, known, solver.limits)
        if x is None:
            break
        known.append(frozenset(s for s, column in columns.items() if x[column] > HALF))
        here = _on_sites(model.linear, columns, known[-1])
        solver.points.append(named(model.linear, x))
        ranked = solver.solve(f"alternative {len(known) - 1}", loaded.instance, here)
        one = Alternative(finish(loaded, model, here, ranked, solver.limits), known[-1])
        found = near(loaded.instance, (*found, one), within_frac)
        if one in found:
            on_done(one)
    return found


def near(
    instance: Instance, plans: Sequence[Alternative], within_frac: float
) -> tuple[Alternative, ...]:
    """The best of some plans, then the others on other sites that are no dearer than allowed.

    Args:
        plans: among those that are as good as each other the first is the best.
    """
    best = plans[0]
    for other in plans[1:]:
        if precedes(measures_of(instance, other.plan), measures_of(instance, best.plan)):
            best = other
    most = most_of_goals(instance, best.plan, within_frac)
    found = {best.sites: best}
    for other in plans:
        reached = measures_of(instance, other.plan)
        if all(r <= m + same(m) for r, m in zip(reached, most, strict=True)):
            found.setdefault(other.sites, other)
    return tuple(found.values())


def _last_commitments(instance: Instance, linear: Program) -> dict[str, int]:
    """Column of the commitment of each site by the end."""
    last = len(instance.system.calendar) - 1
    return {
        key[0]: column
        for (name, key), column in linear.columns.items()
        if name == COMMIT and key[1] == last
    }


def _near(instance: Instance, linear: Program, best: Plan, within_frac: float) -> Program:
    """The program whose plans are no dearer than allowed and as good in every goal before the cost."""
    goals = linear_goals(linear, instance)
    most = most_of_goals(instance, best, within_frac)
    most[-1] /= USD_PER_OBJECTIVE
    rows = np.array([goal.coefficients for goal in goals])
    upper = np.array([value - goal.offset for value, goal in zip(most, goals, strict=True)])
    return linear.with_caps(rows, upper, "alternatives.within")


def sites_of(plan: Plan) -> frozenset[str]:
    """Sites of a plan."""
    return frozenset(str(row["site"]) for row in plan.tables["commitments"])


def _farthest(
    instance: Instance,
    model: Program,
    columns: dict[str, int],
    known: Sequence[frozenset[str]],
    limits: Limits,
) -> np.ndarray | None:
    """A plan whose sites differ as much as can be found from those of every plan known."""
    # minus the number of sites that differ from each plan, less the size of its own set
    alike = np.zeros((len(known), len(model.cost)))
    for row, sites in enumerate(known):
        for site, column in columns.items():
            alike[row, column] = 1.0 if site in sites else -1.0
    sizes = np.array([len(sites) for sites in known], dtype=float)
    other = model.with_caps(alike, sizes - 1.0, "alternatives.other")
    program = other.with_cost(alike.sum(axis=0), -sizes.sum())
    seconds = limits.time_limit_seconds
    limits = replace(
        limits,
        gap_frac=DISTANCE_GAP,
        time_limit_seconds=DISTANCE_SECONDS if seconds is None else min(seconds, DISTANCE_SECONDS),
    )

    def solve(part: Program, within: Limits, start: np.ndarray | None) -> Ranked:
        return Ranked(search(part, within, start=start))

    separate = separator(instance)
    if separate is None:
        return solve(program, limits, None).outcome.x
    return solve_lazily(program, separate, limits, solve, None).outcome.x


def _on_sites(linear: Program, columns: dict[str, int], sites: frozenset[str]) -> Program:
    """The model with exactly these sites."""
    lower, upper = linear.lower.copy(), linear.upper.copy()
    for site, column in columns.items():
        lower[column] = upper[column] = float(site in sites)
    return linear.bounded(lower, upper)


def alternative_tables(found: Sequence[Alternative]) -> dict[str, Table]:
    """``alternatives``, one row a plan, and ``site_choices``, in how many plans each site is."""
    best = found[0]
    plans: list[dict[str, Cell]] = []
    for number, alternative in enumerate(found):
        plan = alternative.plan
        costs = (plan.objective_usd, plan.bound_usd)
        dearer = difference(
            costs,
            (best.plan.objective_usd, best.plan.bound_usd),
            is_never_less=len(plan.goals) == 1,
        )
        is_best = alternative is best
        plans.append(
            {
                "plan": "optimal" if is_best else f"alternative {number}",
                "status": plan.status,
                "cost_usd": costs[0],
                "bound_usd": costs[1],
                "cost_increase_lower_usd": 0.0 if is_best else dearer.least,
                "cost_increase_upper_usd": 0.0 if is_best else dearer.most,
                "dearer_usd": dearer.plan,
                "new_sites": ";".join(sorted(alternative.sites - best.sites)),
                "sites": ";".join(sorted(alternative.sites)),
            }
        )
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
