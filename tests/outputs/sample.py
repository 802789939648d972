"""A finished plan made by hand: twenty sites, hostile names, every table of a full plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import cos, pi, sin

from siting.core.plan import ModelSize, Plan
from siting.core.table import Cell, Row, Table

SCRIPT = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://example.invalid","x")'
DOLLARS = "$x$ & </script><script>alert(2)</script>"
SEPARATORS = "line\u2028para\u2029 %{y} <b>bold</b>"
HOSTILE = (SCRIPT, FORMULA, DOLLARS, SEPARATORS, "+1", "-2", "@cmd", "\tTab", "\rReturn", "'quoted")
MINIMAL = ("timeline", "sites", "service", "costs", "sources")
STARTS = tuple(date(year, month, 1) for year in range(2027, 2033) for month in (1, 7))
END = date(2033, 1, 1)
AGENCIES = ("DOE", "DoD", "BLM", "TVA")
CHOSEN = 11
"""Sites 0 to 10 are built; each carries 100 MW more than the one before."""
WEST, SOUTH = -119.0, 32.0


def site_id(number: int) -> str:
    """Id of a site."""
    return f"SITE-{number:02d}"


def site_name(number: int) -> str:
    """Name of a site; the first ten are hostile."""
    return HOSTILE[number] if number < len(HOSTILE) else f"Proving Ground {number}"


def it_mw(number: int) -> float:
    """IT load of a site at the end of the horizon [MW]."""
    return 100.0 * (number + 1) if number < CHOSEN else 0.0


def position(number: int) -> tuple[float, float]:
    """Longitude and latitude; the last site is in Alaska."""
    if number == 19:
        return -145.7, 64.0
    return WEST + 2.3 * number, SOUTH + 1.5 * (number % 5)


def circle(longitude: float, latitude: float, is_clockwise: bool = False) -> dict[str, object]:
    """A ring of eight corners, half a degree in radius."""
    turn = -1 if is_clockwise else 1
    corners = [
        [longitude + 0.5 * cos(turn * i * pi / 4), latitude + 0.5 * sin(turn * i * pi / 4)]
        for i in range(8)
    ]
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


def table(rows: list[dict[str, Cell]]) -> Table:
    """A table of rows that all have the same columns."""
    return Table.of(rows[0], rows)


def provenance(number: int) -> dict[str, Cell]:
    """Source, confidence and estimates of a thing."""
    weak = number % 3 == 0
    return {
        "source": f"{SCRIPT} register of land, page {number}",
        "confidence": "low" if weak else "high",
        "estimated": "buildable_acres;zone" if weak else "",
    }


def sites() -> Table:
    """Twenty candidates."""
    rows: list[dict[str, Cell]] = []
    for number in range(20):
        is_chosen = number < CHOSEN
        rows.append(
            {
                "site": site_id(number),
                "name": site_name(number),
                "agency": AGENCIES[number % 4],
                "state": "NV",
                "zone": "ZONE-A",
                "node": "NODE-1",
                "is_chosen": is_chosen,
                "commit_date": date(2027, 1, 1) if is_chosen else None,
                "review_path": "doe_site_lease" if is_chosen else "",
                "review_done_date": date(2028, 1, 1) if is_chosen else None,
                "first_energised_date": date(2029, 1, 1) if is_chosen else None,
                "full_energised_date": date(2031, 1, 1) if is_chosen else None,
                "waited_for": "connection: connection" if is_chosen else "",
                "it_mw": it_mw(number),
                "facility_mw": it_mw(number) * 1.25,
                "grid_mw": it_mw(number) * 0.75,
                "onsite_mw": it_mw(number) * 0.5,
                "acres_used": it_mw(number) * 0.6,
                "buildable_acres": 5000.0,
                **provenance(number),
            }
        )
    return table(rows)


def timeline() -> Table:
    """6,600 MW asked for from 2029 on and served from 2030 on; two workloads share them equally."""
    rows: list[dict[str, Cell]] = []
    for start, end in zip(STARTS, (*STARTS[1:], END), strict=True):
        target = 3300.0 if start.year >= 2029 else 0.0
        served = 3300.0 if start.year >= 2030 else target / 2
        for workload in ("inference", SCRIPT):
            rows.append(
                {
                    "period_start": start,
                    "period_end": end,
                    "workload": workload,
                    "target_mw": target,
                    "served_mw": served,
                    "unserved_mw": target - served,
                    "grid_mw": served * 0.75,
                    "onsite_mw": served * 0.25,
                }
            )
    return table(rows)


def orders() -> Table:
    """Orders out of order; one without a place."""
    rows: list[dict[str, Cell]] = []
    for number, site in enumerate(["SITE-03", "", "ZONE-A", "SITE-00"]):
        rows.append(
            {
                "item": f"main_bank-{number}",
                "equipment_class": "main_bank",
                "procurement": "pool",
                "site": site,
                "quantity": number + 1,
                "order_date": date(2028, 1, 1) if number < 2 else date(2027, number, 1),
                "delivery_date": date(2029, 6, 15),
                "assign_date": date(2029, 7, 1) if site else None,
                "in_service_date": date(2030, 1, 1),
            }
        )
    return table(rows)


def plants() -> Table:
    """Units at a site, in a zone, and a named plant with a place of its own."""
    rows: list[dict[str, Cell]] = []
    for item, delivery, where in (
        ("fuel_cell@SITE-01", "on_site", "SITE-01"),
        ("solar@ZONE-A", "grid", "ZONE-A"),
        ("PLANT-1", "grid", "ZONE-A"),
    ):
        rows.append(
            {
                "item": item,
                "name": DOLLARS,
                "technology": item.split("@")[0].lower(),
                "delivery": delivery,
                "location": where,
                "quantity": 2,
                "capacity_mw": 500.0,
                "firm_mw": 250.0,
                "acres": 10.0,
                "start_date": date(2027, 7, 1),
                "permit_date": None,
                "equipment_date": date(2028, 6, 1),
                "in_service_date": date(2029, 1, 1),
                **provenance(len(rows)),
            }
        )
    return table(rows)


def upgrades() -> Table:
    """One at a node, one at a zone."""
    rows: list[dict[str, Cell]] = []
    for node, zone in (("NODE-1", None), (None, "ZONE-A")):
        rows.append(
            {
                "upgrade": f"UP-{len(rows)}",
                "name": f"{SCRIPT} line",
                "node": node,
                "zone": zone,
                "added_mw": 900.0,
                "start_date": date(2027, 1, 1),
                "in_service_date": date(2031, 1, 1),
                "overnight_usd": 75_600_000.0,
                **provenance(3),
            }
        )
    return table(rows)


def small_tables() -> dict[str, Table]:
    """Halls, connections, service, generation, costs, spending, sources."""
    built = range(CHOSEN)
    halls: list[dict[str, Cell]] = [
        {"site": site_id(n), "count": n + 1, "block_mw": 100.0, "acres": 60.0 * (n + 1),
         "start_date": date(2028, 1, 1), "in_service_date": date(2029, 7, 1)} for n in built
    ]  # fmt: skip
    connections: list[dict[str, Cell]] = [
        {"site": site_id(n), "node": "NODE-1", "start_date": date(2027, 7, 1),
         "in_service_date": date(2030, 1, 1), "gen_tie_km": 1.5, "overnight_usd": 3.5e7} for n in built
    ]  # fmt: skip
    service: list[dict[str, Cell]] = [
        {"period_start": s, "workload": "inference", "region": "", "site": site_id(n), "it_mw": it_mw(n)}
        for s in STARTS for n in built
    ]  # fmt: skip
    generation: list[dict[str, Cell]] = [
        {"period_start": s, "item": "PLANT-1", "technology": technology, "location": "ZONE-A",
         "capacity_mw": 500.0, "firm_mw": 250.0, "energy_mwh": 1e6}
        for s in STARTS for technology in ("fuel_cell", SCRIPT)
    ]  # fmt: skip
    costs: list[dict[str, Cell]] = [
        {"family": family, "period_start": s, "usd": usd}
        for s in STARTS for family, usd in (("campus", 2e9), ("energy", 5e8), (SCRIPT, 1e7))
    ]  # fmt: skip
    spending: list[dict[str, Cell]] = [{"family": "campus", "year": 2028, "overnight_usd": 4e10}]
    sources: list[dict[str, Cell]] = [
        {"id": site_id(n), "kind": "site", "name": site_name(n), **provenance(n)} for n in range(20)
    ]
    named = {
        "halls": halls, "connections": connections, "service": service, "generation": generation,
        "costs": costs, "spending": spending, "sources": sources,
    }  # fmt: skip
    return {name: table(rows) for name, rows in named.items()}


def places() -> dict[str, dict[str, object]]:
    """Sites, odd ones with an area given clockwise; a node, a zone, and a plant."""
    records: dict[str, dict[str, object]] = {}
    for number in range(20):
        longitude, latitude = position(number)
        records[site_id(number)] = {
            "kind": "site",
            "name": site_name(number),
            "longitude": longitude,
            "latitude": latitude,
            "geometry": circle(longitude, latitude, is_clockwise=True) if number % 2 else None,
            **provenance(number),
        }
    for name, kind, longitude in (
        ("NODE-1", "node", -100.0),
        ("ZONE-A", "zone", -95.0),
        ("PLANT-1", "plant", -80.0),
    ):
        records[name] = {
            "kind": kind,
            "name": f"Point of {name}",
            "longitude": longitude,
            "latitude": 40.0,
            "geometry": None,
            **provenance(1),
        }
    return records


def full_plan() -> Plan:
    """A plan with every table."""
    tables = {
        "timeline": timeline(),
        "sites": sites(),
        "orders": orders(),
        "plants": plants(),
        "upgrades": upgrades(),
        **small_tables(),
    }
    return Plan(
        name="sample",
        title=f"Sample {SCRIPT}",
        status="OPTIMAL",
        objective_usd=30.12e9,
        bound_usd=29.99952e9,
        gap=0.004,
        solve_seconds=12.3456,
        model=ModelSize(rows=1200, columns=800, integers=400, nonzeros=5000),
        versions={"siting": "0.1.0", "python": "3.11"},
        inputs={f"{SCRIPT}.yaml": "ab" * 32},
        settings={"seed": 1, "horizon": {"start": date(2027, 1, 1)}, "families": ["campus"]},
        tables=tables,
        places=places(),
        scenario={"name": "sample", "sites": {"SITE-00": {"name": SCRIPT}}},
        findings=(),
    )


def minimal_plan() -> Plan:
    """A plan with the tables that every plan has."""
    plan = full_plan()
    return replace(plan, tables={name: plan.tables[name] for name in MINIMAL})


def with_rows(plan: Plan, name: str, rows: Sequence[Row]) -> Plan:
    """A plan with other rows in a table."""
    return replace(plan, tables={**plan.tables, name: Table.of(plan.tables[name].columns, rows)})
