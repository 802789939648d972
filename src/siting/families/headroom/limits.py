"""Limits of ``headroom``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Given, Key, Limit, Measure, Rank, larger, setting, sooner


def zone_headroom(given: Given, key: Key) -> str:
    """Headroom of a zone, of the tier in use where it is stated by tier, else of firm load."""
    is_one = given.system.zones[key[0]].headroom_mw is not None
    return f"zones.{key[0]}.headroom_mw" + ("" if is_one else f"_{given.config.tier or '0pct'}")


def more_in_zone(given: Given, key: Key, slack: float) -> float:
    """Headroom that rivals leave to the plan."""
    zone, period = key
    headroom = given.system.zones[zone].tier_headroom_mw(given.config.tier) or 0.0
    return slack + given.system.short_by_rivals_mw("zone", zone, period, headroom)


def node_of_site(given: Given, key: Key) -> str:
    """Capacity of the node of a site."""
    return f"nodes.{given.system.node_of[key[0]]}.capacity_mw"


def more_at_node(given: Given, key: Key, slack: float) -> float:
    """Capacity that rivals leave to the plan."""
    place, period = key
    node = given.system.node_of.get(place, place)
    capacity = given.system.nodes[node].capacity_mw
    return slack + given.system.short_by_rivals_mw("node", node, period, capacity)


LIMITS: Mapping[str, Limit] = {
    "zone_limit": Limit(Rank.GRID, zone_headroom, more_in_zone),
    "node_limit": Limit(Rank.GRID, setting("nodes.{0}.capacity_mw"), more_at_node),
    "connected": Limit(Rank.GRID, node_of_site, more_at_node),
}

MEASURES: tuple[Measure, ...] = (
    sooner("connection", "connections", "zones.*.connection_months"),
    sooner(
        "building",
        "upgrades",
        "components.headroom.upgrades.*.lead_time_months",
        weeks=1040,
    ),
    larger(
        "node",
        "capacity of points of interconnection",
        "nodes.*.capacity_mw",
        unit="MW",
        most=1 << 14,
    ),
)
