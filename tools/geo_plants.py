"""Named plants: restarts, completions, reuses of sites and connections, deferred retirements."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from math import ceil

from geo_facts import Fact, Row, capped, joined, optional, required, unverified

TECHNOLOGY = {
    "restart": "nuclear_restart",
    "completion": "nuclear_completion",
    "site reuse": "nuclear_site_reuse",
    "gas repower": "gas_repower",
    "coal interconnection": "coal_interconnection_reuse",
    "retirement deferral": "retirement_deferral",
}
COST_BASIS = {
    "restart": "nuclear_restart",
    "completion": "nuclear_large",
    "site reuse": "nuclear_large",
    "gas repower": "gas_combined_cycle",
    "coal interconnection": "gas_combined_cycle",
    "retirement deferral": "coal_life_extension",
}
GAS_STEAM = "gas_conversion_or_oil_gas_steam_extension"
AS_OF = "2026-11"
"""Month of the data set."""
DECIDED_KINDS = ("restart", "gas repower")
"""Kinds whose lead time counts from a decision that may lie in the past."""
FIRST_REUSE = "2027-01"
RIGHTS: dict[str, Row] = {
    "crane": {"rights_mw": 835.0, "rights_from": "eddystone_3_4", "own_rights_from": "2031-01-01"},
    "eddystone_3_4": {"rights_mw": 760.0, "rights_from": None, "own_rights_from": None},
}
"""Rights told in the plants' status notes; every other plant has its capacity of its own."""

PLACE = ("longitude", "latitude")
OTHER = (
    "kind",
    "technology",
    "state",
    "zone",
    "capacity_mw",
    "overnight_usd",
    "earliest_in_service",
    "lead_time_months",
    "rights_mw",
    "grid_kv",
    "status_note",
)
PROPERTIES = {
    "lat": ("latitude",),
    "lon": ("longitude",),
    "capacity_mw": ("capacity_mw", "rights_mw"),
    "capex_musd": ("overnight_usd",),
    "earliest_online": ("earliest_in_service",),
    "earliest_online month": ("earliest_in_service",),
    "lead_time_months": ("lead_time_months",),
    "status_note": ("status_note",),
    "permit status": ("status_note",),
    "all cells": (*PLACE, *OTHER),
    "all cells except lat/lon": OTHER,
}


class PlantRules:
    """What fills a plant's blanks: costs and months by technology, one large reactor, medians."""

    def __init__(
        self,
        plants: Mapping[str, Fact],
        technologies: Mapping[str, Fact],
        designs: Mapping[str, Fact],
        zones: set[str],
    ) -> None:
        """Take the typical values."""
        self.plants = plants
        self.zones = zones
        self.reactor_mw = required(designs["ap1000"], "unit_mwe")
        column = "overnight_capex_usd_per_kw"
        names = (*COST_BASIS.values(), GAS_STEAM)
        self.usd_per_kw = {name: required(technologies[name], column) for name in names}
        self.gas_months = required(technologies["gas_combined_cycle"], "equipment_lead_months")

    def cost_basis(self, fact: Fact) -> str:
        """The technology whose cost a plant takes: gas or oil steam has its own for
        deferral and for boilers that are fired with gas."""
        is_kept = fact["kind"] == "retirement deferral" and "gas" in fact["technology"]
        is_boiler = fact["technology"] == "coal-to-gas conversion"
        return GAS_STEAM if is_kept or is_boiler else COST_BASIS[fact["kind"]]

    def others(self, fact: Fact, column: str) -> list[str]:
        """What the other plants of a kind state."""
        alike = (f for f in self.plants.values() if f["kind"] == fact["kind"] and f is not fact)
        return [f[column] for f in alike if f[column]]


def plant_rows(rules: PlantRules) -> list[Row]:
    """Plants by id."""
    return [plant_row(name, fact, rules) for name, fact in rules.plants.items()]


def plant_row(name: str, fact: Fact, rules: PlantRules) -> Row:
    """A plant."""
    if fact["grid_zone"] not in rules.zones:
        raise ValueError(f"{name} is in zone {fact['grid_zone']}, which is not among the zones")
    estimated = unverified(fact["unverified_cells"], PROPERTIES)
    capacity = optional(fact, "capacity_mw")
    if capacity is None:
        capacity = rules.reactor_mw
        estimated.append("capacity_mw")
    capex = optional(fact, "capex_musd")
    if capex is None:
        estimated.append("overnight_usd")
        usd = rules.usd_per_kw[rules.cost_basis(fact)] * 1000 * capacity
    else:
        usd = capex * 1e6
    online, months, dated = dates(fact, rules)
    own: Row = {"rights_mw": capacity, "rights_from": None, "own_rights_from": None}
    estimated += dated if name in RIGHTS else [*dated, "rights_mw"]
    return {
        "id": name,
        "name": fact["name"],
        "kind": fact["kind"],
        "technology": TECHNOLOGY[fact["kind"]],
        "state": fact["state"],
        "zone": fact["grid_zone"],
        "longitude": required(fact, "lon"),
        "latitude": required(fact, "lat"),
        "capacity_mw": capacity,
        "overnight_usd": round(usd),
        "earliest_in_service": f"{online}-01",
        "lead_time_months": months,
        **RIGHTS.get(name, own),
        "grid_kv": required(fact, "grid_kv_within_2km"),
        "status_note": fact["status_note"],
        "estimated": joined(estimated),
        "source": fact["source"],
        "source_url": fact["source_url"],
        "confidence": capped(fact["confidence"], fact["source"]),
    }


def dates(fact: Fact, rules: PlantRules) -> tuple[str, float, list[str]]:
    """Earliest month in service, lead time, and which of the two are estimated."""
    estimated = []
    months, online = optional(fact, "lead_time_months"), fact["earliest_online"]
    if months is None:
        estimated.append("lead_time_months")
        months = statistics.median(float(m) for m in rules.others(fact, "lead_time_months"))
    if not online:
        estimated.append("earliest_in_service")
        online = median_month(rules.others(fact, "earliest_online"))
    if fact["kind"] == "coal interconnection":
        if months < rules.gas_months:
            estimated.append("lead_time_months")
            months = rules.gas_months
        if online < FIRST_REUSE:
            estimated.append("earliest_in_service")
            online = FIRST_REUSE
    is_reported = fact["kind"] in DECIDED_KINDS and fact["confidence"] != "low" and not estimated
    if is_reported and months_back(online, months) < AS_OF:
        return online, 0.0, ["lead_time_months"]
    return online, months, estimated


def months_back(month: str, count: float) -> str:
    """The month (YYYY-MM) some months before a month."""
    year, index = divmod(12 * int(month[:4]) + int(month[5:7]) - 1 - round(count), 12)
    return f"{year:04d}-{index + 1:02d}"


def median_month(months: Iterable[str]) -> str:
    """Median of months written YYYY-MM; of two middle ones the month halfway, rounded up."""
    counts = [12 * int(month[:4]) + int(month[5:7]) - 1 for month in months]
    year, month = divmod(ceil(statistics.median(counts)), 12)
    return f"{year:04d}-{month + 1:02d}"
