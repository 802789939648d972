"""Federal sites, the points of interconnection they share, and upgrades of nodes and zones."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping

from geo_facts import Fact, Row, joined, optional, required, typical, unverified
from geo_points import DOLLAR_YEAR, THERMAL_UP_TO_KV, PointFacts
from geo_points import SOURCE as POINT_SOURCE
from geo_shapes import CIRCLE, POINT, distance_km
from geo_status import site_confidence

NODE_KM = 10.0
REGIONAL_LINE_MW = 900
"""Surge impedance loading of a 500 kV line: what it carries over long distances."""
LINE_KV = (115, 230, 345, 500, 765)
ZONE_LINE_MILES = 150
LIFETIME_YEARS = 40
SAME_AREA = {("BPA", "BPAT")}
"""Two names of one balancing area."""

NUMERIC = ("longitude", "latitude", "total_acres", "buildable_acres", "poi_kv", "gen_tie_km")
OTHER = ("zone", "is_doe_selected", "water_notes", "power_notes")
PROPERTIES = {
    "latitude": ("latitude",),
    "longitude": ("longitude",),
    "total_acres": ("total_acres",),
    "available_acres": ("buildable_acres",),
    "iso_rto": ("zone",),
    "water_notes": ("water_notes",),
    "existing_power_notes": ("power_notes",),
    "notes": (),
    "Sanborn MW": (),
    "all numeric cells": NUMERIC,
    "all cells except agency": (*NUMERIC, *OTHER, "state"),
    "all cells except agency and state": (*NUMERIC, *OTHER),
}


def typical_acres(facts: Iterable[Fact]) -> dict[str, float]:
    """Median of the stated available acres by agency; under "" that of all agencies."""
    stated: dict[str, list[float]] = {"": []}
    for fact in facts:
        if (acres := optional(fact, "available_acres")) is not None:
            stated.setdefault(fact["agency"], []).append(acres)
            stated[""].append(acres)
    return {agency: statistics.median(acres) for agency, acres in stated.items()}


def site_rows(
    facts: Mapping[str, Fact], zones: set[str], route_factor: float, acres_per_mw: float
) -> list[Row]:
    """Sites by id, their nodes not yet given."""
    medians = typical_acres(facts.values())
    rows = []
    for fact in facts.values():
        announced = (optional(fact, "stated_data_center_mw") or 0.0) * acres_per_mw
        usual = max(announced, medians.get(fact["agency"], medians[""]))
        rows.append(site_row(fact, zones, usual, route_factor))
    return rows


def site_row(fact: Fact, zones: set[str], usual_acres: float, route_factor: float) -> Row:
    """A site; ``usual_acres`` is its buildable land where none is stated, up to its total."""
    zone = fact["grid_zone"] or None
    if zone is not None and zone not in zones:
        raise ValueError(f"{fact['site_id']} is in zone {zone}, which is not among the zones")
    total, buildable = optional(fact, "total_acres"), optional(fact, "available_acres")
    estimated = [*unverified(fact["unverified_cells"], PROPERTIES), "gen_tie_km"]
    if buildable is None:
        estimated.append("buildable_acres")
        buildable = usual_acres if total is None else min(total, usual_acres)
    if total is None:
        estimated.append("total_acres")
    if zone is not None:
        estimated.append("node")
        is_same = fact["iso_rto"] == zone or (fact["iso_rto"], zone) in SAME_AREA
        estimated += [] if is_same else ["zone"]
    return {
        "id": fact["site_id"],
        "name": fact["name"],
        "agency": fact["agency"],
        "state": fact["state"],
        "zone": zone,
        "node": None,
        "longitude": required(fact, "longitude"),
        "latitude": required(fact, "latitude"),
        "total_acres": buildable if total is None else total,
        "buildable_acres": buildable,
        "poi_kv": required(fact, "nearest_high_voltage_kv"),
        "gen_tie_km": round(route_factor * required(fact, "nearest_high_voltage_km"), 3),
        "is_doe_selected": {"True": True, "False": False}[fact["selected_by_doe_2025"]],
        "water_notes": fact["water_notes"],
        "power_notes": fact["existing_power_notes"],
        "geometry_kind": POINT if total is None else CIRCLE,
        "estimated": joined(estimated),
        "source": fact["source"],
        "source_url": fact["source_url"],
        "confidence": site_confidence(fact),
    }


def assign_nodes(sites: list[Row]) -> list[Row]:
    """Give each site in a zone its node; returns the nodes by id."""
    placed = [site for site in sites if site["zone"] is not None]
    group = {str(site["id"]): str(site["id"]) for site in placed}
    for a in placed:
        for b in placed:
            alike = (a["zone"], a["poi_kv"]) == (b["zone"], b["poi_kv"])
            if alike and distance_km(a, b) <= NODE_KM:
                first, other = sorted((group[str(a["id"])], group[str(b["id"])]))
                group = {site: first if root == other else root for site, root in group.items()}
    for site in placed:
        site["node"] = f"POI-{group[str(site['id'])]}"
    firsts = [site for site in placed if group[str(site["id"])] == site["id"]]
    return sorted((node_row(site) for site in firsts), key=lambda node: str(node["node_id"]))


def node_row(site: Row) -> Row:
    """The point of interconnection named after a site, its capacity not yet given."""
    kv = float(site["poi_kv"] or 0)
    return {
        "node_id": site["node"],
        "name": f"Point of interconnection near {site['name']}",
        "zone": site["zone"],
        "poi_kv": kv,
        "longitude": site["longitude"],
        "latitude": site["latitude"],
        "confidence": "low",
    }


class LineCosts:
    """Costs and months of lines and substations, by voltage."""

    def __init__(self, timelines: Mapping[str, Fact]) -> None:
        """Take the typical values."""
        self.line = {
            kv: typical(timelines, f"line_new_{kv}kv_single_circuit") * 1e6 for kv in LINE_KV
        }
        self.station = typical(timelines, "substation_new_345kv") * 1e6
        self.route_factor = typical(timelines, "line_route_length_adder")
        self.short_months = typical(timelines, "new_hv_line_345kv_lt_30mi")
        self.long_months = typical(timelines, "new_hv_line_345_500kv_30_150mi")
        self.interstate_months = typical(timelines, "new_hv_line_765kv_or_interstate")
        used = ("line_new_345kv_single_circuit", "new_hv_line_765kv_or_interstate")
        self.source = "; ".join(dict.fromkeys(timelines[name]["source"] for name in used))

    def line_months(self, kv: float) -> float:
        """Months of a new line."""
        if kv <= 230:
            return self.short_months
        return self.long_months if kv <= 500 else self.interstate_months


def upgrade_rows(
    nodes: list[Row], zones: list[Row], costs: LineCosts, points: PointFacts
) -> list[Row]:
    """A new line at every node, other wires where they gain something, a line of every zone."""
    rows = []
    for node in nodes:
        name, kv = str(node["node_id"]), float(node["poi_kv"] or 0)
        found = points.of(kv)
        built = points.new_line_usd(kv, costs.route_factor)
        more = found.high_mw - found.typical_mw
        new = (f"New {kv:g} kV line to {name}", more, costs.line_months(kv), built)
        rows.append(upgrade(f"{name}.new_line", *new, POINT_SOURCE, node=name))
        if kv <= THERMAL_UP_TO_KV:
            wired = points.reconductoring_usd(kv)
            months = points.typical["reconductoring months", "any"]
            old = (f"Reconductoring at {name}", round(points.gain_mw(kv), 3), months, wired)
            rows.append(upgrade(f"{name}.reconductor", *old, POINT_SOURCE, node=name))
    usd = ZONE_LINE_MILES * costs.route_factor * costs.line[500] + 2 * costs.station
    for zone in zones:
        title, mw = f"Regional 500 kV line in {zone['name']}", REGIONAL_LINE_MW
        line_of_zone = (title, mw, costs.interstate_months, usd, costs.source)
        rows.append(upgrade(f"{zone['id']}.regional_line", *line_of_zone, zone=str(zone["id"])))
    return sorted(rows, key=lambda row: str(row["upgrade_id"]))


def upgrade(  # noqa: PLR0913 - the columns of a row
    name: str,
    title: str,
    mw: float,
    months: float,
    usd: float,
    source: str,
    *,
    node: str | None = None,
    zone: str | None = None,
) -> Row:
    """A row of upgrades."""
    return {
        "upgrade_id": name,
        "name": title,
        "node": node,
        "zone": zone,
        "added_mw": mw,
        "lead_time_months": months,
        "overnight_usd": round(usd),
        "dollar_year": DOLLAR_YEAR,
        "lifetime_years": LIFETIME_YEARS,
        "estimated": "added_mw;lead_time_months;lifetime_years;overnight_usd",
        "source": f"{source}; by rule '{name.rsplit('.', 1)[1]}'",
        "confidence": "low",
    }
