"""Plans that are held under every run: what it costs to have decided on one of them, whatever comes.

A plan's decisions are held and the rest is solved again under the numbers of each run. Its regret there is
what it costs more than the run's own plan. Few plans cover most runs: each time the plan is taken that
covers most of those left, within the share that the study allows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from siting.core.table import Cell, Table
from siting.sweep.run import Run, Sweeping
from siting.sweep.tables import planned

COLUMNS = ("plan", "run", "status", "cost_usd", "regret_usd", "regret_frac")
PLAN_COLUMNS = (
    "plan",
    "of_run",
    "found_count",
    "held_count",
    "covered_count",
    "of_count",
    "mean_regret_usd",
    "most_regret_usd",
    "robust_rank",
    "sites",
)
Held = Mapping[tuple[str, str], Run]


@dataclass(frozen=True)
class Regrets:
    """What came of each plan under each run.

    Attributes:
        plans: held, with how often each was found. numbers: of runs by key. held: by the keys of both.
    """

    plans: tuple[tuple[Run, int], ...]
    runs: tuple[Run, ...]
    numbers: Mapping[str, int]
    held: Held
    within_frac: float

    def regret_usd(self, plan: Run, run: Run) -> float | None:
        """What a plan costs more than a run's own; None where it cannot be held."""
        cost = self.held[plan.key, run.key].record.get("cost_usd")
        own = self.best_usd(run)
        return None if cost is None else max(0.0, float(cost) - own)

    def best_usd(self, run: Run) -> float:
        """Cost of the cheapest plan known under a run: a plan that is held may beat a search's gap."""
        costs = [self.held[plan.key, run.key].record.get("cost_usd") for plan, _ in self.plans]
        return min(
            [float(run.record["cost_usd"]), *(float(usd) for usd in costs if usd is not None)]
        )

    def covers(self, plan: Run, run: Run) -> bool:
        """Whether a plan is as good under a run as the study asks."""
        regret = self.regret_usd(plan, run)
        return regret is not None and regret <= self.within_frac * abs(self.best_usd(run)) + 1.0


def regrets_of(sweeping: Sweeping, runs: Sequence[Run]) -> Regrets | None:
    """Hold the plans found most often under every run; None where none are asked for."""
    asked, known = sweeping.sweep.regret, planned(runs)
    if not asked.plans or not known:
        return None
    unique = tuple({run.key: run for run in known}.values())
    found: dict[str, Run] = {}
    counts: Counter[str] = Counter()
    for run in known:
        decisions = json.dumps(run.record["decisions"])
        found.setdefault(decisions, run)
        counts[decisions] += 1
    order = {decisions: n for n, decisions in enumerate(found)}
    often = sorted(counts, key=lambda d: (-counts[d], order[d]))[: asked.plans]
    plans = tuple((found[d], counts[d]) for d in often)
    numbers: dict[str, int] = {}
    for number, run in enumerate(runs):
        numbers.setdefault(run.key, number)
    held = sweeping.held(unique, [plan for plan, _ in plans])
    return Regrets(plans, unique, numbers, held, asked.within_frac)


def robust(regrets: Regrets) -> list[Run]:
    """The few plans that cover most runs, the one that covers most first."""
    left = list(regrets.runs)
    rest = [plan for plan, _ in regrets.plans]
    chosen = []
    while left and rest:
        covered = {plan.key: [r for r in left if regrets.covers(plan, r)] for plan in rest}
        best = max(rest, key=lambda plan: len(covered[plan.key]))
        if not covered[best.key]:
            break
        chosen.append(best)
        rest.remove(best)
        left = [run for run in left if run not in covered[best.key]]
    return chosen


def regret_tables(regrets: Regrets) -> dict[str, Table]:
    """``regret``, a row for each plan and run, and ``plans``, a row a plan."""
    rank = {plan.key: n for n, plan in enumerate(robust(regrets), 1)}
    rows: list[dict[str, Cell]] = []
    plans: list[dict[str, Cell]] = []
    for number, (plan, count) in enumerate(regrets.plans, 1):
        found = []
        for run in regrets.runs:
            usd = regrets.regret_usd(plan, run)
            record = regrets.held[plan.key, run.key].record
            best = abs(regrets.best_usd(run))
            share = usd / best if usd is not None and best else None
            cells = (f"plan {number}", regrets.numbers[run.key], str(record["status"]))
            cost = record.get("cost_usd")
            rows.append(dict(zip(COLUMNS, (*cells, cost, usd, share), strict=True)))
            found += [] if usd is None else [usd]
        plans.append(
            {
                "plan": f"plan {number}",
                "of_run": regrets.numbers[plan.key],
                "found_count": count,
                "held_count": len(found),
                "covered_count": sum(regrets.covers(plan, run) for run in regrets.runs),
                "of_count": len(regrets.runs),
                "mean_regret_usd": sum(found) / len(found) if found else None,
                "most_regret_usd": max(found, default=None),
                "robust_rank": rank.get(plan.key),
                "sites": ";".join(sorted(plan.sites)),
            }
        )
    return {"regret": Table.of(COLUMNS, rows), "plans": Table.of(PLAN_COLUMNS, plans)}
