r"""Plants: new power in whole units, on site or through the grid, and named plants with dates.

Question: which units and named plants are started when, what firm capacity and energy do they
give, and is anything counted before it exists?
Assumptions: permits, main equipment and construction are separate stages (see
``Technology.ready_date``); units at a site also wait for the site's review before construction.
A grid-delivered unit waits for the zone's generation queue; a named plant has its rights.
Units are never removed. Capital is an annuity from the in-service date.

Formulation
-----------
    (units_monotone) n[k,l,p-1] <= n[k,l,p]
    (start_monotone) v[j,p-1] <= v[j,p]
    (reviewed)       n[k,s,p] <= N[k,s] * (site committed in one of Q, with the review it took)
                     Q: commitments up to p whose review ends before construction must begin
    (supply)         sum_l n[k,l,p] - n[k,l,p-1] <= R[k] * years[p], at least one unit
    (output)         o[k,l,p] <= CF[k] * M[k] * n[k,l,last(p)]
    (deliverable)    x[j,p] <= W[j,p] * v[j,last(p)]
    (shared_rights)  sum_{j in group} x[j,p] <= W[holder]
    (named_output)   o[j,p] <= CF[k(j)] * x[j,p]
    (learned)        a[k] * b[k,p] <= sum_l n[k', l, milestone(p)] + named plants of k'      k' = after[k]
    (sequence)       n[k,l,p] <= N[k,l] * b[k,p],   (unlocked_monotone) b[k,p-1] <= b[k,p]
    (construction_slots)  sum_{k in group, l} n[k,l, begun(p)] - n[k,l, built(p)] <= Q[group]
    (exclusive)      sum_{j in group} v[j,P] <= 1
    (unit_there)     n[k,s,last(p)] <= N[k,s] * h[k,s,p]                      sites under N+1 only
    (largest_out)    m[s,p] <= g[s,p] + N[s,p] - M[k] * h[k,s,p]
    firm             CC[k,l] * M[k] * n[k,l,last(p)] on site or in the zone; CC * x[j,p] in the zone
    cost             sum d[p] years[p] * ((crf K + O) * M * n[last] + 8760 * f[k] * o)

Symbols
-------
    n[k,l,p]   units of technology k started at place l            count, integer, cumulative
    v[j,p]     named plant j started                               binary, cumulative
    o          average output                                      average MW
    x[j,p]     capacity of a named plant that the grid can take    MW
    M, N       unit size, most units of use at a place             MW, count
    CF, CC     capacity factor, capacity credit                    share
    W          interconnection rights                              MW
    b[k,p]     enough units of the predecessor started or running  binary, cumulative
    h[k,s,p]   site has a unit of k in service                     binary
    m, g, N    facility load, grid draw, nameplate on site         MW, ledger
    a, Q       units that come first, units under construction     count
    R          units the country can start in a year               count
    K, O, f    overnight, fixed operation, fuel and variable       USD per MW, a year, per MWh

Sources: ``models/libraries/technologies.yaml``, ``data/geo/plants.geojson``.
Learning: each generation of a design is a technology with its own cost and stages that starts only
after units of the one before; a curve by cumulative units is a chain of them, and exact.
``N`` covers the most that its place can use, whatever the plan: the load of a site; in a zone the load
of its sites with their margin, what ``interfaces`` can send from it, and what brings the price of
capacity down where ``ratepayer`` caps bills; and the units that another technology waits for.
Limits: units stand at sites that can carry load, and deliver to zones with such a site, to any zone
where ``interfaces`` join them; a technology bound to states only to zones with a site in them.
N+1 looks at one unit of one technology at a time, at nameplate; without it outages are in the
capacity credit. A named plant that retires owes its capital to the end of the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from siting.components.base import Build, Component, arrived, committed_by
from siting.components.plants_bounds import (
    check_order,
    guarded_sites,
    named_lag_of,
    places_for,
    reviewed_by,
    rights_by_period,
    supply_units,
    unit_limit,
    unlocking_units,
    zone_record,
)
from siting.components.plants_order import OrderData, constrain_order, declare_order, prepare_order
from siting.components.plants_report import audit, report
from siting.components.plants_settings import NamedPlant, PlantsConfig, Technology
from siting.components.plants_supply import declare_named, declare_units
from siting.components.whole import Expr, Label, at, parts, pick, sum_over, whole
from siting.core.calendar import Lag, Terms
from siting.core.errors import Issue
from siting.core.system import System


@dataclass(frozen=True)
class PlantsData:
    """Numbers of the formulas; places are sites, then zones, sorted."""

    system: System
    technologies: Mapping[str, Technology]
    named: Mapping[str, NamedPlant]
    queue_months: Mapping[tuple[str, str], float]
    credit: Mapping[tuple[str, str], float]
    lag: Mapping[tuple[str, str], Lag]
    max_units: Mapping[tuple[str, str], int]
    unit_starts: tuple[tuple[str, str, int], ...]
    unit_service: tuple[tuple[str, str, int], ...]
    review_by: Mapping[tuple[str, str, int], tuple[Terms, Terms]]
    """Commitments, own and tiered, that a unit started at a place in a period may stand on."""
    supply_units: Mapping[tuple[str, int], int]
    named_lag: Mapping[str, Lag]
    named_starts: tuple[tuple[str, int], ...]
    named_service: tuple[tuple[str, int], ...]
    rights_mw: Mapping[tuple[str, int], float]
    rights_groups: Mapping[tuple[str, int], tuple[str, ...]]
    """(holder, period) -> plants that share the holder's rights then, two or more."""
    holder_mw: Mapping[str, float]
    order: OrderData

    def is_site(self, place: str) -> bool:
        """Whether a place is a site rather than a zone."""
        return place in self.system.sites


