"""Where units of ``plants`` may stand, how many are worth building, and whose rights a plant uses."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from siting.core.calendar import Lag, Terms, lag_of, signed_terms
from siting.core.errors import Issue
from siting.core.records import Zone
from siting.core.system import System
from siting.core.warnings import listed
from siting.families.plants.settings import NamedPlant, PlantsConfig, Technology


def zone_record(system: System, zone: str | None) -> Zone | None:
    """Zone record, or None."""
    return None if zone is None else system.zones[zone]


def places_for(system: System, tech: Technology) -> list[str]:
    """Sites that can carry load, and zones whose supply some site can use, in the states of a
    technology; the states of a zone are those of its sites."""
    places = []
    if "on_site" in tech.delivery:
        places += [
            s
            for s, site in system.sites.items()
            if s in system.first_service and (tech.states is None or site.state in tech.states)
        ]
    if "grid" in tech.delivery:
        used = system.zones_used(s for s in system.node_of if s in system.first_service)
        in_states = {
            site.zone for site in system.sites.values() if site.state in (tech.states or ())
        }
        places += [z for z in used if tech.states is None or z in in_states]
    return places


def guarded_sites(system: System, config: PlantsConfig) -> set[str]:
    """Sites that carry their load with any one unit out."""
    if config.n_plus_1 == "none":
        return set()
    return set(system.sites) - (set(system.node_of) if config.n_plus_1 == "islanded" else set())


def unlocking_units(config: PlantsConfig, tech: str) -> int:
    """Units of a technology that one after it waits for; 0 where none does."""
    followers = [k.after_units for k in config.technologies.values() if k.after == tech]
    return max(followers, default=0)


def useful_units(
    system: System, tech: Technology, place: str, credit: float, spare_units: int, unlocking: int
) -> int:
    """Most units worth building at a place that has room for any number.

    As many as its load needs for firm capacity and for energy, with spare units where one may be
    out, and in a zone what other families can use of its supply; no fewer than another technology
    waits for. A plan with more is as good without them: nothing else reads what units give, and none
    is sold.
    """
    if place in system.sites:
        need = system.pue * system.it_limit_mw[place]
    else:
        members = [s for s in system.node_of if system.sites[s].zone == place]
        load = sum(system.it_limit_mw.get(s, 0.0) for s in members)
        periods = system.calendar.periods
        required = max(k.requirement_frac for p in periods for k in system.needs_of(place, p))
        need = max(1.0, required) * system.pue * min(load, system.peak_target_mw)
        need += system.useful_firm_mw.get(place, 0.0)
    # a unit that may be out counts at its nameplate
    shares = (credit, tech.capacity_factor_frac, float(spare_units > 0))
    useful = [share for share in shares if share > 0]
    limit = ceil(need / (min(useful) * tech.unit_mw) - 1e-9) + spare_units if useful else 0
    return max(limit, unlocking)


def room_units(system: System, tech: Technology, place: str) -> int | None:
    """Units that acres and the technology's own limit allow at a place; None for any number."""
    acres = system.sites[place].buildable_acres if place in system.sites else None
    rooms = [] if tech.max_units_per_place is None else [tech.max_units_per_place]
    if acres is not None and tech.acres_per_mw > 0:
        rooms.append(int(acres / (tech.acres_per_mw * tech.unit_mw) + 1e-9))
    return min(rooms, default=None)


def within(useful: int, room: int | None) -> int:
    """Units worth building, as far as there is room for them."""
    return useful if room is None else min(useful, room)


def reviewed_by(system: System, tech: Technology, place: str, start: int) -> tuple[Terms, Terms]:
    """Commitments up to a start whose review ends before construction of a unit must begin: with a
    review of the site's own, and tiered from a programmatic one."""
    starts = system.calendar.starts
    begin = tech.begin_date(starts[start])
    before = starts[: start + 1]
    tiered = system.tiered_dates.get(place, {})
    return (
        signed_terms(tuple(system.review_done(place, day) <= begin for day in before)),
        signed_terms(tuple(day in tiered and tiered[day] <= begin for day in before)),
    )


def named_lag_of(system: System, config: PlantsConfig, name: str) -> Lag:
    """Lag of a named plant over the starts that are in time and of use: something of it is not sold to
    others once it runs."""
    calendar, plant = system.calendar, config.named[name]
    last = max(
        (p for p in calendar.periods if config.free_mw(name, calendar.starts[p])), default=-1
    )
    arrivals: list[int | None] = []
    for start in calendar.starts:
        arrival = calendar.period_from(plant.ready_date(start))
        too_late = plant.decide_by is not None and start > plant.decide_by
        is_lost = arrival is None or arrival > last or too_late
        if is_lost or plant.is_retired(calendar.starts[arrival or 0]):
            arrivals.append(None)
        else:
            arrivals.append(arrival)
    return lag_of(arrivals, len(calendar))


def check_order(config: PlantsConfig) -> list[Issue]:
    """Predecessors that exist, without a circle, and builders of known technologies."""
    issues = []
    where = "components.plants"
    for k, tech in config.technologies.items():
        chain = [k]
        while (before := config.technologies[chain[-1]].after) is not None:
            if before not in config.technologies or before in chain:
                what = (
                    f"unknown technology '{before}'"
                    if before not in config.technologies
                    else f"technologies that wait for each other: {' -> '.join([*chain, before])}"
                )
                if before in chain or len(chain) == 1:
                    fix = "Correct it or remove 'after' from one of them"
                    place = f"{where}.technologies.{k}.after"
                    issues.append(Issue(place, what, "a technology that comes first", fix))
                break
            chain.append(before)
        if tech.after is not None and not tech.delivery:
            place = f"{where}.technologies.{k}.after"
            what = "no unit of it can be built: delivery is empty"
            issues.append(Issue(place, what, "a technology with delivery", "Remove 'after'"))
    for name, slots in config.construction_slots.items():
        for k in slots.technologies:
            if k not in config.technologies:
                known = f"one of {listed(sorted(config.technologies), 8)}"
                place = f"{where}.construction_slots.{name}.technologies"
                issues.append(Issue(place, f"unknown technology '{k}'", known, "Correct it"))
    return issues


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
            if not lags[j].terms[p] or plant.is_retired(start):
                continue
            holder = config.rights_holder(j, start)
            free_mw = config.free_mw(j, start)
            if not free_mw:
                continue
            rights[j, p] = min(free_mw, config.named[holder].own_rights_mw)
            groups.setdefault((holder, p), []).append(j)
    shared = {key: tuple(plants) for key, plants in sorted(groups.items()) if len(plants) > 1}
    return rights, shared


def supply_units(system: System, config: PlantsConfig) -> dict[tuple[str, int], int]:
    """Units of each limited technology that the country can start in a period, at least one."""
    calendar = system.calendar
    return {
        (k, p): max(1, int(tech.max_starts_per_year * calendar.years(p) + 1e-9))
        for k, tech in sorted(config.technologies.items())
        if tech.max_starts_per_year is not None
        for p in calendar.periods
    }
