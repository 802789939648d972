"""Rented units in the enumeration: every sequence of units on rent, and what a period gets of them.

Nothing here imports the engine.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.brute_force import Brute, Money, Option, Path
    from support.brute_period import PeriodProgram

HOURS = 8760


def rental_options(brute: Brute, commit: dict[str, Path]) -> list[Option]:
    """Every combination of units on rent; rent and mobilisation as fixed cost."""
    products = brute.families.get("bridge", {}).get("products", {})
    keys = [(k, s) for k in sorted(products) for s in brute.sites]
    none: Money = [0.0] * brute.count
    options: list[Option] = []
    for combo in product(*(_sequences(brute, products[k], commit[s]) for k, s in keys)):
        if not _within_fleet(brute, products, keys, combo):
            continue
        usd = sum(_cost(brute, products[k], path) for (k, _), path in zip(keys, combo, strict=True))
        state = {f"rented {k} {s}": path for (k, s), path in zip(keys, combo, strict=True)}
        options.append((state, usd, none, {}))
    return options


def _sequences(brute: Brute, unit: dict[str, Any], commit: Path) -> list[Path]:
    """Units on rent by period, up and down, where mobilisation and dates allow."""
    ready = brute.arrivals(unit.get("mobilisation_months", 0))
    most = []
    for p, start in enumerate(brute.starts):
        mobilised = any(c and ready[q] <= p for q, c in enumerate(commit))
        first, last = unit.get("available_from", "0001-01"), unit.get("available_until", "9999-01")
        end = start.year * 12 + start.month - 1 + brute.lengths[p]
        in_time = first <= f"{start:%Y-%m}" and f"{end // 12:04}-{end % 12 + 1:02}" <= last
        most.append(unit["max_units_per_site"] if mobilised and in_time else 0)
    return [tuple(path) for path in product(*(range(n + 1) for n in most))]


def _within_fleet(
    brute: Brute, products: Any, keys: list[tuple[str, str]], combo: tuple[Path, ...]
) -> bool:
    """No product has more units on rent than its fleet."""
    for name, unit in products.items():
        paths = [path for (k, _), path in zip(keys, combo, strict=True) if k == name]
        most = unit.get("fleet_units")
        if most is not None and any(
            sum(path[p] for path in paths) > most for p in range(brute.count)
        ):
            return False
    return True


def _cost(brute: Brute, unit: dict[str, Any], path: Path) -> float:
    """Mobilisation of what comes and rent of what is there."""
    usd = 0.0
    for p, count in enumerate(path):
        came = max(0, count - (path[p - 1] if p else 0))
        rent = brute.lengths[p] * unit.get("rent_usd_per_mw_month", 0.0) * unit["unit_mw"] * count
        usd += brute.discount[p] * (rent + unit.get("mobilisation_usd_per_unit", 0.0) * came)
    return usd


def add_rentals(
    program: PeriodProgram,
    firm: dict[str, float],
    medium: dict[str, float],
    outputs: dict[str, list[int]],
) -> None:
    """Firm capacity and output of the units on rent in a period."""
    brute = program.brute
    for name, count in program.state.items():
        if not name.startswith("rented "):
            continue
        _, k, site = name.split(" ")
        unit = brute.families["bridge"]["products"][k]
        mw = unit["unit_mw"] * count
        firm[site] += unit.get("capacity_credit_frac", 1.0) * mw
        if unit.get("connection", "medium_voltage") == "medium_voltage":
            medium[site] += unit.get("capacity_credit_frac", 1.0) * mw
        usd = unit.get("variable_om_usd_per_mwh", 0.0)
        usd += unit.get("heat_rate_mmbtu_per_mwh", 0.0) * unit.get("fuel_usd_per_mmbtu", 0.0)
        most = mw * unit.get("permit_hours_per_year", HOURS) / HOURS
        cost = brute.present(program.p) * HOURS * usd
        outputs[site].append(program.var(("rented", k, site), cost, most))
