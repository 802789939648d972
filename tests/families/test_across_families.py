"""Where families meet: small plans whose cost is derived on paper, which the bounds of one family would miss.

100 MW are wanted from 2027 on at 0.3 million USD for each MW-month late: a year without them costs 360.
Money is in million USD; nothing is discounted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from siting.core.errors import InputError
from siting.core.study import Strategy
from siting.pipeline import Loaded
from siting.timeline.compare import compare_strategies
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, plan_of

Data = dict[str, Any]
LATE_YEAR = 360.0
UNIT = {"delivery": ["grid"], "overnight_usd_per_kw": 300, "lifetime_years": 30}
"""A MW of it costs 0.3 / 30 = 0.01 a year."""
CURVE = [
    {"surplus_frac": 0.0, "price_usd_per_mw_day": 300},
    {"surplus_frac": 0.2, "price_usd_per_mw_day": 0},
]


def scenario(years: int, zones: Data, sites: Data, **families: Data) -> Data:
    """A scenario of whole years with some families beside land, energy and workloads."""
    training = {
        "targets": [{"from_date": "2027-01", "it_mw": 100}],
        "delay_cost_usd_per_mw_month": 300_000,
    }
    return {
        "schema_version": 1,
        "name": "across",
        "horizon": {"start": "2027-01", "steps": [{"until": f"{2027 + years}-01", "step": "year"}]},
        "zones": zones,
        "sites": sites,
        "components": {
            "land": {},
            "energy": {},
            "workloads": {"kinds": {"training": training}},
            **families,
        },
    }


def link(start: str, end: str, mw: float, loss: float = 0.0) -> Data:
    """An interface one way."""
    ends = {"from_zone": start, "to_zone": end, "forward_mw": mw, "reverse_mw": 0}
    return {"limits": {"i": {**ends, "loss_frac": loss}}}


def unused_tier() -> Data:
    """The line costs 40 / 40 = 1 a year, from the firm service that the site takes: 2028 and 2029."""
    line = {"from_kv": 0, "line_usd_per_km": 0, "substation_usd": 40_000_000}
    made = scenario(
        3,
        {"z": {"headroom_mw_0pct": 100, "headroom_mw_1pct": 200, "connection_months": 12}},
        {"s": {"zone": "z"}},
        headroom={"connection_lifetime_years": 40, "connection_costs": [line]},
        curtailment={"tiers": {"1pct": {"hours_per_year": 88, "connection_months": 0}}},
    )
    made["components"]["workloads"]["kinds"]["training"]["targets"][0]["from_date"] = "2028-01"
    return made


def used_tier() -> Data:
    """All load pauses, so that the site takes the tier and pays for its line from 2027 on."""
    made = unused_tier()
    made["components"]["workloads"]["kinds"]["training"]["targets"][0]["from_date"] = "2027-01"
    made["components"]["curtailment"]["flexible_frac"] = {"training": 1.0}
    return made


def unlimited_zones() -> Data:
    """The zone states 60 MW, which do not limit."""
    return scenario(
        2,
        {"z": {"headroom_mw": 60}},
        {"s": {"zone": "z"}},
        headroom={"is_zone_limited": False},
        curtailment={"tiers": {"1pct": {"hours_per_year": 88}}},
    )


def firm_point(*offered: str) -> Data:
    """A zone takes 100 MW at 0.25 % and 150 at 1 %, which give up 0.25 and 1.5 MW on average. The line
    through both meets zero at 100 - 0.25 * 50 / 1.25 = 90 MW: 10 MW of firm load are late for two years."""
    zone = {"accredited_surplus_mw": 1000, "headroom_mw_0_25pct": 100, "headroom_mw_1pct": 150}
    tiers = {tier: {"hours_per_year": 88} for tier in offered}
    return scenario(2, {"z": zone}, {"s": {"zone": "z"}}, headroom={}, curtailment={"tiers": tiers})


def firm_only() -> Data:
    """A zone that states what it takes firm, 60 MW, and nothing for the tier on offer."""
    zone = {"headroom_mw_0pct": 60}
    tiers = {"1pct": {"hours_per_year": 88}}
    return scenario(1, {"z": zone}, {"s": {"zone": "z"}}, headroom={}, curtailment={"tiers": tiers})


def bill_of_sender(cap: float) -> Data:
    """Zone b sends its 100 MW of surplus to a: its price rises from 150 to 300 USD per MW-day, its bill of
    438 by 150 * 365.25 * 1000 = 54.79, that is 12.5 %."""
    zones = {
        name: {"accredited_surplus_mw": mw, "summer_peak_mw": 1000}
        for name, mw in (("a", 0), ("b", 100))
    }
    return scenario(
        1,
        zones,
        {"s": {"zone": "a"}},
        adequacy={},
        interfaces=link("b", "a", 100),
        ratepayer={
            "retail_usd_per_mwh": 100,
            "zone_load_factor_frac": 0.5,
            "max_bill_effect_frac": cap,
            "capacity_price_curve": CURVE,
        },
    )


def unit_behind_interface(unit_mw: float, loss: float, **sites: Data) -> Data:
    """Units in zone b, which has no load, run on 2028-01-01 and serve the site in a: 2027 is late."""
    zones = {
        "a": {"accredited_surplus_mw": 0, "generation_queue_months": 60},
        "b": {"accredited_surplus_mw": 0},
    }
    unit = {**UNIT, "unit_mw": unit_mw, "construction_months": 12}
    return scenario(
        2,
        zones,
        {"s": {"zone": "a"}, **sites},
        adequacy={},
        interfaces=link("b", "a", 200, loss),
        plants={"technologies": {"gt": unit}},
    )


def units_that_lower_bills() -> Data:
    """The node takes 100 MW after an upgrade of 600 / 30 = 20 a year that others pay. Two units of 100 MW, 1 a
    year each, leave 100 MW of surplus: the price falls by 150, the bill by 54.8, which pays for it."""
    made = scenario(
        1,
        {"a": {"accredited_surplus_mw": 0, "summer_peak_mw": 1000}},
        {"s": {"zone": "a", "node": "n"}},
        adequacy={},
        headroom={
            "upgrades": {
                "u": {
                    "node": "n",
                    "added_mw": 100,
                    "lead_time_months": 0,
                    "lifetime_years": 30,
                    "overnight_usd": 600_000_000,
                }
            }
        },
        plants={"technologies": {"gt": {**UNIT, "unit_mw": 100}}},
        ratepayer={
            "retail_usd_per_mwh": 100,
            "zone_load_factor_frac": 0.5,
            "max_bill_effect_frac": 0.0,
            "capacity_price_curve": CURVE,
        },
    )
    made["nodes"] = {"n": {"capacity_mw": 0, "zone": "a"}}
    return made


def generations(units: int) -> Data:
    """``next`` may start once some units of ``first`` run, of which the site needs one. Fuel of ``first`` is
    100 * 8760 * 200 USD = 175.2 a year. 2027 late; in 2028 ``first`` runs; from 2029 on ``next``."""
    first = {**UNIT, "unit_mw": 100, "delivery": ["on_site"], "construction_months": 12}
    fuel = {"heat_rate_mmbtu_per_mwh": 10, "fuel_usd_per_mmbtu": 20}
    technologies = {
        "first": {**first, **fuel},
        "next": {**first, "after": "first", "after_units": units},
    }
    return scenario(4, {}, {"s": {}}, plants={"technologies": technologies})


def campus(targets: dict[str, float], sites: Data, **kind: Any) -> Data:
    """Four years, a delay cost of 0.1 a MW-month, and rules on where the workload is hosted."""
    made = scenario(4, {"z": {}}, sites)
    made["components"]["land"] = {"review_paths": {"r": {"months": 20}}}
    made["components"]["workloads"]["kinds"]["training"] = {
        "delay_cost_usd_per_mw_month": 100_000,
        "targets": [{"from_date": day, "it_mw": mw} for day, mw in targets.items()],
        **kind,
    }
    return made


GAP = {"2027-01": 60.0, "2028-01": 0.0, "2029-01": 60.0}
SMALL = {"s": {"zone": "z", "max_it_mw": 25}}
LATER = {"t": {"zone": "z", "max_it_mw": 60, "review_path": "r"}}
FALLING = [{"from_date": "2027-01", "it_mw": 35}, {"from_date": "2029-01", "it_mw": 10}]


CASES: dict[str, tuple[Data, float]] = {
    "a tier that nobody takes costs nothing": (unused_tier(), 2 * 1.0),
    "a line is paid from the service of its tier": (used_tier(), 3 * 1.0),
    "zones that do not limit, with curtailment": (unlimited_zones(), 0.0),
    "firm headroom follows from what a zone states": (firm_point("5pct"), 10 * 24 * 0.3),
    "another tier on offer does not move it": (firm_point("1pct", "5pct"), 10 * 24 * 0.3),
    "firm headroom without a tier": (firm_only(), 40 * 12 * 0.3),
    "a zone that sends keeps its cap": (bill_of_sender(0.0), LATE_YEAR),
    "a zone that sends within its cap": (bill_of_sender(0.126), 0.0),
    "units for a neighbour": (unit_behind_interface(100, 0.0), LATE_YEAR + 1),
    "small units for a neighbour": (
        unit_behind_interface(20, 0.0, t={"zone": "b", "max_it_mw": 10}),
        LATE_YEAR + 5 * 0.2,
    ),
    "units for a neighbour, half lost": (unit_behind_interface(20, 0.5), LATE_YEAR + 10 * 0.2),
    "units that lower bills": (units_that_lower_bills(), 20 + 2),
    "one unit unlocks": (generations(1), LATE_YEAR + 3 * 1 + 175.2 + 2 * 1),
    # hosted in 2027, a campus would need its 20 MW in 2028 too: all of 2027 is late, then 35 of 60 MW
    "a campus stays while nothing is wanted": (
        campus(GAP, SMALL, min_campus_it_mw=20),
        72 + 42 + 42,
    ),
    # the one site is t, from 2029 on
    "a site that ever hosts counts": (campus(GAP, {**SMALL, **LATER}, max_sites=1), 72 + 0),
    # s holds 10 MW, not 35: it serves 25 of 60 MW in 2029 and 2030
    "floors that are over": (
        campus({"2027-01": 60}, SMALL, campus_floors=FALLING),
        4 * 72 - 2 * 30,
    ),
    "two units unlock": (generations(2), LATE_YEAR + 3 * 2 + 175.2 + 2 * 1),
}


@pytest.mark.parametrize("name", CASES)
def test_cost_on_paper(name: str) -> None:
    made, expected_musd = CASES[name]
    plan = plan_of(made)
    assert plan.status == "OPTIMAL"
    assert plan.findings == ()
    assert plan.objective_usd == pytest.approx(expected_musd * 1e6, rel=1e-9, abs=1.0)


def test_connection_is_dated_by_its_tier() -> None:
    firm, soft = plan_of(unused_tier()), plan_of(used_tier())
    for plan, tier, day in ((firm, "", "2028-01-01"), (soft, "1pct", "2027-01-01")):
        row = next(iter(plan.tables["connections"]))
        assert (row["tier"], str(row["in_service_date"])) == (tier, day)


def own_supply(made: Data) -> tuple[float, float, tuple[str, ...]]:
    """Cost of the best plan, and of that which uses no headroom of the grid, and what its audit finds."""
    strategies = {"optimal": Strategy(), "own": Strategy(is_headroom_used=False)}
    results = compare_strategies(Loaded(instance_of(made), {}), strategies, Solver(EXACT))
    best, own = results
    assert own.plan is not None
    return best.cost_usd / 1e6, own.cost_usd / 1e6, own.plan.findings


def sent_surplus() -> Data:
    """Zone b can spare 100 MW, none of it new."""
    zones = {
        name: {"accredited_surplus_mw": mw, "headroom_mw": mw}
        for name, mw in (("a", 0), ("b", 100))
    }
    return scenario(
        1, zones, {"s": {"zone": "a"}}, adequacy={}, headroom={}, interfaces=link("b", "a", 100)
    )


def unit_in_zone(**zone: float) -> Data:
    """A unit of 100 MW for 1 a year."""
    return scenario(
        1,
        {"a": {"accredited_surplus_mw": 0, **zone}},
        {"s": {"zone": "a"}},
        adequacy={},
        headroom={},
        plants={"technologies": {"n": {**UNIT, "unit_mw": 100}}},
    )


OWN: dict[str, tuple[Callable[[], Data], float, float]] = {
    "surplus of a neighbour is not new": (sent_surplus, 0.0, LATE_YEAR),
    "new supply in a zone without stated headroom": (unit_in_zone, 1.0, 1.0),
    "new supply in a zone with some": (lambda: unit_in_zone(headroom_mw=50), 1.0, 1.0),
    "new supply of a neighbour": (
        lambda: unit_behind_interface(100, 0.0),
        LATE_YEAR + 1,
        LATE_YEAR + 1,
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_only_new_supply_on_paper(name: str) -> None:
    make, best, own = OWN[name]
    best_musd, own_musd, findings = own_supply(make())
    assert (best_musd, own_musd) == pytest.approx((best, own))
    assert findings == ()


@pytest.mark.parametrize(
    ("made", "place", "most"),
    [
        (unit_behind_interface(100, 0.0), ("gt", "b"), 2),  # 200 MW can be sent
        (units_that_lower_bills(), ("gt", "a"), 3),  # 100 MW of load, 200 to where the price ends
        (generations(2), ("first", "s"), 2),
        (generations(1), ("first", "s"), 1),
    ],
)
def test_most_units_of_use(made: Data, place: tuple[str, str], most: int) -> None:
    assert instance_of(made).data["plants"].max_units[place] == most


def test_an_id_means_one_point_of_interconnection() -> None:
    made = unit_in_zone()
    made["nodes"] = {"s": {"zone": "a", "capacity_mw": 10}}
    with pytest.raises(InputError, match="'s' is also the id of a node"):
        instance_of(made)
    made["sites"]["s"]["node"] = "s"
    assert instance_of(made).system.node_of == {"s": "s"}


def test_a_node_of_two_zones_says_who_pays() -> None:
    made = units_that_lower_bills()
    del made["nodes"]["n"]["zone"]
    assert instance_of(made).data["headroom"].upgrade_zone == {"u": "a"}
    made["zones"]["b"] = {"summer_peak_mw": 1000}
    made["sites"]["t"] = {"zone": "b", "node": "n"}
    with pytest.raises(InputError, match="the zone whose customers pay"):
        instance_of(made)
