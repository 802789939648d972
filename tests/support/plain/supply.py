"""Plants and bridge of the plain program: units on site or in zones, named plants, rented units."""

from __future__ import annotations

from datetime import date
from typing import Any

from siting.core.calendar import add_months
from support.plain.linear import Sum, total
from support.plain.world import HOURS, KILO, Starts, World

M3_PER_GALLON = 0.003785411784
NEAR = 1e-9
Units = dict[tuple[str, str], Starts]


def declare_plants(w: World) -> None:
    """Units and named plants, with what they give and cost, and the rules on their order."""
    plants = w.families.get("plants")
    if plants is None:
        return
    units: Units = {}
    for k, tech in sorted(plants.technologies.items()):
        for place in _places(w, tech):
            units[k, place] = _build(w, plants, k, tech, place)
    named = {j: _name(w, plants, j, plant) for j, plant in sorted(plants.named.items())}
    _share_rights(w, plants, named)
    _hold_order(w, plants, units, named)
    _hold_builders(w, plants, units)


def _places(w: World, tech: Any) -> list[str]:
    """Sites that can carry load, and zones with one, or any zone where interfaces join them; of a
    technology bound to states those in them, and zones with a site in them."""
    sites = [s for s in w.sites if w.can_serve(s)]
    zones = [z for z in w.zones if "interfaces" in w.families or set(sites) & set(w.sites_in(z))]
    if tech.states is not None:
        sites = [s for s in sites if w.sites[s].state in tech.states]
        zones = [z for z in zones if any(w.sites[s].state in tech.states for s in w.sites_in(z))]
    return [
        *(sites if "on_site" in tech.delivery else ()),
        *(zones if "grid" in tech.delivery else ()),
    ]


def _begin(tech: Any, start: date) -> date:
    """Construction begins with the permits, and the overlap before the equipment at the earliest."""
    later = {row.ordered_from: row.months for row in tech.equipment_leads
             if row.ordered_from <= start}  # fmt: skip
    lead = later[max(later)] if later else tech.equipment_lead_months
    equipment = add_months(start, lead)
    early = add_months(equipment, -tech.equipment_overlap_months)
    return max(add_months(start, tech.permitting_months), early)


def _built(tech: Any, start: date) -> date:
    """Construction ends."""
    return add_months(_begin(tech, start), tech.construction_months)


def _credit(w: World, tech: Any, zone: str | None) -> float:
    """Firm share of nameplate."""
    firm = tech.capacity_credit_frac
    for kind in ("solar", "wind", "battery"):
        share = getattr(tech, f"default_{kind}_credit_frac")
        if zone is not None:
            share = getattr(w.zones[zone], f"capacity_credit_{kind}_frac")
        firm += getattr(tech, f"{kind}_weight") * share
    return float(min(1.0, firm))


def _site_credit(w: World, tech: Any, zone: str | None) -> float:
    """The same of a unit on site: its own share there, or where there is no grid."""
    own = tech.on_site_credit_frac
    if zone is None and tech.islanded_credit_frac is not None:
        own = tech.islanded_credit_frac
    return _credit(w, tech, zone) if own is None else float(own)


def _build(w: World, plants: Any, k: str, tech: Any, place: str) -> Starts:
    """Units of a technology at a place."""
    on_site = place in w.sites
    queue = 0.0 if on_site else w.zones[place].generation_queue_months
    ample = w.ample(tech.unit_mw) + 2 * max(
        [1, *(t.after_units for t in plants.technologies.values())]
    )
    units = w.starts(
        lambda day: max(_built(tech, day), add_months(day, queue)),
        ample,
        is_decision=True,
        may=lambda q: w.allows(tech) and w.days[q] >= (tech.available_from or w.days[0]),
    )
    if tech.max_units_per_place is not None:
        w.program.at_most(total(units.begun.values()), tech.max_units_per_place)
    usd = KILO * tech.overnight_usd_per_kw * tech.unit_mw
    fixed_usd = KILO * tech.fixed_om_usd_per_kw_year * tech.unit_mw
    w.charge(
        units,
        usd,
        tech.lifetime_years,
        fixed_usd,
        owner="power",
        with_interest_usd=w.with_interest(usd, tech, tech.construction_months, "power"),
    )
    for q, begun in units.begun.items() if on_site else ():
        w.program.at_most(begun, ample * w.reviewed_by(place, q, _begin(tech, w.days[q])))
    credit = _site_credit(w, tech, w.sites[place].zone) if on_site else _credit(w, tech, place)
    for p in w.periods:
        count, where = units.in_service(p), "onsite" if on_site else "zone"
        if on_site:
            w.add("acres", place, p, amount=tech.acres_per_mw * tech.unit_mw * units.started(p))
            w.add("onsite_nameplate", place, p, amount=tech.unit_mw * count)
            w.add("there", k, place, p, amount=count)
            if tech.connection == "medium_voltage":
                w.add("onsite_mv_firm", place, p, amount=credit * tech.unit_mw * count)
        if tech.step_up_class is not None:
            w.add("step_ups", tech.step_up_class, place, p, amount=tech.step_up_per_unit * count)
        w.add(f"{where}_firm", place, p, amount=credit * tech.unit_mw * count)
        output = _run(w, tech, place, p)
        w.program.at_most(output, tech.capacity_factor_frac * tech.unit_mw * count)
        w.add(f"{where}_output", place, p, amount=output)
    return units


