"""Where units of ``plants`` may stand, how many are worth building, and whose rights a plant uses."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from siting.components.plants_settings import NamedPlant, PlantsConfig, Technology
from siting.core.calendar import Lag, Terms, add_months, signed_terms
from siting.core.records import Zone
from siting.core.system import System


def zone_record(system: System, zone: str | None) -> Zone | None:
    """Zone record, or None."""
    return None if zone is None else system.zones[zone]


def places_for(system: System, tech: Technology) -> list[str]:
    """Sites and zones where a technology may be built."""
    places = []
    if "on_site" in tech.delivery:
        places += [
            s
            for s, site in system.sites.items()
            if s in system.first_service and (tech.states is None or site.state in tech.states)
        ]
    if "grid" in tech.delivery:
        used = {site.zone for s, site in system.sites.items() if s in system.first_service}
        in_states = {
            site.zone
            for site in system.sites.values()
            if tech.states is None or site.state in tech.states
        }
        places += [z for z in system.zones if z in used and z in in_states]
    return places


def unit_limit(system: System, tech: Technology, place: str, credit: float) -> int:
    """Most units worth building at a place: acres, and the firm or energy need of its load."""
    if place in system.sites:
        site = system.sites[place]
        need = system.pue * system.it_limit_mw[place]
        acres = site.buildable_acres
    else:
        members = [s for s in system.node_of if system.sites[s].zone == place]
        load = sum(system.it_limit_mw.get(s, 0.0) for s in members)
        margin = max(system.zones[place].margin_frac(day) for day in system.calendar.starts)
        need = (1 + margin) * system.pue * min(load, system.peak_target_mw)
        acres = None
    useful = [share for share in (credit, tech.capacity_factor_frac) if share > 0]
    limit = ceil(need / (min(useful) * tech.unit_mw) - 1e-9) if useful else 0
    if acres is not None and tech.acres_per_mw > 0:
        limit = min(limit, int(acres / (tech.acres_per_mw * tech.unit_mw) + 1e-9))
    if tech.max_units_per_place is not None:
        limit = min(limit, tech.max_units_per_place)
    return limit


def reviewed_by(system: System, tech: Technology, place: str, start: int) -> tuple[Terms, Terms]:
    """Commitments up to a start whose review ends before construction of a unit must begin: with a
    review of the site's own, and tiered from a programmatic one."""
    starts = system.calendar.starts
    begin = add_months(tech.ready_date(starts[start]), -tech.construction_months)
    before = starts[: start + 1]
    tiered = system.tiered_dates.get(place, {})
    return (
        signed_terms([system.review_done(place, day) <= begin for day in before]),
        signed_terms([day in tiered and tiered[day] <= begin for day in before]),
    )


def named_lag_of(system: System, plant: NamedPlant) -> Lag:
    """Lag of a named plant."""
    return system.calendar.lag(plant.ready_date)


def rights_by_period(
    system: System,
    config: PlantsConfig,
    named: Mapping[str, NamedPlant],
    lags: Mapping[str, Lag],
) -> tuple[dict[tuple[str, int], float], dict[tuple[str, int], tuple[str, ...]]]:
    """Rights of each plant in each period of service, and the plants that share a holder's."""
    rights: dict[tuple[str, int], float] = {}
    groups: dict[tuple[str, int], list[str]] = {}
    for p, start in enumerate(system.calendar.starts):
        for j, plant in named.items():
            if not lags[j].terms[p]:
                continue
            holder = config.rights_holder(j, start)
            rights[j, p] = min(plant.capacity_mw, config.named[holder].own_rights_mw)
            groups.setdefault((holder, p), []).append(j)
    shared = {key: tuple(plants) for key, plants in sorted(groups.items()) if len(plants) > 1}
    return rights, shared
