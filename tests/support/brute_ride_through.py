"""Ride-through in the enumeration: with equipment, periods no longer fall apart.

Equipment is a quantity, not a count, so that the periods of one combination of integers become one
linear program: the programs of the periods side by side, and rows that join them.
Nothing here imports the engine.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

from support import brute_footprint, brute_workloads
from support.brute_period import PeriodProgram, state_in

if TYPE_CHECKING:
    from support.brute_force import Brute, Path

Row = tuple[dict[int, float], float]


class JointProgram:
    """The linear program of all periods, with its integers given."""

    def __init__(self, brute: Brute, state: dict[str, Path], spent: list[float]) -> None:
        self.brute, self.spent = brute, spent
        self.settings: dict[str, Any] = brute.families["ride_through"]
        self.commit = {s: state[f"#commit {s}"] for s in brute.sites}
        self.programs = []
        for p in range(brute.count):
            program = PeriodProgram(brute, p, dict(state_in(state, p)))
            program.write()
            self.programs.append(program)
        sizes = [len(program.cost) for program in self.programs]
        self.first = [sum(sizes[:p]) for p in range(brute.count)]
        self.cost = [usd for program in self.programs for usd in program.cost]
        self.upper = [most for program in self.programs for most in program.upper]
        self.rows: list[Row] = []
        self.equals: list[Row] = []
        for program, first in zip(self.programs, self.first, strict=True):
            for terms, right, is_equal in program.rows:
                moved = {first + column: factor for column, factor in terms.items()}
                (self.equals if is_equal else self.rows).append((moved, right))
        self.rows += brute_footprint.caps(self.programs, self.first)
        moves: list[tuple[dict[int, float], float, bool]] = []
        brute_workloads.add_moves(self.programs, self.first, moves, self.cost, self.upper)
        self.rows += [(terms, right) for terms, right, _ in moves]

    def solve(self) -> float:
        """Least cost of all periods; inf if infeasible."""
        sites = sorted({s for members, _ in self._groups() for s in members})
        orders = {s: self._orders(s) for s in sites}
        held = {s: self._held(s, orders[s]) for s in sites}
        for members, limit in self._groups():
            for p in range(self.brute.count):
                row = {self._draw(s, p): 1.0 for s in members}
                row.update({held[s][p]: -1.0 for s in members})
                self.rows.append((row, limit))
        self._budget(orders)
        found = linprog(
            self.cost,
            **_matrix("ub", self.rows, len(self.cost)),
            **_matrix("eq", self.equals, len(self.cost)),
            bounds=[(0, None if u == inf else u) for u in self.upper],
        )
        return float(found.fun) if found.success else inf

    def _groups(self) -> list[tuple[list[str], float]]:
        """(sites, limit) of every group."""
        sites = {s: self.brute.scenario["sites"][s] for s in self.brute.sites}
        in_zone = {s: site["zone"] for s, site in sites.items() if "zone" in site}
        limits = list(self.settings.get("limits", {}).values())
        groups = [
            (
                [
                    s
                    for s, zone in in_zone.items()
                    if zone in limit.get("zones", [])
                    or sites[s].get("node", s) in limit.get("nodes", [])
                ],
                limit["max_trip_mw"],
            )
            for limit in limits
        ]
        rest = self.settings.get("max_trip_mw_per_zone")
        if rest is not None:
            named = {zone for limit in limits for zone in limit.get("zones", [])}
            for zone in sorted(set(in_zone.values()) - named):
                groups.append(([s for s in in_zone if in_zone[s] == zone], rest))
        return groups

    def _draw(self, site: str, p: int) -> int:
        """Column of the grid draw of a site."""
        return self.first[p] + self.programs[p].names["g", site]

    def _column(self, usd: float, most: float) -> int:
        """A new column."""
        self.cost.append(usd)
        self.upper.append(most)
        return len(self.cost) - 1

    def _orders(self, site: str) -> list[int]:
        """Columns of new equipment by period of order: annuities from its arrival on."""
        b, data = self.brute, self.settings
        arrival = b.arrivals(data.get("lead_months", 0))
        yearly = data.get("overnight_usd_per_mw", 0.0) * b.crf(data.get("lifetime_years", 15.0))
        columns = []
        for q, start in enumerate(b.starts):
            late = arrival[q] >= b.count or f"{start:%Y-%m}" < data.get("available_from", "0")
            most = 0.0 if late or not self.commit[site][q] else inf
            usd = sum(yearly * b.present(p) for p in range(arrival[q], b.count))
            columns.append(self._column(usd, most))
        self.rows.append((dict.fromkeys(columns, 1.0), b.pue * b.limit(site)))
        return columns

    def _held(self, site: str, orders: list[int]) -> list[int]:
        """Columns of the draw held by period: within the equipment there, and the draw."""
        arrival = self.brute.arrivals(self.settings.get("lead_months", 0))
        columns = []
        for p in range(self.brute.count):
            held = self._column(0.0, inf)
            there = {order: -1.0 for q, order in enumerate(orders) if arrival[q] <= p}
            self.rows.append(({held: 1.0, **there}, 0.0))
            self.rows.append(({held: 1.0, self._draw(site, p): -1.0}, 0.0))
            columns.append(held)
        return columns

    def _budget(self, orders: dict[str, list[int]]) -> None:
        """What the integers leave of the budgets."""
        b, usd = self.brute, self.settings.get("overnight_usd_per_mw", 0.0)
        budget = b.families.get("budget", {})
        years = sorted({start.year for start in b.starts})
        spans = [(budget.get("max_overnight_usd"), set(years))]
        spans += [(budget.get("max_overnight_usd_per_year"), {year}) for year in years]
        for cap, span in spans:
            if cap is not None:
                periods = [q for q, start in enumerate(b.starts) if start.year in span]
                row = {columns[q]: usd for columns in orders.values() for q in periods}
                self.rows.append((row, cap - sum(self.spent[q] for q in periods)))


def _matrix(kind: str, rows: list[Row], columns: int) -> dict[str, Any]:
    """Arguments of ``linprog`` for rows."""
    matrix = np.zeros((len(rows), columns))
    for position, (terms, _) in enumerate(rows):
        for column, factor in terms.items():
            matrix[position, column] = factor
    return {f"A_{kind}": matrix, f"b_{kind}": [right for _, right in rows]} if rows else {}
