r"""Curtailment: sites that give way in peak hours may use more of what a zone can take.

Question: which curtailment tier does each site choose, what gives way, and how much load does a zone
take for it?
Assumptions: a year has two load blocks, ``normal`` and ``peak``; ``peak`` is the tier's curtailed hours.
A zone's curve says how much energy a constant new load must give up; all sites of the zone share it,
and what their tiers offer together must cover what their load together needs. Sites give way by
pausing flexible load or by power on site. A tier is chosen once. Rivals never give way; the plan
answers for what it adds beyond them. Load that gives way needs no accredited capacity.

Formulation
-----------
    (one_tier)       sum_t y[s,t] <= c[s,P]
    (tier_draw)      g[s,p] = sum_t d[s,t,p]
    (tier_choice)    d[s,t,p] <= G[s,p] * y[s,t]
    (tier_connected) d[s,t,p] <= G[s,p] * k[s, last_t(p)]          connection in the months of the tier
    (opened)         k[s, last_a(p)] + Y[s,a] <= 1 + v[s,p]        each wait a, where tiers differ in it
    (real_load)      sum_{t > 0} d[s,t,p] <= m[s,p]
    (curve)          a[k] * L[z,p] + b[k] - E(R[z,p]) <= sum_{s in z, t} tau[t] * d[s,t,p]    each segment k
    (curve_end)      L[z,p] <= H[z]
    with             L[z,p] = R[z,p] + sum_{s in z} g[s,p] - Fz[z,p] - Az[z,p]
    (paused)         f[s,t,p] <= D[t] * d[s,t,p]
    (flexible)       sum_t f[s,t,p] <= sum_w phi[w] * x[w,s,p]
    (peak_balance)   m[s,p] - sum_t f[s,t,p] <= g[s,p] - sum_t D[t] * d[s,t,p] + F[s,p]
    (given_way)      sum_t D[t] * d[s,t,p] <= sum_t f[s,t,p] + F[s,p]
    (pause_backed)   (1 - phi) * sum_t f[s,t,p] <= phi * (F[s,p] + sum_{t > 0} (1 - D[t]) * d[s,t,p])
                     phi the largest flexible share
    (backup_energy)  sum_t (tau[t] / D[t]) * (D[t] * d[s,t,p] - f[s,t,p]) <= O[s,p]
                     Y[s,a] = sum of y[s,t] over tiers with a wait of at most a, firm being who chose none
    valid inequalities
    (tier_node)      d[s,t,p] <= C[n,p] * k[s, last_t(p)] + An[n,p]        where C < G
    (zone_connected) g[s,p] <= X[z,p,j] * v[s,p] + U[z,p] + S[z,p,j]
    (firm_choice)    d[s,0,p] <= X[z,p,j] * y[s,0] + U[z,p] + (S[z,p,j] without s)
    (firm_connected) d[s,0,p] <= X[z,p,j] * k[s, last_firm(p)] + U[z,p] + (S[z,p,j] without s)
                     each where X < C and X < G
    with             X[z,p,j] = (E(R[z,p]) - b[j]) / a[j] - R[z,p]     load that segment j takes by itself
                     S[z,p,j] = sum_{s in z, t > 0} tau[t] / a[j] * d[s,t,p]
                     and of curve_end X[z,p,0] = max(0, H[z] - R[z,p]) with S[z,p,0] = 0
                     U[z,p] = Fz[z,p] + Sz[z,p] + Az[z,p], what is delivered to the zone at least 0
    lost energy      q[s,p] = sum_t (tau[t] / D[t]) * f[s,t,p], left out of the energy balance
    cost             sum d[p] years[p] * 8760 * v * q[s,p]

Symbols
-------
    y[s,t]     site s chooses tier t                            binary
    d[s,t,p]   draw under a tier                                MW
    f[s,t,p]   flexible load that pauses in peak hours          MW
    x[w,s,p]   IT load of a workload, ledger                    MW
    k[s,p]     connection started                               binary, ledger
    v[s,p]     connection in service under the tier chosen, and paid for from then on; ledger
               ``connected``                                    0 or 1
    m, F, O    facility load, firm power, output on site        MW, ledger
    tau, D     curtailed share of energy, largest depth         share
    E          curve of a zone: (H[tier], tau * H[tier]), piecewise linear and convex, segments (a, b)
    R, Fz, Az  rivals, new firm supply, upgrades of the zone    MW
    Sz, An     sent by ``interfaces``, upgrades of the node     MW
    G, C       largest useful draw; node after its rivals       MW
    phi, v     flexible share, value of paused compute          share, USD per MWh

``given_way`` and ``pause_backed`` cut off mixtures of tiers and say nothing new of a plan: a firm site has
d = f = 0 for t > 0, so both hold; at any other all draw is under tiers t > 0, where ``peak_balance`` reads
m <= f + F + (1 - D) d, and with d <= m (``real_load``) and f <= phi * m (``flexible``, PUE at least 1)
both follow. Without them the relaxation pauses the flexible share of load that is firm.
The others follow from the limit of the node and the curve of the zone: where the binary is 0 there is no
draw and the right side is not negative; where it is 1 they are the limit itself, with the draw of others left
out on the left, and a firm site's own draw that gives way, which is 0, on the right. Without them a relaxed
site that its zone allows a third of its node pays for a third of its gen-tie, and is a third firm.
The chords of a convex curve lie above it, so what a load between two tiers needs is never understated.
A curve begins at what the zone takes firm, stated or estimated from its surplus and all tiers it states,
and ends at the deepest tier on offer that it states, or where it begins; a zone that states no headroom,
and any zone where ``headroom.is_zone_limited`` is false, has none.
Sources: Norris et al., Rethinking Load Growth (Duke University, 2025): headroom and curtailed hours by
tier; tiers in ``models/libraries/curtailment.yaml``.
Limits: one MW of paused IT load frees one MW, its cooling is not counted; backup on site is asked for
energy in proportion to depth; the order of events within a year is not modelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from siting.components.base import Build, Component, Index
from siting.components.curtailment_connections import connected, constrain_openings
from siting.components.curtailment_parts import against_part_connections, delivered
from siting.components.curtailment_report import audit, report
from siting.components.curtailment_settings import FIRM, CurtailmentConfig, check, slopes
from siting.components.whole import Expr, Label, at, pick, sum_over, whole
from siting.core.calendar import Lag, add_months
from siting.core.finance import present_years
from siting.core.system import System
from siting.core.units import HOURS_PER_YEAR


@dataclass(frozen=True)
class CurtailmentData:
    """Numbers of the formulas; tiers are sorted by share, ``0pct`` first."""

    system: System
    tiers: tuple[str, ...]
    share: Mapping[str, float]
    depth: Mapping[str, float]
    hours: Mapping[str, float]
    flexible: Mapping[str, float]
    lost_usd_per_mwh: float
    sites: tuple[str, ...]
    draws: tuple[tuple[str, str, int], ...]
    pauses: tuple[tuple[str, str, int], ...]
    connect_months: Mapping[tuple[str, str], float]
    connect_lag: Mapping[tuple[str, str], Lag]
    opening: Mapping[tuple[str, float], Lag]
    """Lag of each wait for a connection, by site and months, of sites that have several."""
    sites_in: Mapping[str, tuple[str, ...]]
    curve: Mapping[tuple[str, int], tuple[tuple[float, float], ...]]
    """Points (load, curtailed average MW) of each zone and period."""

    @property
    def opening_index(self) -> list[tuple[str, int]]:
        """(site, period) of sites whose connection is in service at a date that their tier decides."""
        sites = dict.fromkeys(s for s, _ in self.opening)
        return [(s, p) for s in sites for p in self.system.calendar.periods]

    def needed_mw(self, zone: str, period: int, load_mw: float) -> float:
        """Average MW that a load of a zone must give up; the curve continues on its segments."""
        lines = slopes(list(self.curve[zone, period]))
        return max([0.0, *(slope * load_mw + intercept for slope, intercept in lines)])

    def end_mw(self, zone: str, period: int) -> float:
        """Most that rivals leave of a curve."""
        taken = self.system.rival_mw.get(("zone", zone, period), 0.0)
        return max(0.0, self.curve[zone, period][-1][0] - taken)

    def loads_alone(self, zone: str, period: int) -> list[tuple[float, float]]:
        """What a zone takes of one site: MW by itself, and MW for each average MW that is given up; at
        its end, and on each rising segment of its curve. Empty where the zone has no limit."""
        points = self.curve.get((zone, period))
        if not points:
            return []
        taken = self.system.rival_mw.get(("zone", zone, period), 0.0)
        excused = self.needed_mw(zone, period, taken)
        rising = [(slope, intercept) for slope, intercept in slopes(list(points)) if slope > 0]
        return [
            (self.end_mw(zone, period), 0.0),
            *(((excused - intercept) / slope - taken, 1 / slope) for slope, intercept in rising),
        ]


def prepare(system: System, config: CurtailmentConfig) -> CurtailmentData:
    """Curve of each zone that is limited, and the tiers its data allow."""
    calendar = system.calendar
    sites = tuple(s for s in system.node_of if s in system.first_service)
    zones = system.zones_used(sites)
    curve: dict[tuple[str, int], tuple[tuple[float, float], ...]] = {}
    for z in zones if system.is_zone_limited else ():
        for p, start in enumerate(calendar.starts):
            record = system.zones[z]
            surplus = record.surplus_mw(start) or 0.0
            points = config.curve(record, surplus, record.margin_frac(start))
            if points:
                curve[z, p] = tuple(points)
    tiers = (FIRM, *(t for t in sorted(config.tiers, key=config.share) if t != FIRM))
    periods = [pair for pair in system.grid_periods if pair[0] in sites]
    months: dict[tuple[str, str], float] = {}
    for s in sites:
        for t in tiers:
            months[s, t] = system.service_months(s, t)
    return CurtailmentData(
        system=system,
        tiers=tiers,
        share={t: config.share(t) for t in tiers},
        depth={t: config.tiers[t].depth_frac if t != FIRM else 0.0 for t in tiers},  # type: ignore[index]
        hours={t: config.tiers[t].hours_per_year if t != FIRM else 0.0 for t in tiers},  # type: ignore[index]
        flexible={w: share for w, share in sorted(config.flexible_frac.items()) if share > 0},
        lost_usd_per_mwh=config.lost_usd_per_mwh,
        sites=sites,
        draws=tuple((s, t, p) for s, p in periods for t in tiers),
        pauses=tuple((s, t, p) for s, p in periods for t in tiers if t != FIRM),
        connect_months=months,
        connect_lag={
            key: calendar.lag(partial(add_months, months=wait)) for key, wait in months.items()
        },
        opening={
            (s, wait): calendar.lag(partial(add_months, months=wait))
            for s in sites
            for wait in system.opening_months(s)
            if len(system.opening_months(s)) > 1
        },
        sites_in={z: tuple(s for s in sites if system.sites[s].zone == z) for z in zones},
        curve=curve,
    )


def declare(build: Build, data: CurtailmentData) -> None:
    """Declare tiers, draws and pauses; add what gives way and what is lost."""
    choices = [(s, t) for s in data.sites for t in data.tiers]
    build.variable("tier", choices, domain="binary", doc="site chooses a tier")
    draw = build.variable(
        "draw_mw",
        data.draws,
        upper=lambda s, t, p: at(data.system.draw_limit_mw, s, p),
        doc="draw under a tier",
    )
    paused = build.variable("paused_mw", data.pauses, doc="flexible load that pauses")
    serves = build.variable(
        "serves",
        data.opening_index,
        upper=lambda s, p: 1.0,
        doc="connection of a site is in service under its tier",
    )
    share_lost = {t: data.share[t] / data.depth[t] for t in data.tiers[1:]}
    usd = {
        p: years * HOURS_PER_YEAR * data.lost_usd_per_mwh
        for p, years in present_years(data.system.calendar).items()
    }

    def gives(s: Label, t: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(data.depth, t) * draw[s, t, p]

    def lost(s: Label, t: Label, p: Label) -> tuple[Index, Expr]:
        return (s, p), at(share_lost, t) * paused[s, t, p]

    def cost(s: Label, t: Label, p: Label) -> tuple[Label, Expr]:
        return p, at(usd, p) * (at(share_lost, t) * paused[s, t, p])

    build.add_each("give_way_mw", data.pauses, gives)
    build.add_each("lost_mw", data.pauses, lost)
    build.cost_each(data.pauses, cost)
    build.add_each("connected", data.opening_index, lambda s, p: ((s, p), serves[s, p]))


def constrain(build: Build, data: CurtailmentData) -> None:
    """Tiers of sites, then the curves of zones, then what tightens the relaxation."""
    _constrain_sites(build, data)
    constrain_openings(build, data)
    _constrain_backup(build, data)
    _constrain_zones(build, data)
    against_part_connections(build, data)


def _constrain_sites(build: Build, data: CurtailmentData) -> None:
    """One tier a site, and something that gives way behind it."""
    tier, draw = build.variables["tier"], build.variables["draw_mw"]
    paused = build.variables["paused_mw"]
    last = len(data.system.calendar) - 1
    soft = data.tiers[1:]

    @whole
    def one_tier(s: Label) -> tuple[Expr, Expr]:
        return sum(tier[s, t] for t in data.tiers), build.commit[s, last]

    @whole
    def tier_draw(s: Label, p: Label) -> tuple[Expr, Expr]:
        return sum(draw[s, t, p] for t in data.tiers), build.total("grid_mw", (s, p))

    @whole
    def tier_choice(s: Label, t: Label, p: Label) -> tuple[Expr, Expr]:
        return draw[s, t, p], at(data.system.draw_limit_mw, s, p) * tier[s, t]

    @whole
    def real_load(s: Label, p: Label) -> tuple[Expr, Expr]:
        return sum(draw[s, t, p] for t in soft), build.total("facility_mw", (s, p))

    @whole
    def tier_connected(s: Label, t: Label, p: Label) -> tuple[Expr, Expr]:
        most = at(data.system.draw_limit_mw, s, p) * connected(build, data, s, t, p)
        return draw[s, t, p], most

    @whole
    def pause(s: Label, t: Label, p: Label) -> tuple[Expr, Expr]:
        return paused[s, t, p], at(data.depth, t) * draw[s, t, p]

    @whole
    def flexible(s: Label, p: Label) -> tuple[Expr, Expr]:
        able = sum(
            share * build.total("workload_it_mw", (w, s, p)) for w, share in data.flexible.items()
        )
        return sum(paused[s, t, p] for t in soft), able

    @whole
    def peak_balance(s: Label, p: Label) -> tuple[Expr, Expr]:
        load = build.total("facility_mw", (s, p)) - sum(paused[s, t, p] for t in soft)
        gives = build.total("give_way_mw", (s, p))
        return load, build.total("grid_mw", (s, p)) - gives + build.total("onsite_firm_mw", (s, p))

    pairs = sorted({(s, p) for s, _, p in data.draws})
    sites = [(s,) for s in data.sites]
    build.at_most("one_tier", sites, one_tier, doc="tier of a committed site")
    build.equal("tier_draw", pairs, tier_draw, doc="draw by tier", unit="MW")
    build.at_most("tier_choice", data.draws, tier_choice, doc="draw of the tier chosen")
    build.at_most("tier_connected", data.draws, tier_connected, doc="connection of the tier")
    build.at_most("real_load", pairs, real_load, doc="only load can give way", unit="MW")
    build.at_most("paused", data.pauses, pause, doc="what pauses gives way", unit="MW")
    build.at_most("flexible", pairs, flexible, doc="flexible load", unit="MW")
    build.at_most("peak_balance", pairs, peak_balance, doc="load in peak hours", unit="MW")


def _constrain_backup(build: Build, data: CurtailmentData) -> None:
    """Something gives way, and what does not pause is made on site; no site is partly firm and pauses
    the flexible share of all its load."""
    draw, paused = build.variables["draw_mw"], build.variables["paused_mw"]
    soft = data.tiers[1:]
    most = max(data.flexible.values(), default=0.0)

    @whole
    def given_way(s: Label, p: Label) -> tuple[Expr, Expr]:
        pauses = sum(paused[s, t, p] for t in soft)
        gives = build.total("give_way_mw", (s, p))
        return gives, pauses + build.total("onsite_firm_mw", (s, p))

    @whole
    def pause_backed(s: Label, p: Label) -> tuple[Expr, Expr]:
        kept = sum((1 - data.depth[t]) * draw[s, t, p] for t in soft)
        backed = build.total("onsite_firm_mw", (s, p)) + kept
        return (1 - most) * sum(paused[s, t, p] for t in soft), most * backed

    @whole
    def backup_energy(s: Label, p: Label) -> tuple[Expr, Expr]:
        replaced = sum(
            data.share[t] / data.depth[t] * (data.depth[t] * draw[s, t, p] - paused[s, t, p])
            for t in soft
        )
        return replaced, build.total("onsite_output_mw", (s, p))

    pairs = sorted({(s, p) for s, _, p in data.draws})
    build.at_most("given_way", pairs, given_way, doc="something gives way", unit="MW")
    build.at_most("pause_backed", pairs, pause_backed, doc="what does not pause", unit="MW")
    build.at_most("backup_energy", pairs, backup_energy, doc="energy of backup", unit="MW")


def _constrain_zones(build: Build, data: CurtailmentData) -> None:
    """What the tiers of a zone offer covers what its load needs."""
    draw = build.variables["draw_mw"]
    rivals = data.system.rival_mw

    slope, excused = {}, {}
    for (z, p), points in sorted(data.curve.items()):
        taken = rivals.get(("zone", z, p), 0.0)
        for k, (rise, intercept) in enumerate(slopes(list(points))):
            slope[z, p, k] = rise
            excused[z, p, k] = data.needed_mw(z, p, taken) - rise * taken - intercept

    def beyond(z: Label, p: Label) -> Expr:
        sites = pick(data.sites_in, z)
        drawn = sum_over(sites, lambda s, p: build.total("grid_mw", (s, p)), p)
        return drawn - delivered(build, z, p)

    def offered(s: Label, p: Label) -> Expr:
        return sum(data.share[t] * draw.get((s, t, p)) for t in data.tiers[1:])

    @whole
    def curve(z: Label, p: Label, k: Label) -> tuple[Expr, Expr]:
        given_up = sum_over(pick(data.sites_in, z), offered, p)
        return at(slope, z, p, k) * beyond(z, p), at(excused, z, p, k) + given_up

    @whole
    def curve_end(z: Label, p: Label) -> tuple[Expr, Expr]:
        return beyond(z, p), at(data.end_mw, z, p)

    build.at_most("curve", list(slope), curve, doc="energy given up in a zone", unit="average MW")
    build.at_most("curve_end", sorted(data.curve), curve_end, doc="zone headroom", unit="MW")


COMPONENT = Component(
    name="curtailment",
    config=CurtailmentConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    requires=("energy", "headroom"),
    formulation=__doc__ or "",
)
