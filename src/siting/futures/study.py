"""Plan under uncertainty: one plan for now, what to do when the news comes, what knowing earlier is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from siting.core.audit import Finding
from siting.core.calendar import add_months
from siting.core.errors import NoPlanError
from siting.core.futures import Futures, Known
from siting.core.plan import Plan
from siting.core.table import Table
from siting.core.units import MONTHS_PER_YEAR
from siting.futures.audit import audit_agreement
from siting.futures.build import Hedged, hedged, whole_of
from siting.futures.found import Found
from siting.futures.held import held_point
from siting.futures.plans import plans_of, value_usd_of
from siting.futures.policy import policy_table
from siting.futures.search import HedgeSearch, Tell
from siting.futures.tables import (
    Interval,
    dates_table,
    evpi,
    futures_table,
    information_table,
    regret_table,
    vss,
)
from siting.futures.tree import Tree, tree_of
from siting.futures.words import answer
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.pipeline import Loaded, limits_of
from siting.solver.highs import CTRL_C, Limits, relative_gap
from siting.timeline.solves import Solver

NOW, YEAR = "known at once", "known a year earlier"
GIVEN = "the plan that was given"


@dataclass(frozen=True)
class Hedge:
    """A plan under uncertainty.

    Attributes:
        tree: futures, and when dates tell them apart. settings: facts and risk.
        status: OPTIMAL (as near to the bound as asked), FEASIBLE, or AUDIT_FAILED.
        value_usd, bound_usd: of what is made small; the expected cost unless the scenario says else.
        expected_cost_usd: over the futures. asked_usd: dollars that the search was to leave open.
        evpi_usd, vss_usd: worth of knowing every fact at once, and of this plan over the best one for
            a single future.
        plans: of each future, by its name, audited. findings: where plans do not agree as they must.
        tables: policy, futures, regret, dates, information.
        answer: the result in sentences, the most useful first.
    """

    name: str
    title: str
    tree: Tree
    settings: Futures
    status: str
    value_usd: float
    bound_usd: float
    expected_cost_usd: float
    asked_usd: float
    evpi_usd: Interval
    vss_usd: Interval | None
    plans: Mapping[str, Plan]
    tables: Mapping[str, Table]
    findings: tuple[str, ...]
    inputs: Mapping[str, str]
    seconds: float
    ended_by: str = ""
    answer: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """Relative gap between plan and bound."""
        return relative_gap(self.value_usd, self.bound_usd)

    @property
    def likeliest(self) -> Plan:
        """The plan of the likeliest future."""
        return list(self.plans.values())[int(np.argmax(self.tree.probabilities))]

    def __repr__(self) -> str:
        cost = f"{self.expected_cost_usd / 1e6:,.1f} M USD expected"
        return f"<siting hedge {self.name!r}: {self.status}, {len(self.plans)} futures, {cost}>"


def hedge(
    loaded: Loaded,
    limits: Limits | None = None,
    solver: Solver | None = None,
    hold: Plan | None = None,
    tell: Tell = lambda *_: None,
) -> Hedge:
    """Plan under the uncertainty that a scenario states.

    Args:
        limits: by default those of the scenario. solver: with a store of finished solves.
        hold: a plan whose decisions for all futures are kept; the rest is decided anew.
        tell: called with what was done, and plan and bound so far [million USD].

    Raises:
        InputError: no facts, or a future that is no scenario. InfeasibleError: a future without a plan.
        NoPlanError: none was found. StudyStopped: Ctrl-C before there was a plan.
    """
    limits = limits or limits_of(loaded.instance)
    solver = solver or Solver(limits)
    model = hedged(loaded.instance)
    search = HedgeSearch(model, solver, tell)
    found = search.run() if hold is None else search.keep(GIVEN, held_point(model, hold))
    if not found.ended_by and len(model.instances) > 1:
        search.know_better()
        search.hold_each()
    earlier = {} if hold is not None or found.ended_by else _earlier(search)
    return _result(loaded, model, found, earlier, limits)


def _result(
    loaded: Loaded,
    model: Hedged,
    found: Found,
    earlier: Mapping[tuple[str, str], tuple[float, float]],
    limits: Limits,
) -> Hedge:
    """Everything that a search came to."""
    scenario, tree = loaded.instance.scenario, model.tree
    assert found.x is not None and scenario.futures is not None
    plans = plans_of(loaded, model, found.x, found.seen, limits)
    # plans are without purchases that serve nothing
    value = min(found.value, value_usd_of(model, plans) / USD_PER_OBJECTIVE)
    found = replace(found, value=value)
    findings: tuple[Finding, ...] = audit_agreement(model, plans)
    costs = np.array([plan.objective_usd for plan in plans])
    is_sound = not findings and not any(plan.findings for plan in plans)
    proven = "OPTIMAL" if found.is_near else "FEASIBLE"
    worth = vss(tree, found)
    least = min(worth.values(), key=lambda one: one[1], default=None)
    result = Hedge(
        name=scenario.name,
        title=scenario.title or scenario.name,
        tree=tree,
        settings=scenario.futures,
        status=proven if is_sound else "AUDIT_FAILED",
        value_usd=found.value * USD_PER_OBJECTIVE,
        bound_usd=found.bound * USD_PER_OBJECTIVE,
        expected_cost_usd=float(tree.probabilities @ costs),
        asked_usd=found.asked * USD_PER_OBJECTIVE,
        evpi_usd=evpi(found, earlier),
        vss_usd=least,
        plans={future.name: plan for future, plan in zip(tree.futures, plans, strict=True)},
        tables={
            "policy": policy_table(tree, plans, model.base.system.calendar.starts),
            "futures": futures_table(tree, plans, found),
            "regret": regret_table(tree, plans, found),
            "dates": dates_table(tree, plans),
            "information": information_table(tree, found, earlier),
        },
        findings=tuple(str(finding) for finding in findings),
        inputs=loaded.inputs,
        seconds=found.seconds,
        ended_by=found.ended_by,
    )
    return replace(result, answer=tuple(answer(result)))


def _earlier(search: HedgeSearch) -> dict[tuple[str, str], tuple[float, float]]:
    """Plan and bound if one fact were known at once, or a year earlier, by fact and in words."""
    model = search.hedged
    settings, calendar = model.base.scenario.futures, model.base.system.calendar
    assert settings is not None
    found: dict[tuple[str, str], tuple[float, float]] = {}
    if len(model.instances) == 1:
        return found
    for fact in settings.used:
        for words, known in _times(settings, fact, calendar.starts[0]):
            facts = {
                **settings.facts,
                fact: settings.facts[fact].model_copy(update={"known": known}),
            }
            other = settings.model_copy(update={"facts": facts})
            tree = tree_of(other, calendar)
            changed = replace(model, tree=tree, whole=whole_of(tree, model, other.risk))
            try:
                again = search.again(changed)
            except NoPlanError:  # stopped, or out of time: what is known so far is told
                return found
            if again.ended_by == CTRL_C:
                return found
            found[fact, words] = (again.value, again.bound)
    return found


def _times(settings: Futures, fact: str, start: date) -> Iterator[tuple[str, Known]]:
    """Earlier times at which a fact might be known."""
    known = settings.facts[fact].known
    if known.latest is not None and known.latest <= start:
        return
    yield NOW, Known.model_validate({"latest": start})
    if known.latest is not None:
        sooner = add_months(known.latest, -MONTHS_PER_YEAR)
        if sooner > start:
            act = (
                {} if known.act is None else {"from": known.act, "after_months": known.after_months}
            )
            yield YEAR, Known.model_validate({**act, "latest": sooner})
