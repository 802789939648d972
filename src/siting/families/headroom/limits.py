"""Which numbers of a scenario set the limits of ``headroom``, and what they would have to be."""

from __future__ import annotations

from siting.families.declarations import Given, Key


def zone_headroom(given: Given, key: Key) -> str:
    """Headroom of a zone, of the tier in use where it is stated by tier."""
    is_one = given.system.zones[key[0]].headroom_mw is not None
    return f"zones.{key[0]}.headroom_mw" + ("" if is_one else f"_{given.config.tier}")


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
