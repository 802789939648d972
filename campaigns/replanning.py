"""A plan rolled through five years of random news, quarter by quarter, against hindsight."""

from __future__ import annotations

from collections.abc import Iterator

from support.engine import instance_of
from support.policies import Policies, rolled_costs
from support.rolling import SAME_USD, faults, hindsight_usd, quarters, rolled

ABOUT = "re-plans of a toy through five years of random news: frozen decisions, cost, hindsight, policies"
COUNT = 30
QUARTERS = quarters(2027, 2031)


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each; what the policies cost is printed at the end."""
    costs: list[Policies] = []
    for number in range(seed * COUNT, seed * COUNT + count):
        yield from _of_the_plan(number)
        found = rolled_costs(number, QUARTERS)
        costs.append(found)
        for fault in (*found.faults, *found.beaten()):
            yield f"rolled_costs({number}): {fault}"
    print(told(costs))


def _of_the_plan(number: int) -> Iterator[str]:
    """News of what the plan itself has ordered."""
    last = None
    for quarter in rolled(number, QUARTERS):
        for fault in faults(quarter):
            yield f"rolled({number}): {fault}"
        last = quarter.again.plan
    assert last is not None
    known = hindsight_usd(instance_of(dict(last.scenario)))
    if known > last.objective_usd + SAME_USD:
        yield f"rolled({number}): {last.objective_usd} beats hindsight, {known}"


def told(costs: list[Policies]) -> str:
    """Mean cost of each policy over what hindsight would have cost, where all plans can be kept."""
    if not costs:
        return "no case"
    lines = [f"{len(costs)} cases; mean cost over hindsight:"]
    for name in ("fixed", "replanned", "hedged"):
        known = [(getattr(c, name), c.hindsight) for c in costs if getattr(c, name) is not None]
        more = sum(usd - best for usd, best in known) / len(known) if known else float("nan")
        lines.append(f"  {name}: {more / 1e6:.3f} M USD, {len(known)} of {len(costs)} can be kept")
    return "\n".join(lines)
