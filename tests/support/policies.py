"""What it costs to keep to a plan, to plan again each quarter, and to hedge first, under the same news.

The news of a quarter is drawn whatever was decided, so that every policy hears the same. The hedge keeps to
what it decides for now until prices are to be known, and hears then what has been heard by then. All costs
are under the numbers that are true in the end, and hindsight is the best plan for these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from siting.core.plan import Plan
from siting.futures.study import hedge
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.pipeline import Loaded
from siting.replan.held import held, readable, states_of
from siting.replan.run import replan
from siting.replan.told import Fact
from siting.solver.highs import solve
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, plan_of
from support.rolling import SAME_USD, Quarter, faults, five_years, hindsight_usd

PRICE = "zones.{}.energy_usd_per_mwh"
PRICES = {"cheap": (20.0, 35.0, 70.0), "dear": (30.0, 60.0)}
LEAD_TIMES = "components.transformers.classes.main_bank.lead_times"
LATE_MONTHS = (9, 11)
KNOWN = date(2028, 1, 1)
"""When the hedge takes prices to be known; the news comes when it comes."""


@dataclass(frozen=True)
class News:
    """What is heard in a quarter."""

    as_of: date
    told: Mapping[str, Any]
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Policies:
    """Cost of each policy [USD]; None where the plan cannot be kept.

    Attributes:
        fixed: the first plan with all it decides, whatever is heard.
        replanned: the same, planned again each quarter.
        hedged: what hedging against the prices decides before they are to be known, then planned again
            each quarter.
        faults: what is wrong with a re-plan.
    """

    hindsight: float
    fixed: float | None
    replanned: float
    hedged: float
    faults: tuple[str, ...]

    def beaten(self) -> Iterator[str]:
        """Policies that are cheaper than hindsight, which cannot be."""
        for name in ("fixed", "replanned", "hedged"):
            usd = getattr(self, name)
            if usd is not None and usd < self.hindsight - SAME_USD:
                yield f"{name} costs {usd} and hindsight {self.hindsight}"


def stream(seed: int, dates: Sequence[date]) -> list[News]:
    """The news of each quarter: a price, or that banks of a past day come late."""
    rng = Random(f"{seed} stream")
    starts = instance_of(five_years(seed)).system.calendar.starts
    found = []
    for as_of in dates:
        told: dict[str, Any] = {}
        if rng.random() < 0.3:
            told[PRICE.format("cheap")] = rng.choice(PRICES["cheap"])
        if rng.random() < 0.2:
            told[PRICE.format("dear")] = rng.choice(PRICES["dear"])
        facts = []
        if rng.random() < 0.3:
            day = rng.choice([start for start in starts if start < as_of])
            late = date(day.year + rng.choice((1, 1, 2)), rng.choice(LATE_MONTHS), 15)
            facts.append(Fact("main_bank", day, late, None, "a letter", "news.csv:2"))
        found.append(News(as_of, told, facts))
    return found


def hedged_plan(seed: int) -> Plan:
    """The plan for the prices as stated, of one that hedges against all that may be heard of them."""
    plain = five_years(seed)
    stated = {zone: plain["zones"][zone]["energy_usd_per_mwh"] for zone in PRICES}
    facts = {
        zone: {"known": f"{KNOWN:%Y-%m}", "outcomes": _outcomes(zone, stated[zone])}
        for zone in PRICES
    }
    scenario = plain | {"futures": {"facts": facts}}
    found = hedge(Loaded(instance_of(scenario), {}), EXACT)
    (plan,) = [
        plan
        for plan in found.plans.values()
        if {zone: price_of(plan, zone) for zone in PRICES} == stated
    ]
    return plan


def price_of(plan: Plan, zone: str) -> float:
    """What energy costs in a zone by the scenario of a plan."""
    scenario: dict[str, Any] = dict(plan.scenario)
    return float(scenario["zones"][zone]["energy_usd_per_mwh"])


def _outcomes(zone: str, stated: float) -> dict[str, Any]:
    """Every price that may be heard of a zone, each as likely as the others."""
    share = 1 / len(PRICES[zone])
    return {
        f"at-{price:g}": {
            "probability": share,
            "changes": [] if price == stated else [{"path": PRICE.format(zone), "set": price}],
        }
        for price in PRICES[zone]
    }


def rolled_costs(seed: int, dates: Sequence[date]) -> Policies:
    """Every policy under the same news."""
    news, first = stream(seed, dates), plan_of(five_years(seed))
    said: list[str] = []
    plans = _rolled(first, news, said)
    last = plans[-1]
    late = [heard for heard in news if heard.as_of > KNOWN]
    early: dict[str, Any] = dict(plans[len(news) - len(late)].scenario)
    told = {
        **{PRICE.format(zone): early["zones"][zone]["energy_usd_per_mwh"] for zone in PRICES},
        LEAD_TIMES: early["components"]["transformers"]["classes"]["main_bank"]["lead_times"],
    }
    hedged = _rolled(hedged_plan(seed), [News(KNOWN, told, ()), *late], said)[-1]
    final = dict(last.scenario)
    known = hindsight_usd(instance_of(final))
    other = hindsight_usd(instance_of(dict(hedged.scenario)))
    if abs(other - known) > SAME_USD:
        said.append(f"the policies end under other numbers: hindsight {known} and {other}")
    fixed = fixed_usd(first, final)
    return Policies(known, fixed, last.objective_usd, hedged.objective_usd, tuple(said))


def _rolled(plan: Plan, news: Sequence[News], said: list[str]) -> list[Plan]:
    """A plan, and those that come of planning again each quarter."""
    plans = [plan]
    for heard in news:
        again = replan(plan, heard.as_of, Solver(EXACT), heard.told, heard.facts)
        said += faults(Quarter(plan, again))
        plan = again.plan
        plans.append(plan)
    return plans


def fixed_usd(plan: Plan, final: Mapping[str, Any]) -> float | None:
    """What a plan costs under other numbers with every decision held; what follows by itself is free."""
    instance = instance_of(dict(final))
    linear = assemble(instance).linear
    follows = frozenset(name for name, (decision, _) in readable().items() if decision.is_recourse)
    states = states_of(instance, linear, plan.tables)
    found = solve(held(linear, states, len(instance.system.calendar), follows), EXACT)
    return None if found.x is None else found.objective * USD_PER_OBJECTIVE
