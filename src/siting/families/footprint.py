"""What ``emissions`` and ``water`` share: a ledger total by place, priced and capped by year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from siting.core.audit import (
    AuditResult,
    Finding,
    compare_tables,
    exceeds,
    is_same,
    sum_by,
    supply_by,
)
from siting.core.bill import Bill, charge
from siting.core.errors import Issue
from siting.core.system import System
from siting.core.table import Cell, Table, Tables
from siting.core.warnings import listed
from siting.expressions.labels import Expr, Label, Relation, at, parts, pick, sum_over
from siting.families.base import Build, Values
from siting.families.columns import Columns
from siting.families.declarations import Given, Key, Limit, Rank, setting

THOUSAND = 1000.0
"""Tonnes or cubic metres in the unit of the rows: keeps their numbers near one."""
ALL = "all"
"""Group of a cap on the whole plan."""


@dataclass(frozen=True)
class Cap:
    """Most of a quantity at some places over the periods that start in a calendar year."""

    rule: str
    group: str
    year: int
    places: tuple[str, ...]
    periods: tuple[int, ...]
    limit: float


@dataclass(frozen=True)
class FootprintData:
    """Numbers of the formulas of one family.

    Attributes:
        family: name of the family, and of its table.
        rules: names of its caps, sorted.
        quantity: ledger total by (site or zone, period), and its column in the tables.
        price_usd: price of a tonne or cubic metre.
        caps: by (rule, group, year), sorted.
        tables: further tables that hold the quantity, each with the column of its place.
    """

    system: System
    family: str
    rules: tuple[str, ...]
    quantity: str
    price_usd: float
    caps: Mapping[tuple[str, str, int], Cap]
    tables: tuple[tuple[str, str], ...]

    @property
    def unit(self) -> str:
        """Unit of the rows."""
        return f"thousand {self.quantity.rpartition('_')[2]}"

    @property
    def place_periods(self) -> tuple[tuple[str, int], ...]:
        """(site or zone, period), sites first."""
        periods = self.system.calendar.periods
        return tuple((place, p) for place in places_of(self.system) for p in periods)


Groups = Mapping[str, tuple[str, ...]]
"""Places by the name of their group."""


def places_of(system: System) -> tuple[str, ...]:
    """Sites, then zones."""
    return (*system.sites, *system.zones)


def zone_groups(system: System) -> Groups:
    """Each zone's own place and the sites in it."""
    sites = system.sites.items()
    return {z: (*(s for s, site in sites if site.zone == z), z) for z in system.zones}


def agency_groups(system: System) -> Groups:
    """The sites of each agency."""
    return _site_groups({s: site.agency for s, site in system.sites.items()})


def basin_groups(system: System) -> Groups:
    """The sites in each basin."""
    return _site_groups({s: site.basin for s, site in system.sites.items()})


def _site_groups(group_of: Mapping[str, str | None]) -> Groups:
    """Sites by group, sorted; a site without one is left out."""
    groups: dict[str, tuple[str, ...]] = {}
    for site, group in group_of.items():
        if group:
            groups[group] = (*groups.get(group, ()), site)
    return dict(sorted(groups.items()))


def caps_of(
    system: System,
    rule: str,
    groups: Groups,
    limits: Mapping[str, float],
    by_year: Mapping[str, float] | None = None,
) -> dict[tuple[str, str, int], Cap]:
    """Caps of a rule: a limit a year times the years of the periods that start in each year.

    Args:
        system: shared data.
        rule: name of the constraint.
        groups: places by group.
        limits: limit a year of each group that has one.
        by_year: limits of single years, which come before ``limits``.
    """
    calendar = system.calendar
    caps = {}
    for group, places in groups.items():
        for year in sorted({start.year for start in calendar.starts}):
            limit = (by_year or {}).get(str(year), limits.get(group))
            if limit is not None:
                periods = tuple(p for p in calendar.periods if calendar.starts[p].year == year)
                most = limit * sum(calendar.years(p) for p in periods)
                caps[rule, group, year] = Cap(rule, group, year, places, periods, most)
    return caps


def cap_limits(base: str, rules: Iterable[str]) -> dict[str, Limit]:
    """Caps as limits: that of a group, or of all in a year, is scaled to the periods of a row.

    Args:
        base: dotted path of the cap on all; those of groups and years follow it.
    """

    def change(given: Given, key: Key, slack: float, rule: str) -> float:
        periods = given.data.caps[rule, key[0], key[1]].periods
        return THOUSAND * slack / sum(given.system.calendar.years(p) for p in periods)

    def limit(rule: str) -> Limit:
        by = rule.removesuffix("_cap")
        own = setting(f"{base}_by_{by}.{{0}}")
        path = setting(f"{base}_by_year.{{1}}", base) if by == "yearly" else own
        return Limit(Rank.RULE, path, partial(change, rule=rule))

    return {rule: limit(rule) for rule in rules}


def constrain(build: Build, data: FootprintData) -> None:
    """Price what the families emit or take, and cap it."""
    calendar = data.system.calendar
    if data.price_usd:
        usd = {p: calendar.discount(p) * data.price_usd for p in calendar.periods}
        build.cost_each(
            data.place_periods,
            lambda place, p: (p, at(usd, p) * build.total(data.quantity, (place, p))),
        )

    for rule in data.rules:
        index = [(group, year) for name, group, year in data.caps if name == rule]
        _cap(build, data, rule, index)


