"""Build ``data/geo`` from researched facts: ``python tools/build_data.py FACTS_DIR STATES_TOPOJSON``.

FACTS_DIR holds federal_sites.csv, grid_zones.csv and restarts.csv; STATES_TOPOJSON is
``states-10m.json`` of the npm package us-atlas 3. Same input, same bytes out. Every number that a
fact leaves blank or marks unverified is listed in the row's ``estimated``; the rules that fill blanks
are written to ``layers.yaml`` beside the data.
"""

from __future__ import annotations

import csv
import hashlib
import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
import yaml
from pyproj import Geod

from states import state_features

TARGET = Path(__file__).resolve().parent.parent / "data" / "geo"
GEOD = Geod(ellps="WGS84")
SQUARE_METRES_PER_ACRE = 4046.8564224
KM_PER_MILE = 1.609344
ROUTE_FACTOR = 1.3
CIRCLE_VERTICES = 48
ACRES_PER_MW = 0.6
NODE_KM = 10.0
SURGE_IMPEDANCE_MW = {115: 36, 120: 39, 138: 52, 230: 140, 345: 400, 500: 900, 765: 2250}
LOADABILITY = 2.0
LINE_MUSD_PER_MILE = {115: 2.0, 230: 2.3, 345: 3.65, 500: 4.6, 765: 5.6}
POSITION_MUSD = {115: 2.0, 230: 3.0, 345: 4.9, 500: 7.3}
RECONDUCTOR_345_MUSD_PER_MILE = 1.2
UPGRADE_MILES = 50
ZONE_LINE_MILES = 150
STATION_MUSD = 26.9
USD_PER_MUSD = 1e6
AP1000_MW = 1117
USD_PER_KW = {
    "nuclear_restart": 2400,
    "nuclear_completion": 9500,
    "nuclear_site_reuse": 9500,
    "gas_repower": 2500,
    "coal_interconnection_reuse": 2500,
    "retirement_deferral": 200,
}
GAS_EQUIPMENT_MONTHS = 60
TECHNOLOGY = {
    "restart": "nuclear_restart",
    "completion": "nuclear_completion",
    "site reuse": "nuclear_site_reuse",
    "gas repower": "gas_repower",
    "coal interconnection": "coal_interconnection_reuse",
    "retirement deferral": "retirement_deferral",
}
FIRST_PERIOD = "2027-01-01"

RULES = {
    "acres": "buildable_acres is available_acres where stated; else the lesser of total_acres and what "
    "the site's stated data-center MW needs at 0.6 acres per MW; else the lesser of total_acres and "
    "the median of the agency's stated available_acres (all agencies' median where it has none). "
    "total_acres is buildable_acres where it is not known.",
    "circle": "A site with a stated total acreage is drawn as a 48-vertex geodesic circle of that "
    "area around its point, marked approximate; the others are points.",
    "gen_tie": "gen_tie_km is the straight-line distance to the nearest high-voltage line times 1.3 "
    "(MISO MTEP24 route adder).",
    "loadability": "A point of interconnection can take 2.0 times the surge impedance loading of its "
    "voltage class, the St. Clair loadability of a line of about 100 miles. MW at 115/120/138/230/345/"
    "500/765 kV: 36/39/52/140/400/900/2250; 345 and 500 kV agree with AEP's loadability at 300 miles.",
    "node": "Sites in one zone, at one voltage, within 10 km of each other share a point of "
    "interconnection.",
    "reconductor": "Reconductoring adds half of the node's capacity in 24 months, 50 miles at a cost "
    "per mile that scales with new single-circuit lines from 1.2 MUSD at 345 kV.",
    "new_line": "A new line adds the node's capacity again: 60 months to 230 kV, 108 months at 345 and "
    "500 kV, 120 months at 765 kV; 50 miles times 1.3 at MTEP24 cost plus one substation position. "
    "120 and 138 kV are interpolated between 115 and 230 kV.",
    "regional_line": "Each zone may add one 500 kV line: 900 MW in 120 months, 150 miles times 1.3 at "
    "MTEP24 cost plus two substations.",
    "surplus": "accredited_surplus_mw is (anticipated - reference reserve margin) times the larger of "
    "the summer and winter peak, not below zero; a year without an anticipated margin takes that of "
    "the nearest stated year (the earlier of two).",
    "capacity_price": "A zone without a capacity price takes the median of those that have one.",
    "credit": "A zone without its own ELCC takes PJM's for wind and four-hour batteries, and for solar "
    "0.25 in WECC-Southwest and WECC-Basin, else PJM's 0.10.",
    "capacity": "A plant without a stated capacity is one AP1000 of 1,117 MW.",
    "capital": "A plant without a stated cost takes the typical USD/kW of its technology times MW: "
    "restart 2,400, completion or site reuse 9,500, gas or reuse of a coal interconnection 2,500, "
    "deferral 200.",
    "dates": "A plant without dates takes the latest date and the median lead time of its kind. Reuse "
    "of a coal interconnection needs gas turbines: at least 60 months. No plant is earlier than the "
    "start of 2027.",
}


