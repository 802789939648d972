"""What the families of the plain program share: dates, money, and totals that they meet in.

Nothing here or beside it imports the engine's formulas: only the settings as they were read, and
the dates of the calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any

from siting.core.calendar import add_months
from siting.core.study import Strategy
from siting.scenario import Scenario
from support.plain.linear import Program, Sum, total

HOURS = 8760
DAYS = 365.25
MONTHS = 12
KILO = 1000
MILLION = 1e6
"""Dollars in a unit of the cost."""
AMPLE = 10
"""Units are bounded by so many times the whole load."""

ANYTHING = Strategy()
"""The strategy that rules nothing out."""


@dataclass
class Starts:
    """What is begun of one item by period, and the period from which that is in service."""

    begun: dict[int, Sum]
    first: dict[int, int]

    def started(self, period: int) -> Sum:
        """Begun up to a period."""
        return total(count for q, count in self.begun.items() if q <= period)

    def in_service(self, period: int) -> Sum:
        """In service in a period."""
        return total(count for q, count in self.begun.items() if self.first[q] <= period)


@dataclass(frozen=True)
class Commitment:
    """A site committed in a period, with the date on which that review is complete."""

    period: int
    done: date
    chosen: Sum


@dataclass
class World:
    """A scenario on its way into a program."""

    scenario: Scenario
    program: Program = field(default_factory=Program)
    totals: dict[tuple[Any, ...], Sum] = field(default_factory=dict)
    commitments: dict[str, list[Commitment]] = field(default_factory=dict)
    connections: dict[str, Starts] = field(default_factory=dict)
    """Of each site; where load may give way each tier has its own, and none is here."""
    strategy: Strategy = ANYTHING
    """What of the scenario is allowed."""

    def __post_init__(self) -> None:
        self.sites = dict(sorted(self.scenario.sites.items()))
        self.zones = dict(sorted(self.scenario.zones.items()))
        self.families = self.scenario.families()
        calendar = self.scenario.calendar()
        self.days = calendar.starts
        self.ends = (*calendar.starts[1:], calendar.end)
        self.periods = range(len(self.days))
        self.wired = [s for s, site in self.sites.items() if site.zone is not None]
        """Sites that can draw from the grid."""
        curtailment = self.families.get("curtailment")
        self.giving_zones = [
            z
            for z in self.zones
            if curtailment is not None and (curtailment.zones is None or z in curtailment.zones)
        ]
        """Zones whose operator connects load that gives way."""
        self.giving = [s for s in self.wired if self.sites[s].zone in self.giving_zones]

    # dates

    def months(self, period: int) -> int:
        """Length of a period."""
        return _months(self.days[period], self.ends[period])

    def years(self, period: int) -> float:
        """Length of a period."""
        return self.months(period) / MONTHS

    def from_day(self, day: date) -> int:
        """First period that starts on or after a day; past the last one where none does."""
        return next((p for p in self.periods if self.days[p] >= day), len(self.days))

    def may_decide(self, period: int) -> bool:
        """Whether the strategy takes decisions in a period."""
        first, day = self.days[0], self.days[period]
        until, since = self.strategy.decided_within_months, self.strategy.decided_from_months
        return (until is None or day < add_months(first, until)) and (
            since is None or day >= add_months(first, since)
        )

    def allows(self, technology: Any) -> bool:
        """Whether the strategy starts plants of a technology."""
        sources = self.strategy.new_supply
        return sources is None or technology.energy_source in sources

    def after(self, months: float) -> Callable[[date], date]:
        """What takes some months."""
        return lambda day: add_months(day, months)

    # load

    @property
    def peak_mw(self) -> float:
        """More than every site together can draw."""
        kinds = self.families["workloads"].kinds.values()
        energy, cooling = self.families.get("energy"), self.families.get("cooling")
        pue = (energy.peak_pue or energy.pue) if energy else 1.0
        if cooling:
            pue = max(option.peak_pue or option.pue for option in cooling.options.values())
        return float(pue * sum(target.it_mw for kind in kinds for target in kind.targets) + 1)

    def ample(self, unit_mw: float) -> int:
        """More units than can be of use."""
        return AMPLE * (ceil(self.peak_mw / unit_mw) + 1) if unit_mw > 0 else AMPLE

    # totals and money

    def add(self, name: str, *key: Any, amount: Sum) -> None:
        """Add to a total."""
        self.totals[name, *key] = self.total(name, *key) + amount

    def total(self, name: str, *key: Any) -> Sum:
        """A total; nothing where nothing was added."""
        return self.totals.get((name, *key), Sum())

    def pay(self, period: int, usd: Sum) -> None:
        """Pay once in a period, discounted from its middle."""
        middle = _months(self.days[0], self.days[period]) + self.months(period) / 2
        factor = (1 + self.scenario.discount_rate_frac) ** (-middle / MONTHS) / MILLION
        self.program.pay(factor * usd)

    def pay_yearly(self, period: int, usd: Sum) -> None:
        """Pay so much a year during a period."""
        self.pay(period, self.years(period) * usd)

    def rate(self, owner: str) -> float:
        """Cost of capital of grid, power or campus."""
        own = getattr(self.scenario.capital_rates, f"{owner}_frac")
        return float(self.scenario.discount_rate_frac if own is None else own)

    def with_interest(self, usd: float, of: Any, months: float, owner: str) -> float:
        """Overnight cost with what it has cost by the end of construction, year by year or by shares."""
        if of.is_interest_included or not months:
            return usd
        spend = getattr(of, "spend_fracs", [])
        years = months / MONTHS
        shares = spend or [1 / ceil(years)] * ceil(years)
        part, rate = years / len(shares), self.rate(owner)
        parts = (
            usd * share * (1 + rate) ** (years - part * (2 * i + 1) / 2)
            for i, share in enumerate(shares)
        )
        return float(sum(parts))

    def yearly(self, overnight_usd: float, lifetime_years: float, owner: str) -> float:
        """Level payment that repays an overnight cost over a life."""
        rate = self.rate(owner)
        if rate == 0:
            return overnight_usd / lifetime_years
        return float(overnight_usd * rate / (1 - (1 + rate) ** -lifetime_years))

    def spend(self, period: int, usd: Sum) -> None:
        """Overnight cost that counts against the budget of a period."""
        self.add("spent", period, amount=usd)

    # things that are begun and then take time

    def starts(
        self,
        ready: Callable[[date], date],
        most: float,
        *,
        is_whole: bool = True,
        is_decision: bool = False,
        may: Callable[[int], bool] = lambda period: True,
    ) -> Starts:
        """What may be begun in each period, if it is ready within the horizon.

        Args:
            is_decision: whether a strategy by date counts it.
        """
        begun, first = {}, {}
        for q in self.periods:
            arrival = self.from_day(ready(self.days[q]))
            is_refused = is_decision and not self.may_decide(q)
            if arrival < len(self.days) and may(q) and not is_refused:
                begun[q] = self.program.variable(most, is_whole=is_whole)
                first[q] = arrival
        return Starts(begun, first)

    def charge(
        self,
        starts: Starts,
        usd: float,
        lifetime_years: float,
        yearly_usd: float = 0.0,
        *,
        owner: str,
        with_interest_usd: float | None = None,
    ) -> None:
        """Annuity and yearly cost of a unit from its service, its overnight cost when begun."""
        capital = usd if with_interest_usd is None else with_interest_usd
        for p in self.periods:
            each = self.yearly(capital, lifetime_years, owner) + yearly_usd
            self.pay_yearly(p, each * starts.in_service(p))
        for q, count in starts.begun.items():
            self.spend(q, usd * count)

    # sites

    def committed(self, site: str, period: int) -> Sum:
        """1 once a site is committed."""
        return total(c.chosen for c in self.commitments[site] if c.period <= period)

    def reviewed(self, site: str, period: int) -> Sum:
        """1 once the review of a committed site is complete."""
        ready = [c for c in self.commitments[site] if self.from_day(c.done) <= period]
        return total(c.chosen for c in ready)

    def reviewed_by(self, site: str, period: int, day: date) -> Sum:
        """1 if a site is committed by a period and its review complete by a day."""
        ready = [c for c in self.commitments[site] if c.period <= period and c.done <= day]
        return total(c.chosen for c in ready)

    def can_serve(self, site: str) -> bool:
        """Whether a site has room for a hall, and time for its review and the hall."""
        campus, record, end = self.families.get("campus"), self.sites[site], len(self.days)
        ready = [self.from_day(c.done) for c in self.commitments[site]]
        if campus is None:
            return min(ready) < end
        need = campus.hall_it_mw * campus.acres_per_it_mw
        has_acres = record.buildable_acres is None or need <= record.buildable_acres
        has_room = record.max_it_mw is None or campus.hall_it_mw <= record.max_it_mw
        shells = [
            self.from_day(add_months(self.days[q], campus.shell_months)) for q in ready if q < end
        ]
        return has_acres and has_room and min(shells, default=end) < end

    def firm_draw(self, site: str, period: int) -> Sum:
        """Draw that does not give way in peak hours."""
        return self.total("draw", site, period) - self.total("gives_way", site, period)

    def sites_in(self, zone: str) -> list[str]:
        """Sites of a zone."""
        return [s for s in self.wired if self.sites[s].zone == zone]

    def node_of(self, site: str) -> str:
        """Point of interconnection: one of the site's own where it names none."""
        return self.sites[site].node or site


def _months(start: date, end: date) -> int:
    """Whole months between two firsts of a month."""
    return (end.year - start.year) * MONTHS + end.month - start.month
