"""Build ``data/geo``, and take the facts over into ``models/libraries``.

``python tools/build_data.py FACTS_DIR STATES_TOPOJSON [TARGET_DIR]``

FACTS_DIR holds the researched tables, each named where it is read; STATES_TOPOJSON is
``states-10m.json`` of the npm package us-atlas 3. Same input, same bytes out. Every value that a
fact leaves blank or marks unverified is listed in the row's ``estimated``; the rules that derive
values are written to ``layers.yaml`` beside the data.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import build_libraries
from geo_catalogue import catalogue, rules_text
from geo_contracts import plant_disagreements, with_contracts
from geo_facts import Row, read_facts, read_rows, typical
from geo_needs import need_rows, needs_rules
from geo_places import alternatives_rule, located, read_areas, with_areas, with_new_zones
from geo_plants import PlantRules, plant_rows
from geo_points import PointFacts, points_rule, with_points
from geo_prices import ZONES, PriceFacts, fuel_rows, price_rows, prices_rules
from geo_rivals import rival_rows, rivals_rule
from geo_shapes import point_feature, site_feature
from geo_sites import LineCosts, assign_nodes, site_rows, typical_acres, upgrade_rows
from geo_status import disagreements, with_status
from geo_tariffs import tariff_rows
from geo_zones import headroom_rule, zone_rows
from states import state_features

TARGET = Path(__file__).resolve().parent.parent / "data" / "geo"


def main(facts: Path, states: Path, target: Path = TARGET) -> None:
    """Write every layer and the catalogue; nothing is written unless all could be built."""
    built = build(facts, states)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in built.items():
        (target / name).write_bytes(content)
    if target == TARGET:
        build_libraries.main(facts)


def build(facts: Path, states: Path) -> dict[str, bytes]:
    """Contents of every file by name."""
    site_facts = read_facts(facts, "federal_sites.csv")
    costs = LineCosts(read_facts(facts, "timelines.csv"))
    areas, yearly = read_areas(facts), read_rows(facts, "zones_by_year.csv")
    site_facts = located(site_facts, areas)
    zone_facts = with_new_zones(
        read_facts(facts, "grid_zones.csv"), yearly, site_facts.values(), areas
    )
    zones = zone_rows(zone_facts)
    zone_ids = {str(zone["id"]) for zone in zones}
    acres_per_mw = typical(read_facts(facts, "workload.csv"), "datacenter_campus")
    sites = site_rows(site_facts, zone_ids, costs.route_factor, acres_per_mw)
    with_areas(sites, areas)
    plant_rules = PlantRules(
        read_facts(facts, "restarts.csv"),
        read_facts(facts, "technologies.csv"),
        read_facts(facts, "smr_designs.csv"),
        zone_ids,
    )
    statuses = read_facts(facts, "site_status.csv")
    connection = read_rows(facts, "interconnection_costs.csv")
    points = PointFacts(
        read_rows(facts, "poi_headroom_by_class.csv"),
        connection,
        read_facts(facts, "timelines.csv"),
    )
    nodes = with_points(assign_nodes(sites), points)
    sites = with_status(sites, statuses, read_facts(facts, "air_permits.csv"))
    contracts, outlines = read_facts(facts, "plants_status.csv"), state_features(states)
    rivals = read_rows(facts, "large_load_rivals.csv")
    priced = read_rows(facts, "zone_prices.csv")
    prices = PriceFacts(priced, yearly, sites)
    rows: dict[str, list[Row]] = {
        "federal_sites.geojson": sites,
        "grid_zones.geojson": zones,
        "plants.geojson": with_contracts(plant_rows(plant_rules), contracts),
        "states.geojson": [outline["properties"] for outline in outlines],
        "nodes.csv": nodes,
        "upgrades.csv": upgrade_rows(nodes, zones, costs, points),
        "zone_needs.csv": need_rows(yearly, read_rows(facts, "headroom_evidence.csv"), zones),
        "rivals.csv": rival_rows(rivals),
        "zone_prices.csv": price_rows(prices, ZONES),
        "gas_prices.csv": fuel_rows(prices, ZONES),
        "tariffs.csv": tariff_rows(priced, connection),
    }
    contents = contents_of(rows, outlines)
    rules = {
        **rules_text(costs, plant_rules, typical_acres(site_facts.values()), acres_per_mw),
        "headroom": headroom_rule(zone_facts),
        "zone": alternatives_rule(areas),
        **needs_rules(),
        "rivals": rivals_rule(rivals),
        **prices_rules(),
        **points_rule(points),
    }
    differing = [*disagreements(site_facts, statuses)]
    differing += plant_disagreements(plant_rules.plants, contracts)
    return {**contents, "layers.yaml": catalogue(contents, rows, rules, differing)}


def contents_of(rows: dict[str, list[Row]], outlines: list[dict[str, Any]]) -> dict[str, bytes]:
    """Contents of every layer: sites as circles, outlines as they are, tables plain."""
    shaped = {
        "federal_sites.geojson": geojson(
            [site_feature(row) for row in rows["federal_sites.geojson"]]
        ),
        "states.geojson": geojson(outlines),
    }
    points = ("grid_zones.geojson", "plants.geojson")
    shaped |= {name: geojson([point_feature(row) for row in rows[name]]) for name in points}
    return {n: shaped[n] if n in shaped else table(found) for n, found in rows.items()}


def geojson(features: list[dict[str, Any]]) -> bytes:
    """A feature collection, one feature a line."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, allow_nan=False) for f in features)
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'.encode()


def table(rows: list[Row]) -> bytes:
    """Plain CSV, blank for None."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
