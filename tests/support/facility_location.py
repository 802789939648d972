"""OR-Library capacitated warehouse location instances as ordinary scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def scenario_of(path: Path) -> dict[str, Any]:
    """Warehouses become sites, customers regions, and costs the table of links.

    The file gives the cost of serving all of a customer's demand from each warehouse; a link costs
    that divided by the demand, in dollars per MW over one undiscounted year.
    """
    numbers = [float(word) for word in path.read_text(encoding="utf-8").split()]
    count, customers = int(numbers[0]), int(numbers[1])
    rest = iter(numbers[2:])
    sites = {}
    for i in range(count):
        capacity, fixed = next(rest), next(rest)
        sites[f"w{i:02d}"] = {"max_it_mw": capacity, "preparation_usd": fixed}
    targets, links = [], {}
    for j in range(customers):
        demand = next(rest)
        targets.append({"region": f"c{j:02d}", "from_date": "2027-01", "it_mw": demand})
        for i in range(count):
            links[f"w{i:02d}-c{j:02d}"] = {
                "workload": "demand",
                "site": f"w{i:02d}",
                "region": f"c{j:02d}",
                "service_usd_per_mw_year": next(rest) / demand,
            }
    return {
        "schema_version": 1,
        "name": path.stem,
        "horizon": {"start": "2027-01", "steps": [{"until": "2028-01", "step": "year"}]},
        "solver": {"gap_frac": 1e-9, "time_limit_seconds": 300, "threads": 2},
        "sites": sites,
        "components": {
            "land": {},
            "workloads": {
                "kinds": {"demand": {"must_serve": True, "targets": targets}},
                "links": links,
            },
        },
    }
