"""Transformers of the plain program: what is ordered, drawn and kept, and what sites and units need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from siting.core.calendar import add_months, add_weeks
from support.plain.linear import Sum, total
from support.plain.world import Starts, World


@dataclass
class _Class:
    """A class that can be had: its pool, and its units by place."""

    kind: Any
    pool: Starts
    reserve: Starts
    kept: list[tuple[int, Sum]]
    ordered: dict[str, Starts] = field(default_factory=dict)
    assigned: dict[str, Starts] = field(default_factory=dict)

    def installed(self, place: str, p: int) -> Sum:
        """Units in service at a place."""
        own = self.ordered[place].in_service(p) if place in self.ordered else Sum()
        return own + (self.assigned[place].in_service(p) if place in self.assigned else Sum())


def delivery(kind: Any, ordered: date) -> date:
    """When an order is delivered: the lead time of the latest row that has begun, else the first."""
    rows = sorted(kind.lead_times, key=lambda row: row.ordered_from)
    past = [row for row in rows if row.ordered_from <= ordered]
    return add_weeks(ordered, (past[-1] if past else rows[0]).weeks)


def hold_transformers(w: World) -> None:
    """Buy, place and use units of every class; step-ups are those of the units already declared."""
    gear = w.families.get("transformers")
    if gear is None:
        return
    classes = {e: _buy(w, gear, c) for e, c in sorted(gear.classes.items()) if c.is_available}
    for one in classes.values():
        _place(w, gear, one)
    for s in w.sites:
        _hold_banks(w, gear, classes, s)
        if gear.of_role("switchgear"):
            for p in w.periods:
                w.program.at_most(
                    w.total("facility", s, p),
                    total(
                        _rated(c.kind) * c.installed(s, p)
                        for c in classes.values()
                        if c.kind.role == "switchgear"
                    ),
                )
    for z in w.zones:
        for p in w.periods:
            _hold_breakers(w, gear, classes, z, p, Sum())
    for e in gear.of_role("step_up"):
        for place in (*w.sites, *w.zones):
            for p in w.periods:
                there = classes[e].installed(place, p) if e in classes else Sum()
                w.program.at_most(w.total("step_ups", e, place, p), there)


def _rated(kind: Any) -> float:
    """MW of a unit."""
    return float((kind.unit_mva or 0.0) * kind.power_factor_frac)


def _ample(w: World) -> int:
    """More units than any place can use."""
    gear = w.families["transformers"]
    rated = [_rated(c) for c in gear.classes.values() if c.role == "main_bank"]
    spares: int = gear.spare_banks
    return 10 * (w.ample(min([*rated, w.peak_mw])) + spares + 1)


def _owner(kind: Any) -> str:
    """Who pays for units of a class."""
    return "power" if kind.role == "step_up" else "campus"


def _buy(w: World, gear: Any, kind: Any) -> _Class:
    """Pool orders, draws on the reserve and booked slots of a class, with their cost."""
    owner = _owner(kind)
    pooled, usd = gear.procurement != "site", kind.overnight_usd_per_unit
    pool = w.starts(
        lambda day: delivery(kind, day), _ample(w), is_decision=True, may=lambda q: pooled
    )
    w.charge(pool, (1 + gear.pool_premium_frac) * usd, kind.lifetime_years, owner=owner)
    reserve = w.starts(
        lambda day: add_weeks(day, kind.reserve_weeks),
        kind.reserve_units,
        may=lambda q: w.days[q] >= (kind.reserve_from or w.days[0]),
    )
    w.program.at_most(total(reserve.begun.values()), kind.reserve_units)
    w.charge(reserve, kind.reserve_usd_per_unit, kind.lifetime_years, owner=owner)
    kept: list[tuple[int, Sum]] = []
    for slot in kind.booked:
        units = w.program.variable(slot.units, is_whole=True)
        w.pay(0, -slot.resale_frac * usd * (slot.units - units))
        first, unpaid = w.from_day(slot.delivered), (1 - slot.paid_frac) * usd
        if first < len(w.days):
            w.spend(first, unpaid * units)
        for p in range(first, len(w.days)):
            w.pay_yearly(p, w.yearly(unpaid, kind.lifetime_years, owner) * units)
        kept.append((first, units))
    return _Class(kind, pool, reserve, kept)


def _fits(kind: Any, kv: float | None) -> bool:
    """Whether units of a class may stand at a voltage."""
    if kv is None:
        return True
    return (kind.from_kv or kv) <= kv <= (kind.to_kv or kv)


def _place(w: World, gear: Any, one: _Class) -> None:
    """Site orders and assignments of a class, within what is in hand and can be had."""
    kind, last = one.kind, w.periods[-1]
    with_zones = kind.role == "step_up" or kind.units_per_step_up > 0
    for place in (*w.sites, *(w.zones if with_zones else ())):
        if not _fits(kind, w.sites[place].poi_kv if place in w.sites else None):
            continue
        sited = gear.procurement != "pool"
        one.ordered[place] = w.starts(
            lambda day: delivery(kind, day),
            _ample(w),
            is_decision=True,
            may=lambda q, sited=sited: sited,  # type: ignore[misc]
        )
        w.charge(
            one.ordered[place],
            kind.overnight_usd_per_unit,
            kind.lifetime_years,
            owner=_owner(kind),
        )
        # in service once installed, where that is within the horizon
        days = {q: add_months(delivery(kind, w.days[q]), kind.install_months) for q in w.periods}
        orders = one.ordered[place].begun
        one.ordered[place] = Starts(orders, {q: w.from_day(days[q]) for q in orders})
        one.assigned[place] = w.starts(w.after(kind.install_months), _ample(w))
        if place in w.sites and kind.role != "step_up":
            for p in w.periods:
                most = _ample(w) * w.committed(place, p)
                if kind.units_per_step_up:
                    most = most + kind.units_per_step_up * _all_step_ups(w, gear, place, last)
                w.program.at_most(one.ordered[place].started(p), most)
                w.program.at_most(one.assigned[place].started(p), most)
    for p in w.periods:
        used = total(assigned.started(p) for assigned in one.assigned.values())
        in_hand = one.pool.in_service(p) + one.reserve.in_service(p) + kind.stock_units
        kept = total(units for first, units in one.kept if first <= p)
        w.program.at_most(used, in_hand + kept)
        new = total(
            starts.begun[p] for starts in (one.pool, *one.ordered.values()) if p in starts.begun
        )
        if kind.slots_per_year is not None:
            w.program.at_most(new, kind.slots_per_year * w.years(p))
    if kind.max_units is not None:
        bought = total(starts.started(last) for starts in (one.pool, *one.ordered.values()))
        w.program.at_most(bought, kind.max_units)


def _all_step_ups(w: World, gear: Any, place: str, p: int) -> Sum:
    """Step-ups that the units at a place need."""
    return total(w.total("step_ups", e, place, p) for e in gear.of_role("step_up"))


def _hold_banks(w: World, gear: Any, classes: dict[str, _Class], s: str) -> None:
    """Main banks in use beside spares, and breakers of both and of step-ups."""
    spares, ample = gear.spare_banks, _ample(w)
    mains = [c for c in classes.values() if c.kind.role == "main_bank"]
    is_whole = bool(gear.of_role("breaker"))
    firm = {(i, p): w.program.variable(ample, is_whole=is_whole)
            for i, _ in enumerate(mains) for p in w.periods}  # fmt: skip
    spare = {(i, p): w.program.variable(1 if spares else 0, is_whole=True) for i, p in firm}
    for p in w.periods:
        begun = [
            q for q in w.periods if add_months(w.days[q], gear.spare_grace_months) <= w.days[p]
        ]
        for i, main in enumerate(mains):
            w.program.at_most(firm[i, p] + spares * spare[i, p], main.installed(s, p))
            if spares and begun:
                w.program.at_most(firm[i, begun[-1]], ample * spare[i, p])
        banks_mw = total(_rated(main.kind) * firm[i, p] for i, main in enumerate(mains))
        w.program.at_most(w.total("facility", s, p) - w.total("onsite_mv_firm", s, p), banks_mw)
        w.program.at_most(w.total("draw", s, p), banks_mw)
        banks = total(firm[i, p] + spares * spare[i, p] for i, _ in enumerate(mains))
        _hold_breakers(w, gear, classes, s, p, banks)


def _hold_breakers(
    w: World, gear: Any, classes: dict[str, _Class], place: str, p: int, banks: Sum
) -> None:
    """Breakers of banks and step-ups at a place."""
    breakers = gear.of_role("breaker")
    if not breakers:
        return
    needs = next(iter(breakers.values()))
    there = total(c.installed(place, p) for e, c in classes.items() if e in breakers)
    step_ups = _all_step_ups(w, gear, place, p)
    w.program.at_most(needs.units_per_bank * banks + needs.units_per_step_up * step_ups, there)
