"""The hand-made plan with the tables of every family that is not always on, and hostile names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from outputs.sample import CHOSEN, HOSTILE, SCRIPT, STARTS, full_plan, it_mw, site_id, table
from siting.core.plan import Plan
from siting.core.table import Cell

Rows = list[dict[str, Cell]]
LATER = [start for start in STARTS if start.year >= 2030]
"""Six half-years, 2030 to 2032."""


def curtailment() -> Rows:
    """120 MW give way at one site, 70 of them by pausing; 10 MWh are lost a period."""
    return [
        {"period_start": s, "site": site_id(0), "tier": "0_25pct", "draw_mw": 300.0,
         "give_way_mw": 120.0, "paused_mw": 70.0, "onsite_backup_mw": 50.0, "lost_mwh": 10.0,
         "peak_hours_count": 85} for s in LATER
    ]  # fmt: skip


def curtailment_zones() -> Rows:
    """What one zone needs and is offered."""
    return [
        {"period_start": s, "zone": "ZONE-A", "rivals_mw": 0.0, "drawn_mw": 300.0, "added_mw": 0.0,
         "headroom_mw": 1900.0, "needed_mwh": 5.0, "offered_mwh": 10.0} for s in LATER
    ]  # fmt: skip


def rentals() -> Rows:
    """Two units of a hostile name for three years, a third one from the second year on."""
    return [
        {"period_start": s, "item": f"{SCRIPT}@{site_id(0)}", "name": SCRIPT, "product": SCRIPT,
         "location": site_id(0), "quantity": 2 if i < 2 else 3, "arrival_count": {0: 2, 2: 1}.get(i, 0),
         "capacity_mw": 50.0 if i < 2 else 75.0, "outage_cover_mw": 0.0, "firm_mw": 40.0,
         "energy_mwh": 1000.0, "average_mw": 1.0, "emissions_t": 5.0, "water_m3": 1.0,
         "connection": "medium_voltage"} for i, s in enumerate(LATER)
    ]  # fmt: skip


def footprint() -> Rows:
    """Two sources over two years."""
    return [
        {"year": year, "kind": kind, "source": source, "emissions_t": tonnes, "water_m3": m3}
        for year in (2030, 2031)
        for kind, source, tonnes, m3 in (
            ("technology", "gas_turbine", 4e6, 0.0), ("cooling", SCRIPT, 0.0, 3e6),
        )
    ]  # fmt: skip


def service() -> Rows:
    """Nothing before 2029, half of each site's load in that year, all of it from then on."""
    return [
        {"period_start": s, "workload": "inference", "region": "", "site": site_id(n),
         "it_mw": it_mw(n) * (0.0 if s.year < 2029 else 0.5 if s.year == 2029 else 1.0)}
        for s in STARTS for n in range(CHOSEN)
    ]  # fmt: skip


def tables() -> dict[str, Rows]:
    """Rows of every further table."""
    hostile = HOSTILE[1]
    return {
        "service": service(),
        "curtailment": curtailment(),
        "curtailment_zones": curtailment_zones(),
        "rentals": rentals(),
        "ride_through": [
            {"site": site_id(1), "equipped_mw": 200.0, "start_date": date(2028, 7, 1),
             "in_service_date": date(2029, 1, 1), "overnight_usd": 8.56e7}
        ],
        "trip_groups": [
            {"period_start": s, "group": f"zone {hostile}", "drawn_mw": 1700.0, "held_mw": 200.0,
             "trip_mw": 1500.0, "max_trip_mw": 1500.0} for s in LATER
        ],
        "ratepayer": [
            {"period_start": s, "zone": "ZONE-A", "peak_mw": 1e5, "surplus_before_mw": 900.0,
             "surplus_after_mw": 400.0, "price_before_usd_per_mw_day": 30.0,
             "price_after_usd_per_mw_day": 33.0, "network_usd": 1e6, "capacity_usd": 2e6,
             "bill_usd": 1e9, "bill_effect_frac": 0.001 * (i + 1)} for i, s in enumerate(LATER)
        ],
        "cooling": [
            {"period_start": s, "site": site_id(2), "option": SCRIPT, "it_mw": 300.0,
             "facility_mw": 330.0, "water_m3": 1000.0} for s in LATER
        ],
        "footprint": footprint(),
        "water_caps": [
            {"year": 2030, "rule": "basin_cap", "group": hostile, "water_m3": 3e6, "limit_m3": 4e6}
        ],
        "emissions_caps": [],
        "lease_phases": [
            {"site": site_id(3), "count": 2, "acres": 160.0, "start_date": date(2027, 7, 1)}
        ],
        "lease_options": [
            {"site": site_id(4), "acres": 900.0, "fee_usd_per_year": 4.5e5,
             "start_date": date(2027, 7, 1), "end_date": date(2029, 1, 1), "ends": "committed"}
        ],
        "programmatic_reviews": [
            {"id": "blm_west", "agency": "BLM", "months": 24.0, "cost_usd": 5e6,
             "start_date": date(2027, 1, 1), "done_date": date(2029, 1, 1)}
        ],
        "attachments": [
            {"site": site_id(1), "bus": hostile, "base_kv": 345.0, "distance_km": 12.3}
        ],
        "flows": [
            {"period_start": s, "branch": SCRIPT, "outage": hostile, "flow_mw": -mw,
             "rating_mw": 500.0, "loading_frac": mw / 500}
            for s, mw in zip(LATER, (470.0, 500.0, *[480.0] * len(LATER)), strict=False)
        ],
        "transfers": [
            {"period_start": s, "interface": hostile, "from_zone": "ZONE-A", "to_zone": SCRIPT,
             "sent_mw": 100.0 + i, "arrived_mw": 0.9 * (100.0 + i), "limit_mw": 400.0}
            for i, s in enumerate(LATER)
        ],
        "headroom": [
            {"period_start": s, "level": level, "place": place, "capacity_mw": capacity,
             "used_mw": used, "left_mw": capacity - used}
            for s in STARTS for level, place, capacity, used in (
                ("node", "NODE-1", 5000.0, 4950.0 if s.year >= 2030 else 0.0),
                ("zone", "ZONE-A", 9000.0, 4950.0 if s.year >= 2030 else 0.0),
            )
        ],
    }  # fmt: skip


def family_plan() -> Plan:
    """A plan with every table, and a scenario with settings."""
    plan = full_plan()
    further = {name: table(rows) for name, rows in tables().items() if rows}
    scenario = {
        **plan.scenario,
        "price_year": 2025,
        "components": {
            "energy": {"pue": 1.1, "load_factor_frac": 0.8},
            "land": {"default_path": f"{SCRIPT}", "path_by_agency": {"DOE": "doe_site_lease"}},
            "transformers": {"classes": {"main_bank": {"slots_per_year": 38}}, "spare_banks": 1},
            "bridge": {"products": {SCRIPT: {"mobilisation_months": 6}}},
            "adequacy": {},
        },
    }
    return replace(plan, tables={**plan.tables, **further}, scenario=scenario)
