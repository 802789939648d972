"""Goals by enumeration: the best value of one goal, then the least cost at which it is had.

Given the integers, periods fall apart, and every goal only wants more load served in some of them. So
the most that each period can serve gives the goal's value, and what it needs of each period is a floor
on the load served there when the cost is minimised. Nothing here imports the engine.
"""

from __future__ import annotations

from math import inf
from typing import Any

from support.brute_force import Brute, parse
from support.brute_period import PeriodProgram, state_in

SAME = 1e-6
"""MW, months or MW-months by which two values are the same."""
Key = tuple[tuple[str, int], ...]


class BruteGoals(Brute):
    """Enumerates a scenario for one goal and then the cost."""

    def solve_goal(self, goal: dict[str, Any]) -> tuple[float, float]:
        """(value to be minimised, least cost); infinite if there is no plan.

        The value is minus the MW served, the months until the load is reached, or the MW-months late.
        """
        best, cost = inf, inf
        for state, fixed, _ in self.states():
            keys = [state_in(state, p) for p in range(self.count)]
            most = [self._most(p, key, goal.get("workload")) for p, key in enumerate(keys)]
            if min(most) == -inf:
                continue
            value, floors = self._value(goal, most)
            if value > best + SAME or (value > best - SAME and fixed >= cost):
                continue
            usd = fixed + sum(
                self._dear(p, key, goal.get("workload"), floors[p]) for p, key in enumerate(keys)
            )
            if value < best - SAME:
                best, cost = value, usd
            else:
                cost = min(cost, usd)
        return best, cost

    def _value(self, goal: dict[str, Any], most: list[float]) -> tuple[float, list[float]]:
        """Value of a goal, and the load that it needs in each period."""
        periods = range(self.count)
        if goal["goal"] == "most_mw":
            at = max(p for p in periods if self.starts[p] <= parse(goal["by"]))
            return -most[at], [most[p] if p == at else 0.0 for p in periods]
        if goal["goal"] == "earliest":
            first = self.count
            while first > 0 and most[first - 1] >= goal["it_mw"] - SAME:
                first -= 1
            floors = [goal["it_mw"] if p >= first else 0.0 for p in periods]
            return float(sum(self.lengths[:first])), floors
        targets = [sum(self.target(w, r, p) for w, r in self.demands()) for p in periods]
        return sum(self.lengths[p] * (targets[p] - most[p]) for p in periods), most

    def _most(self, p: int, key: Key, workload: str | None) -> float:
        """Most load that a period can serve; -inf if it has no plan at all."""
        memo = ("most", p, key, workload)
        if memo not in self.memo:
            program = PeriodProgram(self, p, dict(key))
            self.memo[memo] = -program.solve(workload=workload, is_most=True)
        return self.memo[memo]

    def _dear(self, p: int, key: Key, workload: str | None, floor: float) -> float:
        """Least cost of a period that serves at least a floor."""
        memo = ("cost", p, key, workload, floor)
        if memo not in self.memo:
            program = PeriodProgram(self, p, dict(key))
            self.memo[memo] = program.solve(floor, workload)
        return self.memo[memo]