def _run(w: World, tech: Any, place: str, p: int) -> Sum:
    """Average output of a technology or product: its cost, emissions and water."""
    output = w.program.variable()
    fuel_usd = _gas(w, tech, place, p)
    usd = tech.variable_om_usd_per_mwh + tech.heat_rate_mmbtu_per_mwh * fuel_usd
    hours = HOURS * w.years(p)
    w.pay(p, hours * usd * output)
    w.add("tonnes", place, p, amount=hours * tech.emissions_t_per_mwh * output)
    w.add("water", place, p, amount=hours * tech.water_gal_per_mwh * M3_PER_GALLON * output)
    return output


def _gas(w: World, tech: Any, place: str, p: int) -> float:
    """Price of a fuel: of natural gas the latest row of the zone of a place, else its own."""
    zone = w.sites[place].zone if place in w.sites else place
    plants = w.families.get("plants")
    rows = [row for row in plants.gas_prices.values() if row.zone == zone] if plants else []
    if (
        not rows
        or getattr(tech, "energy_source", "") != "natural gas"
        or not hasattr(tech, "delivery")
    ):
        return float(tech.fuel_usd_per_mmbtu)
    past = [row for row in rows if row.year <= w.days[p].year]
    row = max(past, key=lambda r: r.year) if past else min(rows, key=lambda r: r.year)
    return float(row.gas_usd_per_mmbtu)


def _name(w: World, plants: Any, j: str, plant: Any) -> Starts:
    """A named plant, from its service to its retirement."""
    tech = plants.technologies[plant.technology]

    def retired(p: int) -> bool:
        return plant.retires_on is not None and w.days[p] >= plant.retires_on

    def ready(day: date) -> date:
        earliest: date = plant.earliest_in_service
        return max(add_months(day, plant.lead_time_months), earliest)

    start = w.starts(
        ready,
        1,
        is_decision=True,
        may=lambda q: (
            w.allows(tech)
            and (plant.decide_by is None or w.days[q] <= plant.decide_by)
            and not retired(w.from_day(ready(w.days[q])))
        ),
    )
    w.program.at_most(total(start.begun.values()), 1)
    w.charge(start, plant.overnight_usd, tech.lifetime_years, owner="power")
    credit = _credit(w, tech, plant.zone)
    for p in (p for p in w.periods if not retired(p)):
        running = start.in_service(p)
        fixed_usd = KILO * tech.fixed_om_usd_per_kw_year * plant.capacity_mw
        w.pay_yearly(p, fixed_usd * running)
        delivered = w.program.variable()
        holder = _holder(plants, j, w.days[p])
        most = min(plant.capacity_mw, _own_rights(plants.named[holder]))
        w.program.at_most(delivered, most * running)
        w.add("delivered", holder, p, amount=delivered)
        w.add("zone_firm", plant.zone, p, amount=credit * delivered)
        output = _run(w, tech, plant.zone, p)
        w.program.at_most(output, tech.capacity_factor_frac * delivered)
        w.add("zone_output", plant.zone, p, amount=output)
    return start


def _own_rights(plant: Any) -> float:
    """Deliverable under a plant's own rights."""
    most = plant.capacity_mw
    return float(most if plant.rights_mw is None else min(most, plant.rights_mw))


def _holder(plants: Any, j: str, day: date) -> str:
    """Whose rights a plant uses on a day, through a chain of those that borrow."""
    plant = plants.named[j]
    borrows = plant.rights_from is not None
    if borrows and (plant.own_rights_from is None or day < plant.own_rights_from):
        return _holder(plants, plant.rights_from, day)
    return j


def _share_rights(w: World, plants: Any, named: dict[str, Starts]) -> None:
    """Plants that share rights deliver no more than these together; one of an exclusive group."""
    for holder in named:
        for p in w.periods:
            together = w.total("delivered", holder, p)
            w.program.at_most(together, _own_rights(plants.named[holder]))
    for group in sorted({str(plant.exclusive_group) for plant in plants.named.values()}):
        started = [
            begun
            for j, starts in named.items()
            if plants.named[j].exclusive_group == group
            for begun in starts.begun.values()
        ]
        w.program.at_most(total(started), 1)


