"""A network as the three tables that a scenario's ``network`` reads."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from siting.core.table import Row, Table
from siting.core.wording import IDENTIFIER
from siting.network.case import Network

BUS_COLUMNS = ("bus", "name", "base_kv", "load_mw", "longitude", "latitude", "source")
BRANCH_COLUMNS = (
    "branch", "name", "from_bus", "to_bus", "x_pu", "shift_deg", "rating_mw", "angle_min_deg",
    "angle_max_deg", "source",
)  # fmt: skip
GENERATOR_COLUMNS = ("generator", "name", "bus", "min_mw", "max_mw", "source")


def network_tables(network: Network) -> dict[str, Table]:
    """Buses, branches and generators; taps stand in the reactance, blank ratings are unlimited."""
    buses, branches, generators = network.buses, network.branches, network.generators
    source = f"Case {network.name}"
    x_pu = network.base_mva / branches.susceptance_mw
    bus_rows: list[Row] = [
        {
            "bus": name,
            "name": buses.titles[i],
            "base_kv": float(buses.base_kv[i]),
            "load_mw": float(buses.load_mw[i]),
            "longitude": _finite(float(buses.longitude[i])),
            "latitude": _finite(float(buses.latitude[i])),
            "source": source,
        }
        for i, name in enumerate(buses.ids)
    ]
    branch_rows: list[Row] = [
        {
            "branch": safe,
            "name": branches.ids[i],
            "from_bus": buses.ids[branches.from_bus[i]],
            "to_bus": buses.ids[branches.to_bus[i]],
            "x_pu": float(x_pu[i]),
            "shift_deg": math.degrees(float(branches.shift_rad[i])),
            "rating_mw": _finite(float(branches.rating_mw[i])),
            "angle_min_deg": _finite(math.degrees(float(branches.least_rad[i]))),
            "angle_max_deg": _finite(math.degrees(float(branches.most_rad[i]))),
            "source": source,
        }
        for i, safe in enumerate(_safe(branches.ids, "branch"))
    ]
    generator_rows: list[Row] = [
        {
            "generator": safe,
            "name": generators.ids[i],
            "bus": buses.ids[generators.bus[i]],
            "min_mw": float(generators.min_mw[i]),
            "max_mw": float(generators.max_mw[i]),
            "source": source,
        }
        for i, safe in enumerate(_safe(generators.ids, "generator"))
    ]
    return {
        "buses": Table.of(BUS_COLUMNS, bus_rows),
        "branches": Table.of(BRANCH_COLUMNS, branch_rows),
        "generators": Table.of(GENERATOR_COLUMNS, generator_rows),
    }


def _safe(ids: Sequence[str], kind: str) -> list[str]:
    """Ids that a scenario can name: as they are, or numbered where one is none."""
    if all(re.fullmatch(IDENTIFIER, name) for name in ids) and len(set(ids)) == len(ids):
        return list(ids)
    return [f"{kind}-{number}" for number in range(1, len(ids) + 1)]


def _finite(value: float) -> float | None:
    """A number, or None where there is none."""
    return value if math.isfinite(value) else None