def main(facts: Path, states: Path) -> None:
    """Write every layer and the catalogue."""
    TARGET.mkdir(parents=True, exist_ok=True)
    zones = zone_rows(read(facts / "grid_zones.csv"))
    sites, nodes = site_rows(read(facts / "federal_sites.csv"), {z["id"] for z in zones})
    upgrades = upgrade_rows(nodes, zones)
    plants = plant_rows(read(facts / "restarts.csv"))
    write_geojson("federal_sites.geojson", [site_feature(site) for site in sites])
    write_geojson("grid_zones.geojson", [point_feature(zone) for zone in zones])
    write_geojson("plants.geojson", [point_feature(plant) for plant in plants])
    write_geojson("states.geojson", state_features(states))
    write_csv("nodes.csv", nodes)
    write_csv("upgrades.csv", upgrades)
    write_catalogue(
        {
            "federal_sites.geojson": sites,
            "grid_zones.geojson": zones,
            "plants.geojson": plants,
            "nodes.csv": nodes,
            "upgrades.csv": upgrades,
            "states.geojson": [],
        }
    )


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a facts table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str | None) -> float | None:
    """A number, or None where the fact is blank or not one."""
    try:
        return float(text or "")
    except ValueError:
        return None


def joined(names: Iterable[str]) -> str:
    """A sorted list of property names without repeats."""
    return ";".join(sorted({name.strip() for name in names if name.strip()}))


UNVERIFIED_NAMES = {
    "nearest_high_voltage_kv": "poi_kv",
    "iso_rto": "zone",
    "capex_musd": "overnight_usd",
    "earliest_online": "earliest_in_service",
    "lat": "latitude",
    "lon": "longitude",
    "available_acres": "buildable_acres",
    "wholesale_energy_usd_per_mwh": "energy_usd_per_mwh",
    "wholesale_energy": "energy_usd_per_mwh",
    "centroid_lat": "latitude",
    "centroid_lon": "longitude",
    "carbon": "carbon_kg_per_mwh",
    "large_load_connection_months_*": "connection_months",
    "headroom_*": "headroom_mw",
    "summer_peak": "summer_peak_mw",
    "winter_peak": "winter_peak_mw",
}


def unverified(text: str) -> list[str]:
    """Names of unverified cells, in the words of the shipped columns."""
    names = []
    for part in text.replace(" and ", ";").split(";"):
        bare = part.split("(")[0].split(":")[0].strip()
        names.append(UNVERIFIED_NAMES.get(bare, bare))
    return names


