"""Steps of ``headroom``: connections and upgrades, and where capacity was used up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from siting.core.audit import SAME_ABSOLUTE, day, number, rows_of
from siting.core.calendar import add_months
from siting.core.labels import is_weak
from siting.families.headroom.data import HeadroomData
from siting.families.steps import (
    Around,
    Span,
    Stage,
    Step,
    Tables,
    dated,
    earliest,
    first_of,
    rows_at,
    spans_of,
)


def steps(data: HeadroomData, around: Around) -> Iterator[Step]:
    """The connection, in service as that of the site's tier is; upgrades of its point of
    interconnection, of its zone and of those that send it power."""
    system, calendar, site = data.system, data.system.calendar, around.site
    for row in rows_at(around.tables, "connections", "site", {site} & set(system.node_of)):
        dates = dated(row, "start_date", "in_service_date")
        if dates is not None:
            months = system.service_months(site, str(row["tier"] or ""))
            possible = first_of(calendar, add_months(calendar.starts[0], months))
            yield Step("connection", str(row["node"]), *dates, possible)
    node = system.node_of.get(site)
    for _, row in rows_of(around.tables, "upgrades"):
        dates = dated(row, "start_date", "in_service_date")
        is_here = row["node"] == node if row["node"] else row["zone"] in around.places
        if is_here and dates is not None:
            name = str(row["upgrade"])
            possible = earliest(data.upgrade_lag.get(name), calendar.periods, len(calendar))
            yield Step("upgrade", name, *dates, possible)


def used_up(data: HeadroomData, around: Around, period: int) -> Iterator[str]:
    """Capacity of the node and headroom of the zone of which nothing is left in a period."""
    system, start = data.system, data.system.calendar.starts[period]
    node, zone = system.node_of.get(around.site), system.sites[around.site].zone
    for _, row in rows_of(around.tables, "headroom"):
        is_here = row["place"] == (node if row["level"] == "node" else zone)
        if row["period_start"] == start and is_here and number(row, "left_mw") <= SAME_ABSOLUTE:
            yield f"headroom of {row['level']} {row['place']}"


def _upgrades(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Span]:
    """Upgrades of a node, at each chosen site that is connected there; those of a zone apart."""
    at_node: dict[str, list[str]] = {}
    for _, row in rows_of(tables, "connections"):
        at_node.setdefault(str(row["node"]), []).append(str(row["site"]))
    for _, row in rows_of(tables, "upgrades"):
        dates = day(row, "start_date"), day(row, "in_service_date")
        name, what = str(row["upgrade"]), f"{row['name']}{' (est.)' if is_weak(row) else ''}"
        if not row["node"]:
            yield Span("", name, *dates, what, name, str(row["name"] or name))
        for site in at_node.get(str(row["node"]), []) if row["node"] else ():
            yield Span(site, "", *dates, what, name)


STAGES = (
    Stage(
        "connection",
        "Connection",
        "the large-load study and works of its zone, its tier of curtailment",
        20,
        "amber",
        spans_of("connections", lambda row: f"Connection to {row['node']}"),
    ),
    Stage("upgrade", "Grid upgrade", "permits and works", 30, "brown", _upgrades),
)
