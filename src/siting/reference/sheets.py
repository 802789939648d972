"""Sheets of a planner's workbook: which columns, what they mean, examples; or the national case in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from siting.core.records import Node, Record, Site, Zone
from siting.core.strict import StrictModel
from siting.families.headroom.settings import Upgrade
from siting.families.plants.settings import NamedPlant
from siting.families.workloads.settings import ANYWHERE
from siting.reference.fields import Entry, entries_of

USE = "use"
YES_NO = ("yes", "no")
PROVENANCE = ("source", "confidence", "estimated")
Cells = Mapping[str, object]


@dataclass(frozen=True)
class Sheet:
    """A sheet, or a CSV.

    Attributes:
        columns: with what each means. rows: cells by column. options: words of a column, to choose from.
        listed: columns whose words stand in the first column of ids of another sheet.
    """

    name: str
    columns: tuple[Entry, ...]
    rows: tuple[Cells, ...]
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    listed: Mapping[str, str] = field(default_factory=dict)


MODELS: Mapping[str, type[Record]] = {
    "sites": Site, "zones": Zone, "nodes": Node, "plants": NamedPlant, "upgrades": Upgrade,
}  # fmt: skip
PRICES = ("energy_usd_per_mwh", "capacity_usd_per_mw_day", "carbon_kg_per_mwh")
"""Fields of zones that stand on a sheet of their own."""
LISTED = {"zone": "zones", "node": "nodes"}
ID = Entry("id", "Short name of the row: letters, digits, '_', '-', '.'.", kind="id")
SWITCH = Entry(USE, "yes: the plan may use the site; no: it is left out.", kind="yes or no")
DEMAND = (
    Entry("workload", "Kind of compute, as in the scenario.", kind="id"),
    Entry(
        "region",
        "Region whose users it serves; anywhere for load that may stand anywhere.",
        kind="id",
    ),
)

OWN: Mapping[str, tuple[Cells, ...]] = {
    "sites": (
        {USE: "yes", "id": "north", "name": "North tract", "agency": "DOE", "state": "PA",
         "zone": "east", "node": "north_poi", "longitude": -77.0, "latitude": 40.5,
         "buildable_acres": 600, "gen_tie_km": 3, "source": "example"},
        {USE: "yes", "id": "south", "name": "South tract", "agency": "DOE", "state": "TN",
         "zone": "valley", "node": "south_poi", "longitude": -84.3, "latitude": 35.9,
         "buildable_acres": 400, "gen_tie_km": 1, "source": "example"},
    ),
    "zones": (
        {"id": "east", "name": "Eastern area", "longitude": -77.5, "latitude": 40.0, "headroom_mw": 800,
         "accredited_surplus_mw": 400, "reserve_margin_frac": 0.18, "connection_months": 36,
         "generation_queue_months": 36, "source": "example"},
        {"id": "valley", "name": "Valley area", "longitude": -85.0, "latitude": 35.5, "headroom_mw": 600,
         "accredited_surplus_mw": 600, "reserve_margin_frac": 0.17, "connection_months": 30,
         "generation_queue_months": 30, "source": "example"},
    ),
    "prices": (
        {"id": "east", "energy_usd_per_mwh": 48, "capacity_usd_per_mw_day": 300, "carbon_kg_per_mwh": 360},
        {"id": "valley", "energy_usd_per_mwh": 38, "capacity_usd_per_mw_day": 150, "carbon_kg_per_mwh": 300},
    ),
    "nodes": (
        {"id": "north_poi", "name": "North 345 kV", "zone": "east", "poi_kv": 345, "longitude": -77.02,
         "latitude": 40.52, "capacity_mw": 500, "source": "example"},
        {"id": "south_poi", "name": "South 161 kV", "zone": "valley", "poi_kv": 161, "longitude": -84.31,
         "latitude": 35.91, "capacity_mw": 300, "source": "example"},
    ),
    "demand": (
        {"workload": "training", "region": ANYWHERE, "2029": 100, "2030": 200, "2031": 400},
        {"workload": "inference", "region": ANYWHERE, "2030": 50, "2032": 100},
    ),
    "plants": (
        {"id": "river_restart", "name": "River unit 1", "technology": "nuclear_restart", "kind": "restart",
         "state": "PA", "zone": "east", "capacity_mw": 800, "overnight_usd": 1600000000,
         "earliest_in_service": "2030-01", "lead_time_months": 42, "source": "example"},
        {"id": "hill_repower", "name": "Hill station", "technology": "gas_repower", "kind": "repowering",
         "state": "TN", "zone": "valley", "capacity_mw": 500, "overnight_usd": 450000000,
         "earliest_in_service": "2031-01", "lead_time_months": 48, "source": "example"},
    ),
    "upgrades": (
        {"id": "north_line", "name": "Second circuit at North", "node": "north_poi", "added_mw": 400,
         "lead_time_months": 48, "overnight_usd": 60000000, "lifetime_years": 40, "source": "example"},
        {"id": "valley_reconductor", "name": "Reconductoring", "zone": "valley", "added_mw": 200,
         "lead_time_months": 36, "overnight_usd": 40000000, "lifetime_years": 40, "source": "example"},
    ),
}  # fmt: skip
"""Two example rows of each sheet."""


def own_sheets(technologies: Sequence[str]) -> list[Sheet]:
    """Sheets with two example rows each.

    Args:
        technologies: that plants may name.
    """
    return [_sheet(name, OWN[name], technologies, years=range(2029, 2036)) for name in OWN]


def sheets_of(resolved: Mapping[str, Any]) -> list[Sheet]:
    """Sheets of a scenario whose tables have been read, every row of them.

    Args:
        resolved: the scenario as plain data.
    """
    parts = resolved["components"]
    tables = {
        "sites": {name: {USE: "yes", **row} for name, row in resolved["sites"].items()},
        "zones": {
            n: {k: v for k, v in z.items() if k not in PRICES} for n, z in resolved["zones"].items()
        },
        "prices": {
            n: {k: v for k, v in z.items() if k in PRICES} for n, z in resolved["zones"].items()
        },
        "nodes": resolved.get("nodes", {}),
        "plants": parts.get("plants", {}).get("named", {}),
        "upgrades": parts.get("headroom", {}).get("upgrades", {}),
    }
    rows = {
        name: tuple({"id": i, **_flat(row)} for i, row in t.items()) for name, t in tables.items()
    }
    rows["demand"] = tuple(_demand(parts["workloads"]["kinds"]))
    known = sorted(parts.get("plants", {}).get("technologies", {}))
    return [_sheet(name, rows[name], known) for name in OWN]


def _flat(row: Cells) -> dict[str, object]:
    """Cells of a row that a table holds."""
    lists = {k: "; ".join(map(str, v)) for k, v in row.items() if isinstance(v, list)}
    return {k: lists.get(k, v) for k, v in row.items() if k in lists or not isinstance(v, dict)}


def _demand(kinds: Mapping[str, Any]) -> Iterable[dict[str, object]]:
    """A row for each workload and region, a column for each date."""
    for name, kind in kinds.items():
        rows: dict[str, dict[str, object]] = {}
        for target in kind["targets"]:
            region = target.get("region", ANYWHERE)
            row = rows.setdefault(region, {"workload": name, "region": region})
            row[str(target["from_date"]).removesuffix("-01")] = target["it_mw"]
        yield from rows.values()


def _sheet(
    name: str, rows: Sequence[Cells], technologies: Sequence[str], years: Iterable[int] = ()
) -> Sheet:
    """A sheet with the columns of its rows."""
    if name == "demand":
        used = {column for row in rows for column in row} - {"workload", "region"}
        dates = sorted({*used, *map(str, years)})
        mw = (
            Entry(d, f"IT load wanted from {d} on, in all; empty: as before.", "MW", "number")
            for d in dates
        )
        return Sheet(name, (*DEMAND, *mw), tuple(rows))
    known: type[StrictModel] = Zone if name == "prices" else MODELS[name]
    used = {column for row in rows for column in row}
    entries = [entry for entry in entries_of(known) if entry.name in used]
    first = [e for e in entries if e.name not in PROVENANCE]
    columns = (ID, *first, *(e for e in entries if e.name in PROVENANCE))
    columns = (SWITCH, *columns) if USE in used else columns
    options: dict[str, Sequence[str]] = {USE: YES_NO} if USE in used else {}
    for entry in entries:
        if entry.kind.startswith("one of "):
            options[entry.name] = [o for o in entry.kind.removeprefix("one of ").split(", ") if o]
        elif entry.kind == "true or false":
            options[entry.name] = ("true", "false")
        elif entry.name == "technology":
            options[entry.name] = technologies
    listed = {
        e.name: LISTED[e.name] for e in entries if e.name in LISTED and name != LISTED[e.name]
    }
    return Sheet(name, columns, tuple(rows), options, listed)
