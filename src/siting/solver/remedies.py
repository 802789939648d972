"""What a limit is called, which number of the scenario sets it, and what that would have to be.

``RANKS`` is the order in which limits are given up to explain why no plan exists: rules and money
that planners set themselves, then what can be bought or ordered, then what the grid can do, and
last the load that is to be served. Rows that are not named here are balances and logic, and are
never relaxed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from siting.families.base import Index
from siting.instance.build import Instance
from siting.instance.changes import find

DIGITS = 6
"""Significant digits of a suggested value, rounded so that it is enough."""
MILLION = 1e6
THOUSAND = 1e3
"""Tonnes and cubic metres in a unit of the rows that cap them."""
RULE, BUY, GRID, LOAD = 0, 1, 2, 3
"""Ranks of limits, first given up first."""


@dataclass(frozen=True)
class Remedy:
    """How a row is relaxed.

    Attributes:
        rank: RULE, BUY, GRID or LOAD.
        path: from the row's index to the dotted path of the number; '' where it is no one number.
        amount: from index and slack of the row to the change of the number.
        is_count: whether the number is a whole one.
    """

    rank: int
    path: Callable[[Instance, Index], str] = lambda instance, key: ""
    amount: Callable[[Instance, Index, float], float] = lambda instance, key, slack: slack
    is_count: bool = False


def _years(instance: Instance, key: Index) -> float:
    """Years of the period that ends an index."""
    return instance.system.calendar.years(key[-1])


def _zone_headroom(instance: Instance, key: Index) -> str:
    """Headroom of a zone, of the tier in use where it is stated by tier."""
    zone = instance.system.zones[key[0]]
    tier = instance.scenario.components.headroom.tier  # type: ignore[attr-defined]
    return f"zones.{key[0]}.headroom_mw" + ("" if zone.headroom_mw is not None else f"_{tier}")


def _group(instance: Instance, key: Index) -> str:
    """Cap on sites, of an agency or of a state."""
    kind, _, name = str(key[0]).partition(" ")
    by = {"agency": "max_sites_by_agency", "state": "max_sites_by_state"}
    return f"components.land.{by[kind]}.{name}" if name else "components.land.max_sites"


def _trip(instance: Instance, key: Index) -> str:
    """Limit of a trip group, or that of every zone."""
    path = f"components.ride_through.limits.{key[0]}.max_trip_mw"
    return path if find(instance, path) else "components.ride_through.max_trip_mw_per_zone"


def _node(instance: Instance, key: Index) -> str:
    """Capacity of the node of a site."""
    return f"nodes.{instance.system.node_of[key[0]]}.capacity_mw"


def _bill(instance: Instance, key: Index) -> str:
    """Cap of a zone, or of all."""
    path = f"components.ratepayer.max_bill_effect_by_zone_frac.{key[0]}"
    return path if find(instance, path) else "components.ratepayer.max_bill_effect_frac"


def _bill_share(instance: Instance, key: Index, slack: float) -> float:
    """Million dollars a year as a share of the bill."""
    data: Any = instance.data["ratepayer"]
    now = find(instance, _bill(instance, key))
    return slack * MILLION / data.cap_usd[key[0]] * now[0] if now and data.cap_usd[key[0]] else 0.0


def _yearly(instance: Instance, key: Index) -> str:
    """Cap on the spending of a year."""
    path = f"components.budget.overnight_usd_by_year.{key[0]}"
    return path if find(instance, path) else "components.budget.max_overnight_usd_per_year"


def _capped(family: str, unit: str, rule: str) -> Remedy:
    """A cap on emissions or water of a group in a year, pro rata to its periods."""
    base = f"components.{family}.max_{unit}_per_year"

    def path(instance: Instance, key: Index) -> str:
        group, year = key
        if rule != "yearly_cap":
            return f"{base}_by_{rule.removesuffix('_cap')}.{group}"
        own = f"{base}_by_year.{year}"
        return own if find(instance, own) else base

    def amount(instance: Instance, key: Index, slack: float) -> float:
        periods = instance.data[family].caps[rule, key[0], key[1]].periods
        return THOUSAND * slack / sum(instance.system.calendar.years(p) for p in periods)

    return Remedy(RULE, path, amount)


def _in(template: str) -> Callable[[Instance, Index], str]:
    """A path with the first part of the index in it."""
    return lambda instance, key: template.format(key[0])


CLASSES, PRODUCTS = "components.transformers.classes", "components.bridge.products"
TECHNOLOGIES = "components.plants.technologies"
REMEDIES: dict[str, Remedy] = {
    "budget.total_cap": Remedy(
        RULE, _in("components.budget.max_overnight_usd"), lambda i, k, slack: slack * MILLION
    ),
    "budget.yearly_cap": Remedy(RULE, _yearly, lambda i, k, slack: slack * MILLION),
    "land.group_limit": Remedy(RULE, _group, is_count=True),
    "land.yearly_limit": Remedy(RULE, _in("components.land.max_commitments_per_year")),
    "workloads.campus_count": Remedy(
        RULE, _in("components.workloads.kinds.{}.max_sites"), is_count=True
    ),
    "ratepayer.bill_cap": Remedy(RULE, _bill, _bill_share),
    **{
        f"{family}.{rule}": _capped(family, unit, rule)
        for family, unit, rules in (
            ("emissions", "t", ("yearly_cap", "zone_cap", "agency_cap")),
            ("water", "m3", ("yearly_cap", "basin_cap", "agency_cap")),
        )
        for rule in rules
    },
    "transformers.slots": Remedy(
        BUY, _in(CLASSES + ".{}.slots_per_year"), lambda i, k, slack: slack / _years(i, k)
    ),
    "transformers.supply_limit": Remedy(BUY, _in(CLASSES + ".{}.max_units"), is_count=True),
    "plants.supply": Remedy(
        BUY, _in(TECHNOLOGIES + ".{}.max_starts_per_year"), lambda i, k, slack: slack / _years(i, k)
    ),
    "plants.construction_slots": Remedy(
        BUY,
        _in("components.plants.construction_slots.{}.max_units_under_construction"),
        is_count=True,
    ),
    "bridge.fleet": Remedy(BUY, _in(PRODUCTS + ".{}.fleet_units"), is_count=True),
    "cooling.rack_density": Remedy(BUY),
    "headroom.zone_limit": Remedy(GRID, _zone_headroom),
    "strategy.zone_draw": Remedy(GRID),
    "headroom.node_limit": Remedy(GRID, _in("nodes.{}.capacity_mw")),
    "headroom.connected": Remedy(GRID, _node),
    "curtailment.curve_end": Remedy(GRID, _in("zones.{}.headroom_mw_5pct")),
    "curtailment.curve": Remedy(GRID),
    "adequacy.reserve_margin": Remedy(GRID, _in("zones.{}.accredited_surplus_mw")),
    "ride_through.trip_limit": Remedy(GRID, _trip),
    "network.flow_limit": Remedy(GRID, _in("components.network.branches.{}.rating_mw")),
    "campus.minimum_campus": Remedy(
        LOAD, _in("components.campus.min_campus_it_mw"), lambda i, k, slack: -slack
    ),
    "workloads.campus_floor": Remedy(LOAD),
    "workloads.meet_target": Remedy(LOAD),
}


def rounded(value: float, change: float, is_count: bool) -> float:
    """A value with few digits, rounded away from where it came from, so that it is enough."""
    away = ceil if change > 0 else floor
    if is_count:
        return away(value - 1e-6 if change > 0 else value + 1e-6)
    if value == 0:
        return 0.0
    scale = 10.0 ** (DIGITS - 1 - floor(log10(abs(value))))
    near = round(value * scale)
    exact = near if abs(value * scale - near) < 1e-3 else away(value * scale)
    return exact / scale
