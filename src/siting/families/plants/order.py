"""Rules of ``plants`` on order and company: first of a kind first, shared builders, exclusive rights,
and one unit out. The formulation stands in ``plants``.
"""

from __future__ import annotations

from siting.families.base import Build, arrived
from siting.families.plants.data import PlantsData
from siting.families.whole import Expr, Label, at, pick, whole


def declare_order(build: Build, data: PlantsData) -> None:
    """Declare which technologies are unlocked, and which sites have a unit of a technology."""
    order = data.order
    unlocked = build.variable(
        "unlocked", order.unlock_index, domain="binary", doc="enough units of the predecessor"
    )
    build.cumulative("unlocked_monotone", unlocked, order.unlock_index)
    build.variable("has", order.outage_index, domain="binary", doc="site has a unit that may fail")


def constrain_order(build: Build, data: PlantsData) -> None:
    """First of a kind first, shared builders, exclusive rights, one unit out."""
    order, system = data.order, data.system
    units, start = build.variables["units"], build.variables["start"]
    unlocked, has = build.variables["unlocked"], build.variables["has"]

    def learned(k: str, p: int) -> tuple[Expr, Expr]:
        before, count, _ = order.after[k]
        done = sum(
            arrived(units, key, lag, p) for key, lag in order.reached.items() if key[0] == before
        )
        named = sum(arrived(start, (j,), order.named_reached[j], p) for j in order.named_of[before])
        return count * unlocked[k, p], done + named

    @whole
    def sequence(k: Label, place: Label, p: Label) -> tuple[Expr, Expr]:
        return units[k, place, p], at(data.max_units, k, place) * unlocked[k, p]

    def construction_slots(name: str, p: int) -> tuple[Expr, Expr]:
        shared = order.slots[name]
        busy = sum(
            arrived(units, key, order.begun[key], p) - arrived(units, key, order.built[key], p)
            for key in order.begun
            if key[0] in shared.technologies
        )
        return busy, shared.max_units_under_construction

    def exclusive(group: str) -> tuple[Expr, Expr]:
        last = [
            max(p for plant, p in data.named_starts if plant == j) for j in order.exclusive[group]
        ]
        return sum(start[j, p] for j, p in zip(order.exclusive[group], last, strict=True)), 1.0

    @whole
    def unit_there(k: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        count = arrived(units, (k, s), pick(data.lag, k, s), p)
        return count, at(data.max_units, k, s) * has[k, s, p]

    @whole
    def largest_out(k: Label, s: Label, p: Label) -> tuple[Expr, Expr]:
        lost = at(lambda k: data.technologies[k].unit_mw, k) * has[k, s, p]
        own = build.total("onsite_nameplate_mw", (s, p))
        return build.total("facility_mw", (s, p)), build.total("grid_mw", (s, p)) + own - lost

    followers = [key for key in data.unit_starts if key[0] in order.after]
    guarded = [key for key in order.outage_index if (key[1], key[2]) in set(system.service_periods)]
    groups = [(group,) for group in order.exclusive]
    build.at_most("learned", order.unlock_index, learned, doc="first of a kind first", unit="units")
    build.at_most("sequence", followers, sequence, doc="n-th of a kind after the first")
    build.at_most(
        "construction_slots", order.slot_index, construction_slots, doc="builders", unit="units"
    )
    build.at_most("exclusive", groups, exclusive, doc="exclusive rights", unit="plants")
    build.at_most("unit_there", order.outage_index, unit_there, doc="a unit that may fail")
    build.at_most("largest_out", guarded, largest_out, doc="largest unit out", unit="MW")
