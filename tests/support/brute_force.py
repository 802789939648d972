"""An independent optimum of a tiny scenario: enumerate every integer decision, then small LPs.

Nothing here imports the engine. Rules and costs are written again from the formulation, with dates
added by hand; given the integers, periods fall apart, so each period is a linear program of its own
that is solved once for each state of the world and remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations_with_replacement, product
from math import ceil, inf
from typing import Any

from support import brute_footprint, brute_transformers, brute_workloads
from support.brute_bridge import rental_options
from support.brute_curtailment import connection_months, curtailment_options, tiers
from support.brute_land import leased, review, tierings
from support.brute_period import solve_together, state_in
from support.brute_plants import in_order
from support.brute_ride_through import JointProgram

Path = tuple[int, ...]
"""A cumulative count by period."""
Money = list[float]
Option = tuple[dict[str, Path], float, Money, dict[str, Money]]
"""In-service state by name, fixed cost, spending by period, acres by site and period."""
Data = dict[str, Any]


def month_add(day: date, months: int) -> date:
    """First-of-month date plus whole months."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def parse(text: str) -> date:
    """'2027-01' as a date."""
    year, month = text.split("-")[:2]
    return date(int(year), int(month), 1)


def paths(periods: int, most: int) -> list[Path]:
    """Every non-decreasing count by period from 0 to ``most``."""
    return [tuple(p) for p in combinations_with_replacement(range(most + 1), periods)]


def in_service(path: Path, arrival: list[int]) -> Path:
    """Counts in service: each increment from its arrival period on."""
    counts = [0] * len(path)
    for start, now in enumerate(path):
        new = now - (path[start - 1] if start else 0)
        for p in range(arrival[start], len(path)):
            counts[p] += new
    return tuple(counts)