def prepare(system: System, config: PlantsConfig) -> PlantsData:
    """Places, stages as lags, bounds on units, and rights by period."""
    calendar = system.calendar
    queue, credit, lags, most, starts, service = {}, {}, {}, {}, [], []
    guarded = guarded_sites(system, config)
    review_by: dict[tuple[str, str, int], tuple[Terms, Terms]] = {}
    for name, tech in sorted(config.technologies.items()):
        for place in places_for(system, tech):
            key = (name, place)
            zone = system.sites[place].zone if place in system.sites else place
            on_site = place in system.sites
            wait = 0.0 if on_site else system.zones[place].generation_queue_months
            lag = calendar.lag(partial(tech.ready_date, queue_months=wait))
            spares = int(place in guarded)
            firm = tech.credit_frac(zone_record(system, zone))
            limit = unit_limit(system, tech, place, firm, spares, unlocking_units(config, name))
            periods = [
                p
                for p in range(lag.starts[-1] + 1 if lag.starts else 0)
                if tech.available_from is None or calendar.starts[p] >= tech.available_from
            ]
            kept = []
            for p in periods:
                reviewed = reviewed_by(system, tech, place, p) if on_site else ((), ())
                if any(reviewed) or not on_site:
                    review_by[name, place, p] = reviewed
                    kept.append(p)
            if limit < 1 or not kept:
                continue
            queue[key], credit[key] = wait, firm
            lags[key], most[key] = lag, limit
            starts += [(name, place, p) for p in kept]
            first = lag.arrival[kept[0]]
            service += [(name, place, p) for p in calendar.periods if p >= (first or 0)]
    named_lag = {
        j: lag
        for j, plant in sorted(config.named.items())
        if (lag := named_lag_of(system, plant)).starts
    }
    named = {j: config.named[j] for j in named_lag}
    rights, groups = rights_by_period(system, config, named, named_lag)
    return PlantsData(
        system=system,
        technologies=dict(sorted(config.technologies.items())),
        named=named,
        queue_months=queue,
        credit=credit,
        lag=lags,
        max_units=most,
        unit_starts=tuple(starts),
        unit_service=tuple(service),
        review_by=review_by,
        supply_units=supply_units(system, config),
        named_lag=named_lag,
        named_starts=tuple((j, p) for j in named for p in range(named_lag[j].starts[-1] + 1)),
        order=prepare_order(system, config, lags, tuple(starts), tuple(service), named_lag),
        named_service=tuple(sorted(rights)),
        rights_mw=rights,
        rights_groups=groups,
        holder_mw={h: config.named[h].own_rights_mw for h, _ in groups},
    )


def declare(build: Build, data: PlantsData) -> None:
    """Declare units, named plants and their output; add firm capacity, energy and cost."""
    units = build.variable(
        "units",
        data.unit_starts,
        domain="integer",
        upper=lambda k, place, p: at(data.max_units, k, place),
        doc="units started up to a period",
    )
    build.cumulative("units_monotone", units, data.unit_starts)
    build.variable(
        "output_mw",
        data.unit_service,
        upper=lambda k, place, p: (
            at(lambda k: _average_mw(data.technologies[k]), k) * at(data.max_units, k, place)
        ),
        doc="average output of a technology at a place",
    )
    start = build.variable(
        "start", data.named_starts, domain="binary", doc="named plant started up to a period"
    )
    build.cumulative("start_monotone", start, data.named_starts)
    build.variable(
        "deliver_mw",
        data.named_service,
        upper=lambda j, p: at(data.rights_mw, j, p),
        doc="capacity of a named plant that the grid can take",
    )
    build.variable("named_output_mw", data.named_service, doc="average output of a named plant")
    declare_order(build, data)
    declare_units(build, data)
    declare_named(build, data)