def _cap(build: Build, data: FootprintData, rule: str, index: list[tuple[str, int]]) -> None:
    """The caps of one rule, which is named as its groups are."""

    def counted(group: str, year: int) -> list[tuple[str, int]]:
        cap = data.caps[rule, group, year]
        return [(place, p) for place in cap.places for p in cap.periods]

    def amount(place_period: Label) -> Expr:
        return build.total(data.quantity, parts(place_period))

    def within(group: Label, year: Label) -> Relation:
        limit = at(lambda *key: data.caps[rule, *key].limit / THOUSAND, group, year)
        return sum_over(pick(counted, group, year), amount) / THOUSAND <= limit

    build.constraint(over=index, doc=f"{data.family} of a year", unit=data.unit, name=rule)(within)


def limit_column(quantity: str) -> str:
    """Column of a cap's limit."""
    return f"limit_{quantity.rpartition('_')[2]}"


def columns_of(family: str, quantity: str) -> dict[str, Columns]:
    """Both tables of a family."""
    return {
        family: Columns(("period_start", "place", "kind", quantity, "charge_usd")),
        f"{family}_caps": Columns(("year", "rule", "group", quantity, limit_column(quantity))),
    }


def report(values: Values, data: FootprintData) -> dict[str, Table]:
    """The quantity by place and period, and how much of each cap it takes."""
    return _tables(data, {key: values.total(data.quantity, key) for key in data.place_periods})


def _tables(data: FootprintData, amounts: Mapping[tuple[str, int], float]) -> dict[str, Table]:
    """Both tables from the amounts by place and period."""
    places, caps = columns_of(data.family, data.quantity).items()
    return {
        places[0]: Table.of(places[1].names, _place_rows(data, amounts)),
        caps[0]: Table.of(caps[1].names, _cap_rows(data, amounts)),
    }


def _place_rows(
    data: FootprintData, amounts: Mapping[tuple[str, int], float]
) -> Iterator[dict[str, Cell]]:
    """A row for each place and period with an amount; the charge is not discounted."""
    for place, p in sorted(data.place_periods, key=lambda pair: (pair[1], pair[0])):
        amount = amounts.get((place, p), 0.0)
        if not is_same(amount, 0.0):
            yield {
                "period_start": data.system.calendar.starts[p],
                "place": place,
                "kind": "site" if place in data.system.sites else "zone",
                data.quantity: amount,
                "charge_usd": data.price_usd * amount,
            }


def _cap_rows(
    data: FootprintData, amounts: Mapping[tuple[str, int], float]
) -> Iterator[dict[str, Cell]]:
    """A row for each cap."""
    for cap in data.caps.values():
        yield {
            "year": cap.year,
            "rule": cap.rule,
            "group": cap.group,
            data.quantity: _amount(cap, amounts),
            limit_column(data.quantity): cap.limit,
        }


def _amount(cap: Cap, amounts: Mapping[tuple[str, int], float]) -> float:
    """What a cap counts."""
    return sum(amounts.get((place, p), 0.0) for place in cap.places for p in cap.periods)


def audit(data: FootprintData, tables: Tables) -> AuditResult:
    """Sum the sources' tables by place; re-derive tables, caps and cost from that alone."""
    calendar = data.system.calendar
    amounts = supply_by(tables, ("location",), data.quantity, calendar)
    for name, column in data.tables:
        for key, amount in sum_by(tables, name, (column,), data.quantity, calendar).items():
            amounts[key] = amounts.get(key, 0.0) + amount
    findings = [
        Finding(f"{data.family}.{cap.rule}", f"{cap.group} {cap.year}", _excess(data, cap, amounts))
        for cap in data.caps.values()
        if exceeds(_amount(cap, amounts) / THOUSAND, cap.limit / THOUSAND)
    ]
    known = set(places_of(data.system))
    findings += [
        Finding(f"{data.family}.place", place, "neither a site nor a zone")
        for place in sorted({place for place, _ in amounts} - known)
    ]
    keys = {
        data.family: ("period_start", "place"),
        f"{data.family}_caps": ("year", "rule", "group"),
    }
    for name, expected in _tables(data, amounts).items():
        findings += compare_tables(
            f"{data.family}.table", name, tables.get(name), expected, keys[name]
        )
    cost: Bill = {}
    for (place, p), amount in sorted(amounts.items()):
        usd = calendar.discount(p) * data.price_usd * amount
        charge(cost, data.system.bearer(place), {p: usd})
    return AuditResult(tuple(findings), cost)


def _excess(data: FootprintData, cap: Cap, amounts: Mapping[tuple[str, int], float]) -> str:
    """By what a cap is broken."""
    unit = data.quantity.rpartition("_")[2]
    return f"{_amount(cap, amounts):.3f} {unit}, at most {cap.limit:.3f}"


def unknown_groups(
    family: str, limits: Mapping[str, Mapping[str, float]], known: Mapping[str, Groups]
) -> list[Issue]:
    """Issues for caps of zones, basins or agencies that do not occur."""
    return [
        Issue(
            f"components.{family}.{setting}.{group}",
            f"unknown {setting.rpartition('_')[2]} '{group}'",
            f"one of {listed(sorted(known[setting]), 8)}",
            "Correct it or remove the cap",
        )
        for setting, groups in limits.items()
        for group in sorted(groups)
        if group not in known[setting]
    ]


def unknown_years(
    system: System, family: str, setting: str, by_year: Mapping[str, float]
) -> list[Issue]:
    """Issues for caps of years outside the horizon."""
    years = sorted({str(start.year) for start in system.calendar.starts})
    return [
        Issue(
            f"components.{family}.{setting}.{year}",
            f"the year {year} is not in the horizon",
            f"one of {years[0]} to {years[-1]}",
            "Correct the year or the horizon",
        )
        for year in sorted(by_year)
        if year not in years
    ]
