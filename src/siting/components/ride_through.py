r"""Ride-through: how much load of one area a voltage dip may throw off the grid at once.

Question: which load would trip together when a fault lowers the voltage of one area, is that more
than the grid can lose at once, and where does equipment keep load connected instead?
Assumptions: all load that is drawn from the grid in a group of sites trips together, unless
equipment at the site holds it; what is supplied on site does not trip with the grid. Equipment is
bought by the MW for a committed site, serves from its lead time on, and is never removed.

Formulation
-----------
    (equipped_monotone)   m[s,p-1] <= m[s,p]
    (equipped_committed)  m[s,p] <= PUE * U[s] * c[s,p]
    (held)                h[s,p] <= m[s, last order that is in service in p]
    (held_draw)           h[s,p] <= g[s,p]
    (trip_limit)          sum_{s in group} g[s,p] - h[s,p] <= L[group]
    cost                  sum d[p] years[p] * crf * K * m[s, last order in service in p]

Symbols
-------
    m[s,p]   equipment ordered at site s up to a period        MW, cumulative
    h[s,p]   grid draw that equipment holds through a dip      MW
    g[s,p]   grid draw, ledger total ``grid_mw``               MW
    c[s,p]   commit, 1 once site s is committed                binary, core variable
    L        most load of a group that may trip at once        MW
    U, PUE   most IT load of a site, facility MW per IT MW     MW, ratio
    K, crf   overnight cost, capital recovery factor           USD per MW, share a year
    d[p]     discount factor

A group is the union of the sites in the zones and at the nodes of a limit; a site may be in several.
The tables state ``h`` as the lesser of draw and equipment, which is the most it can be.
Sources: ``models/libraries/ride_through.yaml`` (Northern Virginia lost 1,500 MW at once on 10 July
2024). Limits: load of others in the same area is not counted; set a limit below what the grid can
lose to leave room for it. A dip is not traced through the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from siting.components.base import Build, Component, Index, Values, arrived
from siting.components.ride_through_settings import RideThroughConfig, TripLimit
from siting.components.whole import Expr, Label, at, pick, sum_over, whole
from siting.core.audit import (
    SAME_ABSOLUTE,
    AuditResult,
    Finding,
    compare_tables,
    day,
    exceeds,
    number,
    rest,
    row_differences,
    rows_of,
    sum_by,
)
from siting.core.calendar import Lag, add_months
from siting.core.errors import Issue
from siting.core.finance import add_to, capital_by_period, present_years, yearly_usd
from siting.core.system import System
from siting.core.table import Cell, Table

SitePeriod = tuple[str, int]


@dataclass(frozen=True)
class RideThroughData:
    """Numbers of the formulas; groups and sites are sorted."""

    system: System
    members: Mapping[str, tuple[str, ...]]
    max_trip_mw: Mapping[str, float]
    most_mw: Mapping[str, float]
    """Largest draw of each site of a group [MW]."""
    lag: Lag
    orders: tuple[SitePeriod, ...]
    served: tuple[SitePeriod, ...]
    """(site, period) in which equipment may be in service."""
    overnight_usd_per_mw: float
    lifetime_years: float
    lead_months: float

    @property
    def draws(self) -> tuple[SitePeriod, ...]:
        """(site, period) of a group in which there may be a draw."""
        return tuple(pair for pair in self.system.grid_periods if pair[0] in self.most_mw)

    @property
    def group_periods(self) -> tuple[tuple[str, int], ...]:
        """(group, period) in which a site of the group may draw."""
        draws = set(self.draws)
        return tuple(
            (group, p)
            for group, sites in self.members.items()
            for p in self.system.calendar.periods
            if any((s, p) in draws for s in sites)
        )


def prepare(system: System, config: RideThroughConfig) -> RideThroughData:
    """Sites of each group, the most they can draw, and when equipment may be ordered."""
    calendar = system.calendar
    limits = {name: limit.max_trip_mw for name, limit in config.limits.items()}
    members = {name: _sites_of(system, limit) for name, limit in config.limits.items()}
    named = {zone for limit in config.limits.values() for zone in limit.zones}
    if config.max_trip_mw_per_zone is not None:
        for zone in system.zones:
            sites = _sites_of(system, TripLimit(zones=[zone], max_trip_mw=0))
            if sites and zone not in named:
                limits[f"zone {zone}"] = config.max_trip_mw_per_zone
                members[f"zone {zone}"] = sites
    usable = {
        name: tuple(s for s in sites if s in system.first_service)
        for name, sites in sorted(members.items())
    }
    sites = tuple(sorted({s for group in usable.values() for s in group}))
    lag = calendar.lag(partial(add_months, months=config.lead_months))
    starts = [
        p
        for p in lag.starts
        if config.available_from is None or calendar.starts[p] >= config.available_from
    ]
    first = lag.arrival[starts[0]] if starts else None
    return RideThroughData(
        system=system,
        members=usable,
        max_trip_mw=dict(sorted(limits.items())),
        most_mw={s: system.pue * system.it_limit_mw[s] for s in sites},
        lag=lag,
        orders=tuple((s, p) for s in sites for p in starts),
        served=tuple(
            (s, p) for s in sites if first is not None for p in calendar.periods if p >= first
        ),
        overnight_usd_per_mw=config.overnight_usd_per_mw,
        lifetime_years=config.lifetime_years,
        lead_months=config.lead_months,
    )


def _sites_of(system: System, limit: TripLimit) -> tuple[str, ...]:
    """Sites in the zones or at the nodes of a limit."""
    return tuple(
        s
        for s, node in system.node_of.items()
        if system.sites[s].zone in limit.zones or node in limit.nodes
    )


def declare(build: Build, data: RideThroughData) -> None:
    """Declare equipment and the draw it holds, and charge the equipment."""
    calendar = data.system.calendar
    equipped = build.variable(
        "equipped_mw",
        data.orders,
        upper=lambda s, p: at(data.most_mw, s),
        doc="equipment ordered up to a period",
    )
    build.cumulative("equipped_monotone", equipped, data.orders)
    served = set(data.served)
    build.variable(
        "held_mw",
        [pair for pair in data.draws if pair in served],
        upper=lambda s, p: at(data.most_mw, s),
        doc="draw that equipment holds",
    )
    usd = data.overnight_usd_per_mw
    yearly, years = yearly_usd(calendar, usd, data.lifetime_years), present_years(calendar)

    def overnight(s: Label, p: Label) -> tuple[Index, Expr]:
        return (p,), usd * (equipped[s, p] - equipped.get((s, p - 1)))

    def cost(s: Label, p: Label) -> tuple[Label, Expr]:
        return p, yearly * at(years, p) * arrived(equipped, (s,), data.lag, p)

    build.add_each("overnight_usd", data.orders, overnight)
    build.cost_each(data.served, cost)


def constrain(build: Build, data: RideThroughData) -> None:
    """Add commitment, equipment, draw and trip limits."""
    equipped, held = build.variables["equipped_mw"], build.variables["held_mw"]
    draws = set(data.draws)
    holding = sorted(draws & set(data.served))

    @whole
    def equipped_committed(s: Label, p: Label) -> tuple[Expr, Expr]:
        return equipped[s, p], at(data.most_mw, s) * build.commit[s, p]

    @whole
    def held_limit(s: Label, p: Label) -> tuple[Expr, Expr]:
        return held[s, p], arrived(equipped, (s,), data.lag, p)

    @whole
    def held_draw(s: Label, p: Label) -> tuple[Expr, Expr]:
        return held[s, p], build.total("grid_mw", (s, p))

    def drawing(group: str, p: int) -> list[str]:
        return [s for s in data.members[group] if (s, p) in draws]

    def loose(s: Label, p: Label) -> Expr:
        return build.total("grid_mw", (s, p)) - held.get((s, p))

    @whole
    def trip_limit(group: Label, p: Label) -> tuple[Expr, Expr]:
        return sum_over(pick(drawing, group, p), loose, p), at(data.max_trip_mw, group)

    doc = "equipment of a committed site"
    build.at_most("equipped_committed", data.orders, equipped_committed, doc=doc, unit="MW")
    build.at_most("held", holding, held_limit, doc="draw held by equipment", unit="MW")
    build.at_most("held_draw", holding, held_draw, doc="held is part of the draw", unit="MW")
    build.at_most("trip_limit", data.group_periods, trip_limit, doc="trip", unit="MW")


COLUMNS = ("site", "equipped_mw", "start_date", "in_service_date", "overnight_usd")
GROUP_COLUMNS = ("period_start", "group", "drawn_mw", "held_mw", "trip_mw", "max_trip_mw")


def report(values: Values, data: RideThroughData) -> dict[str, Table]:
    """Equipment ordered, and what would trip in each group and period."""
    starts = data.system.calendar.starts
    rows = []
    before: dict[str, float] = {}
    for s, p in data.orders:
        now = values.get("ride_through.equipped_mw", (s, p))
        more = rest(now, before.get(s, 0.0))
        if more > 0:
            rows.append(_row(data, s, starts[p], more))
            before[s] = now
    orders = Table.of(COLUMNS, rows)
    draw = {(s, p): values.total("grid_mw", (s, p)) for s, p in data.draws}
    groups = _group_table(data, draw, _in_service({"ride_through": orders}, data))
    return {"ride_through": orders, "trip_groups": groups}


def _row(data: RideThroughData, site: str, start: date, mw: float) -> dict[str, Cell]:
    """The row of an order; dates and cost follow from site, date and MW."""
    period = data.system.calendar.period_from(add_months(start, data.lead_months))
    return {
        "site": site,
        "equipped_mw": mw,
        "start_date": start,
        "in_service_date": None if period is None else data.system.calendar.starts[period],
        "overnight_usd": mw * data.overnight_usd_per_mw,
    }


def _in_service(tables: Mapping[str, Table], data: RideThroughData) -> dict[SitePeriod, float]:
    """Equipment in service by site and period, from the orders [MW]."""
    calendar = data.system.calendar
    total: dict[SitePeriod, float] = {}
    for _, row in rows_of(tables, "ride_through"):
        ready = day(row, "in_service_date")
        first = None if ready is None else calendar.period_from(ready)
        for p in calendar.periods[len(calendar) if first is None else first :]:
            key = (str(row["site"]), p)
            total[key] = total.get(key, 0.0) + number(row, "equipped_mw")
    return total


def _group_table(
    data: RideThroughData, draw: Mapping[SitePeriod, float], equipped: Mapping[SitePeriod, float]
) -> Table:
    """What each group draws, how much of it equipment holds, and the rest, which would trip."""
    rows: list[dict[str, Cell]] = []
    for group, p in sorted(data.group_periods, key=lambda pair: (pair[1], pair[0])):
        at = [(s, p) for s in data.members[group]]
        drawn = sum(draw.get(key, 0.0) for key in at)
        held = sum(min(draw.get(key, 0.0), equipped.get(key, 0.0)) for key in at)
        if drawn > 0:
            rows.append(
                {
                    "period_start": data.system.calendar.starts[p],
                    "group": group,
                    "drawn_mw": drawn,
                    "held_mw": held,
                    "trip_mw": drawn - held,
                    "max_trip_mw": data.max_trip_mw[group],
                }
            )
    return Table.of(GROUP_COLUMNS, rows)


def audit(data: RideThroughData, tables: Mapping[str, Table]) -> AuditResult:
    """Re-check orders, re-derive what would trip from the draws, recompute the cost."""
    calendar = data.system.calendar
    findings: list[Finding] = []
    cost: dict[int, float] = {}
    spent: dict[int, float] = {}
    ordered: dict[str, float] = {}
    seen: set[SitePeriod] = set()
    for row_name, row in rows_of(tables, "ride_through"):
        start, s, mw = day(row, "start_date"), str(row["site"]), number(row, "equipped_mw")
        p = None if start is None else calendar.period_at(start)
        if start is None or p is None or (s, p) not in data.orders or (s, p) in seen or mw <= 0:
            what = "not one order of a site then, in service within the horizon"
            findings.append(Finding("ride_through.order", row_name, what))
            continue
        seen.add((s, p))
        expected = _row(data, s, start, mw)
        findings += row_differences("ride_through.cells", row_name, row, expected)
        ordered[s] = ordered.get(s, 0.0) + mw
        usd, first = number(expected, "overnight_usd"), day(expected, "in_service_date")
        ready = None if first is None else calendar.period_at(first)
        add_to(cost, capital_by_period(calendar, ready, usd, data.lifetime_years))
        add_to(spent, {p: usd})
    findings += _audit_committed(data, tables, seen, ordered)
    findings += _audit_trips(data, tables)
    # the state is in MW, so it may fall by what the solver lets a row be broken, at the price of a MW
    noise_usd = SAME_ABSOLUTE * data.overnight_usd_per_mw * len(dict(data.orders))
    slack = dict.fromkeys(calendar.periods, noise_usd)
    return AuditResult(tuple(findings), cost, spent, slack, slack)


def _audit_committed(
    data: RideThroughData,
    tables: Mapping[str, Table],
    seen: set[SitePeriod],
    ordered: Mapping[str, float],
) -> Iterator[Finding]:
    """Orders of committed sites only, and no more in all than a site can draw."""
    committed = {
        str(row["site"]): day(row, "commit_date") for _, row in rows_of(tables, "commitments")
    }
    for s, p in sorted(seen):
        begun, start = committed.get(s), data.system.calendar.starts[p]
        if begun is None or begun > start:
            what = f"ordered on {start}, committed {begun or 'never'}"
            yield Finding("ride_through.equipped_committed", f"site {s}", what)
    for s, mw in sorted(ordered.items()):
        if exceeds(mw, data.most_mw[s]):
            what = f"{mw:.3f} MW ordered, the site draws at most {data.most_mw[s]:.3f}"
            yield Finding("ride_through.equipped_committed", f"site {s}", what)


def _audit_trips(data: RideThroughData, tables: Mapping[str, Table]) -> Iterator[Finding]:
    """The table of groups against draws and orders, and each trip against its limit."""
    draw = sum_by(tables, "power", ("site",), "grid_mw", data.system.calendar)
    expected = _group_table(data, draw, _in_service(tables, data))
    rule, keys = "ride_through.trip_groups", ("period_start", "group")
    yield from compare_tables(rule, "trip_groups", tables.get("trip_groups"), expected, keys)
    for row in expected:
        trip, limit = number(row, "trip_mw"), number(row, "max_trip_mw")
        if exceeds(trip, limit):
            what = f"{trip:.3f} MW would trip on {row['period_start']}, at most {limit:g}"
            yield Finding("ride_through.trip_limit", f"group {row['group']}", what)


def check(system: System, config: RideThroughConfig) -> list[Issue]:
    """Limits that name zones or nodes that exist and hold a site."""
    issues = []
    for name, limit in sorted(config.limits.items()):
        where = f"components.ride_through.limits.{name}"
        wrong = False
        for field, named, known in (
            ("zones", limit.zones, sorted(system.zones)),
            ("nodes", limit.nodes, sorted(system.nodes)),
        ):
            for place in sorted(set(named) - set(known)):
                wrong = True
                issues.append(
                    Issue(
                        f"{where}.{field}",
                        f"unknown {field[:-1]} '{place}'",
                        f"one of {known[:8]}" if known else f"a {field[:-1]} of the scenario",
                        f"Correct it or add it to {field}",
                    )
                )
        if not wrong and not _sites_of(system, limit):
            issues.append(
                Issue(
                    where,
                    "no site lies in its zones or at its nodes",
                    "zones or nodes with a site",
                    "Name one, or remove the limit",
                )
            )
    return issues


COMPONENT = Component(
    name="ride_through",
    config=RideThroughConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy",),
    tables={"limits": TripLimit},
    purchases={"equipped_mw": "by_period"},
    formulation=__doc__ or "",
)
