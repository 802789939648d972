"""Headroom, interfaces, adequacy and ratepayer of the plain program."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import pairwise, product
from math import ceil, prod
from typing import Any

from siting.core.calendar import add_months
from support.plain.demand import price_of
from support.plain.linear import Sum, total
from support.plain.world import DAYS, HOURS, KILO, MILLION, World

NEAR = 1e-9
FIRM = "0pct"


def declare_headroom(w: World) -> None:
    """Connections of sites and upgrades of nodes and zones."""
    headroom = w.families.get("headroom")
    if headroom is None:
        return
    for s in w.wired:
        if s not in w.giving:
            w.connections[s] = connect(w, s, firm_months(w, s))
            w.program.at_most(total(w.connections[s].begun.values()), 1)
    for _, upgrade in sorted(headroom.upgrades.items()):
        begun = w.starts(
            partial(_upgraded, upgrade),
            1 if w.strategy.is_headroom_used or upgrade.zone is None else 0,
            is_decision=True,
        )
        w.program.at_most(total(begun.begun.values()), 1)
        w.charge(begun, upgrade.overnight_usd, upgrade.lifetime_years, owner="grid")
        place = ("node", upgrade.node) if upgrade.zone is None else ("zone", upgrade.zone)
        payer = upgrade.zone or _zone_at(w, upgrade.node)
        yearly = w.yearly(upgrade.overnight_usd, upgrade.lifetime_years, "grid")
        for p in w.periods:
            w.add("added", *place, p, amount=upgrade.added_mw * begun.in_service(p))
            w.add("network_usd", payer, p, amount=yearly * begun.in_service(p))


def _upgraded(upgrade: Any, start: date) -> date:
    """When an upgrade is in service."""
    earliest: date = upgrade.earliest_in_service or start
    return max(add_months(start, upgrade.lead_time_months), earliest)


def firm_months(w: World, s: str) -> float:
    """Months to firm service: the site's own, or its zone's."""
    own = w.sites[s].connection_months
    return float(w.zones[str(w.sites[s].zone)].connection_months if own is None else own)


def connect(w: World, s: str, months: float) -> Any:
    """Connections of a site, begun once it is committed."""
    headroom, site = w.families["headroom"], w.sites[s]
    rows = [row for row in headroom.connection_costs if row.from_kv <= (site.poi_kv or 0.0)]
    usd = 0.0
    if rows:
        row = max(rows, key=lambda row: row.from_kv)
        usd = row.line_usd_per_km * site.gen_tie_km + row.substation_usd
    begun = w.starts(w.after(months), 1, is_decision=True)
    for q in begun.begun:
        w.program.at_most(begun.started(q), w.committed(s, q))
    w.charge(begun, usd, headroom.connection_lifetime_years, owner="campus")
    return begun


def _zone_at(w: World, node: str) -> str | None:
    """Zone of a node: its own, else that of the first site there."""
    if w.scenario.nodes[node].zone in w.zones:
        return str(w.scenario.nodes[node].zone)
    return next((str(w.sites[s].zone) for s in w.wired if w.node_of(s) == node), None)


def hold_headroom(w: World) -> None:
    """Draw of connected sites, within what nodes and zones can take."""
    headroom = w.families.get("headroom")
    if headroom is None:
        return
    for p in w.periods:
        for s in w.connections:
            w.program.at_most(w.total("draw", s, p), w.peak_mw * w.connections[s].in_service(p))
        for n, node in w.scenario.nodes.items():
            here = total(w.total("draw", s, p) for s in w.wired if w.node_of(s) == n)
            room = max(0.0, node.capacity_mw - rivals_mw(w, "node", n, p))
            w.program.at_most(here, w.total("added", "node", n, p) + room)
        for z, zone in w.zones.items():
            here = total(w.total("draw", s, p) for s in w.sites_in(z))
            brought = w.total("zone_firm", z, p) + w.total("added", "zone", z, p)
            if not w.strategy.is_headroom_used:
                w.program.at_most(here, w.total("zone_firm", z, p))
            most = zone.tier_headroom_mw(headroom.tier)
            if headroom.is_zone_limited and most is not None and z not in w.giving_zones:
                w.program.at_most(here, brought + max(0.0, most - rivals_mw(w, "zone", z, p)))


def rivals_mw(w: World, level: str, place: str, p: int, *, beyond_forecasts: bool = False) -> float:
    """What rivals at a node or in a zone draw in a period, by going through who is built."""
    headroom = w.families["headroom"]
    here = [
        r
        for r in headroom.rivals.values()
        if r.in_service <= w.days[p] and place in _places(w, level, r)
        if not (beyond_forecasts and r.is_in_forecast)
    ]
    share = headroom.rival_percentile_frac
    if share is None or not here:
        return float(sum(r.probability_frac * r.draw_mw for r in here))
    chance: dict[float, float] = {}
    for built in product((False, True), repeat=len(here)):
        pairs = list(zip(here, built, strict=True))
        drawn = sum(float(ceil(r.draw_mw - NEAR)) for r, is_built in pairs if is_built)
        odds = prod(r.probability_frac if is_built else 1 - r.probability_frac
                    for r, is_built in pairs)  # fmt: skip
        chance[drawn] = chance.get(drawn, 0.0) + odds
    for drawn in sorted(chance):
        if sum(odds for mw, odds in chance.items() if mw <= drawn) >= share - NEAR:
            return drawn
    return max(chance)


def _places(w: World, level: str, rival: Any) -> list[str | None]:
    """The node, or the zone, that a rival draws from; one at a node draws from its zone too."""
    if level == "node":
        return [rival.node]
    return [rival.zone or (w.scenario.nodes[rival.node].zone if rival.node else None)]


def declare_interfaces(w: World) -> None:
    """Firm power that one zone sends another, less its losses."""
    interfaces = w.families.get("interfaces")
    if interfaces is None:
        return
    for _, line in sorted(interfaces.limits.items()):
        loss = line.loss_frac
        if loss is None:
            loss = min(1.0, interfaces.loss_frac_per_1000_km * line.distance_km / KILO)
        for start, end, most in (
            (line.from_zone, line.to_zone, line.forward_mw),
            (line.to_zone, line.from_zone, line.reverse_mw),
        ):
            for p in w.periods:
                sent = w.program.variable(most)
                w.add("zone_firm", start, p, amount=-sent)
                w.add("zone_firm", end, p, amount=(1 - loss) * sent)


def hold_adequacy(w: World) -> None:
    """Every zone keeps its reserve margin."""
    adequacy = w.families.get("adequacy")
    if adequacy is None:
        return
    for z, zone in w.zones.items():
        for p in w.periods:
            for required, left in seasons(w, z, p):
                surplus = left
                if adequacy.surplus_of_peak_frac is not None:
                    peak = max(zone.summer_peak_mw or 0.0, zone.winter_peak_mw or 0.0)
                    surplus = adequacy.surplus_of_peak_frac * peak
                need = required * total(w.firm_draw(s, p) for s in w.sites_in(z))
                usable = adequacy.surplus_share_frac * max(0.0, surplus)
                w.program.at_most(need, w.total("zone_firm", z, p) + usable)
                if adequacy.deficit == "cured" and surplus < 0:
                    for s in w.sites_in(z):
                        short = -surplus * w.connections[s].in_service(p)
                        w.program.at_most(need + short, w.total("zone_firm", z, p) + usable)


def seasons(w: World, z: str, p: int, before_rivals: bool = False) -> list[tuple[float, float]]:
    """(requirement, surplus after rivals) of a zone in each season for which they are stated."""
    day, zone = w.days[p], w.zones[z]
    adequacy = w.families.get("adequacy")
    rows: dict[str, dict[int, Any]] = {}
    for need in adequacy.needs.values() if adequacy else ():
        if need.zone == z:
            rows.setdefault(need.season, {})[need.year] = need
    found = [(1 + zone.margin_frac(day), zone.surplus_mw(day) or 0.0)]
    if rows:
        past = [
            stated[max([y for y in stated if y <= day.year] or [min(stated)])]
            for stated in rows.values()
        ]
        found = [(need.requirement_frac, need.surplus_mw) for need in past]
    beyond = 0.0
    if "headroom" in w.families and not before_rivals:
        beyond = rivals_mw(w, "zone", z, p, beyond_forecasts=True)
    return [(required, surplus - required * beyond) for required, surplus in found]


def hold_capacity(w: World) -> None:
    """Every zone buys the accredited capacity that its firm draw needs and the plan does not supply."""
    if "energy" not in w.families:
        return
    for z in w.zones:
        for p in w.periods:
            bought = w.program.variable()
            w.pay_yearly(p, DAYS * price_of(w, z, p)[1] * bought)
            adequacy = w.families.get("adequacy")
            is_seasonal = adequacy and any(need.zone == z for need in adequacy.needs.values())
            frac = max(r for r, _ in seasons(w, z, p)) if is_seasonal else 1.0
            need = frac * total(w.firm_draw(s, p) for s in w.sites_in(z))
            w.program.at_most(need, w.total("zone_firm", z, p) + bought)


def hold_ratepayer(w: World) -> None:
    """What the plan adds to the bills of the other customers of every zone stays within the cap."""
    ratepayer = w.families.get("ratepayer")
    if ratepayer is None:
        return
    share = 0.0 if ratepayer.cost_causation else ratepayer.socialised_share_frac
    lines = [(0.0, ratepayer.capacity_price_curve[-1].price_usd_per_mw_day)]
    for left, right in pairwise(ratepayer.capacity_price_curve):
        rise = right.price_usd_per_mw_day - left.price_usd_per_mw_day
        slope = rise / (right.surplus_frac - left.surplus_frac)
        lines.append((slope, left.price_usd_per_mw_day - slope * left.surplus_frac))
    for z, zone in w.zones.items():
        peak = max(zone.summer_peak_mw or 0.0, zone.winter_peak_mw or 0.0)
        cap = ratepayer.max_bill_effect_by_zone_frac.get(z, ratepayer.max_bill_effect_frac)
        if not peak or cap is None:
            continue
        bill = ratepayer.zone_load_factor_frac * HOURS * ratepayer.retail_usd_per_mwh * peak
        for p in w.periods:
            required, before = min(seasons(w, z, p), key=lambda one: one[1] / one[0])
            drawn = total(w.firm_draw(s, p) for s in w.sites_in(z))
            after = w.total("zone_firm", z, p) - required * drawn + before
            price_before = max(slope * before / peak + at_zero for slope, at_zero in lines)
            network = share * w.total("network_usd", z, p)
            for slope, at_zero in lines:
                price: Sum = slope / peak * after + at_zero
                rise_usd = network + DAYS * peak * (price - price_before)
                w.program.at_most(1 / MILLION * rise_usd, cap * bill / MILLION)