def site_rows(
    facts: list[dict[str, str]], zones: set[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sites, and the points of interconnection they share."""
    stated: dict[str, list[float]] = {}
    for fact in facts:
        acres = number(fact["available_acres"])
        if acres:
            stated.setdefault(fact["agency"], []).append(acres)
    everywhere = statistics.median(a for acres in stated.values() for a in acres)
    sites = []
    for fact in sorted(facts, key=lambda f: f["site_id"]):
        total, own = number(fact["total_acres"]), number(fact["available_acres"])
        typical = statistics.median(stated.get(fact["agency"], [everywhere]))
        stated_mw = number(fact["stated_data_center_mw"])
        wanted = stated_mw * ACRES_PER_MW if stated_mw else typical
        buildable = own or min(total or wanted, wanted)
        estimated = [*unverified(fact["unverified_cells"]), "gen_tie_km"]
        estimated += [] if own else ["buildable_acres"]
        estimated += [] if total else ["total_acres"]
        zone = fact["grid_zone"] if fact["grid_zone"] in zones else None
        sites.append(
            {
                "id": fact["site_id"],
                "name": fact["name"],
                "agency": fact["agency"],
                "state": fact["state"],
                "zone": zone,
                "node": None,
                "longitude": number(fact["longitude"]),
                "latitude": number(fact["latitude"]),
                "total_acres": total or buildable,
                "buildable_acres": buildable,
                "poi_kv": number(fact["nearest_high_voltage_kv"]),
                "gen_tie_km": round(
                    ROUTE_FACTOR * (number(fact["nearest_high_voltage_km"]) or 0), 3
                ),
                "is_doe_selected": fact["selected_by_doe_2025"] == "True",
                "water_notes": fact["water_notes"],
                "power_notes": fact["existing_power_notes"],
                "geometry_kind": "approximate circle of total_acres" if total else "point",
                "estimated": joined(estimated),
                "source": fact["source"],
                "source_url": fact["source_url"],
                "confidence": fact["confidence"],
            }
        )
    return sites, assign_nodes(sites)


def assign_nodes(sites: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each site in a zone its node; returns the nodes."""
    placed = [site for site in sites if site["zone"] is not None]
    group = {site["id"]: site["id"] for site in placed}
    for a in placed:
        for b in placed:
            alike = (a["zone"], a["poi_kv"]) == (b["zone"], b["poi_kv"])
            if a["id"] < b["id"] and alike and distance_km(a, b) <= NODE_KM:
                old, new = sorted((group[a["id"]], group[b["id"]]), reverse=True)
                group = {s: new if g == old else g for s, g in group.items()}
    nodes = []
    for site in placed:
        site["node"] = f"POI-{group[site['id']]}"
        if group[site["id"]] == site["id"]:
            nodes.append(
                {
                    "node_id": site["node"],
                    "name": f"Point of interconnection near {site['name']}",
                    "zone": site["zone"],
                    "poi_kv": site["poi_kv"],
                    "longitude": site["longitude"],
                    "latitude": site["latitude"],
                    "capacity_mw": LOADABILITY * SURGE_IMPEDANCE_MW[int(site["poi_kv"])],
                    "estimated": "capacity_mw;latitude;longitude",
                    "source": "Voltage: HIFLD Transmission Lines (2025) as carried in the IM3 Open "
                    "Source Data Center Atlas; capacity by rule 'loadability'",
                    "confidence": "low",
                }
            )
    return sorted(nodes, key=lambda node: node["node_id"])


def distance_km(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Geodesic distance between two rows."""
    _, _, metres = GEOD.inv(a["longitude"], a["latitude"], b["longitude"], b["latitude"])
    return float(metres) / 1000


def by_kv(table: dict[int, float], kv: float) -> float:
    """A value by voltage: exact, the highest, or interpolated between the two neighbours."""
    if kv >= max(table):
        return table[max(table)]
    low = max(k for k in table if k <= kv)
    high = min(k for k in table if k >= kv)
    share = 0.0 if low == high else (kv - low) / (high - low)
    return table[low] + share * (table[high] - table[low])


def upgrade_rows(nodes: list[dict[str, Any]], zones: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two upgrades of every node, one of every zone."""
    rows = []
    for node in nodes:
        kv = node["poi_kv"]
        line = by_kv(LINE_MUSD_PER_MILE, kv)
        scale = line / LINE_MUSD_PER_MILE[345]
        months = 60 if kv <= 230 else 108 if kv <= 500 else 120
        rows += [
            upgrade(
                f"{node['node_id']}.new_line",
                f"New {kv:g} kV line to {node['node_id']}",
                node["node_id"],
                None,
                node["capacity_mw"],
                months,
                UPGRADE_MILES * ROUTE_FACTOR * line + by_kv(POSITION_MUSD, kv),
            ),
            upgrade(
                f"{node['node_id']}.reconductor",
                f"Reconductoring at {node['node_id']}",
                node["node_id"],
                None,
                node["capacity_mw"] / 2,
                24,
                UPGRADE_MILES * RECONDUCTOR_345_MUSD_PER_MILE * scale,
            ),
        ]
    for zone in zones:
        cost = ZONE_LINE_MILES * ROUTE_FACTOR * LINE_MUSD_PER_MILE[500] + 2 * STATION_MUSD
        rows.append(
            upgrade(
                f"{zone['id']}.regional_line",
                f"Regional 500 kV line in {zone['name']}",
                None,
                zone["id"],
                SURGE_IMPEDANCE_MW[500],
                120,
                cost,
            )
        )
    return sorted(rows, key=lambda row: row["upgrade_id"])


def upgrade(
    name: str, title: str, node: str | None, zone: str | None, mw: float, months: int, musd: float
) -> dict[str, Any]:
    """A row of upgrades."""
    return {
        "upgrade_id": name,
        "name": title,
        "node": node,
        "zone": zone,
        "added_mw": mw,
        "lead_time_months": months,
        "overnight_usd": round(musd * USD_PER_MUSD),
        "lifetime_years": 40,
        "estimated": "added_mw;lead_time_months;lifetime_years;overnight_usd",
        "source": "Cost per mile and substation: MISO Transmission Cost Estimation Guide MTEP24; "
        "reconductoring at a third of new build: INL 2025; rules 'reconductor', 'new_line' and "
        "'regional_line'",
        "confidence": "low",
    }


def zone_rows(facts: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Balancing areas."""
    prices = [p for f in facts if (p := number(f["capacity_price_usd_per_mw_day"])) is not None]
    typical = statistics.median(prices)
    pjm = next(f for f in facts if f["zone"] == "PJM")
    rows = []
    for fact in sorted(facts, key=lambda f: f["zone"]):
        estimated = unverified(fact["unverified_fields"])
        row: dict[str, Any] = {"id": fact["zone"], "name": fact["name"]}
        row["longitude"], row["latitude"] = (
            number(fact["centroid_lon"]),
            number(fact["centroid_lat"]),
        )
        for season in ("summer", "winter"):
            row[f"{season}_peak_mw"] = mw(fact[f"{season}_peak_gw_2016_2024"])
        for ours, theirs in (("0_25", "0_25"), ("0_5", "0_5"), ("1", "1_0"), ("5", "5_0")):
            row[f"headroom_mw_{ours}pct"] = mw(fact[f"headroom_gw_at_{theirs}pct"])
        estimated += margins(fact, row)
        row["connection_months"] = number(fact["large_load_connection_months"])
        row["connection_months_low"] = number(fact["large_load_connection_months_low"])
        row["connection_months_high"] = number(fact["large_load_connection_months_high"])
        row["generation_queue_months"] = number(fact["median_generation_queue_months"])
        row["energy_usd_per_mwh"] = number(fact["wholesale_energy_usd_per_mwh"])
        price = number(fact["capacity_price_usd_per_mw_day"])
        row["capacity_usd_per_mw_day"] = typical if price is None else price
        estimated += ["capacity_usd_per_mw_day"] if price is None else []
        row["carbon_kg_per_mwh"] = number(fact["grid_carbon_kg_co2_per_mwh"])
        estimated += credits(fact, pjm, row)
        row["nerc_risk"] = fact["nerc_risk_outlook"]
        row["notes"] = fact["notes"]
        row["estimated"] = joined(estimated)
        row["source"], row["confidence"] = fact["source"], fact["confidence"]
        rows.append(row)
    return rows


def mw(gigawatts: str) -> float:
    """MW of a figure in GW."""
    return round(1000 * float(gigawatts), 3)


def margins(fact: dict[str, str], row: dict[str, Any]) -> list[str]:
    """Reserve margins and accredited surplus by year; returns what is estimated."""
    peak = max(row["summer_peak_mw"], row["winter_peak_mw"])
    stated = {
        year: value
        for year in range(2025, 2031)
        if (value := number(fact[f"anticipated_reserve_margin_pct_{year}"])) is not None
    }
    estimated = []
    for year in range(2026, 2031):
        reference = float(fact[f"reference_reserve_margin_pct_{year}"])
        row[f"reserve_margin_frac_{year}"] = round(reference / 100, 5)
        nearest = min(stated, key=lambda known, y=year: (abs(known - y), known))
        surplus = max(0.0, (stated[nearest] - reference) / 100 * peak)
        row[f"accredited_surplus_mw_{year}"] = round(surplus, 3)
        estimated += [] if year in stated else [f"accredited_surplus_mw_{year}"]
    return estimated


def credits(fact: dict[str, str], pjm: dict[str, str], row: dict[str, Any]) -> list[str]:
    """Capacity credits; returns what is estimated."""
    is_southwest = fact["nerc_assessment_area"] in ("WECC-Southwest", "WECC-Basin")
    fallback = {
        "solar": 25.0 if is_southwest else float(pjm["elcc_solar_pct"]),
        "wind": float(pjm["elcc_onshore_wind_pct"]),
        "battery": float(pjm["elcc_4h_battery_pct"]),
    }
    columns = {
        "solar": "elcc_solar_pct",
        "wind": "elcc_onshore_wind_pct",
        "battery": "elcc_4h_battery_pct",
    }
    estimated = []
    for kind, column in columns.items():
        stated = number(fact[column])
        row[f"capacity_credit_{kind}_frac"] = round(
            (fallback[kind] if stated is None else stated) / 100, 5
        )
        estimated += [f"capacity_credit_{kind}_frac"] if stated is None else []
    return estimated


def plant_rows(facts: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Restarts, completions, reuses and deferrals."""
    rows = []
    for fact in sorted(facts, key=lambda f: f["plant_id"]):
        technology = TECHNOLOGY[fact["kind"]]
        alike = [f for f in facts if f["kind"] == fact["kind"]]
        estimated = unverified(fact["unverified_cells"])
        capacity = number(fact["capacity_mw"])
        estimated += ["capacity_mw", "rights_mw"] if capacity is None else []
        capacity = capacity or AP1000_MW
        capex = number(fact["capex_musd"])
        estimated += ["overnight_usd"] if capex is None else []
        usd = capex * USD_PER_MUSD if capex else USD_PER_KW[technology] * 1000 * capacity
        lead = number(fact["lead_time_months"])
        if lead is None:
            estimated.append("lead_time_months")
            lead = statistics.median(
                v for f in alike if (v := number(f["lead_time_months"])) is not None
            )
        if technology == "coal_interconnection_reuse" and lead < GAS_EQUIPMENT_MONTHS:
            estimated.append("lead_time_months")
            lead = GAS_EQUIPMENT_MONTHS
        online = fact["earliest_online"]
        if not online:
            estimated.append("earliest_in_service")
            online = max(f["earliest_online"] for f in alike)
        is_crane = fact["plant_id"] == "crane"
        rows.append(
            {
                "id": fact["plant_id"],
                "name": fact["name"],
                "kind": fact["kind"],
                "technology": technology,
                "state": fact["state"],
                "zone": fact["grid_zone"],
                "longitude": number(fact["lon"]),
                "latitude": number(fact["lat"]),
                "capacity_mw": capacity,
                "overnight_usd": round(usd),
                "earliest_in_service": max(f"{online}-01", FIRST_PERIOD),
                "lead_time_months": lead,
                "rights_mw": capacity,
                "rights_from": "eddystone_3_4" if is_crane else None,
                "own_rights_from": "2031-01-01" if is_crane else None,
                "grid_kv": number(fact["grid_kv_within_2km"]),
                "status_note": fact["status_note"],
                "estimated": joined(estimated),
                "source": fact["source"],
                "source_url": fact["source_url"],
                "confidence": fact["confidence"],
            }
        )
    return rows


def circle(longitude: float, latitude: float, acres: float) -> list[list[float]]:
    """Closed counter-clockwise ring of a regular geodesic polygon with the area of some acres."""
    from math import pi, sin, sqrt

    area = acres * SQUARE_METRES_PER_ACRE
    # A regular polygon of n corners and radius r has the area n/2 r^2 sin(2 pi / n).
    radius = sqrt(2 * area / (CIRCLE_VERTICES * sin(2 * pi / CIRCLE_VERTICES)))
    ring = []
    for corner in range(CIRCLE_VERTICES):
        azimuth = -360.0 * corner / CIRCLE_VERTICES
        lon, lat, _ = GEOD.fwd(longitude, latitude, azimuth, radius)
        ring.append([round(lon, 6), round(lat, 6)])
    return [*ring, ring[0]]


def site_feature(site: dict[str, Any]) -> dict[str, Any]:
    """A site as a circle of its acreage, or a point."""
    if site["geometry_kind"] == "point":
        return point_feature(site)
    ring = circle(site["longitude"], site["latitude"], site["total_acres"])
    return feature(site, {"type": "Polygon", "coordinates": [ring]})


def point_feature(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a point."""
    point = [row["longitude"], row["latitude"]]
    return feature(row, {"type": "Point", "coordinates": point})


def feature(properties: dict[str, Any], geometry: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature."""
    if not shapely.from_geojson(json.dumps(geometry)).is_valid:
        raise ValueError(f"invalid geometry of {properties['id']}")
    return {
        "type": "Feature",
        "id": properties["id"],
        "geometry": geometry,
        "properties": properties,
    }


def write_geojson(name: str, features: list[dict[str, Any]]) -> None:
    """One feature a line."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in features)
    text = f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
    (TARGET / name).write_text(text, encoding="utf-8")


def write_csv(name: str, rows: list[dict[str, Any]]) -> None:
    """Plain CSV, blank for None."""
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


TITLES = {
    "federal_sites.geojson": "Candidate federal sites",
    "grid_zones.geojson": "Balancing areas",
    "plants.geojson": "Restarts, completions, reuses and deferred retirements",
    "states.geojson": "State outlines for maps",
    "nodes.csv": "Points of interconnection",
    "upgrades.csv": "Upgrades of nodes and zones",
}
LICENCE = "Compiled facts; see the source of each row"
UNITS = {
    "_mw": "MW",
    "_usd": "USD",
    "_km": "km",
    "_kv": "kV",
    "_acres": "acres",
    "_months": "months",
    "_frac": "share",
    "_years": "years",
    "_usd_per_mwh": "USD/MWh",
    "_usd_per_mw_day": "USD/MW-day",
    "_kg_per_mwh": "kg CO2/MWh",
    "longitude": "degrees",
    "latitude": "degrees",
}


def unit_of(column: str) -> str | None:
    """Unit of a column by its suffix, longest first."""
    bare = column.rstrip("0123456789").rstrip("_") if column[-1:].isdigit() else column
    bare = bare.split("_mw_")[0] + "_mw" if bare.startswith("headroom_mw_") else bare
    fits = [s for s in UNITS if bare.endswith(s)]
    return UNITS[max(fits, key=len)] if fits else None


def write_catalogue(layers: dict[str, list[dict[str, Any]]]) -> None:
    """``layers.yaml``: what each layer is, where from, and how sure."""
    catalogue: dict[str, Any] = {"rules": RULES, "layers": {}}
    for name, rows in sorted(layers.items()):
        content = (TARGET / name).read_bytes()
        is_states = name == "states.geojson"
        counts = Counter(column for row in rows for column in row["estimated"].split(";") if column)
        columns = rows[0] if rows else {}
        catalogue["layers"][name] = {
            "title": TITLES[name],
            "rows": len(rows) or content.count(b'"Feature"'),
            "crs": 4326,
            "source": "US Census cartographic boundaries 2017, 1:10 million, as in us-atlas 3"
            if is_states
            else "See the source of each row",
            "licence": "Public domain (US Census); us-atlas packaging ISC"
            if is_states
            else LICENCE,
            "vintage": "2017" if is_states else "2024-2026, see each row",
            "sha256": hashlib.sha256(content).hexdigest(),
            "units": {c: unit for c in columns if (unit := unit_of(c))},
            "confidence_counts": dict(sorted(Counter(row["confidence"] for row in rows).items())),
            "estimated_counts": dict(sorted(counts.items())),
        }
    text = yaml.safe_dump(catalogue, sort_keys=True, allow_unicode=True, width=100)
    (TARGET / "layers.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
