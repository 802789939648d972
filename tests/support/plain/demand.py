"""Workloads, energy and cooling of the plain program: what is served, and the power that takes."""

from __future__ import annotations

from typing import Any

from support.plain.linear import Sum, total
from support.plain.world import HOURS, KILO, World


def declare_workloads(w: World) -> None:
    """Load of every target at every site that may serve it; what is late costs."""
    workloads = w.families["workloads"]
    listed = {(k.workload, k.region, k.site): k.service_usd_per_mw_year
              for k in workloads.links.values()}  # fmt: skip
    with_list = {name for name, _, _ in listed}
    for name, kind in workloads.kinds.items():
        for region in sorted({target.region for target in kind.targets}):
            links = {
                s: listed.get((name, region, s), 0.0)
                for s in w.sites
                if name not in with_list or (name, region, s) in listed
            }
            for p in w.periods:
                _serve(w, name, kind, region, p, links)


def target_mw(w: World, kind: Any, region: str, p: int) -> float:
    """Target of a region in a period: the latest whose date has come."""
    begun = [t for t in kind.targets if t.region == region and t.from_date <= w.days[p]]
    return float(max(begun, key=lambda t: t.from_date).it_mw) if begun else 0.0


def _parts(w: World, kind: Any, region: str, p: int) -> list[tuple[float, float]]:
    """MW of a target that came due at one time, and what a month of them is worth now."""
    own, named = kind.delay_cost_usd_per_mw_month, kind.perspective
    view = w.families["workloads"].perspectives[named] if named else None
    if view is None:
        return [(target_mw(w, kind, region, p), own or 0.0)]
    level = getattr(view, f"{kind.perspective_level}_usd_per_mw_month") if own is None else own
    by_date = {(r.at_date.year * 12 + r.at_date.month): r.frac for r in view.by_date}
    level *= _line(by_date, w.days[p].year * 12 + w.days[p].month)
    by_late = {r.months_late: r.frac for r in view.by_months_late}
    stack: list[list[float]] = []
    for q in w.periods[: p + 1]:
        more = target_mw(w, kind, region, q) - sum(mw for mw, _ in stack)
        if more > 0:
            stack.append([more, q])
        while more < 0:
            more += stack[-1][0]
            stack[-1][0] = max(0.0, more)
            if more <= 0:
                stack.pop()
    half = w.months(p) / 2
    months = [(w.days[p].year - w.days[int(q)].year) * 12 + w.days[p].month - w.days[int(q)].month
              for _, q in stack]  # fmt: skip
    return [(mw, level * _line(by_late, m + half))
            for (mw, _), m in zip(stack, months, strict=True)]  # fmt: skip


def _line(points: dict[Any, float], x: float) -> float:
    """On the line between the points beside a place; as at the end beyond it."""
    if not points:
        return 1.0
    if x <= min(points):
        return points[min(points)]
    if x >= max(points):
        return points[max(points)]
    low, high = max(k for k in points if k <= x), min(k for k in points if k > x)
    return float(points[low] + (points[high] - points[low]) * (x - low) / (high - low))


def _serve(w: World, name: str, kind: Any, region: str, p: int, links: dict[str, float]) -> None:
    """Serve a target in a period, or be late."""
    target = target_mw(w, kind, region, p)
    due = kind.must_serve or (kind.must_serve_from or w.ends[p]) <= w.days[p]
    late = Sum()
    for mw, usd in _parts(w, kind, region, p):
        part = w.program.variable(0.0 if due else mw)
        w.pay(p, w.months(p) * usd * part)
        late = late + part
    served = Sum()
    for s, usd in links.items():
        here = w.program.variable(target)
        served = served + here
        w.pay_yearly(p, usd * here)
        w.add("it", s, p, amount=here)
        w.add("served", name, s, p, amount=here)
    w.program.equal(served + late, target)


def hold_workloads(w: World) -> None:
    """Campuses of workloads with a floor or a most number of sites, and moves."""
    for name, kind in w.families["workloads"].kinds.items():
        hosted = {s: _host(w, name, kind, s) for s in w.sites} if _is_hosted(kind) else {}
        if kind.max_sites is not None:
            w.program.at_most(total(hosted.values()), kind.max_sites)
        if kind.move_usd_per_mw:
            for s in w.sites:
                for p in w.periods[1:]:
                    moved = w.program.variable()
                    before, now = w.total("served", name, s, p - 1), w.total("served", name, s, p)
                    w.program.at_most(before - now, moved)
                    w.pay(p, kind.move_usd_per_mw * moved)


def _is_hosted(kind: Any) -> bool:
    """Whether sites that host a workload are told from those that do not."""
    return bool(kind.min_campus_it_mw or kind.campus_floors or kind.max_sites is not None)


def _host(w: World, name: str, kind: Any, s: str) -> Sum:
    """A site hosts from some period on, with no less than the floor; 1 if it ever does."""
    begun = w.starts(lambda day: day, 1)
    ever = total(begun.begun.values())
    w.program.at_most(ever, 1)
    for p in w.periods:
        past = [f for f in kind.campus_floors if f.from_date <= w.days[p]]
        floor = max(past, key=lambda f: f.from_date).it_mw if past else 0.0
        load = w.total("served", name, s, p)
        w.program.at_most(max(kind.min_campus_it_mw, floor) * begun.started(p), load)
        w.program.at_most(load, w.peak_mw * begun.started(p))
    return ever


