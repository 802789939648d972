"""Order and company of plants in the enumeration; nothing here imports the engine."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from support import brute_footprint

if TYPE_CHECKING:
    from support.brute_force import Brute, Path
    from support.brute_period import PeriodProgram

Data = dict[str, Any]


def in_order(brute: Brute, state: dict[str, Path]) -> bool:
    """First of a kind first, shared builders, exclusive groups."""
    plants = brute.families.get("plants", {})
    groups: dict[str, int] = {}
    for j, plant in plants.get("named", {}).items():
        if "exclusive_group" in plant:
            group = plant["exclusive_group"]
            groups[group] = groups.get(group, 0) + state[f"#named {j}"][-1]
    if any(count > 1 for count in groups.values()):
        return False
    return _sequence(brute, plants, state) and _slots(brute, plants, state)


def _sequence(brute: Brute, plants: Data, state: dict[str, Path]) -> bool:
    """Enough units of the predecessor whenever a follower has been started."""
    for k, tech in plants.get("technologies", {}).items():
        before = tech.get("after")
        if before is None:
            continue
        mark = "#" if tech.get("after_milestone", "in_service") == "start" else "+"
        for p in range(brute.count):
            done = sum(
                path[p] for name, path in state.items() if name.startswith(f"{mark}units {before} ")
            )
            done += sum(
                state[f"{mark}named {j}"][p]
                for j, plant in plants.get("named", {}).items()
                if plant["technology"] == before
            )
            started = sum(
                path[p] for name, path in state.items() if name.startswith(f"#units {k} ")
            )
            if started and done < tech.get("after_units", 1):
                return False
    return True


def _slots(brute: Brute, plants: Data, state: dict[str, Path]) -> bool:
    """Units between beginning and end of construction."""
    for shared in plants.get("construction_slots", {}).values():
        for now in brute.starts:
            busy = 0
            for name, path in state.items():
                if not name.startswith("#units "):
                    continue
                k = name.split(" ")[1]
                if k not in shared["technologies"]:
                    continue
                tech = plants["technologies"][k]
                for p, start in enumerate(brute.starts):
                    new = path[p] - (path[p - 1] if p else 0)
                    begin, end = stages(brute, tech, start)
                    busy += new if begin <= now < end else 0
            if busy > shared["max_units_under_construction"]:
                return False
    return True


def stages(brute: Brute, tech: Data, start: date) -> tuple[date, date]:
    """Beginning and end of construction."""
    built = brute._unit_ready(tech, start, 0)
    months = built.year * 12 + built.month - 1 - tech.get("construction_months", 0)
    return date(months // 12, months % 12 + 1, 1), built


def unit_out(program: PeriodProgram, site: str, draw: int | None) -> None:
    """The load of a guarded site with any one unit out."""
    brute = program.brute
    plants = brute.families.get("plants", {})
    rule = plants.get("n_plus_1", "none")
    is_island = brute.scenario["sites"][site].get("zone") is None
    if rule == "none" or (rule == "islanded" and not is_island):
        return
    own = {
        name.split(" ")[1]: count
        for name, count in program.state.items()
        if name.startswith("units ") and name.split(" ")[2] == site
    }
    techs = plants["technologies"]
    nameplate = sum(techs[k]["unit_mw"] * count for k, count in own.items())
    products = brute.families.get("bridge", {}).get("products", {})
    for name, count in program.state.items():
        if name.startswith("rented ") and name.split(" ")[2] == site:
            unit = products[name.split(" ")[1]]
            nameplate += unit["unit_mw"] * count if unit.get("permit_hours_per_year", 8760) else 0.0
    for k, count in own.items():
        if count:
            load = program.load(site, brute_footprint.pue(program, site))
            grid = [] if draw is None else [(-1.0, draw)]
            program.row([*load, *grid], nameplate - techs[k]["unit_mw"])
