"""Warnings about amounts: units that look wrong by their size, targets that no plan would serve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

from siting.core.errors import Issue
from siting.families.doubts import MARGIN_YEARS, PER_KWH, SHARE, Usual
from siting.families.registry import COMPONENTS
from siting.instance.asked import Asked

USUAL = (
    Usual("zones.*.energy_usd_per_mwh", 1, 1_000, PER_KWH),
    Usual("zones.*.capacity_usd_per_mw_day", 1, 10_000, "USD per MW and day"),
    Usual("zones.*.carbon_kg_per_mwh", 1, 2_000, "a tonne per MWh is 1,000 kg"),
    Usual("zones.*.summer_peak_mw", 100, 400_000, "a GW is 1,000 MW"),
    Usual("zones.*.winter_peak_mw", 100, 400_000, "a GW is 1,000 MW"),
    Usual("zones.*.reserve_margin_frac", 0, 1, SHARE),
    *(Usual(f"zones.*.reserve_margin_frac_{year}", 0, 1, SHARE) for year in MARGIN_YEARS),
    Usual("zones.*.connection_months", 0, 240, "months"),
    Usual("discount_rate_frac", 0, 0.25, SHARE),
    Usual("solver.gap_frac", 0, 0.1, "a share; half a percent is 0.005"),
)
"""Of records and of the whole scenario; families declare theirs."""


def warn_amounts(asked: Asked) -> Iterator[Issue]:
    """Units and targets."""
    declared = [
        replace(usual, path=f"components.{name}.{usual.path}")
        for name, component in COMPONENTS.items()
        for usual in component.doubts.usual
    ]
    for usual in (*USUAL, *declared):
        yield from _unusual(asked, usual)
    yield from _targets(asked)


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


def _targets(asked: Asked) -> Iterator[Issue]:
    """Targets against what the sites and zones hold."""
    system, where = asked.system, asked.where
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


def _zones_mw(asked: Asked) -> float:
    """What the zones of the sites can ever give [MW]: their peak load where plants can be built
    without limit, else headroom, upgrades and plants; infinite where nothing limits it."""
    system, families = asked.instance.system, asked.families
    headroom, plants = families.get("headroom"), families.get("plants")
    if headroom is None or any(site.zone is None for site in system.sites.values()):
        return inf
    zones = {z: system.zones[z] for z in system.zones_used(system.sites)}
    curtailment = families.get("curtailment")
    if plants is not None or "bridge" in families:
        peaks = [zone.peak_mw for zone in zones.values()]
        return sum(peaks) if all(peaks) else inf
    if not headroom.is_zone_limited:
        return inf
    limits = [
        max((mw for mw in (z.headroom_mw, z.headroom_mw_5pct) if mw is not None), default=inf)
        if curtailment is not None and curtailment.is_offered(name)
        else z.tier_headroom_mw(headroom.tier)
        for name, z in zones.items()
    ]
    added: float = sum(u.added_mw for u in headroom.upgrades.values() if u.zone is not None)
    return added + float(sum(inf if mw is None else mw for mw in limits))
