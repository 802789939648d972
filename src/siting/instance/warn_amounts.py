"""Warnings about amounts: units that look wrong by their size, targets that no plan would serve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

from siting.core.errors import Issue
from siting.core.goals import Earliest, FewestLateMwMonths, MostMw
from siting.core.yaml_source import Path_
from siting.instance.asked import Asked


@dataclass(frozen=True)
class Usual:
    """Amounts between which a setting usually lies; 0 is never doubted.

    Attributes:
        path: of the setting. hint: what is usually mistaken for it.
    """

    path: str
    low: float
    high: float
    hint: str


PLANTS, BRIDGE = "components.plants.technologies.*", "components.bridge.products.*"
KINDS, CLASSES = "components.workloads.kinds.*", "components.transformers.classes.*"
PER_KW = "USD per kW is a thousandth of USD per MW"
PER_KWH = "USD per kWh is a thousandth of USD per MWh"
SHARE = "a share, 1 is all of it; 15 % is 0.15"
USUAL = (
    Usual("zones.*.energy_usd_per_mwh", 1, 1_000, PER_KWH),
    Usual("zones.*.capacity_usd_per_mw_day", 1, 10_000, "USD per MW and day"),
    Usual("zones.*.carbon_kg_per_mwh", 1, 2_000, "a tonne per MWh is 1,000 kg"),
    Usual("zones.*.summer_peak_mw", 100, 400_000, "a GW is 1,000 MW"),
    Usual("zones.*.winter_peak_mw", 100, 400_000, "a GW is 1,000 MW"),
    Usual("zones.*.reserve_margin_frac", 0, 1, SHARE),
    *(Usual(f"zones.*.reserve_margin_frac_{year}", 0, 1, SHARE) for year in range(2026, 2031)),
    Usual("zones.*.connection_months", 0, 240, "months"),
    Usual("components.campus.overnight_usd_per_it_mw", 1e5, 1e8, PER_KW),
    Usual("components.campus.fixed_om_usd_per_it_mw_year", 1e3, 1e7, PER_KW),
    Usual("components.campus.shell_months", 0, 120, "months"),
    Usual(f"{PLANTS}.overnight_usd_per_kw", 50, 50_000, PER_KW),
    Usual(f"{PLANTS}.fixed_om_usd_per_kw_year", 0.5, 2_000, PER_KW),
    Usual(f"{PLANTS}.unit_mw", 0, 3_000, "a kW is a thousandth of a MW"),
    Usual(f"{BRIDGE}.rent_usd_per_mw_month", 500, 1e6, PER_KW),
    Usual(f"{KINDS}.delay_cost_usd_per_mw_month", 1_000, 1e8, PER_KW),
    Usual(f"{KINDS}.targets.*.it_mw", 0, 200_000, "a kW is a thousandth of a MW"),
    Usual("components.energy.network_usd_per_mw_year", 500, 1e6, PER_KW),
    Usual("components.energy.pue", 1, 3, "facility MW per IT MW"),
    Usual(f"{CLASSES}.overnight_usd_per_unit", 1e4, 1e9, "dollars, not thousands or millions"),
    Usual(f"{CLASSES}.unit_mva", 0.1, 2_000, "a kVA is a thousandth of a MVA"),
    Usual(f"{CLASSES}.lead_times.*.weeks", 0, 520, "weeks, not days"),
    Usual("components.headroom.connection_costs.*.line_usd_per_km", 1e4, 1e8, "USD per km"),
    Usual("components.headroom.upgrades.*.overnight_usd", 1e4, 1e11, "dollars, not millions"),
    Usual("components.transformers.pool_premium_frac", 0, 1, SHARE),
    Usual("components.adequacy.surplus_share_frac", 0, 1, SHARE),
    Usual("components.adequacy.surplus_of_peak_frac", 0, 1, SHARE),
    Usual("components.emissions.price_usd_per_t", 0.5, 5_000, "USD per tonne"),
    Usual("discount_rate_frac", 0, 0.25, SHARE),
    Usual("solver.gap_frac", 0, 0.1, "a share; half a percent is 0.005"),
    *(
        usual
        for place in (PLANTS, BRIDGE)
        for usual in (
            Usual(f"{place}.heat_rate_mmbtu_per_mwh", 3, 30, "6,800 Btu per kWh are 6.8"),
            Usual(f"{place}.fuel_usd_per_mmbtu", 0.05, 100, "USD per MMBtu"),
            Usual(f"{place}.variable_om_usd_per_mwh", 0.05, 1_000, PER_KWH),
            Usual(f"{place}.emissions_t_per_mwh", 0.005, 2, "a tonne is 1,000 kg"),
        )
    ),
)


def warn_amounts(asked: Asked) -> Iterator[Issue]:
    """Units and targets."""
    for usual in USUAL:
        yield from _unusual(asked, usual)
    yield from _targets(asked)
    yield from _delay(asked)


def _unusual(asked: Asked, usual: Usual) -> Iterator[Issue]:
    """Values beyond what is usual, those of one setting together."""
    found = [
        (path, value)
        for path, value in asked.stated(usual.path)
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and value != 0
        and not usual.low <= value <= usual.high
    ]
    if not found:
        return
    row = usual.path.split(".").index("*") if "*" in usual.path else -1
    (path, value), name = found[0], str(found[0][0][row])
    more = f", and {len(found) - 1} more rows likewise" if len(found) > 1 else ""
    of = f" of '{name}'" if row >= 0 else ""
    what = (
        f"{value:,g}{of} is outside what {path[-1] if isinstance(path[-1], str) else usual.path} "
        f"usually is, {usual.low:,g} to {usual.high:,g} ({usual.hint}){more}"
    )
    yield Issue(asked.document.where(path), what, "", "Check the unit")


def _kinds(asked: Asked) -> list[tuple[str, Any, Path_]]:
    """Each workload, with its path."""
    place: Path_ = ("components", "workloads", "kinds")
    return [(w, k, (*place, w)) for w, k in asked.families["workloads"].kinds.items()]


def _targets(asked: Asked) -> Iterator[Issue]:
    """Targets against a hall, and against what the sites and zones hold; targets that fall."""
    system, families = asked.instance.system, asked.families
    campus = families.get("campus")
    where = asked.document.where
    for name, kind, path in _kinds(asked):
        most = _most_mw(kind)
        if campus is not None and 0 < most < campus.hall_it_mw:
            what = f"the target of '{name}' is {most:g} MW, less than one hall of {campus.hall_it_mw:g} MW"
            yield Issue(where((*path, "targets")), what, "", "A GW is 1,000 MW; check the unit")
        if most == 0:
            what = f"every target of '{name}' is 0 MW: nothing is built for it"
            yield Issue(where((*path, "targets")), what, "", "State it_mw")
        for region in sorted({target.region for target in kind.targets}):
            yield from _falls(asked, name, kind, region, path)
    peak, targets = system.peak_target_mw, ("components", "workloads", "kinds")
    room = sum(system.it_limit_mw[s] for s in system.sites)
    if room < peak * (1 - 1e-9):
        what = (
            f"the targets reach {peak:,.0f} MW of IT load, the sites together hold {room:,.0f} MW"
        )
        yield Issue(where(targets), what, "", "A GW is 1,000 MW; check the unit, or add sites")
    zones_mw = _zones_mw(asked)
    if zones_mw < system.pue * peak * (1 - 1e-9):
        what = (
            f"the targets reach {system.pue * peak:,.0f} MW with cooling, more than every zone of "
            f"the sites together: {zones_mw:,.0f} MW"
        )
        yield Issue(where(targets), what, "", "A GW is 1,000 MW; check the unit")


def _most_mw(kind: Any) -> float:
    """Largest target of a workload, of all regions together [MW]."""
    days = {target.from_date for target in kind.targets}
    regions = {target.region for target in kind.targets}
    past = {
        (day, region): [t for t in kind.targets if t.region == region and t.from_date <= day]
        for day in days
        for region in regions
    }
    held = {key: max(rows, key=lambda t: t.from_date).it_mw for key, rows in past.items() if rows}
    return float(max(sum(held.get((day, r), 0.0) for r in regions) for day in days))


def _falls(asked: Asked, name: str, kind: Any, region: str, path: Path_) -> Iterator[Issue]:
    """A target that is less than the one before."""
    rows = sorted(
        ((t.from_date, t.it_mw, n) for n, t in enumerate(kind.targets) if t.region == region),
    )
    for (_, before, _), (day, after, number) in pairwise(rows):
        if after < before:
            what = f"the target of '{name}' falls from {before:,g} to {after:,g} MW on {day}"
            fix = "Targets are totals, not additions; state the whole load from each date on"
            yield Issue(asked.document.where((*path, "targets", number)), what, "", fix)


def _zones_mw(asked: Asked) -> float:
    """What the zones of the sites can ever give [MW]: their peak load where plants can be built
    without limit, else headroom, upgrades and plants; infinite where nothing limits it."""
    system, families = asked.instance.system, asked.families
    headroom, plants = families.get("headroom"), families.get("plants")
    if headroom is None or any(site.zone is None for site in system.sites.values()):
        return inf
    zones = [system.zones[z] for z in system.zones_used(system.sites)]
    if plants is not None or "bridge" in families:
        peaks = [zone.peak_mw for zone in zones]
        return sum(peaks) if all(peaks) else inf
    if not headroom.is_zone_limited:
        return inf
    limits = [
        max((mw for mw in (z.headroom_mw, z.headroom_mw_5pct) if mw is not None), default=inf)
        if "curtailment" in families
        else z.tier_headroom_mw(headroom.tier)
        for z in zones
    ]
    added: float = sum(u.added_mw for u in headroom.upgrades.values() if u.zone is not None)
    return added + float(sum(inf if mw is None else mw for mw in limits))


def _delay(asked: Asked) -> Iterator[Issue]:
    """Workloads that nothing makes a plan serve."""
    objectives = asked.instance.scenario.objectives
    if any(isinstance(goal, FewestLateMwMonths) for goal in objectives):
        return
    goals = [goal for goal in objectives if isinstance(goal, MostMw | Earliest)]
    for name, kind, path in _kinds(asked):
        is_goal = any(goal.workload in (None, name) for goal in goals)
        if kind.delay_cost_usd_per_mw_month == 0 and not kind.must_serve and not is_goal:
            what = f"being late costs nothing for '{name}': the cheapest plan never serves it"
            fix = "State delay_cost_usd_per_mw_month or must_serve, or another goal in objectives"
            yield Issue(asked.document.where(path), what, "", fix)
