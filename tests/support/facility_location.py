"""Published instances of capacitated facility location as ordinary scenarios.

Warehouses become sites, customers regions, and costs the table of links. The files give the cost of
serving all of a customer's demand from each warehouse; a link costs that divided by the demand, in
dollars per MW over one undiscounted year.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.engine import SHARED

HOLMBERG = SHARED / "data" / "flp_holmberg_sscflp"


@dataclass(frozen=True)
class Instance:
    """Capacity and fixed cost of each warehouse, demand of each customer, and what serving it costs by
    customer and warehouse."""

    name: str
    warehouses: list[tuple[float, float]]
    demands: list[float]
    costs: list[list[float]]


def or_library(path: Path) -> Instance:
    """A file of the OR-Library: after each demand its costs."""
    numbers = _numbers(path)
    count, customers = int(next(numbers)), int(next(numbers))
    warehouses = [(next(numbers), next(numbers)) for _ in range(count)]
    demands, costs = [], []
    for _ in range(customers):
        demands.append(next(numbers))
        costs.append([next(numbers) for _ in range(count)])
    return Instance(path.stem, warehouses, demands, costs)


def holmberg(name: str) -> Instance:
    """An instance of Holmberg, Rönnqvist and Yuan: all demands, then the costs warehouse by warehouse."""
    numbers = _numbers(HOLMBERG / name)
    count, customers = int(next(numbers)), int(next(numbers))
    warehouses = [(next(numbers), next(numbers)) for _ in range(count)]
    demands = [next(numbers) for _ in range(customers)]
    by_warehouse = [[next(numbers) for _ in range(customers)] for _ in range(count)]
    return Instance(
        name, warehouses, demands, [list(row) for row in zip(*by_warehouse, strict=True)]
    )


def holmberg_optima(column: str) -> dict[str, float]:
    """Published optimum by instance; nothing where the files are not beside the checkout."""
    path = HOLMBERG / "optima.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8") as file:
        return {row["instance"]: float(row[column]) for row in csv.DictReader(file)}


def _numbers(path: Path) -> Iterator[float]:
    """The numbers of a file; some are filled up with zero bytes."""
    text = path.read_text(encoding="utf-8").replace("\0", " ")
    return iter([float(word) for word in text.split()])


def scenario_of(instance: Instance, *, is_single_source: bool = False) -> dict[str, Any]:
    """The scenario; of a single source each customer is a workload that one site hosts."""
    sites = {
        f"w{i:02d}": {"max_it_mw": capacity, "preparation_usd": fixed}
        for i, (capacity, fixed) in enumerate(instance.warehouses)
    }
    kinds: dict[str, Any] = {}
    links = {}
    for j, (demand, costs) in enumerate(zip(instance.demands, instance.costs, strict=True)):
        region = f"c{j:03d}"
        workload = region if is_single_source else "demand"
        kind = kinds.setdefault(workload, {"must_serve": True, "targets": []})
        kind["targets"].append({"region": region, "from_date": "2027-01", "it_mw": demand})
        if is_single_source:
            kind["max_sites"] = 1
        for i, cost in enumerate(costs):
            links[f"w{i:02d}-{region}"] = {
                "workload": workload,
                "site": f"w{i:02d}",
                "region": region,
                "service_usd_per_mw_year": cost / demand,
            }
    return {
        "schema_version": 1,
        "name": instance.name,
        "horizon": {"start": "2027-01", "steps": [{"until": "2028-01", "step": "year"}]},
        "solver": {"gap_frac": 1e-9, "time_limit_seconds": 300, "threads": 2},
        "sites": sites,
        "components": {"land": {}, "workloads": {"kinds": kinds, "links": links}},
    }
