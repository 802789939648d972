"""Curtailment tiers and rivals of the enumeration; nothing here imports the engine."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from support import brute_footprint

if TYPE_CHECKING:
    from support.brute_force import Brute, Option, Path
    from support.brute_period import PeriodProgram, Term

SHARES = {"0pct": 0.0, "0_25pct": 0.0025, "0_5pct": 0.005, "1pct": 0.01, "5pct": 0.05}
HOURS = 8760


def tiers(brute: Brute) -> list[str]:
    """Tiers a site may choose, firm first."""
    stated = brute.families["curtailment"]["tiers"]
    return ["0pct", *sorted(stated, key=lambda t: SHARES[t])]


def curtailment_options(brute: Brute, commit: dict[str, Path]) -> list[Option]:
    """One tier for each committed site, as its place in the list of tiers."""
    money = [0.0] * brute.count
    if "curtailment" not in brute.families:
        return [({}, 0.0, money, {})]
    choices = [
        range(len(tiers(brute)))
        if commit[s][-1] and brute.scenario["sites"][s].get("zone")
        else [0]
        for s in brute.sites
    ]
    found: list[Option] = []
    for combo in product(*choices):
        state = {f"tier {s}": (t,) * brute.count for s, t in zip(brute.sites, combo, strict=True)}
        found.append((state, 0.0, money, {}))
    return found


def connection_months(brute: Brute, site: str) -> dict[str, int]:
    """Months to a connection by tier, firm first."""
    firm = brute.zones[brute.scenario["sites"][site]["zone"]].get("connection_months", 0)
    stated = brute.families.get("curtailment", {}).get("tiers", {})
    return {"0pct": firm, **{t: data.get("connection_months", firm) for t, data in stated.items()}}


def tier_of(program: PeriodProgram, site: str) -> str:
    """Tier of a site in the state of the world."""
    return tiers(program.brute)[program.state[f"tier {site}"]]


def depth_of(program: PeriodProgram, site: str) -> float:
    """Share of a site's draw that gives way in the worst hour."""
    if "curtailment" not in program.brute.families:
        return 0.0
    tier = tier_of(program, site)
    stated = program.brute.families["curtailment"]["tiers"]
    return 0.0 if tier == "0pct" else float(stated[tier].get("depth_frac", 1.0))


def curtail_site(
    program: PeriodProgram, site: str, draw: int, firm: float, outputs: list[int]
) -> list[Term]:
    """Rows of a site in peak hours; the term that its pauses add to the energy balance."""
    brute, p = program.brute, program.p
    if "curtailment" not in brute.families:
        return []
    settings = brute.families["curtailment"]
    service = program.state[f"connected {tier_of(program, site)} {site}"]
    program.row([(1.0, draw)], brute.pue * brute.limit(site) * service)
    depth = depth_of(program, site)
    if depth == 0.0:
        return []
    share = SHARES[tier_of(program, site)]
    usd = brute.present(p) * HOURS * settings.get("lost_usd_per_mwh", 0.0) * share / depth
    paused = program.var(("paused", site), usd)
    program.row([(1.0, paused), (-depth, draw)], 0.0)
    able = [
        (-settings.get("flexible_frac", {}).get(k[0], 0.0), c)
        for (n, *k), c in program.names.items()
        if n == "x" and k[2] == site
    ]
    program.row([(1.0, paused), *able], 0.0)
    load = program.load(site, brute_footprint.pue(program, site))
    program.row([(1.0, draw), *((-k, c) for k, c in load)], 0.0)
    program.row([*load, (-1.0, paused), (depth - 1.0, draw)], firm)
    program.row([(share, draw), (-share / depth, paused), *((-1.0, c) for c in outputs)], 0.0)
    return [(-share / depth, paused)]


def curve(brute: Brute, zone: str) -> list[tuple[float, float]]:
    """(load, energy given up) of a zone by tier."""
    data = brute.zones[zone]
    if "headroom_mw" in data:
        return [(data["headroom_mw"], 0.0)]
    stated = [t for t in SHARES if t != "0pct" and f"headroom_mw_{t}" in data]
    at = {t: (data[f"headroom_mw_{t}"], SHARES[t] * data[f"headroom_mw_{t}"]) for t in stated}
    offered = [at[t] for t in tiers(brute)[1:] if t in at]
    if "headroom_mw_0pct" in data:
        return [(data["headroom_mw_0pct"], 0.0), *offered]
    if not stated:
        return []
    points = list(at.values())
    firm = data.get("accredited_surplus_mw", 0.0) / (1 + data.get("reserve_margin_frac", 0.0))
    firm = min(firm, points[0][0])
    if len(points) > 1:
        (x0, y0), (x1, y1) = points[:2]
        firm = min(firm, x0 - y0 * (x1 - x0) / (y1 - y0))
    return [(max(firm, 0.0), 0.0), *offered]


def curtail_zone(
    program: PeriodProgram,
    zone: str,
    members: list[str],
    supply: list[Term],
    fixed: float,
    taken: float,
) -> None:
    """What the sites of a zone offer covers what their load needs beyond the rivals'."""
    points = curve(program.brute, zone)
    if not points:
        return
    lines = []
    for (x0, y0), (x1, y1) in pairwise(points):
        if x1 > x0:
            slope = (y1 - y0) / (x1 - x0)
            lines.append((slope, y0 - slope * x0))
    excused = max([0.0, *(a * taken + b for a, b in lines)])
    draws = [(s, program.var(("g", s))) for s in members]
    for slope, intercept in lines:
        terms = [(slope - SHARES[tier_of(program, s)], c) for s, c in draws]
        terms += [(slope * k, c) for k, c in supply]
        program.row(terms, slope * (fixed - taken) - intercept + excused)
    ends = [(1.0, c) for _, c in draws]
    program.row([*ends, *supply], max(0.0, points[-1][0] - taken) + fixed)


def rivals_mw(brute: Brute, level: str, place: str, p: int) -> float:
    """Draw of rivals at a node or in a zone: expected, or at a percentile by listing every outcome."""
    settings: dict[str, Any] = brute.families["headroom"]
    members = []
    for rival in settings.get("rivals", {}).values():
        node = rival.get("node")
        zone = rival.get("zone") or (brute.scenario["nodes"][node].get("zone") if node else None)
        if (
            place == (node if level == "node" else zone)
            and rival["in_service"] <= f"{brute.starts[p]:%Y-%m}"
        ):
            members.append((rival["draw_mw"], rival.get("probability_frac", 1.0)))
    share = settings.get("rival_percentile_frac")
    if share is None:
        return float(sum(mw * chance for mw, chance in members))
    outcomes: list[tuple[float, float]] = []
    for built in product([True, False], repeat=len(members)):
        chance, total = 1.0, 0.0
        for (mw, likely), yes in zip(members, built, strict=True):
            chance *= likely if yes else 1 - likely
            total += mw if yes else 0.0
        outcomes.append((total, chance))
    reached = 0.0
    for total, chance in sorted(outcomes):
        reached += chance
        if reached >= share - 1e-9:
            return total
    return max(total for total, _ in outcomes)
