"""Curtailment of the plain program: one tier a site, and what a zone takes for it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from support.plain.grid import connect, firm_months, rivals_mw, seasons
from support.plain.linear import Sum, total
from support.plain.world import HOURS, World

FIRM = "0pct"
SHARES = {FIRM: 0.0, "0_25pct": 0.0025, "0_5pct": 0.005, "1pct": 0.01, "5pct": 0.05}
Points = list[tuple[float, float]]


def declare_curtailment(w: World) -> None:
    """A tier, a connection of that tier, draw under it, and load that pauses."""
    curtailment = w.families.get("curtailment")
    if curtailment is None:
        return
    for s in w.giving:
        tiers = {t: w.program.variable(1, is_whole=True) for t in (FIRM, *curtailment.tiers)}
        w.program.at_most(total(tiers.values()), w.committed(s, w.periods[-1]))
        draws = {p: Sum() for p in w.periods}
        for t, chosen in tiers.items():
            months = None if t == FIRM else curtailment.tiers[t].connection_months
            connection = connect(w, s, firm_months(w, s) if months is None else months)
            w.program.at_most(total(connection.begun.values()), chosen)
            for p in w.periods:
                draw = w.program.variable()
                w.program.at_most(draw, w.peak_mw * connection.in_service(p))
                draws[p] = draws[p] + draw
                if t != FIRM:
                    _give_way(w, s, t, p, draw)
        for p in w.periods:
            w.program.equal(draws[p], w.total("draw", s, p))


def _give_way(w: World, s: str, t: str, p: int, draw: Sum) -> None:
    """What gives way under a tier, the part of it that pauses, and what that loses."""
    curtailment, terms = w.families["curtailment"], w.families["curtailment"].tiers[t]
    paused = w.program.variable()
    w.program.at_most(paused, terms.depth_frac * draw)
    per_mw = SHARES[t] / terms.depth_frac
    w.add("soft", s, p, amount=draw)
    w.add("offered", s, p, amount=SHARES[t] * draw)
    w.add("gives_way", s, p, amount=terms.depth_frac * draw)
    w.add("paused", s, p, amount=paused)
    w.add("replaced", s, p, amount=SHARES[t] * draw - per_mw * paused)
    w.add("lost", s, p, amount=per_mw * paused)
    w.pay_yearly(p, HOURS * curtailment.lost_usd_per_mwh * per_mw * paused)


def hold_curtailment(w: World) -> None:
    """Something gives way behind each tier; the tiers of a zone cover what its load needs."""
    curtailment = w.families.get("curtailment")
    if curtailment is None:
        return
    for p in w.periods:
        for s in w.giving:
            load, draw = w.total("facility", s, p), w.total("draw", s, p)
            paused, firm = w.total("paused", s, p), w.total("onsite_firm", s, p)
            able = total(
                share * w.total("served", name, s, p)
                for name, share in curtailment.flexible_frac.items()
            )
            w.program.at_most(w.total("soft", s, p), load)
            w.program.at_most(paused, able)
            w.program.at_most(load - paused, draw - w.total("gives_way", s, p) + firm)
            w.program.at_most(w.total("replaced", s, p), w.total("onsite_output", s, p))
        if w.families["headroom"].is_zone_limited:
            for z in w.giving_zones:
                _hold_zone(w, curtailment, z, p)


def _hold_zone(w: World, curtailment: Any, z: str, p: int) -> None:
    """What the load of a zone needs beyond the rivals' is offered by its tiers."""
    points = _curve(w, curtailment, z, p)
    if not points:
        return
    rivals = rivals_mw(w, "zone", z, p)
    drawn = total(w.total("draw", s, p) for s in w.sites_in(z))
    own = drawn - w.total("zone_firm", z, p) - w.total("added", "zone", z, p)
    offered = total(w.total("offered", s, p) for s in w.sites_in(z))
    lines = [
        ((high - low) / (right - left), low - (high - low) / (right - left) * left)
        for (left, low), (right, high) in pairwise(points)
        if right > left
    ]
    excused = max([0.0, *(slope * rivals + at_zero for slope, at_zero in lines)])
    for slope, at_zero in lines:
        w.program.at_most(slope * (own + rivals) + at_zero - excused, offered)
    w.program.at_most(own, max(0.0, points[-1][0] - rivals))


def _curve(w: World, curtailment: Any, z: str, p: int) -> Points:
    """(load, average MW given up) of a zone: firm, stated or estimated, then each tier on offer."""
    zone = w.zones[z]
    if zone.headroom_mw is not None:
        return [(zone.headroom_mw, 0.0)]
    stated = {t: getattr(zone, f"headroom_mw_{t}") for t in SHARES}
    points = {t: (mw, SHARES[t] * mw) for t, mw in stated.items() if mw is not None and t != FIRM}
    offered = [point for t, point in points.items() if t in curtailment.tiers]
    if stated[FIRM] is not None:
        return [(stated[FIRM], 0.0), *offered]
    if not points:
        return []
    tiers = list(points.values())
    name = next(n for n, z in w.zones.items() if z is zone)
    covered = max(0.0, min(s / r for r, s in seasons(w, name, p, before_rivals=True)))
    firm = min(tiers[0][0], covered)
    if len(tiers) > 1:
        (left, low), (right, high) = tiers[:2]
        if high > low:
            firm = min(firm, left - low * (right - left) / (high - low))
    return [(max(0.0, firm), 0.0), *offered]
