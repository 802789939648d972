"""Each strategy under the futures of the scenario: the same search over narrower programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from siting.core.errors import InfeasibleError, NoPlanError
from siting.core.plan import Plan
from siting.core.study import Strategy
from siting.futures.audit import audit_agreement
from siting.futures.build import Hedged, narrowed
from siting.futures.cluster import solve_all_ahead
from siting.futures.found import Found
from siting.futures.plans import plans_of, value_usd_of
from siting.futures.search import HedgeSearch
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.model.program import same_limits
from siting.solver.highs import CTRL_C
from siting.studies.base import Run
from siting.timeline.check import strategy_findings
from siting.timeline.library import OPTIMAL
from siting.timeline.restrict import restricted
from siting.timeline.solves import StudyStopped
from siting.timeline.words import money


@dataclass(frozen=True)
class Strategic:
    """A strategy under all futures.

    Attributes:
        status: OPTIMAL (as near to the bound as asked), FEASIBLE, INFEASIBLE, NO_SOLUTION, AUDIT_FAILED.
        value_usd, bound_usd: of what is made small, inf without a plan.
        costs_usd, bounds_usd: of each future, shape (futures,); no plan of the strategy costs less there.
        known_usd: of the plan that each future would have if it were known, shape (futures,).
        plans: of each future, audited. reasons: why there is none.
        has_effect: whether the strategy restricts anything in any future.
    """

    status: str
    value_usd: float
    bound_usd: float
    costs_usd: np.ndarray
    bounds_usd: np.ndarray
    known_usd: np.ndarray
    plans: tuple[Plan, ...] = ()
    reasons: tuple[str, ...] = ()
    has_effect: bool = True


@dataclass(frozen=True)
class UnderFutures:
    """All strategies under the futures of a scenario, ``optimal`` first."""

    hedged: Hedged
    of: Mapping[str, Strategic]


class StrategySearch(HedgeSearch):
    """A search that ends at the gap asked for, as every comparison, or at the dollars that the scenario
    states; a plan that is to be followed is searched further."""

    def _aim(self, single: float) -> None:
        super()._aim(np.inf)


def search(run: Run, hedged: Hedged) -> Mapping[str, Strategic]:
    """Each strategy that restricts anything in any future.

    Raises:
        StudyStopped: Ctrl-C; finished solves are kept.
    """
    before = [model.linear for model in hedged.models]
    programs = {}
    for name, strategy in run.strategies.strategies.items():
        own = [
            restricted(model, instance, strategy)
            for model, instance in zip(hedged.models, hedged.instances, strict=True)
        ]
        is_same = all(same_limits(a, b) for a, b in zip(before, own, strict=True))
        if name == OPTIMAL or not is_same:
            programs[name] = own
    asked = {name: run.strategies.strategies[name] for name in programs}
    futures = [future.name for future in hedged.tree.futures]
    solve_all_ahead(run.solver, run.loaded.instance, futures, run.on_done, asked)
    found = {}
    for name, own in programs.items():
        found[name] = _searched(run, narrowed(hedged, own), asked[name])
        run.on_done(_status(name, found[name]))
    return found


def settle(run: Run, hedged: Hedged, found: Mapping[str, Strategic]) -> UnderFutures:
    """Each with the bound without any strategy where that is better, and ``optimal`` with the best plans."""
    best = found[OPTIMAL]
    cheapest = min(found.values(), key=lambda one: one.value_usd)
    if cheapest.value_usd < best.value_usd:
        best = replace(
            best,
            status=best.status if cheapest.status != "AUDIT_FAILED" else cheapest.status,
            value_usd=cheapest.value_usd,
            costs_usd=cheapest.costs_usd,
            plans=cheapest.plans,
        )
    every = {}
    for name in run.strategies.strategies:
        one = best if name == OPTIMAL else found.get(name)
        if one is None:
            one = replace(best, has_effect=False, reasons=("restricts nothing in these futures",))
        every[name] = replace(
            one,
            bound_usd=max(one.bound_usd, min(best.bound_usd, one.value_usd)),
            bounds_usd=np.maximum(one.bounds_usd, best.bounds_usd),
        )
    return UnderFutures(hedged, every)


def plans(found: UnderFutures) -> dict[str, Plan]:
    """Plans that fail their audit, to be looked at; the others are ten and more to a strategy."""
    futures = found.hedged.tree.futures
    return {
        f"{name} in {future.name}": plan
        for name, one in found.of.items()
        for future, plan in zip(futures, one.plans, strict=False)
        if plan.findings and one.has_effect
    }


def is_open(found: UnderFutures) -> bool:
    """Whether a search was ended before its proof."""
    return any(one.status in ("FEASIBLE", "NO_SOLUTION") for one in found.of.values())


def _searched(run: Run, hedged: Hedged, strategy: Strategy) -> Strategic:
    """The search of one strategy, whose plans are no start for those of the numbers as stated."""
    own = replace(run.solver, points=[], basis=None, used={})
    try:
        found = StrategySearch(hedged, own).run()
    except InfeasibleError as error:
        return _without("INFEASIBLE", error.limits, len(hedged.instances))
    except NoPlanError as error:
        return _without("NO_SOLUTION", (str(error),), len(hedged.instances))
    finally:
        run.solver.used |= own.used
    if found.ended_by == CTRL_C:
        raise StudyStopped
    return _strategic(run, hedged, found, strategy)


def _without(status: str, reasons: tuple[str, ...], count: int) -> Strategic:
    """A strategy without a plan."""
    bound = np.inf if status == "INFEASIBLE" else -np.inf
    none = np.full(count, np.inf)
    return Strategic(status, np.inf, bound, none, np.full(count, -np.inf), none, (), reasons)


def _strategic(run: Run, hedged: Hedged, found: Found, strategy: Strategy) -> Strategic:
    """What came of the search of a strategy, audited."""
    assert found.x is not None
    made = plans_of(run.loaded, hedged, found.x, found.seen, run.limits)
    agreement = tuple(str(finding) for finding in audit_agreement(hedged, made))
    audited = []
    for instance, plan in zip(hedged.instances, made, strict=True):
        said = (*agreement, *strategy_findings(instance, plan.tables, strategy))
        failed = replace(plan, status="AUDIT_FAILED", findings=(*plan.findings, *said))
        audited.append(failed if said else plan)
    costs = np.array([plan.objective_usd for plan in audited])
    is_sound = not any(plan.findings for plan in audited)
    proven = "OPTIMAL" if found.is_near else "FEASIBLE"
    value = value_usd_of(hedged, audited)
    seen = USD_PER_OBJECTIVE * np.array([[s.cost, min(s.bound, s.cost)] for s in found.seen])
    return Strategic(
        status=proven if is_sound else "AUDIT_FAILED",
        value_usd=value,
        bound_usd=min(found.bound * USD_PER_OBJECTIVE, value),
        costs_usd=costs,
        bounds_usd=seen[:, 1],
        known_usd=seen[:, 0],
        plans=tuple(audited),
    )


def _status(name: str, one: Strategic) -> str:
    """What came of a strategy in a few words."""
    cost = f", {money(one.value_usd)}" if one.plans else ""
    return f"{name}, all futures: {one.status}{cost}"
