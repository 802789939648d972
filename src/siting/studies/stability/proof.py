r"""Which sites a planner can defend: those in every plan within a tolerance of the best, those in none.

With the cost C of the best plan known, a tolerance t, c[s] = 1 where site s is committed by the end, its
load it[s,p], and a hall of B:

    (limit)     U = C + t * |C|
    without     out[s] = min cost with c[s] = 0
    with        in[s]  = min cost with c[s] = 1 and
                (used)    sum_p it[s,p] >= B

Site s is in every plan that costs no more than U if out[s] > U is proven, in none if in[s] > U is. Where
both have a plan of at most U the planner may choose, and what the choice costs at least is the dearer of
the two less the optimum. A site that is committed for nothing is no choice: it has to carry a hall's load
in a period, or parts of it in several. B is the largest target where that is less than a hall, and one
megawatt where load is not built in halls. Goals before the cost keep what the best plan reaches, within
their tolerance.

Each claim has the cheapest proof that holds, tried in this order:

    committed         the scenario commits to the site, at no price for which it could be dropped
    cannot be used    the site has no period in which it can be committed
    prices            the duals of the relaxation bound the program with c[s] held, by plain arithmetic
                      (``model/dual_bound.py``)
    relaxation        the relaxation with c[s] held is solved, and its duals bound it likewise
    plans             a plan that another solve found lies within the gap of that bound; in a large program,
                      and before its relaxation is solved, any plan within the limit, which is first looked
                      for in the zone of the site
    search            the program with c[s] held is solved to the gap of the scenario, a large one until
                      its plan is within the limit or its bound beyond it: more is not asked
    no plan           the search says that no plan keeps c[s] as it is held

C is the cost of a plan, and no less than the true optimum. So what is in every plan up to U, or in none, is
so within t of the true optimum too; what is open is so up to U, which may be more than t above an optimum
that lies below C by up to the gap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import inf

import numpy as np

from siting.core.plan import Plan
from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.model.dual_bound import dual_bound
from siting.model.goals import linear_goals
from siting.model.program import ALONE, Program
from siting.pipeline import Loaded
from siting.scenario import LEAST_COST
from siting.solver.basis import Basis
from siting.solver.completion import named
from siting.solver.highs import FEASIBILITY, Limits, relative_gap, solve
from siting.solver.lazy_rows import separator
from siting.solver.lexicographic import Ranked
from siting.solver.relaxation_duals import held_duals, relaxation_duals
from siting.solver.tuning import TUNING
from siting.studies.stability.verdict import (
    CANNOT,
    COMMITTED,
    NO_PLAN,
    PLANS,
    PRICES,
    RELAXED,
    SEARCH,
    Held,
    SiteStability,
    Stability,
)
from siting.timeline.plans import (
    cost_and_bound,
    fitted,
    has_one_goal,
    most_of_goals,
    same_usd,
)
from siting.timeline.solves import Point, Solver

COMMIT, LOAD, USED = "core.commit", "core.it_mw", "stability.used"
LEAST_MW = 1.0
"""Load that counts as use of a site where load is not built in halls [IT MW]."""
HALF = 0.5


Found = tuple[str, Held, Point | None]
"""A site, what is known of it held as the best plan does not decide on it, and the plan where one is."""


def prove(
    near: Near, solver: Solver, on_done: Callable[[str], None] = lambda site: None
) -> tuple[Found, ...]:
    """Every site held as the best plan does not decide on it.

    Args:
        on_done: called with each site that is decided.
    """
    sites = sorted(near.instance.system.sites)
    works = [partial(near.held, site) for site in sites]
    return tuple(solver.beside(works, lambda found: on_done(found[0])))


def settled(near: Near, found: Sequence[Found], best: Plan) -> Stability:
    """Every site with what the plans of all others say of it.

    Args:
        best: the best plan of all, which may be cheaper than the one that the sites were held against:
            what was proven of plans up to a higher limit holds.
    """
    chosen = sites_of(best)
    plans = [(near.cost_usd, near.sites, near.sites), (best.objective_usd, chosen, chosen)]
    plans += [(held.cost, near.committed(x), near.used(x)) for _, held, x in found if x is not None]
    bound = min(near.bound_usd, best.objective_usd)
    sites = []
    for site, held, _ in found:
        sides = {}
        for is_used in (True, False):
            costs = [
                usd
                for usd, committed, used in plans
                if (site in used if is_used else site not in committed)
            ]
            known = min(costs, default=inf)
            is_held = is_used != (site in near.sites)
            sides[is_used] = (
                replace(held, cost=known) if is_held else Held(known, min(bound, known), SEARCH)
            )
        sites.append(SiteStability(site, sides[True], sides[False], site in chosen))
    return Stability(tuple(sites), near.within_frac, best.objective_usd, bound)


def sites_of(plan: Plan) -> frozenset[str]:
    """Sites of a plan."""
    return frozenset(str(row["site"]) for row in plan.tables["commitments"])


@dataclass(frozen=True)
class Near:
    """The program whose plans are as good as the best in every goal before the cost.

    Attributes:
        instance: with the cost as its only goal. program: its cost is the objective.
        columns: of the commitment of each site by the end; absent where it cannot be used.
        loads: columns of the load of each of these. least_mw: that a site in use carries.
        prices: duals of the relaxation, where the search had any. basis: of it.
        sites: of the best plan. x: its values by column.
    """

    instance: Instance
    program: Program
    columns: Mapping[str, int]
    loads: Mapping[str, np.ndarray]
    least_mw: float
    prices: np.ndarray | None
    basis: Basis | None
    within_frac: float
    cost_usd: float
    bound_usd: float
    sites: frozenset[str]
    x: np.ndarray | None

    @classmethod
    def of(
        cls, loaded: Loaded, plan: Plan, ranked: Ranked, within_frac: float, limits: Limits
    ) -> Near:
        """The program, and what the search of the best plan has left."""
        instance, program = loaded.instance, assemble(loaded.instance).linear
        system, last = instance.system, len(instance.system.calendar) - 1
        columns = {
            key[0]: column
            for (name, key), column in program.columns.items()
            if name == COMMIT and key[1] == last and program.upper[column] > 0
        }
        is_alone = has_one_goal(instance)
        prices = relaxation_duals(program, ranked.outcome, limits) if is_alone else None
        if not is_alone:
            goals = linear_goals(program, instance)[:-1]
            most = most_of_goals(instance, plan, within_frac)[:-1]
            upper = np.array([value - g.offset for value, g in zip(most, goals, strict=True)])
            rows = np.array([goal.coefficients for goal in goals])
            program = program.with_caps(rows, upper, "stability.goals")
            alone = instance.scenario.model_copy(update={"objectives": [LEAST_COST]})
            instance = replace(instance, scenario=alone)
        cost, bound = cost_and_bound(ranked.outcome)
        return cls(
            instance=instance,
            program=program,
            columns=columns,
            loads={site: _loads(program, site) for site in columns},
            least_mw=min(system.hall_it_mw or LEAST_MW, system.peak_target_mw),
            # rows that were stated on the way are not in the program
            prices=None if prices is None else prices[: len(program.row_lower)],
            basis=ranked.outcome.basis if is_alone else None,
            within_frac=within_frac,
            cost_usd=cost,
            # the bound of a search holds for plans that keep its own goals, which is not all of them
            bound_usd=bound if is_alone else -inf,
            sites=sites_of(plan),
            x=ranked.outcome.x,
        )

    @property
    def limit(self) -> float:
        """What a plan within the tolerance costs at most [objective]."""
        return (self.cost_usd + self.within_frac * abs(self.cost_usd)) / USD_PER_OBJECTIVE

    @property
    def cutoff(self) -> float:
        """Bound beyond which no plan is within the tolerance, whatever rounding does [objective]."""
        return self.limit + same_usd(self.limit * USD_PER_OBJECTIVE) / USD_PER_OBJECTIVE

    def committed(self, point: Point) -> frozenset[str]:
        """Sites that a plan commits."""
        return frozenset(
            key[0] for (name, key), value in point.items() if name == COMMIT and value > HALF
        )

    def used(self, point: Point) -> frozenset[str]:
        """Sites that carry enough load in a plan to count as used."""
        loads: dict[str, float] = {}
        for (name, key), value in point.items():
            if name == LOAD:
                loads[key[0]] = loads.get(key[0], 0.0) + value
        return frozenset(s for s, mw in loads.items() if mw >= self.least_mw - FEASIBILITY)

    def held(self, site: str, solver: Solver) -> tuple[str, Held, Point | None]:
        """The site held as the best plan does not decide on it: bound, cost, and the plan if any."""
        if site in self.committed_to:
            return site, Held(inf, inf, COMMITTED), None
        most_mw = self.program.upper[self.loads[site]].sum() if site in self.columns else 0.0
        if site not in self.sites and most_mw < self.least_mw:
            return site, Held(inf, inf, CANNOT), None
        program = self._flipped(site)
        bound, proof = self._priced(program)
        x = None
        if bound <= self.cutoff and self.is_large:
            x = self._known(program, site, solver)
            x = self._beside(program, site, solver) if x is None else x
        if bound <= self.cutoff and x is None:
            relaxed = self._relaxed(program, solver)
            bound, proof = (relaxed, RELAXED) if relaxed > bound else (bound, proof)
        if bound > self.cutoff:
            return site, Held(inf, bound * USD_PER_OBJECTIVE, proof), None
        x = self._known(program, site, solver) if x is None else x
        if x is not None and self._is_enough(program.cost_of(x), bound, solver.limits):
            held = Held(program.cost_of(x) * USD_PER_OBJECTIVE, bound * USD_PER_OBJECTIVE, PLANS)
            return site, held, named(program, x)
        side = "without" if site in self.sites else "with"
        if self.is_large:
            limits = solver.limits.by(target=self.limit, cutoff=self.cutoff)
            solver = replace(solver, limits=limits, points=solver.points, used=solver.used)
        ranked = solver.solve(f"{side} {site}", self.instance, program)
        cost, proven = cost_and_bound(ranked.outcome)
        if ranked.outcome.status == "INFEASIBLE":
            return site, Held(inf, inf, NO_PLAN), None
        is_search = proven >= bound * USD_PER_OBJECTIVE
        held = Held(cost, max(proven, bound * USD_PER_OBJECTIVE), SEARCH if is_search else proof)
        x = ranked.outcome.x
        return site, held, None if x is None else named(program, x)

    @cached_property
    def committed_to(self) -> frozenset[str]:
        """Sites that the scenario commits to, and that cannot be dropped at any price."""
        starts = self.instance.system.calendar.starts
        return frozenset(
            one.item
            for one in self.instance.scenario.committed.values()
            if one.decision == COMMIT and one.least and one.cancellation_usd is None
            if any(one.holds(day) for day in starts)
        )

    @property
    def is_large(self) -> bool:
        """Whether a proof to the gap takes too long to be had for each site."""
        return int(self.program.is_integer.sum()) >= TUNING.large_integers

    def _is_enough(self, cost: float, bound: float, limits: Limits) -> bool:
        """Whether a plan decides on the site: it is as good as a search would prove, or within the limit."""
        is_open = self.is_large and cost <= self.limit
        return is_open or relative_gap(cost, bound) <= limits.gap_frac

    def _beside(self, program: Program, site: str, solver: Solver) -> np.ndarray | None:
        """A plan beside the best one: only the zone of the site and what belongs to none is decided anew,
        then that and the zone of the largest load, which may have to give some of it."""
        if self.x is None or separator(self.instance) is not None:
            return None
        columns = self.loads[site]
        zones = {int(self.program.area[c]) for c in columns} | {ALONE}
        loads = {
            int(self.program.area[c]): float(self.x[self.loads[s]].sum())
            for s in self.sites
            for c in self.loads.get(s, ())[:1]
        }
        largest = {max(loads, key=lambda zone: (loads[zone], zone))} if loads else set()
        for free in (zones, zones | largest):
            is_held = program.is_integer & ~np.isin(program.area, sorted(free))
            limits = solver.limits.by(target=self.limit, max_nodes=TUNING.neighbourhood_nodes)
            part = program.held(is_held, np.round(self.x))
            found = solve(part, limits, phase="beside")
            if found.x is not None and found.objective <= self.limit:
                return found.x
        return None

    def _flipped(self, site: str) -> Program:
        """The program with a site held as the best plan does not decide on it."""
        lower, upper = self.program.lower.copy(), self.program.upper.copy()
        value = float(site not in self.sites)
        lower[self.columns[site]] = upper[self.columns[site]] = value
        held = self.program.bounded(lower, upper)
        if site in self.sites:
            return held
        row = np.zeros((1, len(lower)))
        row[0, self.loads[site]] = -1.0
        return held.with_caps(row, np.array([-self.least_mw]), USED)

    def _priced(self, program: Program) -> tuple[float, str]:
        """A bound of the flipped program by arithmetic on the prices that the best plan's search has left."""
        bound = self.bound_usd / USD_PER_OBJECTIVE
        if self.prices is None:
            return bound, SEARCH
        prices = np.pad(self.prices, (0, len(program.row_lower) - len(self.prices)))
        found = dual_bound(program, prices, self.limit).value
        return (found, PRICES) if found > bound else (bound, SEARCH)

    def _relaxed(self, program: Program, solver: Solver) -> float:
        """A bound by arithmetic on the prices of the flipped relaxation; none where that has no optimum."""
        duals = held_duals(program, solver.limits, self.basis)
        return -inf if duals is None else dual_bound(program, duals, self.limit).value

    def _known(self, program: Program, site: str, solver: Solver) -> np.ndarray | None:
        """The cheapest plan known that keeps the flipped program."""
        best = None
        for point in solver.points:
            if (site in self.committed(point)) == (site in self.sites):
                continue
            x = fitted(self.instance, program, point, solver.limits)
            if x is not None and (best is None or program.cost_of(x) < program.cost_of(best)):
                best = x
        return best


def _loads(program: Program, site: str) -> np.ndarray:
    """Columns of the load of a site."""
    found = [c for (name, key), c in program.columns.items() if name == LOAD and key[0] == site]
    return np.array(found, dtype=int)
