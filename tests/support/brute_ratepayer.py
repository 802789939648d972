"""The cap on other customers' bills in the enumeration, as the least surplus a zone must keep.

Nothing here imports the engine. The price falls with surplus, so a highest price is a least surplus.
"""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any

from support.brute_curtailment import depth_of, rivals_mw

if TYPE_CHECKING:
    from support.brute_period import PeriodProgram, Term

DAYS, HOURS = 365.25, 8760
Data = dict[str, Any]
Points = list[tuple[float, float]]


def add_cap(
    program: PeriodProgram,
    z: str,
    data: Data,
    members: list[str],
    draws: list[Term],
    supply: list[Term],
    fixed: float,
) -> None:
    """Row of a zone: ``(1 + margin) * draw - supply`` leaves the least surplus."""
    settings = program.brute.families["ratepayer"]
    peak = max(data.get("summer_peak_mw", 0.0), data.get("winter_peak_mw", 0.0))
    cap = settings.get("max_bill_effect_by_zone_frac", {}).get(
        z, settings.get("max_bill_effect_frac")
    )
    if cap is None or peak == 0:
        return
    points = [
        (point["surplus_frac"], point["price_usd_per_mw_day"])
        for point in settings["capacity_price_curve"]
    ]
    margin = 1 + data.get("reserve_margin_frac", 0.0)
    surplus = data.get("accredited_surplus_mw", 0.0)
    if "headroom" in program.brute.families:
        surplus -= margin * rivals_mw(program.brute, "zone", z, program.p)
    bill = peak * settings["zone_load_factor_frac"] * HOURS * settings["retail_usd_per_mwh"]
    left = cap * bill - others_pay(program, z, settings)
    least = least_surplus(points, price(points, surplus / peak) + left / (DAYS * peak))
    if least == inf:
        program.row([(1.0, program.var(("never",), 0.0, 0.0))], -1.0)
    elif least > -inf:
        need = [
            (margin * c * (1 - depth_of(program, s)), v)
            for s, (c, v) in zip(members, draws, strict=True)
        ]
        program.row([*need, *supply], surplus + fixed - least * peak)


def others_pay(program: PeriodProgram, z: str, settings: Data) -> float:
    """Yearly cost of the zone's upgrades in service that other customers pay."""
    brute = program.brute
    if settings.get("cost_causation"):
        return 0.0
    usd = 0.0
    for name, upgrade in brute.families.get("headroom", {}).get("upgrades", {}).items():
        node = brute.scenario.get("nodes", {}).get(upgrade.get("node"), {})
        hosts = [
            s for s in brute.scenario["sites"].values() if s.get("node") == upgrade.get("node")
        ]
        own = upgrade.get("zone") or node.get("zone") or next((s["zone"] for s in hosts), None)
        if own == z:
            yearly = brute.crf(upgrade.get("lifetime_years", 40.0)) * upgrade["overnight_usd"]
            usd += yearly * program.state[f"upgrade {name}"]
    return float(settings.get("socialised_share_frac", 1.0) * usd)


def price(points: Points, x: float) -> float:
    """Interpolated price; the first slope goes on below, the last price above."""
    if x >= points[-1][0]:
        return points[-1][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (x - x0) * (y1 - y0) / (x1 - x0)
    raise AssertionError


def least_surplus(points: Points, limit: float) -> float:
    """Smallest surplus whose price is at most a limit."""
    if limit < points[-1][1] - 1e-9:
        return inf
    if points[0][1] == points[1][1] <= limit:
        return -inf
    for (xa, ya), (xb, yb) in pairwise(points):
        if limit >= yb:
            return xa + (limit - ya) * (xb - xa) / (yb - ya)
    return points[-1][0]
