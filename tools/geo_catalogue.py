"""The catalogue of layers: titles, units, licences, checksums, rules, and how sure the rows are."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import yaml

from geo_effects import effects
from geo_facts import Row
from geo_plants import AS_OF, FIRST_REUSE, PlantRules
from geo_shapes import CIRCLE_VERTICES
from geo_sites import (
    NODE_KM,
    REGIONAL_LINE_MW,
    ZONE_LINE_MILES,
    LineCosts,
)
from geo_zones import SOUTHWEST_SOLAR_FRAC

TITLES = {
    "federal_sites.geojson": "Candidate federal sites",
    "grid_zones.geojson": "Balancing areas",
    "plants.geojson": "Restarts, completions, reuses and deferred retirements",
    "states.geojson": "State outlines for maps",
    "nodes.csv": "Points of interconnection",
    "upgrades.csv": "Upgrades of nodes and zones",
    "zone_needs.csv": "Accredited requirement and surplus of zones by year and season",
    "rivals.csv": "Large loads with a contract or under construction",
    "zone_prices.csv": "Energy, capacity and network prices of zones by year",
    "gas_prices.csv": "Natural gas for power plants by zone and year",
    "tariffs.csv": "Tariffs for large loads",
}
GEOMETRIES = {
    "federal_sites.geojson": "Polygon or Point",
    "grid_zones.geojson": "Point",
    "plants.geojson": "Point",
    "states.geojson": "Polygon or MultiPolygon",
    "nodes.csv": "Point in the columns longitude and latitude",
    "upgrades.csv": "none",
    "zone_needs.csv": "none",
    "rivals.csv": "none",
    "zone_prices.csv": "none",
    "gas_prices.csv": "none",
    "tariffs.csv": "none",
}
SOURCES = {
    "states.geojson": "US Census cartographic boundaries 2017, 1:10 million, as in us-atlas 3",
}
LICENCES = {"states.geojson": "Public domain (US Census); us-atlas packaging ISC"}
VINTAGES = {"states.geojson": "2017"}
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
    "_mmbtu_per_mwh": "MMBtu/MWh",
    "longitude": "degrees",
    "latitude": "degrees",
    "year": "calendar year",
    "dollar_year": "calendar year",
    "_usd_per_mw": "USD/MW",
    "_usd_per_mmbtu": "USD/MMBtu",
    "_usd_per_mw_year": "USD/MW-year",
}


def unit_of(column: str) -> str:
    """Unit of a numeric column by its suffix, longest first."""
    bare = column.rstrip("0123456789").removesuffix("_") if column[-1].isdigit() else column
    bare = bare.removesuffix("_low").removesuffix("_high")
    bare = "headroom_mw" if bare.startswith("headroom_mw_") else bare
    return UNITS[max((suffix for suffix in UNITS if bare.endswith(suffix)), key=len)]


def numeric_columns(rows: list[Row]) -> list[str]:
    """Columns that hold numbers."""
    numbers = {
        name
        for row in rows
        for name, value in row.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    return sorted(numbers)


def entry(name: str, content: bytes, rows: list[Row]) -> dict[str, Any]:
    """What a layer is, where from, and how sure."""
    estimated = Counter(
        column for row in rows for column in str(row["estimated"]).split(";") if column
    )
    confidence = Counter(str(row["confidence"]) for row in rows)
    return {
        "title": TITLES[name],
        "file": name,
        "crs": 4326,
        "geometry": GEOMETRIES[name],
        "rows": len(rows),
        "units": {column: unit_of(column) for column in numeric_columns(rows)},
        "source": SOURCES.get(name, "See the source of each row"),
        "licence": LICENCES.get(name, "Compiled facts; see the source of each row"),
        "vintage": VINTAGES.get(name, "2024-2026, see each row"),
        "sha256": hashlib.sha256(content).hexdigest(),
        "confidence_counts": {level: confidence[level] for level in ("high", "medium", "low")},
        "estimated_counts": dict(estimated),
    }


def catalogue(
    contents: Mapping[str, bytes],
    rows: Mapping[str, list[Row]],
    rules: Mapping[str, str],
    differing: list[dict[str, object]],
) -> bytes:
    """``layers.yaml``."""
    layers = {name: entry(name, contents[name], rows[name]) for name in contents}
    whole = {
        "layers": layers,
        "rules": dict(rules),
        "effects": effects(rules),
        "disagreements": differing,
    }
    return written(whole)


def written(whole: Mapping[str, Any]) -> bytes:
    """The text of a catalogue."""
    return yaml.safe_dump(dict(whole), sort_keys=True, allow_unicode=True, width=100).encode()


def rules_text(
    costs: LineCosts, plants: PlantRules, medians: Mapping[str, float], acres_per_mw: float
) -> dict[str, str]:
    """Every rule that fills a blank or derives a value, with its numbers."""
    known = ", ".join(f"{agency} {acres:g}" for agency, acres in sorted(medians.items()) if agency)
    usd_per_kw = ", ".join(f"{n} {usd:g}" for n, usd in sorted(plants.usd_per_kw.items()))
    return {
        **site_rules(known, medians[""], costs.route_factor, acres_per_mw),
        "line_months": f"New lines take {costs.short_months:g} months up to 230 kV, {costs.long_months:g} at "
        f"345 and 500 kV, {costs.interstate_months:g} at 765 kV.",
        "regional_line": f"Each zone may add one 500 kV line: {REGIONAL_LINE_MW} MW in "
        f"{costs.interstate_months:g} months, {ZONE_LINE_MILES} miles times {costs.route_factor:g} "
        "at the cost of a single 500 kV circuit plus two new 345 kV substations.",
        "lifetime": "Upgrades last 40 years.",
        **SCENARIO_RULES,
        **ZONE_RULES,
        "plant_capacity": "A plant without a stated capacity is one AP1000 of "
        f"{plants.reactor_mw:g} MW.",
        "plant_capital": "A plant without a stated cost takes the typical USD/kW of a technology "
        f"times its capacity ({usd_per_kw}): restarts nuclear_restart; completions and reuse of a "
        "nuclear site nuclear_large; gas repowering and reuse of a coal interconnection "
        "gas_combined_cycle; deferral coal_life_extension, or the extension of gas and oil steam.",
        "contracts": "sold_to, sold_mw, uncommitted_mw and status are those of plants_status.csv; "
        "uncommitted_mw is 0 where it is not published, and then in estimated: what an owner has left is "
        "not known to be for sale; of all plants of that table only 1,200 MW of Comanche Peak are stated "
        "as left, which run already. earliest_in_service is that table's typical date where it states one. "
        "Units whose boilers are fired with gas (Centralia, Naughton) are gas_boiler_conversion.",
        "plant_dates": "A plant without a date or lead time takes the median of the other plants of "
        "its kind. Reuse of a coal interconnection builds a gas combined cycle: its lead time is at "
        f"least the {plants.gas_months:g} months of gas turbines, its date not before {FIRST_REUSE}. "
        "A restart or repowering of more than low confidence whose stated lead time, counted "
        "back from its stated date, began "
        f"before {AS_OF} is under way: its date alone holds and its remaining lead time is 0.",
        "plant_rights": "rights_mw is the plant's capacity, held by itself. Crane uses the rights of "
        "Eddystone 3 and 4 (760 MW) until it has 835 MW of its own from 2031 on.",
    }


def site_rules(
    known: str, median: float, route_factor: float, acres_per_mw: float
) -> dict[str, str]:
    """Rules of sites and nodes."""
    return {
        "acres": "buildable_acres is the available acreage where stated; else the lesser of "
        f"total_acres and the median of the agency's stated available acres ({known}), for other "
        f"agencies the median of all ({median:g}); where the site's data-center MW are stated, "
        f"not less than {acres_per_mw:g} acres a MW (workload.csv, low confidence). total_acres is "
        "buildable_acres where not known.",
        "circle": f"A site with a stated total acreage is drawn as a {CIRCLE_VERTICES}-vertex "
        "geodesic circle of that area around its point; the others are points. No circle is a "
        "boundary.",
        "gen_tie": "gen_tie_km is the straight-line distance to the nearest high-voltage line times "
        f"{route_factor:g} (MISO MTEP24 route adder).",
        "node": f"Sites in one zone, at one voltage, within {NODE_KM:g} km of each other (single "
        "linkage) share a point of interconnection; it is named after, and placed at, the "
        "alphabetically first of them.",
        "status": "land_status, offered_acres and what else is known of an offer are those of "
        "site_status.csv, air those of air_permits.csv; a blank is not known. A row of any layer whose source "
        "is compiled by a machine, or was not opened itself, has low confidence whatever the fact says "
        "(status_confidence, air_confidence, confidence). buildable_acres is what the land holds, "
        "offered_acres what its agency offers; where two facts differ, both are listed under "
        "disagreements. Months are those of the dates.",
        "unverified": "A property whose fact was not verified is listed in estimated with its value "
        "unchanged. Where a fact calls all its cells unverified this means every property but id, "
        "name and provenance.",
    }


SCENARIO_RULES = {
    "left_out": "models/federal-2035.yaml takes zone_needs, rivals and gas_prices. It leaves out zone_prices "
    "(delivered prices by component), transformer classes by voltage, curtailment tiers outside ERCOT and "
    "SPP and the three Alaska bases, since with each of them its plan is not proven to 0.5 % in a minute, "
    "and tariffs, since a zone may have one and PJM and MISO have two. All but the tariffs "
    "stand as scenarios in models/facts; docs/guide/sensitivity.md has what it does to the plan.",
    "effect": "What each rule does to the national plan stands under effects, as docs/guide/sensitivity.md has "
    "it: one change at a time between the low and high figures of the facts; where a fact states none, half "
    "and double.",
}

ZONE_RULES = {
    "new_zone": "EPE, IID, LGEE, TEPC and WALC have no row of figures: each takes the medians of the zones "
    "of its NERC area, headroom as their median share of the summer peak times its own peak, and the "
    "middle of its sites as its place. Peaks are stated, or those of the planning case of 2032.",
    "surplus": "accredited_surplus_mw is (anticipated - reference reserve margin) times the larger of "
    "the summer and winter peak, not below zero. Both margins are those of the zone's NERC assessment "
    "area. A year without an anticipated margin lies on the line between the stated years around it; "
    "before the first and after the last it takes the nearest.",
    "capacity_price": "A zone without a capacity price takes the median of the zones that have one.",
    "capacity_credit": "A zone without its own capacity credit takes PJM's for wind and four-hour "
    f"batteries, and for solar {SOUTHWEST_SOLAR_FRAC:g} in WECC-Southwest and WECC-Basin, else PJM's.",
}
