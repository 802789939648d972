"""Rules of ``plants`` on order and company: first of a kind first, shared builders, exclusive rights,
and one unit out. The formulation stands in ``plants``.
"""

from __future__ import annotations

from siting.expressions.labels import Expr, Label, Relation, at, parts, pick, sum_over
from siting.families.base import Build, Index, arrived
from siting.families.plants.data import PlantsData
from siting.families.plants.supply import running_units


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
    order, unlocked = data.order, build.variables["unlocked"]
    units, start = build.variables["units"], build.variables["start"]
    last_start = {j: p for j, p in data.named_starts}

    def places_before(k: str) -> list[Index]:
        """Technology and place of the units that come before those of a technology."""
        return [key for key in order.reached if key[0] == order.after[k][0]]

    def named_before(k: str) -> tuple[str, ...]:
        return tuple(order.named_of[order.after[k][0]])

    def sharing(name: str) -> list[Index]:
        return [key for key in order.begun if key[0] in order.slots[name].technologies]

    def built(key: Label, p: Label) -> Expr:
        return arrived(units, parts(key), pick(order.reached, *parts(key)), p)

    def running(j: Label, p: Label) -> Expr:
        return arrived(start, (j,), pick(order.named_reached, j), p)

    def under_construction(key: Label, p: Label) -> Expr:
        item = parts(key)
        begun = arrived(units, item, pick(order.begun, *item), p)
        return begun - arrived(units, item, pick(order.built, *item), p)

    followers = [key for key in data.unit_starts if key[0] in order.after]
    groups = [(group,) for group in order.exclusive]

    @build.constraint(over=order.unlock_index, doc="first of a kind first", unit="units")
    def learned(k: Label, p: Label) -> Relation:
        done = sum_over(pick(places_before, k), built, p)
        named = sum_over(pick(named_before, k), running, p)
        return at(lambda k: order.after[k][1], k) * unlocked[k, p] <= done + named

    @build.constraint(over=followers, doc="n-th of a kind after the first")
    def sequence(k: Label, place: Label, p: Label) -> Relation:
        return units[k, place, p] <= at(data.max_units, k, place) * unlocked[k, p]

    @build.constraint(over=order.slot_index, doc="builders", unit="units")
    def construction_slots(name: Label, p: Label) -> Relation:
        most = at(lambda name: order.slots[name].max_units_under_construction, name)
        return sum_over(pick(sharing, name), under_construction, p) <= most

    @build.constraint(over=groups, doc="exclusive rights", unit="plants")
    def exclusive(group: Label) -> Relation:
        return (
            sum_over(pick(order.exclusive, group), lambda j: start[j, pick(last_start, j)]) <= 1.0
        )

    _constrain_outage(build, data)


def _constrain_outage(build: Build, data: PlantsData) -> None:
    """The load of a guarded site is held with its largest unit out."""
    order, served = data.order, set(data.system.service_periods)
    has = build.variables["has"]
    guarded = [key for key in order.outage_index if key[1:] in served]

    @build.constraint(over=order.outage_index, doc="a unit that may fail")
    def unit_there(k: Label, s: Label, p: Label) -> Relation:
        count = running_units(build, data, k, s, p)
        return count <= at(data.max_units, k, s) * has[k, s, p]

    @build.constraint(over=guarded, doc="largest unit out", unit="MW")
    def largest_out(k: Label, s: Label, p: Label) -> Relation:
        lost = at(lambda k: data.technologies[k].unit_mw, k) * has[k, s, p]
        own = build.total("onsite_nameplate_mw", (s, p))
        return build.total("facility_mw", (s, p)) <= build.total("grid_mw", (s, p)) + own - lost
