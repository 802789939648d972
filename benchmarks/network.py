"""Deliverability on the regional network of AZ, ID, NM, NV and UT: rows stated against rows possible.

    python benchmarks/network.py [DATA] [BUSES] [PERIODS]

DATA is the folder ``grid_west_regional`` (not part of the project). BUSES candidate sites stand at that
many substations, the farthest apart first. What the data lack follows stated rules and is estimated:

- load of a substation: its share of the buses behind it of the output stated for all units (``Pg``);
- units run between zero and ``Pmax``; lines are those of the substation network, reactance in ohms at
  the bus voltage, rating ``s_nom``; only the largest part that hangs together;
- each candidate may carry 400 MW in halls of 25, the targets ask for a third of them.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from siting.core.yaml_source import parse_document
from siting.instance.build import build_instance
from siting.model.assemble import assemble
from siting.pipeline import Loaded, finish, solve_linear
from siting.scenario import read_scenario
from siting.solver.highs import Limits

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "grid_west_regional"
REGION = "AZ_ID_NM_NV_UT"
BASE_MVA = 100.0
HALL_MW, HALLS, SHARE = 25, 16, 3
KEPT_MW = 0.5
"""Least load of a substation that is kept as one."""


def network_tables(folder: Path) -> dict[str, Any]:
    """Buses, branches and generators of the regional network as settings of ``network``."""
    buses = pandas.read_csv(folder / f"elec_ss_buses_{REGION}.csv")
    lines = pandas.read_csv(folder / f"elec_ss_lines_gis_{REGION}.csv.gz")
    plants = pandas.read_csv(folder / "plant.csv")
    behind = pandas.read_csv(folder / "bus2sub.csv")
    of_bus = dict(zip(behind["bus_id"], behind["sub_id"], strict=True))
    plants["sub"] = plants["bus_id"].map(of_bus)
    buses = buses[buses["Bus"].isin(largest_part(buses["Bus"], lines))]
    lines = lines[lines["bus0"].isin(set(buses["Bus"]))]
    plants = plants[plants["sub"].isin(set(buses["Bus"])) & (plants["Pmax"] > 0)]
    count = behind["sub_id"].value_counts()
    weight = buses["Bus"].map(count).fillna(1).to_numpy(float)
    load = plants["Pg"].clip(lower=0).sum() * weight / weight.sum()
    kv = dict(zip(buses["Bus"], buses["v_nom"], strict=True))
    return {
        "base_mva": BASE_MVA,
        "buses": {
            str(bus): {"base_kv": v, "longitude": x, "latitude": y, "load_mw": round(mw, 3)}
            for bus, v, x, y, mw in zip(
                buses["Bus"], buses["v_nom"], buses["x"], buses["y"], load, strict=True
            )
        },
        "branches": {
            str(line): {
                "from_bus": str(start),
                "to_bus": str(end),
                "x_pu": x / (kv[start] ** 2 / BASE_MVA),
                "rating_mw": rating,
            }
            for line, start, end, x, rating in zip(
                lines["Line"], lines["bus0"], lines["bus1"], lines["x"], lines["s_nom"], strict=True
            )
        },
        "generators": {
            str(plant): {"bus": str(sub), "max_mw": most}
            for plant, sub, most in zip(
                plants["plant_id"], plants["sub"], plants["Pmax"], strict=True
            )
        },
    }


def largest_part(buses: pandas.Series, lines: pandas.DataFrame) -> set[int]:
    """Buses of the largest part that hangs together."""
    number = {bus: i for i, bus in enumerate(buses)}
    ends = lines["bus0"].map(number), lines["bus1"].map(number)
    shape = (len(number), len(number))
    part = connected_components(
        coo_array((np.ones(len(lines)), ends), shape=shape), directed=False
    )[1]
    return {bus for bus, i in number.items() if part[i] == np.bincount(part).argmax()}


def spread(buses: dict[str, Any], count: int) -> list[str]:
    """Buses far from each other: the first, then always the one farthest from those chosen."""
    names = sorted(buses)
    places = np.array([[buses[b]["longitude"], buses[b]["latitude"]] for b in names])
    chosen = [0]
    away = np.full(len(names), np.inf)
    while len(chosen) < min(count, len(names)):
        away = np.minimum(away, np.hypot(*(places - places[chosen[-1]]).T))
        chosen.append(int(away.argmax()))
    return [names[i] for i in sorted(chosen)]


def scenario_of(network: dict[str, Any], count: int, periods: int) -> dict[str, Any]:
    """A siting scenario with candidates at so many buses."""
    chosen = spread(network["buses"], count)
    wanted = HALL_MW * HALLS * len(chosen) // SHARE
    steps = [{"from_date": f"{2028 + n}-01", "it_mw": wanted * (n + 1) // 3} for n in range(3)]
    return {
        "schema_version": 1,
        "name": "west",
        "discount_rate_frac": 0.05,
        "horizon": {
            "start": "2027-01",
            "steps": [{"until": f"{2027 + periods // 2}-01", "step": "half_year"}],
        },
        "sites": {
            f"site-{bus}": {
                "zone": "west",
                "longitude": network["buses"][bus]["longitude"],
                "latitude": network["buses"][bus]["latitude"],
                "max_it_mw": HALL_MW * HALLS,
                "preparation_usd": 1_000_000 * (1 + place % 7),
            }
            for place, bus in enumerate(chosen)
        },
        "zones": {
            "west": {"headroom_mw": 1e5, "accredited_surplus_mw": 1e5, "connection_months": 6}
        },
        "components": {
            "land": {},
            "campus": {
                "hall_it_mw": HALL_MW,
                "shell_months": 6,
                "overnight_usd_per_it_mw": 1_000_000,
                "lifetime_years": 15,
            },
            "headroom": {},
            "energy": {},
            "workloads": {
                "kinds": {"training": {"targets": steps, "delay_cost_usd_per_mw_month": 100_000}}
            },
            "network": network,
        },
    }


def main() -> None:
    """Solve, audit, print."""
    logging.basicConfig(level=logging.WARNING)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else DATA
    if not folder.is_dir():
        print(f"network: no data in {folder}; name the folder of grid_west_regional")
        return
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 120
    periods = int(sys.argv[3]) if len(sys.argv) > 3 else 12
    scenario = scenario_of(network_tables(folder), count, periods)
    began = perf_counter()
    document = parse_document(json.dumps(scenario), "west.json")
    instance = build_instance(read_scenario(document), scenario)
    model = assemble(instance)
    built = perf_counter()
    data = instance.data["network"]
    network = data.limits.network
    limits = Limits(gap_frac=0.005, time_limit_seconds=240, threads=2)
    ranked = solve_linear(instance, model.linear, limits)
    solved = perf_counter()
    plan = finish(Loaded(instance, {}), model, model.linear, ranked, limits)
    audited = perf_counter()
    assert ranked.program is not None
    stated = len(ranked.program.row_lower) - len(model.linear.row_lower)
    possible = len(data.limits.watched) * len(data.periods)
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    binding = {
        row["branch"] for row in plan.tables["flows"] if float(str(row["loading_frac"])) > 0.999
    }
    print(f"network: {len(network.buses)} buses, {len(network.branches)} branches")
    print(f"{len(scenario['sites'])} candidates, {len(data.periods)} periods with load")
    print(
        f"rows stated {stated:,} of {possible:,} possible, {len(binding)} branches at their limit"
    )
    print(
        f"build {built - began:.1f} s, solve {solved - built:.1f} s, audit {audited - solved:.1f} s"
    )
    print(f"{plan.status}: {plan.objective_usd / 1e9:.4f} B USD, gap {plan.gap:.3%}")
    print("audit passed" if not plan.findings else f"AUDIT FAILED: {plan.findings[:3]}")
    print(f"peak memory {peak_gb:.2f} GB")


if __name__ == "__main__":
    main()
