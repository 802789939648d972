"""The linear program of one period of the enumeration: service, power, and what they cost.

Nothing here imports the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

from support import brute_footprint, brute_workloads
from support.brute_bridge import add_rentals
from support.brute_curtailment import curtail_site, curtail_zone, depth_of, rivals_mw
from support.brute_plants import unit_out
from support.brute_ratepayer import add_cap

if TYPE_CHECKING:
    from support.brute_force import Brute

HOURS = 8760
Data = dict[str, Any]
Term = tuple[float, int]


def state_in(state: Mapping[str, tuple[int, ...]], p: int) -> tuple[tuple[str, int], ...]:
    """The state of the world in a period, without what only orders decisions in time."""
    return tuple((name, path[p]) for name, path in sorted(state.items()) if name[0] not in "#+")


def solve_together(brute: Brute, states: list[tuple[int, dict[str, int]]]) -> float:
    """Least cost of the programs of some periods under the caps they share; inf if infeasible."""
    programs = [PeriodProgram(brute, p, state) for p, state in states]
    for program in programs:
        program.write()
    starts = [0]
    for program in programs:
        starts.append(starts[-1] + len(program.cost))
    rows = [
        ({start + column: c for column, c in merged.items()}, right, is_equal)
        for start, program in zip(starts, programs, strict=False)
        for merged, right, is_equal in program.rows
    ]
    rows += [(merged, right, False) for merged, right in brute_footprint.caps(programs, starts)]
    cost = [usd for program in programs for usd in program.cost]
    upper = [u for program in programs for u in program.upper]
    brute_workloads.add_moves(programs, starts, rows, cost, upper)
    return minimise(rows, cost, upper)


def minimise(
    rows: list[tuple[dict[int, float], float, bool]], cost: list[float], upper: list[float]
) -> float:
    """Value of a linear program; inf if infeasible."""
    parts: dict[bool, tuple[list[np.ndarray], list[float]]] = {True: ([], []), False: ([], [])}
    for merged, right, is_equal in rows:
        line = np.zeros(len(cost))
        for column, coefficient in merged.items():
            line[column] = coefficient
        parts[is_equal][0].append(line)
        parts[is_equal][1].append(right)
    found = linprog(
        cost,
        A_ub=np.array(parts[False][0]) if parts[False][0] else None,
        b_ub=parts[False][1] or None,
        A_eq=np.array(parts[True][0]) if parts[True][0] else None,
        b_eq=parts[True][1] or None,
        bounds=[(0, None if u == inf else u) for u in upper],
    )
    return float(found.fun) if found.success else inf


class PeriodProgram:
    """The linear program of one period, with its integers given."""

    def __init__(self, brute: Brute, p: int, state: dict[str, int]) -> None:
        self.brute, self.p, self.state = brute, p, state
        self.names: dict[tuple[Any, ...], int] = {}
        self.cost: list[float] = []
        self.upper: list[float] = []
        self.rows: list[tuple[dict[int, float], float, bool]] = []

    def var(self, name: tuple[Any, ...], cost: float = 0.0, upper: float = inf) -> int:
        """Column of a variable."""
        if name not in self.names:
            self.names[name] = len(self.cost)
            self.cost.append(cost)
            self.upper.append(upper)
        return self.names[name]

    def row(self, terms: list[tuple[float, int]], right: float, is_equal: bool = False) -> None:
        """Add ``sum(terms) <= right`` or ``==``."""
        merged: dict[int, float] = {}
        for coefficient, column in terms:
            merged[column] = merged.get(column, 0.0) + coefficient
        self.rows.append((merged, right, is_equal))

    def solve(
        self, floor: float = 0.0, workload: str | None = None, is_most: bool = False
    ) -> float:
        """Least cost with at least a floor of load, of one workload or all; or minus the most load."""
        self.write()
        counted = {c for (n, *k), c in self.names.items() if n == "x" and workload in (None, k[0])}
        if floor > 0:
            self.row([(-1.0, c) for c in counted], -floor)
        if is_most:
            self.cost = [-1.0 if c in counted else 0.0 for c in range(len(self.cost))]
        return minimise(self.rows, self.cost, self.upper)

    def write(self) -> None:
        """Write every row of the period."""
        self._service()
        if "energy" in self.brute.families:
            self._power()
            brute_footprint.price(self)

    def links(self) -> list[tuple[str, str, str, float]]:
        """(workload, region, site, cost a MW-year) of allowed links."""
        listed = self.brute.families["workloads"].get("links", {})
        rows = [
            (
                v["workload"],
                v.get("region", "anywhere"),
                v["site"],
                v.get("service_usd_per_mw_year", 0.0),
            )
            for v in listed.values()
        ]
        named = {w for w, *_ in rows}
        return rows + [
            (w, r, s, 0.0)
            for w, r in self.brute.demands()
            if w not in named
            for s in self.brute.sites
        ]

    def _service(self) -> None:
        """Targets, halls, hosts and banks."""
        b, p = self.brute, self.p
        kinds = b.families["workloads"]["kinds"]
        months = b.lengths[p]
        for w, r in b.demands():
            target = b.target(w, r, p)
            terms = [
                (
                    1.0,
                    self.var(("x", w, r, s), b.present(p) * usd, *brute_footprint.room(self, w, s)),
                )
                for w2, r2, s, usd in self.links()
                if (w2, r2) == (w, r)
            ]
            if not kinds[w].get("must_serve"):
                late = b.discount[p] * months * kinds[w].get("delay_cost_usd_per_mw_month", 0.0)
                terms.append((1.0, self.var(("u", w, r), late)))
            if terms:
                self.row(terms, target, is_equal=True)
            elif target > 0:
                self.row([(1.0, self.var(("never",), 0.0, 0.0))], -1.0)
        for s in b.sites:
            load = self.load(s)
            limit = b.limit(s) * self.state[f"ready {s}"]
            if "campus" in b.families:
                limit = b.families["campus"]["hall_it_mw"] * self.state[f"halls {s}"]
                limit = min(limit, b.limit(s))
            self.row(load, limit)
            for w, kind in kinds.items():
                floor = brute_workloads.floor(b, kind, p)
                if brute_workloads.is_hosted(kind):
                    own = [
                        (1.0, c)
                        for (n, *k), c in self.names.items()
                        if n == "x" and k[0] == w and k[2] == s
                    ]
                    host = self.state[f"host {w} {s}"]
                    self.row([(-c, v) for c, v in own], -floor * host)
                    self.row(own, b.limit(s) * host)

    def load(self, site: str, factor: float = 1.0) -> list[tuple[float, int]]:
        """IT load of a site as terms."""
        return [(factor, c) for (n, *k), c in self.names.items() if n == "x" and k[2] == site]

    def _power(self) -> None:
        """Balances of sites and zones."""
        b, p = self.brute, self.p
        energy = b.families["energy"]
        factor = energy.get("load_factor_frac", 1.0)
        techs = b.families.get("plants", {}).get("technologies", {})
        zone_firm: dict[str, list[tuple[float, int]]] = {z: [] for z in b.zones}
        zone_firm_fixed = dict.fromkeys(b.zones, 0.0)
        zone_output: dict[str, list[int]] = {z: [] for z in b.zones}
        site_firm = dict.fromkeys(b.sites, 0.0)
        site_mv = dict.fromkeys(b.sites, 0.0)
        site_output: dict[str, list[int]] = {s: [] for s in b.sites}
        for name, count in self.state.items():
            if not name.startswith("units "):
                continue
            _, k, place = name.split(" ")
            tech = techs[k]
            firm = tech.get("capacity_credit_frac", 1.0) * tech["unit_mw"] * count
            usd = tech.get("variable_om_usd_per_mwh", 0.0)
            usd += tech.get("heat_rate_mmbtu_per_mwh", 0.0) * tech.get("fuel_usd_per_mmbtu", 0.0)
            most = tech.get("capacity_factor_frac", 1.0) * tech["unit_mw"] * count
            column = self.var(("o", k, place), b.present(p) * HOURS * usd, most)
            if place in b.sites:
                site_firm[place] += firm
                site_mv[place] += firm if tech.get("connection") == "medium_voltage" else 0.0
                site_output[place].append(column)
            else:
                zone_firm_fixed[place] += firm
                zone_output[place].append(column)
        self._named_power(zone_firm, zone_output)
        add_rentals(self, site_firm, site_mv, site_output)
        for s in b.sites:
            self._site(s, energy, factor, site_firm[s], site_mv[s], site_output[s])
        for z, data in sorted(b.zones.items()):
            members = [s for s in b.sites if b.scenario["sites"][s].get("zone") == z]
            if members:
                self._zone(z, data, members, zone_firm[z], zone_firm_fixed[z], zone_output[z])
        if "headroom" in b.families:
            self._nodes()

    def _named_power(
        self, zone_firm: dict[str, list[Term]], zone_output: dict[str, list[int]]
    ) -> None:
        """Named plants: rights, firm capacity, output."""
        b, p = self.brute, self.p
        plants = b.families.get("plants", {})
        named = plants.get("named", {})
        groups: dict[str, list[int]] = {}
        for j, plant in named.items():
            tech = plants["technologies"][plant["technology"]]
            holder = j
            borrowed = plant.get("rights_from")
            own_from = plant.get("own_rights_from")
            if borrowed and (own_from is None or f"{b.starts[p]:%Y-%m}" < own_from):
                holder = borrowed
            own = named[holder]
            rights = min(own.get("rights_mw", own["capacity_mw"]), own["capacity_mw"])
            limit = min(rights, plant["capacity_mw"]) * self.state[f"named {j}"]
            deliver = self.var(("d", j), 0.0, limit)
            groups.setdefault(holder, []).append(deliver)
            usd = tech.get("variable_om_usd_per_mwh", 0.0)
            usd += tech.get("heat_rate_mmbtu_per_mwh", 0.0) * tech.get("fuel_usd_per_mmbtu", 0.0)
            output = self.var(("no", j), b.present(p) * HOURS * usd)
            self.row([(1.0, output), (-tech.get("capacity_factor_frac", 1.0), deliver)], 0.0)
            zone_firm[plant["zone"]].append((tech.get("capacity_credit_frac", 1.0), deliver))
            zone_output[plant["zone"]].append(output)
        for holder, columns in groups.items():
            own = named[holder]
            rights = min(own.get("rights_mw", own["capacity_mw"]), own["capacity_mw"])
            self.row([(1.0, c) for c in columns], rights)

    def _site(
        self, s: str, energy: Data, factor: float, firm: float, medium: float, outputs: list[int]
    ) -> None:
        """Firm capacity, energy, connection and banks of a site."""
        b, p = self.brute, self.p
        zone = b.scenario["sites"][s].get("zone")
        pue = brute_footprint.pue(self, s)
        load = self.load(s, pue)
        if zone is None:
            unit_out(self, s, None)
            self.row(load, firm)
            balance = self.load(s, factor * pue) + [(-1.0, c) for c in outputs]
            self.row(balance, 0.0, is_equal=True)
        else:
            usd = energy.get("network_usd_per_mw_year", 0.0)
            draw = self.var(("g", s), b.present(p) * usd, b.pue * b.limit(s))
            bought = self.var(("e", s))
            unit_out(self, s, draw)
            self.row([*load, (-1.0, draw)], firm)
            balance = self.load(s, factor * pue) + [(-1.0, bought)] + [(-1.0, c) for c in outputs]
            balance += curtail_site(self, s, draw, firm, outputs)
            self.row(balance, 0.0, is_equal=True)
            self.row([(1.0, bought), (-1.0, draw)], 0.0)
            if "headroom" in b.families:
                self.row([(1.0, draw)], b.pue * b.limit(s) * self.state[f"connected {s}"])
        if "transformers" in b.families:
            classes = b.families["transformers"]["classes"]
            banks, gear = (
                sum(
                    c["unit_mva"] * c.get("power_factor_frac", 1.0) * self.state[f"{use} {e} {s}"]
                    for e, c in classes.items()
                    if c["role"] == role
                )
                for use, role in (("banks", "main_bank"), ("gear", "switchgear"))
            )
            self.row(load, medium + banks)
            if zone is not None:
                self.row([(1.0, self.var(("g", s)))], banks)
            if any(c["role"] == "switchgear" for c in classes.values()):
                self.row(load, gear)

    def _zone(
        self,
        z: str,
        data: Data,
        members: list[str],
        firm: list[Term],
        fixed: float,
        outputs: list[int],
    ) -> None:
        """Purchases, headroom and reserve margin of a zone."""
        b, p = self.brute, self.p
        usd = b.present(p) * HOURS * data.get("energy_usd_per_mwh", 0.0)
        bought = self.var(("b", z), usd)
        used = [(1.0, self.var(("e", s))) for s in members]
        self.row([*used, (-1.0, bought), *((-1.0, c) for c in outputs)], 0.0)
        draws = [(1.0, self.var(("g", s))) for s in members]
        supply = [(-c, v) for c, v in firm]
        stays = [(c * (1 - depth_of(self, s)), v) for s, (c, v) in zip(members, draws, strict=True)]
        if usd_per_mw := 365.25 * data.get("capacity_usd_per_mw_day", 0.0):
            capacity = self.var(("capacity", z), b.present(p) * usd_per_mw)
            self.row([*stays, *supply, (-1.0, capacity)], fixed)
        if "headroom" in b.families:
            added = sum(
                u["added_mw"] * self.state[f"upgrade {n}"]
                for n, u in b.families["headroom"].get("upgrades", {}).items()
                if u.get("zone") == z
            )
            taken = rivals_mw(b, "zone", z, p)
            if "curtailment" in b.families:
                curtail_zone(self, z, members, supply, fixed + added, taken)
            elif "headroom_mw" in data:
                room = max(0.0, data["headroom_mw"] - taken)
                self.row([*draws, *supply], room + fixed + added)
        if "adequacy" in b.families:
            margin = 1 + data.get("reserve_margin_frac", 0.0)
            surplus = data.get("accredited_surplus_mw", 0.0)
            if "headroom" in b.families:
                surplus = max(0.0, surplus - margin * rivals_mw(b, "zone", z, p))
            self.row([*((margin * c, v) for c, v in stays), *supply], surplus + fixed)
        if "ratepayer" in b.families:
            add_cap(self, z, data, members, draws, supply, fixed)

    def _nodes(self) -> None:
        """Points of interconnection that the scenario names."""
        b = self.brute
        for n, data in b.scenario.get("nodes", {}).items():
            members = [s for s in b.sites if b.scenario["sites"][s].get("node") == n]
            added = sum(
                u["added_mw"] * self.state[f"upgrade {name}"]
                for name, u in b.families["headroom"].get("upgrades", {}).items()
                if u.get("node") == n
            )
            draws = [(1.0, self.var(("g", s))) for s in members]
            if draws:
                room = max(0.0, data["capacity_mw"] - rivals_mw(b, "node", n, self.p))
                self.row(draws, room + added)
