"""Cooling, emissions and water in the enumeration: choices, prices, and caps by calendar year.

Nothing here imports the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.brute_force import Brute, Option
    from support.brute_period import PeriodProgram

HOURS = 8760
M3_PER_GALLON = 0.003785411784
UNITS = {"emissions": "t", "water": "m3"}
Amounts = list[tuple[str, float, int]]
"""(site or zone, amount per unit of a column, column)."""


def groups(brute: Brute) -> list[list[int]]:
    """Periods that must be solved together: those of a calendar year, where a year is capped."""
    kinds = brute.families["workloads"]["kinds"].values()
    if any(kind.get("move_usd_per_mw") for kind in kinds):
        return [list(range(brute.count))]
    capped = any(
        name.startswith("max_") for family in UNITS for name in brute.families.get(family, {})
    )
    years: dict[int, list[int]] = {}
    for p, start in enumerate(brute.starts):
        years.setdefault(start.year if capped else p, []).append(p)
    return list(years.values())


def coolings(brute: Brute) -> list[Option]:
    """Every choice of cooling by site; a site that carries no load may have any."""
    zero = [0.0] * brute.count
    choices = product(range(len(brute.options)), repeat=len(brute.sites))
    if not brute.options:
        return [({}, 0.0, zero, {})]
    return [
        (
            {f"cooling {s}": (c,) * brute.count for s, c in zip(brute.sites, chosen, strict=True)},
            0.0,
            zero,
            {},
        )
        for chosen in choices
    ]


def option(program: PeriodProgram, site: str) -> dict[str, Any]:
    """The cooling chosen at a site; without the family one that takes nothing of its own."""
    if not program.brute.options:
        return {"pue": program.brute.pue}
    name_and_option: dict[str, Any] = program.brute.options[program.state[f"cooling {site}"]][1]
    return name_and_option


def pue(program: PeriodProgram, site: str) -> float:
    """Facility MW per IT MW of a site."""
    return float(option(program, site)["pue"])


def room(program: PeriodProgram, workload: str, site: str) -> list[float]:
    """Upper bound of the load of a workload at a site: zero where its racks are too dense."""
    rack_kw = program.brute.families["workloads"]["kinds"][workload].get("rack_kw")
    most_kw = option(program, site).get("max_rack_kw")
    return [0.0] if rack_kw and most_kw and rack_kw > most_kw else []


def price(program: PeriodProgram) -> None:
    """Add the yearly cost of cooling, and the price of emissions and water, to the columns."""
    b, p = program.brute, program.p
    for (kind, *key), column in program.names.items():
        if kind == "x":
            yearly = option(program, key[2]).get("usd_per_it_mw_year", 0.0)
            program.cost[column] += b.present(p) * yearly
    for family, unit in UNITS.items():
        usd = b.families.get(family, {}).get(f"price_usd_per_{unit}", 0.0)
        for _, amount, column in amounts(program, family):
            program.cost[column] += b.discount[p] * usd * amount


def amounts(program: PeriodProgram, family: str) -> Amounts:
    """Emissions [t] or water [m3] of the columns of a period."""
    b = program.brute
    plants = b.families.get("plants", {})
    technologies, named = plants.get("technologies", {}), plants.get("named", {})
    hours = HOURS * b.years[program.p]
    factor = b.families.get("energy", {}).get("load_factor_frac", 1.0)
    found: Amounts = []
    for (kind, *key), column in program.names.items():
        if kind == "o":
            found.append((key[1], hours * per_mwh(technologies[key[0]], family), column))
        elif kind == "rented":
            product = b.families["bridge"]["products"][key[0]]
            found.append((key[1], hours * per_mwh(product, family), column))
        elif kind == "no":
            tech = technologies[named[key[0]]["technology"]]
            found.append((named[key[0]]["zone"], hours * per_mwh(tech, family), column))
        elif kind == "b" and family == "emissions":
            kg = b.zones[key[0]].get("carbon_kg_per_mwh", 0.0)
            found.append((key[0], hours * kg / 1000, column))
        elif kind == "x" and family == "water":
            m3 = option(program, key[2]).get("water_m3_per_it_mwh", 0.0)
            found.append((key[2], hours * factor * m3, column))
    return found


def per_mwh(technology: dict[str, Any], family: str) -> float:
    """Tonnes or cubic metres of a MWh."""
    if family == "emissions":
        return float(technology.get("emissions_t_per_mwh", 0.0))
    return float(technology.get("water_gal_per_mwh", 0.0) * M3_PER_GALLON)


def caps(
    programs: list[PeriodProgram], starts: list[int]
) -> Iterator[tuple[dict[int, float], float]]:
    """Rows of the caps, by calendar year of the periods."""
    b = programs[0].brute
    by_year: dict[int, list[tuple[int, PeriodProgram]]] = {}
    for start, program in zip(starts, programs, strict=False):
        by_year.setdefault(b.starts[program.p].year, []).append((start, program))
    for year, members in by_year.items():
        years = sum(b.years[program.p] for _, program in members)
        for family, unit in UNITS.items():
            for places, limit in limits(b, b.families.get(family, {}), unit, year):
                row: dict[int, float] = {}
                for start, program in members:
                    for place, amount, column in amounts(program, family):
                        if place in places:
                            row[start + column] = row.get(start + column, 0.0) + amount / 1000
                yield row, limit * years / 1000


def limits(
    brute: Brute, settings: dict[str, Any], unit: str, year: int
) -> Iterator[tuple[set[str], float]]:
    """Places of every cap of a year, and the limit a year."""
    sites = brute.scenario["sites"]
    cap = settings.get(f"max_{unit}_per_year_by_year", {}).get(
        str(year), settings.get(f"max_{unit}_per_year")
    )
    if cap is not None:
        yield {*sites, *brute.zones}, cap
    for field in ("agency", "basin", "zone"):
        for name, limit in settings.get(f"max_{unit}_per_year_by_{field}", {}).items():
            places = {s for s, site in sites.items() if site.get(field) == name}
            yield places | ({name} if field == "zone" else set()), limit
