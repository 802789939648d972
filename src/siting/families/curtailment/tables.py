"""Result tables of ``curtailment`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siting.core.audit import sum_by
from siting.core.table import Cell, Table
from siting.core.units import HOURS_PER_YEAR
from siting.families.base import Values
from siting.families.columns import Columns
from siting.families.curtailment.data import CurtailmentData

COLUMNS = (
    "period_start",
    "site",
    "tier",
    "draw_mw",
    "give_way_mw",
    "paused_mw",
    "onsite_backup_mw",
    "lost_mwh",
    "peak_hours_count",
)


ZONE_COLUMNS = (
    "period_start",
    "zone",
    "rivals_mw",
    "drawn_mw",
    "added_mw",
    "headroom_mw",
    "needed_mwh",
    "offered_mwh",
)
TABLES = {
    "curtailment": Columns(COLUMNS),
    "curtailment_zones": Columns(ZONE_COLUMNS),
}


def report(values: Values, data: CurtailmentData) -> dict[str, Table]:
    """Tier, draw and what gives way of each site; what each zone needs and is offered."""
    rows = []
    for s, t, p in sorted(data.draws, key=lambda key: (key[2], key[0], key[1])):
        draw = values.get("curtailment.draw_mw", (s, t, p))
        if draw > 0:
            paused = values.get("curtailment.paused_mw", (s, t, p))
            rows.append(tier_row(data, (s, t, p), draw, paused))
    added = {
        key: values.total("zone_firm_mw", key) + values.total("zone_added_mw", key)
        for key in data.curve
    }
    table = Table.of(COLUMNS, rows)
    zones = zone_rows(data, {"curtailment": table}, added)
    return {"curtailment": table, "curtailment_zones": Table.of(ZONE_COLUMNS, zones)}


def tier_row(
    data: CurtailmentData, key: tuple[str, str, int], draw_mw: float, paused_mw: float
) -> dict[str, Cell]:
    """The row of a site's draw under a tier; the rest follows from draw and pause."""
    s, t, p = key
    gives = data.depth[t] * draw_mw
    rate = data.share[t] / data.depth[t] if data.depth[t] else 0.0
    hours = HOURS_PER_YEAR * data.system.calendar.years(p)
    return {
        "period_start": data.system.calendar.starts[p],
        "site": s,
        "tier": t,
        "draw_mw": draw_mw,
        "give_way_mw": gives,
        "paused_mw": paused_mw,
        "onsite_backup_mw": gives - paused_mw,
        "lost_mwh": hours * rate * paused_mw,
        "peak_hours_count": data.hours[t],
    }


def zone_rows(
    data: CurtailmentData,
    tables: Mapping[str, Table],
    added: Mapping[tuple[str, int], float],
) -> Iterator[dict[str, Cell]]:
    """What the load of each zone needs to give up, and what its sites offer."""
    calendar = data.system.calendar
    drawn = sum_by(tables, "curtailment", ("site", "tier"), "draw_mw", calendar)
    for z, p in sorted(data.curve, key=lambda key: (key[1], key[0])):
        hours = HOURS_PER_YEAR * calendar.years(p)
        rivals = data.system.rival_mw.get(("zone", z, p), 0.0)
        by_tier = {
            t: sum(drawn.get((f"{s}|{t}", p), 0.0) for s in data.sites_in[z]) for t in data.tiers
        }
        draw = sum(by_tier.values())
        more = added.get((z, p), 0.0)
        needed = data.needed_mw(z, p, rivals + draw - more) - data.needed_mw(z, p, rivals)
        yield {
            "period_start": calendar.starts[p],
            "zone": z,
            "rivals_mw": rivals,
            "drawn_mw": draw,
            "added_mw": more,
            "headroom_mw": max(0.0, data.curve[z, p][-1][0] - rivals) + more,
            "needed_mwh": hours * max(0.0, needed),
            "offered_mwh": hours * sum(data.share[t] * mw for t, mw in by_tier.items()),
        }