def _average_mw(tech: Technology) -> float:
    """Most average output of a unit [MW]."""
    return tech.capacity_factor_frac * tech.unit_mw


def constrain(build: Build, data: PlantsData) -> None:
    """Reviews, national supply, output, rights."""
    units, output = build.variables["units"], build.variables["output_mw"]
    start, deliver = build.variables["start"], build.variables["deliver_mw"]
    named_output = build.variables["named_output_mw"]
    technologies = data.technologies
    average_mw = {k: _average_mw(tech) for k, tech in technologies.items()}

    @whole
    def reviewed(k: Label, place: Label, p: Label) -> tuple[Expr, Expr]:
        own, tiered = parts(pick(data.review_by, k, place, p))
        committed = committed_by(build, place, own, tiered)
        return units[k, place, p], at(data.max_units, k, place) * committed

    places_of: dict[tuple[str, int], list[str]] = {}
    for k, place, p in data.unit_starts:
        places_of.setdefault((k, p), []).append(place)

    def newly(place: Label, k: Label, p: Label) -> Expr:
        return units[k, place, p] - units.get((k, place, p - 1))

    @whole
    def supply(k: Label, p: Label) -> tuple[Expr, Expr]:
        return sum_over(pick(places_of, k, p), newly, k, p), at(data.supply_units, k, p)

    @whole
    def output_limit(k: Label, place: Label, p: Label) -> tuple[Expr, Expr]:
        count = arrived(units, (k, place), pick(data.lag, k, place), p)
        return output[k, place, p], at(average_mw, k) * count

    @whole
    def deliverable(j: Label, p: Label) -> tuple[Expr, Expr]:
        running = arrived(start, (j,), pick(data.named_lag, j), p)
        return deliver[j, p], at(data.rights_mw, j, p) * running

    def shared_rights(holder: str, p: int) -> tuple[Expr, Expr]:
        together = sum(deliver[j, p] for j in data.rights_groups[holder, p])
        return together, data.holder_mw[holder]

    @whole
    def named_limit(j: Label, p: Label) -> tuple[Expr, Expr]:
        share = at(lambda j: technologies[data.named[j].technology].capacity_factor_frac, j)
        return named_output[j, p], share * deliver[j, p]

    at_sites = [key for key in data.unit_starts if data.is_site(key[1])]
    supplied = sorted(key for key in places_of if key in data.supply_units)
    build.at_most("reviewed", at_sites, reviewed, doc="units after the review", unit="units")
    build.at_most("supply", supplied, supply, doc="units the country can start", unit="units")
    build.at_most("output", data.unit_service, output_limit, doc="output", unit="average MW")
    build.at_most("deliverable", data.named_service, deliverable, doc="rights", unit="MW")
    groups = sorted(data.rights_groups)
    build.at_most("shared_rights", groups, shared_rights, doc="shared rights", unit="MW")
    build.at_most("named_output", data.named_service, named_limit, doc="output", unit="MW")
    constrain_order(build, data)


def check(system: System, config: PlantsConfig) -> list[Issue]:
    """Technologies, zones and rights that exist; no cycle of borrowed rights or of kinds."""
    issues = check_order(config)
    where = "components.plants.named"
    for j, plant in config.named.items():
        for field, known in (("technology", config.technologies), ("zone", system.zones)):
            value = getattr(plant, field)
            if value not in known:
                issues.append(
                    Issue(
                        f"{where}.{j}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {sorted(known)[:8]}",
                        "Correct it or add it",
                    )
                )
        chain = [j]
        while (following := config.named[chain[-1]].rights_from) is not None:
            if following not in config.named:
                issues.append(
                    Issue(
                        f"{where}.{chain[-1]}.rights_from",
                        f"unknown plant '{following}'",
                        "a named plant",
                        "Correct it or add the plant",
                    )
                )
                break
            if following in chain:
                circle = " -> ".join([*chain[chain.index(following) :], following])
                issues.append(
                    Issue(
                        f"{where}.{j}.rights_from",
                        f"plants borrow interconnection rights in a circle: {circle}",
                        "a chain that ends at a plant with rights of its own",
                        "Remove rights_from from one of them",
                    )
                )
                break
            chain.append(following)
    return issues


COMPONENT = Component(
    name="plants",
    config=PlantsConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy",),
    tables={"named": NamedPlant, "technologies": Technology},
    purchases={"units": "by_period", "start": "by_period"},
    formulation=__doc__ or "",
)
