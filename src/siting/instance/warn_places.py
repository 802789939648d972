"""Warnings about places: swapped, outside the country or the stated state, without what limits them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from siting.core.errors import Issue
from siting.core.records import Place
from siting.core.warnings import nearest
from siting.core.yaml_source import Path_
from siting.instance.asked import Asked
from siting.instance.outlines import outlines

NEAR_KM = 15.0
"""How far outside its outline a place may lie: outlines are drawn at 1:10 million."""
AT_SEA_KM = 100.0
"""How far from the coast a place of the country may lie."""
TERRITORIES = {"PR", "GU", "VI", "AS", "MP"}


def warn_places(asked: Asked) -> Iterator[Issue]:
    """Coordinates, and sites that nothing limits."""
    yield from _coordinates(asked)
    yield from _limits(asked)


def _records(asked: Asked) -> list[tuple[Path_, Place, str]]:
    """Every record on the map that the user wrote, with the state that it states."""
    scenario = asked.instance.scenario
    tables: list[tuple[Path_, dict[str, Any]]] = [
        (("sites",), dict(scenario.sites)),
        (("zones",), dict(scenario.zones)),
        (("nodes",), dict(scenario.nodes)),
    ]
    tables += [
        (("components", family, table), rows)
        for family, config in asked.families.items()
        for table, rows in config
        if isinstance(rows, dict)
    ]
    return [
        ((*path, name), record, str(getattr(record, "state", "")))
        for path, records in tables
        for name, record in records.items()
        if isinstance(record, Place)
        if any(asked.is_own((*path, name, key)) for key in ("state", "longitude", "latitude"))
    ]


def _coordinates(asked: Asked) -> Iterator[Issue]:
    """Places that lie elsewhere than they say."""
    records = _records(asked)
    if not records:
        return
    swapped: list[Path_] = []
    abroad: list[Path_] = []
    unknown: list[tuple[Path_, str]] = []
    known = {**outlines(), **{o.name.lower(): o for o in outlines().values()}}
    for path, record, state in records:
        outline = known.get(state.upper(), known.get(state.lower()))
        if state and outline is None and state.upper() not in TERRITORIES:
            unknown.append((path, state))
        if record.longitude is None or record.latitude is None or state.upper() in TERRITORIES:
            continue
        here = record.longitude, record.latitude
        if not _in_country(*here):
            is_swapped = abs(here[0]) <= 90 and _in_country(here[1], here[0])
            (swapped if is_swapped else abroad).append(path)
        elif outline is not None and not outline.is_near(*here, NEAR_KM):
            yield Issue(
                asked.document.where(path),
                f"it states {outline.name}, and its coordinates lie "
                f"{outline.away_km(*here):,.0f} km outside, in {_state_of(*here)}",
                "",
                "Correct state, longitude or latitude",
            )
    placed = [r.longitude is not None for path, r, _ in records if path[0] == "sites"]
    lost = [p for p, r, _ in records if p[0] == "sites" and r.longitude is None and any(placed)]
    what = "no longitude and latitude is stated for {names}: they are not on the map"
    yield from asked.warn(lost, what, "State both")
    what = "longitude and latitude of {names} look swapped: in the United States only the other way"
    yield from asked.warn(swapped, what, "Swap them")
    what = "{names} lie outside the United States"
    yield from asked.warn(abroad, what, "Correct longitude and latitude, or state the file's crs")
    for path, state in unknown:
        near = nearest(state, [*outlines(), *(o.name for o in outlines().values())])
        fix = f"Write {near}" if near else "Write the two letters of the state"
        yield Issue(asked.document.where(path), f"'{state}' is no state", "", fix)


def _in_country(longitude: float, latitude: float) -> bool:
    """Whether a place lies in a state or near the coast of one."""
    return any(outline.is_near(longitude, latitude, AT_SEA_KM) for outline in outlines().values())


def _state_of(longitude: float, latitude: float) -> str:
    """The state in which a place lies."""
    inside = (o.name for o in outlines().values() if o.is_inside(longitude, latitude))
    return next(inside, "no state")


def _limits(asked: Asked) -> Iterator[Issue]:
    """Sites whose size or supply nothing limits, and sites that nothing can supply."""
    scenario, families = asked.instance.scenario, asked.families
    campus = families.get("campus")
    needs_acres = campus is not None and campus.acres_per_it_mw > 0
    sites = {("sites", s): site for s, site in scenario.sites.items() if asked.is_own(("sites", s))}
    endless = [
        path
        for path, site in sites.items()
        if site.max_it_mw is None and not (needs_acres and site.buildable_acres is not None)
    ]
    what = "neither acres nor max_it_mw limit {names}: a site may take the whole target"
    if needs_acres or any(site.max_it_mw is not None for site in scenario.sites.values()):
        yield from asked.warn(endless, what, "State buildable_acres or max_it_mw")
    headroom = families.get("headroom")
    if headroom is not None:
        open_ = [
            path
            for path, site in sites.items()
            if site.zone is not None
            and site.node is None
            and (scenario.nodes or _is_open(asked, site.zone))
        ]
        what = "no node is stated for {names}: the grid there takes any load that the zone takes"
        yield from asked.warn(open_, what, "Name a node, or add one to nodes with its capacity_mw")
        zones = sorted({s.zone for s in scenario.sites.values() if s.zone})
        is_meant = not headroom.is_zone_limited
        free: list[Path_] = [
            ("zones", z)
            for z in zones
            if not is_meant and _is_open(asked, z) and asked.is_own(("zones", z))
        ]
        what = "no headroom is stated for {names}: the zone takes any load"
        tiers = ", or the headroom of each tier" if "curtailment" in families else ""
        yield from asked.warn(free, what, f"State headroom_mw{tiers}")
    plants, bridge = families.get("plants"), families.get("bridge")
    on_site = plants is not None and any(
        "on_site" in t.delivery for t in plants.technologies.values()
    )
    if "energy" in families and not on_site and (bridge is None or not bridge.products):
        alone = [path for path, site in sites.items() if site.zone is None]
        what = "no zone is stated for {names} and nothing can be built on site: no load is carried"
        yield from asked.warn(alone, what, "Name a zone, or add a technology with on_site delivery")


def _is_open(asked: Asked, zone: str) -> bool:
    """Whether a zone limits no load."""
    families, record = asked.families, asked.instance.scenario.zones[zone]
    headroom = families["headroom"]
    if not headroom.is_zone_limited:
        return True
    curtailment = families.get("curtailment")
    if curtailment is not None and curtailment.is_offered(zone):
        tiers = curtailment.tiers
        stated = [record.headroom_mw_0pct, *(record.tier_headroom_mw(tier) for tier in tiers)]
        return record.headroom_mw is None and all(mw is None for mw in stated)
    return record.tier_headroom_mw(headroom.tier) is None