def _hold_order(w: World, plants: Any, units: Units, named: dict[str, Starts]) -> None:
    """Units of some technologies start only after units of others."""
    for k, tech in plants.technologies.items():
        if tech.after is None:
            continue
        before = [starts for (kind, _), starts in units.items() if kind == tech.after]
        before += [s for j, s in named.items() if plants.named[j].technology == tech.after]
        for q in w.periods:
            unlocked = w.program.variable(1, is_whole=True)
            done = total(
                s.in_service(q) if tech.after_milestone == "in_service" else s.started(q)
                for s in before
            )
            w.program.at_most(tech.after_units * unlocked, done)
            for (kind, _), starts in units.items():
                if kind == k and q in starts.begun:
                    w.program.at_most(starts.begun[q], w.ample(tech.unit_mw) * unlocked)


def _hold_builders(w: World, plants: Any, units: Units) -> None:
    """Units that can be started in a period, and builders that technologies share."""
    for k, tech in plants.technologies.items():
        if tech.max_starts_per_year is None:
            continue
        for q in w.periods:
            new = total(s.begun[q] for (kind, _), s in units.items() if kind == k and q in s.begun)
            w.program.at_most(new, max(1, int(tech.max_starts_per_year * w.years(q) + NEAR)))
    for slots in plants.construction_slots.values():
        for p in w.periods:
            busy = Sum()
            for (kind, _), starts in units.items():
                if kind in slots.technologies:
                    tech = plants.technologies[kind]
                    for q, begun in starts.begun.items():
                        first = w.from_day(_begin(tech, w.days[q]))
                        if first <= p < w.from_day(_built(tech, w.days[q])):
                            busy = busy + begun
            w.program.at_most(busy, slots.max_units_under_construction)


def hold_plants(w: World) -> None:
    """Sites under N+1 carry their load with one unit of any technology out, at nameplate."""
    plants = w.families.get("plants")
    if plants is None or plants.n_plus_1 == "none":
        return
    guarded = [s for s in w.sites if plants.n_plus_1 == "all" or s not in w.wired]
    for s in guarded:
        for k, tech in plants.technologies.items():
            for p in w.periods:
                count = w.total("there", k, s, p)
                if not count.terms:
                    continue
                has = w.program.variable(1, is_whole=True)
                w.program.at_most(count, 2 * w.ample(tech.unit_mw) * has)
                left = w.total("onsite_nameplate", s, p) - tech.unit_mw * has
                w.program.at_most(w.total("facility", s, p), w.total("draw", s, p) + left)


def declare_bridge(w: World) -> None:
    """Units on rent, with what they give and cost."""
    bridge = w.families.get("bridge")
    if bridge is None:
        return
    for _, product in sorted(bridge.products.items()):
        for p in w.periods:
            fleet = Sum()
            for s in w.sites:
                fleet = fleet + _rent(w, product, s, p)
            if product.fleet_units is not None:
                w.program.at_most(fleet, product.fleet_units)


def _rent(w: World, product: Any, s: str, p: int) -> Sum:
    """Units of a product at a site in a period."""
    begun = (product.available_from or w.days[p]) <= w.days[p]
    over = product.available_until is not None and w.ends[p] > product.available_until
    limit = product.max_units_per_site
    ample = w.ample(product.unit_mw) if limit is None else limit
    begun = begun and w.strategy.is_rental_allowed
    units = w.program.variable(ample if begun and not over else 0, is_whole=True)
    mobilised = total(
        c.chosen
        for c in w.commitments[s]
        if w.from_day(add_months(w.days[c.period], product.mobilisation_months)) <= p
    )
    w.program.at_most(units, ample * mobilised)
    coming = w.program.variable()
    key = id(product)
    w.program.at_most(units - w.total("rented", key, s, p - 1), coming)
    w.add("rented", key, s, p, amount=units)
    w.pay(p, product.mobilisation_usd_per_unit * coming)
    w.pay(p, w.months(p) * product.rent_usd_per_mw_month * product.unit_mw * units)
    alone = w.sites[s].zone is None and product.islanded_credit_frac is not None
    share = product.islanded_credit_frac if alone else product.capacity_credit_frac
    firm = share * product.unit_mw * units
    w.add("onsite_firm", s, p, amount=firm)
    if product.connection == "medium_voltage":
        w.add("onsite_mv_firm", s, p, amount=firm)
    share = product.permit_hours_per_year / HOURS
    if share:
        # one that gives no energy of its own does not carry load when another is out
        w.add("onsite_nameplate", s, p, amount=product.unit_mw * units)
    output = _run(w, product, s, p)
    w.program.at_most(output, share * product.unit_mw * units)
    w.add("onsite_output", s, p, amount=output)
    return units
