"""Each rule of each family binds where arithmetic on paper says so, and not just inside.

The toy scenario costs 79.90 million dollars: `far` from 2027-07 (opening 1, hall 10 a year, energy
52.56 a year), `near` from 2028-01 (opening 10, hall 10 a year, bank 0.1 a year, energy 17.52 a year),
and 180 for each half-year in which the 100 MW are late. The comments of the file derive them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.paper import Scenario, check_case, set_at, several

FREE = 79.90
NEAR_ONLY = 180 + 10 + 10 + 17.52
"""`near` alone from 2028-01 with the bank in stock."""
FAR_GRID = 1 + 15 + 78.84
"""`far` alone, all of its energy from the grid."""
CELL_SAVES = 40 * 8760 * (60 - 6.8 * 4) / 1e6 - 40_000 * 4200 / 20 / 1e6
"""A cell at `far` a year: 11.49 of energy saved against 8.4 of capital."""
FAR_ONLY = FAR_GRID - 2 * CELL_SAVES
"""`far` alone with two cells from 2028-01; a third would be half idle."""
NOTHING = 540.0


def node_at_far(capacity_mw: float) -> Callable[[Scenario], None]:
    """A point of interconnection of its own for `far`."""
    return several(
        set_at("nodes", {"poi": {"zone": "dear", "capacity_mw": capacity_mw}}),
        set_at("sites.far.node", "poi"),
    )


def needs(seasons: dict[str, tuple[float, float]]) -> Callable[[Scenario], None]:
    """Requirement and surplus of `dear` by season."""
    rows = {
        season: {
            "zone": "dear",
            "season": season,
            "year": 2026,
            "requirement_frac": frac,
            "surplus_mw": mw,
        }
        for season, (frac, mw) in seasons.items()
    }
    return set_at("components.adequacy.needs", rows)


def rival_at_dear(*, is_in_forecast: bool) -> Callable[[Scenario], None]:
    """A load of 20 MW in a zone that does not limit headroom."""
    rival = {
        "zone": "dear",
        "draw_mw": 20,
        "in_service": "2026-01",
        "is_in_forecast": is_in_forecast,
    }
    return set_at("components.headroom.rivals", {"r": rival})


def tiers(*, surplus: float, **stated: float) -> Callable[[Scenario], None]:
    """`dear` with an accredited surplus, and headroom by curtailment tier."""

    def change(scenario: Scenario) -> None:
        zone = scenario["zones"]["dear"]
        del zone["headroom_mw"]
        zone["accredited_surplus_mw"] = surplus
        zone.update(
            {f"headroom_mw_{name.removeprefix('pct_')}pct": mw for name, mw in stated.items()}
        )

    return change


EIGHTY = FREE - 0.2 * 26.28 + 0.2 * 180
"""80 MW of 100 at `far` for its half-year; the other 20 are late."""
UPGRADE = {"added_mw": 50, "lead_time_months": 6, "overnight_usd": 4_000_000, "lifetime_years": 40}
TRAINING = "components.workloads.kinds.training"
BANK = "components.transformers.classes.main_bank"
STEP_UP = {
    "role": "step_up",
    "unit_mva": 50,
    "lead_times": [{"ordered_from": "2027-01", "weeks": 80}],
}
CASES: dict[str, tuple[Callable[[Scenario], None], float]] = {
    # land
    "land.area_limit binds: no room for a hall at far": (
        set_at("sites.far.buildable_acres", 99),
        NEAR_ONLY,
    ),
    "land.area_limit just inside": (set_at("sites.far.buildable_acres", 100), FREE),
    "land.review delays far by a half-year": (
        several(
            set_at("components.land.review_paths", {"ea": {"months": 1}}),
            set_at("sites.far.review_path", "ea"),
        ),
        NEAR_ONLY,
    ),
    "land.review of no length": (
        several(
            set_at("components.land.review_paths", {"ea": {"months": 0}}),
            set_at("sites.far.review_path", "ea"),
        ),
        FREE,
    ),
    "land.group_limit binds: one site": (set_at("components.land.max_sites", 1), FAR_ONLY),
    "land.group_limit just inside": (set_at("components.land.max_sites", 2), FREE),
    "land.group_limit of an agency": (
        set_at("components.land.max_sites_by_agency", {"DOE": 0}),
        FAR_ONLY,
    ),
    "land.group_limit of a state": (
        set_at("components.land.max_sites_by_state", {"NV": 0}),
        NEAR_ONLY,
    ),
    # one commitment a year: near from 2028-01, its hall from 2028-07, saves less than it costs
    "land.yearly_limit binds": (
        set_at("components.land.max_commitments_per_year", 1),
        FAR_ONLY,
    ),
    "land.rent of 100 acres at 1,000 USD": (
        set_at("components.land.lease_usd_per_acre_year", 1000),
        # far from 2027-01, two years; near from 2027-07, one and a half
        FREE + 0.2 + 0.15,
    ),
    # campus
    "campus.shell_months of a year": (set_at("components.campus.shell_months", 12), NEAR_ONLY),
    "campus.minimum_campus of two halls": (
        # the second hall of each is started last, for half a year of annuity
        set_at("components.campus.min_campus_it_mw", 200),
        FREE + 5 + 5,
    ),
    "campus.minimum_campus just inside": (
        set_at("components.campus.min_campus_it_mw", 100),
        FREE,
    ),
    # transformers
    "transformers: class unavailable, fuel cells carry all": (
        set_at(f"{BANK}.is_available", False),
        180 + 1 + 10 + 25.2 + 23.8272,
    ),
    "transformers.lead_time doubled": (
        # ordered 2027-07, 52 weeks: usable from 2028-07; half a year at near saves too little
        set_at(
            f"{BANK}.lead_times",
            [{"ordered_from": "2027-01", "weeks": 104}, {"ordered_from": "2027-07", "weeks": 52}],
        ),
        FAR_ONLY,
    ),
    "transformers.stock of two": (set_at(f"{BANK}.stock_units", 2), FREE - 0.1),
    "transformers.slots of none": (set_at(f"{BANK}.slots_per_year", 0), FAR_ONLY),
    "transformers.slots just inside": (set_at(f"{BANK}.slots_per_year", 2), FREE),
    "transformers.install_months": (
        # stock assigned in 2027-01 is in service in 2027-07; near's bank only from 2028-07
        set_at(f"{BANK}.install_months", 6),
        FAR_ONLY,
    ),
    "transformers.spare_banks: stock cannot serve alone": (
        # two banks at near from 2028-01: one from stock, one ordered
        set_at("components.transformers.spare_banks", 1),
        NEAR_ONLY + 0.1,
    ),
    "transformers.site orders": (set_at("components.transformers.procurement", "site"), FREE),
    "transformers.pool premium": (
        several(
            set_at("components.transformers.procurement", "pool"),
            set_at("components.transformers.pool_premium_frac", 0.5),
        ),
        FREE + 0.05,
    ),
    # headroom
    "headroom.node_limit binds at 50 MW": (
        # half of the load is late for half a year, and half the energy bought at far
        node_at_far(50),
        FREE - 13.14 + 90,
    ),
    "headroom.node_limit just inside": (node_at_far(100), FREE),
    "headroom.upgrade lifts the node": (
        several(
            node_at_far(50),
            set_at("components.headroom.upgrades", {"wire": {**UPGRADE, "node": "poi"}}),
        ),
        FREE + 0.15,
    ),
    # 500 MW for load that gives way are none for load that does not
    "headroom: firm load has no curtailable headroom": (tiers(surplus=80, pct_0_5=500), EIGHTY),
    "headroom: nor is it held to that": (tiers(surplus=80, pct_0_5=40), EIGHTY),
    "headroom: none at all without a surplus": (tiers(surplus=0, pct_0_5=500), NEAR_ONLY),
    "headroom: firm headroom that the zone states": (
        tiers(surplus=500, pct_0_5=500, pct_0=80),
        EIGHTY,
    ),
    "headroom: a tier that is supposed": (
        several(tiers(surplus=500, pct_0_5=80), set_at("components.headroom.tier", "0_5pct")),
        EIGHTY,
    ),
    "headroom.zone_limit binds at 40 MW": (
        set_at("zones.dear.headroom_mw", 40),
        FREE - 0.6 * 26.28 + 0.6 * 180,
    ),
    "headroom.upgrade lifts the zone": (
        several(
            set_at("zones.dear.headroom_mw", 50),
            set_at("components.headroom.upgrades", {"wire": {**UPGRADE, "zone": "dear"}}),
        ),
        FREE + 0.15,
    ),
    "headroom.connection of a year at far": (set_at("zones.dear.connection_months", 12), NEAR_ONLY),
    # 100 MW at 40,000 USD over 40 years, for the half-year at far and the year at near
    "headroom: stations that grow with the draw": (
        set_at(
            "components.headroom.connection_costs",
            [{"from_kv": 0, "line_usd_per_km": 0, "substation_usd": 0, "usd_per_mw": 40_000}],
        ),
        FREE + 1.5 * 0.1,
    ),
    # adequacy
    "adequacy.reserve_margin binds": (
        several(
            set_at("zones.dear.accredited_surplus_mw", 100),
            set_at("zones.dear.reserve_margin_frac", 0.25),
        ),
        FREE - 0.2 * 26.28 + 0.2 * 180,
    ),
    "adequacy.reserve_margin just inside": (
        several(
            set_at("zones.dear.accredited_surplus_mw", 125),
            set_at("zones.dear.reserve_margin_frac", 0.25),
        ),
        FREE,
    ),
    "adequacy.surplus of 80 % of a peak of 100 MW": (
        several(
            set_at("zones.dear.summer_peak_mw", 100),
            set_at("zones.cheap.winter_peak_mw", 125),
            set_at("components.adequacy.surplus_of_peak_frac", 0.8),
        ),
        FREE - 0.2 * 26.28 + 0.2 * 180,
    ),
    # 100 MW in summer at 1.25 MW for each, 80 in winter at 1: neither rule implies the other
    "adequacy.season_margin binds in winter": (
        needs({"summer": (1.25, 125), "winter": (1.0, 80)}),
        FREE - 0.2 * 26.28 + 0.2 * 180,
    ),
    "adequacy.season_margin just inside": (
        needs({"summer": (1.25, 125), "winter": (1.0, 100)}),
        FREE,
    ),
    "adequacy: a season that asks for more with less surplus is the only one": (
        needs({"summer": (1.0, 200), "winter": (1.25, 100)}),
        FREE - 0.2 * 26.28 + 0.2 * 180,
    ),
    "adequacy: what is below the peak in accredited megawatts": (needs({"year": (0.8, 80)}), FREE),
    # 20 MW of a rival take 25 of 125
    "adequacy: a rival takes accredited surplus": (
        several(needs({"year": (1.25, 125)}), rival_at_dear(is_in_forecast=False)),
        FREE - 0.2 * 26.28 + 0.2 * 180,
    ),
    "adequacy: a rival that the forecast holds takes none": (
        several(needs({"year": (1.25, 125)}), rival_at_dear(is_in_forecast=True)),
        FREE,
    ),
    "adequacy: a deficit leaves nothing for far": (needs({"year": (0.94, -50)}), NEAR_ONLY),
    # plants
    "plants: cheap cells at far replace the grid from 2028": (
        # 3 cells at 600 USD/kW are 3.6 a year and 23.8272 of fuel: 27.4272 against 37.62 at near
        set_at("components.plants.technologies.fuel_cell.overnight_usd_per_kw", 600),
        1 + 15 + 26.28 + 3.6 + 23.8272,
    ),
    "plants.step_up too late for the cells": (
        several(
            set_at("components.plants.technologies.fuel_cell.overnight_usd_per_kw", 600),
            set_at("components.plants.technologies.fuel_cell.step_up_class", "gsu"),
            set_at("components.plants.technologies.fuel_cell.step_up_per_unit", 1),
            set_at("components.transformers.classes.gsu", STEP_UP),
        ),
        FREE,
    ),
    # workloads
    "workloads.campus_floor above every target": (
        set_at(f"{TRAINING}.min_campus_it_mw", 150),
        NOTHING,
    ),
    "workloads.campus_floor just inside: a campus stays where it is": (
        set_at(f"{TRAINING}.min_campus_it_mw", 100),
        FAR_ONLY,
    ),
    # energy
    "energy.pue of 1.25 needs a second bank": (
        # far: one bank carries 80 MW of IT for a half-year; near: two banks and 125 MW
        set_at("components.energy.pue", 1.25),
        1 + 15 + 26.28 + 0.2 * 180 + 10 + 10 + 0.2 + 1.25 * 17.52,
    ),
    "energy.network charge": (
        set_at("components.energy.network_usd_per_mw_year", 10_000),
        FREE + 1.5,
    ),
    # budget
    "budget.total_cap allows one site": (
        set_at("components.budget", {"max_overnight_usd": 101_000_000}),
        FAR_GRID,
    ),
    "budget.total_cap just too small for any": (
        set_at("components.budget", {"max_overnight_usd": 100_999_999}),
        NOTHING,
    ),
    "budget.total_cap just inside": (
        set_at("components.budget", {"max_overnight_usd": 216_000_000}),
        FREE,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    check_case(*CASES[name])