@dataclass
class Brute:
    """Enumerates a scenario given as plain data."""

    scenario: dict[str, Any]
    starts: list[date] = field(default_factory=list)
    memo: dict[tuple[Any, ...], float] = field(default_factory=dict)
    tiered: frozenset[str] = frozenset()
    programmatic: dict[str, int] = field(default_factory=dict)
    bank_memo: dict[tuple[Path, ...], list[tuple[dict[str, Path], float, Money]]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        step_months = {"quarter": 3, "half_year": 6, "year": 12}
        day = parse(self.scenario["horizon"]["start"])
        self.lengths: list[int] = []
        for section in self.scenario["horizon"]["steps"]:
            while day < parse(section["until"]):
                self.starts.append(day)
                self.lengths.append(step_months[section["step"]])
                day = month_add(day, step_months[section["step"]])
        self.rate = self.scenario.get("discount_rate_frac", 0.0)
        elapsed = 0
        self.discount, self.years = [], []
        for months in self.lengths:
            self.discount.append((1 + self.rate) ** (-(elapsed + months / 2) / 12))
            self.years.append(months / 12)
            elapsed += months
        self.count = len(self.starts)
        self.families = self.scenario["components"]
        self.sites = sorted(self.scenario["sites"])
        self.zones = self.scenario.get("zones", {})
        self.pue = self.families.get("energy", {}).get("pue", 1.0)
        self.options = sorted(self.families.get("cooling", {}).get("options", {}).items())
        if self.options:
            self.pue = max(option["pue"] for _, option in self.options)
        self.groups = brute_footprint.groups(self)

    # dates and money -------------------------------------------------------------------------

    def at(self, day: date) -> int:
        """First period that starts on or after a day; the number of periods beyond the horizon."""
        return next((p for p, s in enumerate(self.starts) if s >= day), self.count)

    def arrivals(self, months: int) -> list[int]:
        """Arrival period of each start for a lead in months."""
        return [self.at(month_add(s, months)) for s in self.starts]

    def present(self, p: int) -> float:
        """Discounted years of a period."""
        return float(self.years[p] * self.discount[p])

    def crf(self, life: float) -> float:
        """Capital recovery factor."""
        if self.rate == 0:
            return 1 / life
        growth = (1 + self.rate) ** life
        return float(self.rate * growth / (growth - 1))

    def paths(self, most: int) -> list[Path]:
        """Every non-decreasing count by period from 0 to ``most``."""
        return paths(self.count, most)

    def in_service(self, path: Path, arrival: list[int]) -> Path:
        """Counts in service: each increment from its arrival period on."""
        return in_service(path, arrival)

    def parse(self, text: str) -> date:
        """'2027-01' as a date."""
        return parse(text)

    def add_months(self, day: date, months: int) -> date:
        """Any date plus whole months."""
        return month_add_any(day, months)

    def capital(self, counts: Path, usd: float, life: float) -> float:
        """Discounted annuities of counts in service."""
        yearly = usd * self.crf(life)
        return sum(self.present(p) * yearly * n for p, n in enumerate(counts))

    # data --------------------------------------------------------------------------------------

    def target(self, workload: str, region: str, p: int) -> float:
        """Target in a period."""
        rows = [
            t
            for t in self.families["workloads"]["kinds"][workload]["targets"]
            if t.get("region", "anywhere") == region and parse(t["from_date"]) <= self.starts[p]
        ]
        return max(rows, key=lambda t: parse(t["from_date"]))["it_mw"] if rows else 0.0

    def demands(self) -> list[tuple[str, str]]:
        """(workload, region) pairs."""
        kinds = self.families["workloads"]["kinds"]
        return sorted(
            {(w, t.get("region", "anywhere")) for w in kinds for t in kinds[w]["targets"]}
        )

    def peak(self) -> float:
        """Largest total target."""
        return max(sum(self.target(w, r, p) for w, r in self.demands()) for p in range(self.count))

    def limit(self, site: str) -> float:
        """Most IT load of a site."""
        data, campus = self.scenario["sites"][site], self.families.get("campus")
        room = data.get("max_it_mw", inf)
        if campus:
            if campus.get("acres_per_it_mw") and "buildable_acres" in data:
                room = min(room, data["buildable_acres"] / campus["acres_per_it_mw"])
            halls = ceil(self.peak() / campus["hall_it_mw"])
            if room < inf:
                halls = min(halls, int(room / campus["hall_it_mw"] + 1e-9))
            room = halls * campus["hall_it_mw"]
        return float(min(self.peak(), room))

    def reviewed(self, site: str) -> list[int]:
        """Period from which a site is reviewed, by period of commitment."""
        return [
            self.at(month_add(day, review(self, site, q)["months"]))
            for q, day in enumerate(self.starts)
        ]

    # enumeration -------------------------------------------------------------------------------

    def solve(self) -> float:
        """Least cost over every combination of integers; inf if none is feasible."""
        best = inf
        for state, fixed, spent in self.states():
            if fixed >= best:
                continue
            cost = fixed
            for group in self.groups:
                cost += self._periods(tuple((p, state_in(state, p)) for p in group))
                if cost >= best:
                    break
            if cost < best and "ride_through" in self.families:
                cost = fixed + JointProgram(self, state, spent).solve()
            best = min(best, cost)
        return best

    def states(self) -> Iterator[tuple[dict[str, Path], float, Money]]:
        """Every combination of integers: in-service state by name, fixed cost, spending."""
        commits = [paths(self.count, 1) for _ in self.sites]
        for chosen in product(*commits):
            commit = dict(zip(self.sites, chosen, strict=True))
            if self._caps(commit):
                for tiered, started in tierings(self, commit):
                    self.tiered, self.programmatic = tiered, started
                    yield from self._rest(commit)

    def _caps(self, commit: dict[str, Path]) -> bool:
        """Cap on the number of sites."""
        most = self.families["land"].get("max_sites")
        return most is None or sum(path[-1] for path in commit.values()) <= most

    def _rest(self, commit: dict[str, Path]) -> Iterator[tuple[dict[str, Path], float, Money]]:
        """Every combination of the other integers: state in service, fixed cost, spending."""
        groups = [
            self._land(commit),
            self._halls(commit),
            self._connections(commit),
            self._upgrades(),
            self._units(commit),
            self._named(),
            self._hosts(),
            curtailment_options(self, commit),
            rental_options(self, commit),
            brute_footprint.coolings(self),
        ]
        for combo in product(*groups):
            state: dict[str, Path] = {}
            fixed, spent = 0.0, [0.0] * self.count
            acres = {s: [0.0] * self.count for s in self.sites}
            for part, usd, money, land in combo:
                state.update(part)
                fixed += usd
                spent = [a + b for a, b in zip(spent, money, strict=True)]
                for s, used in land.items():
                    acres[s] = [a + b for a, b in zip(acres[s], used, strict=True)]
            rent = self._rent(commit, acres)
            if rent is None or not in_order(self, state):
                continue
            served, usd = self._connected(state)
            state.update(served)
            fixed += usd
            for banks, usd, money in self._equipment(commit):
                total = [a + b for a, b in zip(spent, money, strict=True)]
                if self._affordable(total):
                    yield {**state, **banks}, fixed + rent + usd, total

    def _rent(self, commit: dict[str, Path], acres: dict[str, list[float]]) -> float | None:
        """Rent of the acres in use; None if a site has too few."""
        per_acre = self.families["land"].get("lease_usd_per_acre_year", 0.0)
        usd = 0.0
        phases = self.families["land"].get("lease_phases", 0)
        for s, taken in acres.items():
            used = leased(taken, self.scenario["sites"][s].get("buildable_acres"), phases)
            held = self.scenario["sites"][s].get("buildable_acres", inf)
            for p, amount in enumerate(used):
                if amount > 0 and amount > (held if commit[s][p] else 0.0) + 1e-9:
                    return None
                usd += per_acre * self.present(p) * amount
        return usd

    def _affordable(self, spent: list[float]) -> bool:
        """Yearly and total budget."""
        budget = self.families.get("budget")
        if not budget:
            return True
        by_year: dict[int, float] = {}
        for p, usd in enumerate(spent):
            by_year[self.starts[p].year] = by_year.get(self.starts[p].year, 0.0) + usd
        cap = budget.get("max_overnight_usd_per_year", inf)
        total = budget.get("max_overnight_usd", inf)
        return all(v <= cap + 0.01 for v in by_year.values()) and sum(spent) <= total + 0.01

    def _new(self, path: Path) -> list[int]:
        """Increments of a path."""
        return [n - (path[p - 1] if p else 0) for p, n in enumerate(path)]

    def _land(self, commit: dict[str, Path]) -> list[Option]:
        """Cost of the commitments."""
        land = self.families["land"]
        usd, spent = 0.0, [0.0] * self.count
        for s, path in commit.items():
            data = self.scenario["sites"][s]
            cost = data.get("preparation_usd", land.get("preparation_usd", 0.0))
            for p, new in enumerate(self._new(path)):
                price = (cost + review(self, s, p).get("cost_usd", 0.0)) * new
                usd += self.discount[p] * price
                spent[p] += price
        for a, p in self.programmatic.items():
            price = land["programmatic"][a].get("cost_usd", 0.0)
            usd += self.discount[p] * price
            spent[p] += price
        ready = {}
        for s in self.sites:
            ready[f"ready {s}"] = in_service(commit[s], self.reviewed(s))
            ready[f"#commit {s}"] = commit[s]
        return [(ready, usd, spent, {})]

    def _halls(self, commit: dict[str, Path]) -> list[Option]:
        """Halls of every site."""
        campus = self.families.get("campus")
        if not campus:
            return [({}, 0.0, [0.0] * self.count, {})]
        arrival = self.arrivals(campus["shell_months"])
        block = campus["hall_it_mw"]
        options = []
        for s in self.sites:
            ready = in_service(commit[s], self.reviewed(s))
            most = ceil(self.limit(s) / block - 1e-9)
            found = []
            for path in paths(self.count, most):
                new = self._new(path)
                ramp = campus.get("max_new_it_mw_per_year")
                if ramp and any(
                    n > max(1, int(ramp * self.years[p] / block + 0.0)) for p, n in enumerate(new)
                ):
                    continue
                if any(path[p] > most * ready[p] for p in range(self.count)):
                    continue
                if any(n and arrival[p] >= self.count for p, n in enumerate(new)):
                    continue
                floor = campus.get("min_campus_it_mw", 0.0) * commit[s][-1]
                if path[-1] * block < floor - 1e-9:
                    continue
                served = in_service(path, arrival)
                usd = self.capital(
                    served,
                    campus.get("overnight_usd_per_it_mw", 0.0) * block,
                    campus.get("lifetime_years", 20.0),
                )
                om = campus.get("fixed_om_usd_per_it_mw_year", 0.0) * block
                usd += sum(self.present(p) * om * n for p, n in enumerate(served))
                money = [campus.get("overnight_usd_per_it_mw", 0.0) * block * n for n in new]
                land = {s: [campus.get("acres_per_it_mw", 0.0) * block * n for n in path]}
                found.append(({f"halls {s}": served}, usd, money, land))
            options.append(found)
        return [self._merged(combo) for combo in product(*options)]

    def _merged(self, combo: Iterable[Option]) -> Option:
        """One option from one of each."""
        state: dict[str, Path] = {}
        usd, money = 0.0, [0.0] * self.count
        land: dict[str, Money] = {}
        for part, cost, spent, acres in combo:
            state.update(part)
            usd += cost
            money = [a + b for a, b in zip(money, spent, strict=True)]
            for s, used in acres.items():
                known = land.get(s, [0.0] * self.count)
                land[s] = [a + b for a, b in zip(known, used, strict=True)]
        return state, usd, money, land

    def _connections(self, commit: dict[str, Path]) -> list[Option]:
        """Connections of sites in a zone, by when each tier is served."""
        if "headroom" not in self.families:
            return [({}, 0.0, [0.0] * self.count, {})]
        options = []
        for s in self.sites:
            zone = self.scenario["sites"][s].get("zone")
            if zone is None:
                continue
            months = connection_months(self, s)
            soonest = self.arrivals(min(months.values()))
            usd = self._line_usd(s)
            found: list[Option] = []
            for path in paths(self.count, 1):
                late = any(n and soonest[p] >= self.count for p, n in enumerate(self._new(path)))
                if late or any(path[p] > commit[s][p] for p in range(self.count)):
                    continue
                money = [usd * n for n in self._new(path)]
                state: dict[str, Path] = {}
                for tier, wait in months.items():
                    state[f"connected {tier} {s}"] = in_service(path, self.arrivals(wait))
                found.append((state, 0.0, money, {}))
            options.append(found)
        return [self._merged(combo) for combo in product(*options)]

    def _line_usd(self, site: str) -> float:
        """Overnight cost of a site's gen-tie and station."""
        row = self.families["headroom"].get("connection_costs", [{}])[0]
        km = self.scenario["sites"][site].get("gen_tie_km", 0.0)
        return float(row.get("line_usd_per_km", 0.0) * km + row.get("substation_usd", 0.0))

    def _connected(self, state: dict[str, Path]) -> tuple[dict[str, Path], float]:
        """When each connection is in service under its site's tier, and what it costs from then on."""
        served: dict[str, Path] = {}
        usd = 0.0
        for s in self.sites:
            number = state.get(f"tier {s}", (0,))[0]
            tier = tiers(self)[number] if "curtailment" in self.families else "0pct"
            if (path := state.get(f"connected {tier} {s}")) is not None:
                served[f"connected {s}"] = path
                usd += self.capital(path, self._line_usd(s), 40.0)
        return served, usd

    def _upgrades(self) -> list[Option]:
        """Upgrades of nodes and zones."""
        options = []
        for name, data in self.families.get("headroom", {}).get("upgrades", {}).items():
            arrival = self.arrivals(data["lead_time_months"])
            found: list[Option] = []
            for path in paths(self.count, 1):
                if any(n and arrival[p] >= self.count for p, n in enumerate(self._new(path))):
                    continue
                served = in_service(path, arrival)
                usd = data.get("overnight_usd", 0.0)
                money = [usd * n for n in self._new(path)]
                cost = self.capital(served, usd, data.get("lifetime_years", 40.0))
                found.append(({f"upgrade {name}": served}, cost, money, {}))
            options.append(found)
        return [self._merged(combo) for combo in product(*options)]

    def _unit_ready(self, tech: dict[str, Any], start: date, queue: int) -> date:
        """When a unit started on a date runs."""
        begin = max(
            month_add(start, tech.get("permitting_months", 0)),
            month_add(
                start,
                tech.get("equipment_lead_months", 0) - tech.get("equipment_overlap_months", 0),
            ),
        )
        return max(month_add(begin, tech.get("construction_months", 0)), month_add(start, queue))

    def places(self, tech: dict[str, Any]) -> list[str]:
        """Sites and zones where a technology may stand."""
        found = []
        if "on_site" in tech["delivery"]:
            found += self.sites
        if "grid" in tech["delivery"]:
            used = {self.scenario["sites"][s].get("zone") for s in self.sites}
            found += [z for z in sorted(self.zones) if z in used]
        return found

    def _units(self, commit: dict[str, Path]) -> Iterator[Option]:
        """Units of every technology and place, with the national supply."""
        techs = self.families.get("plants", {}).get("technologies", {})
        options, keys = [], []
        for k, tech in sorted(techs.items()):
            for place in self.places(tech) if tech.get("delivery") else []:
                on_site = place in self.sites
                queue = 0 if on_site else self.zones[place].get("generation_queue_months", 0)
                arrival = [self.at(self._unit_ready(tech, s, queue)) for s in self.starts]
                found = []
                for path in paths(self.count, tech["max_units_per_place"]):
                    new = self._new(path)
                    if any(n and arrival[p] >= self.count for p, n in enumerate(new)):
                        continue
                    if on_site and not self._reviewed(tech, place, commit[place], new):
                        continue
                    served = in_service(path, arrival)
                    usd = tech.get("overnight_usd_per_kw", 0.0) * 1000 * tech["unit_mw"]
                    om = tech.get("fixed_om_usd_per_kw_year", 0.0) * 1000 * tech["unit_mw"]
                    cost = self.capital(served, usd, tech.get("lifetime_years", 30.0))
                    cost += sum(self.present(p) * om * n for p, n in enumerate(served))
                    per_unit = tech.get("acres_per_mw", 0.0) * tech["unit_mw"]
                    land = {place: [per_unit * n for n in path]} if on_site else {}
                    name = f"units {k} {place}"
                    state = {name: served, f"#{name}": path, f"+{name}": served}
                    found.append((state, cost, [usd * n for n in new], land, new))
                options.append(found)
                keys.append(k)
        for combo in product(*options):
            if self._supplied(techs, keys, [option[4] for option in combo]):
                yield self._merged([option[:4] for option in combo])

    def _reviewed(self, tech: Data, place: str, commit: Path, new: list[int]) -> bool:
        """Committed by the start, reviewed by the beginning of construction."""
        for p, n in enumerate(new):
            if n:
                if not commit[p]:
                    return False
                at = next(q for q, c in enumerate(commit) if c)
                ready = self._unit_ready(tech, self.starts[p], 0)
                begin = month_add(ready, -tech.get("construction_months", 0))
                if month_add(self.starts[at], review(self, place, at)["months"]) > begin:
                    return False
        return True

    def _supplied(self, techs: Data, keys: list[str], news: list[list[int]]) -> bool:
        """Units started in a period within the national supply."""
        for k, tech in techs.items():
            cap = tech.get("max_starts_per_year")
            if cap:
                for p in range(self.count):
                    new = sum(n[p] for key, n in zip(keys, news, strict=True) if key == k)
                    if new > max(1, int(cap * self.years[p] + 1e-9)):
                        return False
        return True

    def _named(self) -> list[Option]:
        """Named plants."""
        plants = self.families.get("plants", {})
        options = []
        for j, plant in plants.get("named", {}).items():
            tech = plants["technologies"][plant["technology"]]
            arrival = [
                self.at(
                    max(
                        month_add(s, plant.get("lead_time_months", 0)),
                        parse(plant["earliest_in_service"]),
                    )
                )
                for s in self.starts
            ]
            retired = [parse(plant.get("retires_on", "9999-01")) <= day for day in self.starts]
            decide_by = parse(plant.get("decide_by", "9999-01"))
            found: list[Option] = []
            for path in paths(self.count, 1):
                new = self._new(path)
                if any(n and arrival[p] >= self.count for p, n in enumerate(new)):
                    continue
                if any(n and self.starts[p] > decide_by for p, n in enumerate(new)):
                    continue
                if any(n and retired[arrival[p]] for p, n in enumerate(new)):
                    continue
                done = in_service(path, arrival)
                served = tuple(0 if gone else n for n, gone in zip(done, retired, strict=True))
                usd = plant.get("overnight_usd", 0.0)
                om = tech.get("fixed_om_usd_per_kw_year", 0.0) * 1000 * plant["capacity_mw"]
                cost = self.capital(done, usd, tech.get("lifetime_years", 30.0))
                cost += sum(self.present(p) * om * n for p, n in enumerate(served))
                state = {f"named {j}": served, f"#named {j}": path, f"+named {j}": done}
                found.append((state, cost, [usd * n for n in new], {}))
            options.append(found)
        return [self._merged(combo) for combo in product(*options)]

    def _hosts(self) -> list[Option]:
        """Sites that host a campus of a workload with a minimum."""
        options = []
        for w, kind in self.families["workloads"]["kinds"].items():
            if brute_workloads.is_hosted(kind):
                for s in self.sites:
                    found: list[Option] = []
                    for path in paths(self.count, 1):
                        found.append(({f"host {w} {s}": path}, 0.0, [0.0] * self.count, {}))
                    options.append(found)
        merged = [self._merged(combo) for combo in product(*options)]
        return [option for option in merged if brute_workloads.few_enough(self, option[0])]

    def _equipment(self, commit: dict[str, Path]) -> list[tuple[dict[str, Path], float, Money]]:
        """Banks and gear under some commitments; of equal ones only the cheapest."""
        key = tuple(commit.values())
        if key not in self.bank_memo:
            best: dict[tuple[Any, ...], tuple[dict[str, Path], float, Money]] = {}
            for banks, usd, money in self._transformers(commit):
                same = (*banks.values(), tuple(money))
                if same not in best or usd < best[same][1]:
                    best[same] = (banks, usd, money)
            self.bank_memo[key] = list(best.values())
        return self.bank_memo[key]

    def _transformers(
        self, commit: dict[str, Path]
    ) -> Iterator[tuple[dict[str, Path], float, Money]]:
        """Banks of one main class: pool and site orders, assignments, and step-ups by rule."""
        settings = self.families.get("transformers")
        if not settings:
            yield {}, 0.0, [0.0] * self.count
            return
        if brute_transformers.is_extended(settings):
            yield from brute_transformers.options(self, commit[self.sites[0]])
            return
        ((e, data),) = settings["classes"].items()
        delivered = [self.delivery(data, s) for s in self.starts]
        order_arrival = [self.at(d) for d in delivered]
        install = data.get("install_months", 0)
        site_arrival = [self.at(month_add_any(d, install)) for d in delivered]
        install_arrival = self.arrivals(install)
        rated = data["unit_mva"] * data.get("power_factor_frac", 1.0)
        most = {
            s: ceil(self.pue * self.limit(s) / rated - 1e-9) + settings.get("spare_banks", 0)
            for s in self.sites
        }
        total = sum(most.values())
        pooled = settings.get("procurement", "both") != "site"
        sited = settings.get("procurement", "both") != "pool"
        none = [(0,) * self.count]
        price = data.get("overnight_usd_per_unit", 0.0)
        life = data.get("lifetime_years", 40.0)
        pool_price = price * (1 + settings.get("pool_premium_frac", 0.0))
        for pool in paths(self.count, total) if pooled else none:
            if any(n and order_arrival[p] >= self.count for p, n in enumerate(self._new(pool))):
                continue
            have = in_service(pool, order_arrival)
            choices = []
            for s in self.sites:
                site_paths = [
                    o
                    for o in (paths(self.count, most[s]) if sited else none)
                    if all(o[p] <= most[s] * commit[s][p] for p in range(self.count))
                    and not any(
                        n and site_arrival[p] >= self.count for p, n in enumerate(self._new(o))
                    )
                ]
                assigns = [
                    a
                    for a in paths(self.count, most[s])
                    if all(a[p] <= most[s] * commit[s][p] for p in range(self.count))
                    and not any(
                        n and install_arrival[p] >= self.count for p, n in enumerate(self._new(a))
                    )
                ]
                choices.append(list(product(site_paths, assigns)))
            for combo in product(*choices):
                assigned = [sum(a[p] for _, a in combo) for p in range(self.count)]
                stock = data.get("stock_units", 0)
                if any(assigned[p] > stock + have[p] for p in range(self.count)):
                    continue
                slots = data.get("slots_per_year")
                new = [
                    self._new(pool)[p] + sum(self._new(o)[p] for o, _ in combo)
                    for p in range(self.count)
                ]
                if slots is not None and any(
                    n > slots * self.years[p] + 1e-9 for p, n in enumerate(new)
                ):
                    continue
                usd = self.capital(have, pool_price, life)
                money = [pool_price * n for n in self._new(pool)]
                banks = {}
                for s, (own, taken) in zip(self.sites, combo, strict=True):
                    usd += self.capital(in_service(own, order_arrival), price, life)
                    money = [m + price * n for m, n in zip(money, self._new(own), strict=True)]
                    there = [
                        a + b
                        for a, b in zip(
                            in_service(own, site_arrival),
                            in_service(taken, install_arrival),
                            strict=True,
                        )
                    ]
                    spare = settings.get("spare_banks", 0)
                    banks[f"banks {e} {s}"] = tuple(max(0, n - spare) for n in there)
                yield banks, usd, money

    def delivery(self, data: dict[str, Any], ordered: date) -> date:
        """Delivery of an order."""
        rows = sorted(data["lead_times"], key=lambda r: parse(r["ordered_from"]))
        past = [r for r in rows if parse(r["ordered_from"]) <= ordered]
        return ordered + timedelta(days=7 * (past[-1] if past else rows[0])["weeks"])

    # one period ----------------------------------------------------------------------------------

    def _periods(self, states: tuple[tuple[int, tuple[tuple[str, int], ...]], ...]) -> float:
        """Least dispatch and delay cost of periods in their states; inf if infeasible."""
        if states not in self.memo:
            self.memo[states] = solve_together(self, [(p, dict(state)) for p, state in states])
        return self.memo[states]


def month_add_any(day: date, months: int) -> date:
    """Any date plus whole months, day kept (the scenarios never meet a shorter month)."""
    first = month_add(day.replace(day=1), months)
    last = (month_add(first, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last))