def declare_energy(w: World) -> None:
    """Facility load, contracted draw and energy of each site, purchases of each zone."""
    energy = w.families.get("energy")
    if energy is None:
        return
    for p in w.periods:
        for s in w.sites:
            if "cooling" in w.families:
                _cool(w, s, p)
            else:
                load = w.total("it", s, p)
                w.add("facility", s, p, amount=(energy.peak_pue or energy.pue) * load)
                w.add("mean", s, p, amount=energy.pue * load)
        for s in w.wired:
            draw = w.program.variable(w.peak_mw)
            w.add("draw", s, p, amount=draw)
            usd = price_of(w, str(w.sites[s].zone), p)[2] + energy.network_usd_per_mw_year
            w.pay_yearly(p, usd * draw)
        for z, zone in w.zones.items():
            bought = w.program.variable()
            w.add("bought", z, p, amount=bought)
            w.pay_yearly(p, HOURS * price_of(w, z, p)[0] * bought)
            tonnes = HOURS * w.years(p) * zone.carbon_kg_per_mwh / KILO
            w.add("tonnes", z, p, amount=tonnes * bought)


def price_of(w: World, z: str, p: int) -> tuple[float, float, float]:
    """Energy, capacity and network price of a zone: the latest row until a period, else its record."""
    rows = [row for row in w.families["energy"].prices.values() if row.zone == z]
    if not rows:
        zone = w.zones[z]
        return zone.energy_usd_per_mwh, zone.capacity_usd_per_mw_day, 0.0
    past = [row for row in rows if row.year <= w.days[p].year]
    row = max(past, key=lambda r: r.year) if past else min(rows, key=lambda r: r.year)
    return row.energy_usd_per_mwh, row.capacity_usd_per_mw_day, row.network_usd_per_mw_year


def _cool(w: World, s: str, p: int) -> None:
    """Load of a site by cooling: its power, water and cost."""
    factor = HOURS * w.years(p) * w.families["energy"].load_factor_frac
    by_option = Sum()
    for c, option in w.families["cooling"].options.items():
        load = w.program.variable()
        w.add("cooled", c, s, p, amount=load)
        w.add("facility", s, p, amount=(option.peak_pue or option.pue) * load)
        w.add("mean", s, p, amount=option.pue * load)
        w.add("water", s, p, amount=factor * option.water_m3_per_it_mwh * load)
        w.pay_yearly(p, option.usd_per_it_mw_year * load)
        by_option = by_option + load
    w.program.equal(by_option, w.total("it", s, p))


def hold_cooling(w: World) -> None:
    """One option a site, and racks that it can cool."""
    cooling = w.families.get("cooling")
    if cooling is None:
        return
    kinds = w.families["workloads"].kinds
    racks = {name: kind.rack_kw for name, kind in kinds.items() if kind.rack_kw is not None}
    for s in w.sites:
        chosen = {c: w.program.variable(1, is_whole=True) for c in cooling.options}
        w.program.at_most(total(chosen.values()), w.committed(s, w.periods[-1]))
        for p in w.periods:
            for c in cooling.options:
                w.program.at_most(w.total("cooled", c, s, p), w.peak_mw * chosen[c])
            for kw in sorted(set(racks.values())):
                dense = [name for name, own in racks.items() if own >= kw]
                able = [c for c, o in cooling.options.items()
                        if o.max_rack_kw is None or o.max_rack_kw >= kw]  # fmt: skip
                w.program.at_most(
                    total(w.total("served", name, s, p) for name in dense),
                    total(w.total("cooled", c, s, p) for c in able),
                )


def hold_energy(w: World) -> None:
    """Firm capacity and energy of each site, purchases of each zone."""
    energy = w.families.get("energy")
    if energy is None:
        return
    for p in w.periods:
        taken: dict[str, Sum] = {z: Sum() for z in w.zones}
        unused = dict(taken)
        for s, site in w.sites.items():
            load, draw = w.total("facility", s, p), w.total("draw", s, p)
            w.program.at_most(load, draw + w.total("onsite_firm", s, p))
            used = w.program.variable() if site.zone is not None else Sum()
            own = w.total("onsite_output", s, p) + w.total("lost", s, p)
            w.program.equal(energy.load_factor_frac * w.total("mean", s, p), used + own)
            if site.zone is not None:
                w.program.at_most(used, draw)
                taken[str(site.zone)] = taken[str(site.zone)] + used
                unused[str(site.zone)] = unused[str(site.zone)] + load - used
        for z in w.zones:
            sold = w.program.variable() if energy.surplus_price_frac else Sum()
            output = w.total("zone_output", z, p)
            w.program.at_most(taken[z] + sold, w.total("bought", z, p) + output)
            w.program.at_most(sold, output)
            w.program.at_most(sold, unused[z])
            w.pay_yearly(p, -HOURS * price_of(w, z, p)[0] * energy.surplus_price_frac * sold)
