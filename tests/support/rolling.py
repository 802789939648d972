"""A toy of five years that is re-planned each quarter with random news, against hindsight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from siting.core.errors import InfeasibleError
from siting.core.plan import Plan
from siting.instance.build import Instance
from siting.model.assemble import assemble
from siting.replan.changes import LATE
from siting.replan.held import early_periods, readable, states_of
from siting.replan.run import Replanned, replan
from siting.replan.told import Fact
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, plan_of, toy

SAME_USD = 2.0
"""Two solves may differ by a dollar each."""


def five_years(seed: int) -> dict[str, Any]:
    """The toy to 2032 with a target that grows, so that something is left to decide in each year."""
    rng = Random(seed)
    scenario = toy()
    scenario["horizon"] = {"start": "2027-01", "steps": [{"until": "2032-01", "step": "half_year"}]}
    kinds = scenario["components"]["workloads"]["kinds"]["training"]
    kinds["targets"] += [
        {"from_date": f"{year}-{rng.choice(('01', '07'))}", "it_mw": mw}
        for year, mw in ((2029, 200), (2030, rng.choice((200, 300))))
    ]
    scenario["discount_rate_frac"] = rng.choice((0.0, 0.05))
    return scenario


def quarters(start: int, end: int) -> list[date]:
    """First days of quarters."""
    return [date(year, month, 1) for year in range(start, end) for month in (1, 4, 7, 10)][1:]


def news_at(rng: Random, plan: Plan, as_of: date) -> tuple[dict[str, Any], list[Fact]]:
    """What is heard in a quarter: often nothing."""
    told: dict[str, Any] = {}
    facts: list[Fact] = []
    if rng.random() < 0.25:
        told["zones.cheap.energy_usd_per_mwh"] = rng.choice((15.0, 20.0, 35.0, 70.0))
    if rng.random() < 0.2:
        told["zones.dear.energy_usd_per_mwh"] = rng.choice((30.0, 60.0, 90.0))
    orders = sorted(
        {row["order_date"] for row in plan.tables["orders"] if isinstance(row["order_date"], date)}
    )
    placed = [day for day in orders if isinstance(day, date) and day < as_of]
    if placed and rng.random() < 0.4:
        ordered = rng.choice(placed)
        late = date(ordered.year + rng.choice((0, 1, 1, 2)), rng.choice((9, 11)), 15)
        facts.append(Fact("main_bank", ordered, max(late, ordered), None, "a letter", "news.csv:2"))
    if rng.random() < 0.15:
        facts.append(Fact("main_bank", None, None, rng.choice((3e6, 8e6)), "", "news.csv:3"))
    return told, facts


@dataclass(frozen=True)
class Quarter:
    """A re-plan, and the plan before it."""

    before: Plan
    again: Replanned


def rolled(seed: int, dates: list[date]) -> Iterator[Quarter]:
    """A plan through random news, quarter by quarter."""
    rng = Random(f"{seed} news")
    plan = plan_of(five_years(seed))
    for as_of in dates:
        told, facts = news_at(rng, plan, as_of)
        again = replan(plan, as_of, Solver(EXACT), told, facts)
        yield Quarter(plan, again)
        plan = again.plan


def faults(quarter: Quarter) -> Iterator[str]:
    """What is wrong with a re-plan."""
    again, before = quarter.again, quarter.before
    plan = again.plan
    if plan.status != "OPTIMAL" or plan.findings:
        yield f"{again.as_of}: {plan.status} {plan.findings}"
    if again.keep_usd is not None and plan.objective_usd > again.keep_usd + SAME_USD:
        yield f"{again.as_of}: {plan.objective_usd} is dearer than to keep {again.keep_usd}"
    if dict(plan.scenario) == dict(before.scenario):
        yield from _without_news(again.as_of, before, plan.objective_usd)
    split = sum(float(str(row["total_usd"])) for row in again.tables["cost_split"])
    if abs(split - plan.objective_usd) > 1.0:
        yield f"{again.as_of}: the parts of the cost sum to {split}, not {plan.objective_usd}"
    yield from _frozen(quarter)


def _without_news(as_of: date, before: Plan, again_usd: float) -> Iterator[str]:
    """Planning again without news costs what the plan costs; where the plan is not the best one of its
    scenario, as one that hedges, it may save and never costs more."""
    more = again_usd - before.objective_usd
    if more > 1.0 or (before.status == "OPTIMAL" and more < -1.0):
        yield f"{as_of}: no news, {before.objective_usd} became {again_usd}"


def _frozen(quarter: Quarter) -> Iterator[str]:
    """Decisions before the date that are other than they were."""
    again = quarter.again
    instance = instance_of(dict(again.plan.scenario))
    periods = early_periods(instance, again.as_of)
    linear = assemble(instance).linear
    old, new = (states_of(instance, linear, plan.tables) for plan in (quarter.before, again.plan))
    late = {row["item"] for row in again.tables["changes"] if row["change"] == LATE}
    decided = {name for name, (decision, _) in readable().items() if not decision.is_recourse}
    for key in sorted({*old.rises, *new.rises}, key=str):
        if key[0] in decided and " at ".join(map(str, key[1])) not in late:
            for p in range(periods):
                if abs(old.value(key, p) - new.value(key, p)) > 1e-6:
                    yield f"{again.as_of}: {key} in period {p} was {old.value(key, p)}"


def hindsight_usd(instance: Instance) -> float:
    """What a plan costs that knew the news from the beginning."""
    try:
        return plan_of(dict(instance.resolved)).objective_usd
    except InfeasibleError:
        return float("inf")
