"""From a scenario to an instance: shared data, numbers of every family, cross-checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any

from siting.components.campus import CampusConfig
from siting.components.cooling import CoolingConfig
from siting.components.curtailment_settings import CurtailmentConfig
from siting.components.energy import EnergyConfig
from siting.components.headroom import HeadroomConfig
from siting.components.land_settings import LandConfig
from siting.components.plants_settings import PlantsConfig
from siting.components.registry import COMPONENTS
from siting.components.transformers_settings import TransformersConfig
from siting.components.workloads_settings import WorkloadsConfig
from siting.core.calendar import Calendar, Lag, add_months
from siting.core.errors import InputError, Issue
from siting.core.goals import Earliest, MostMw
from siting.core.records import Node, Place, Record
from siting.core.rivals import rival_mw
from siting.core.system import System
from siting.scenario import Scenario


@dataclass(frozen=True)
class Instance:
    """A frozen, checked problem: what the model, the audit and the outputs read.

    Attributes:
        scenario: the validated scenario.
        system: data shared by all families.
        data: numbers of each family that is on, by name, sorted.
        resolved: the scenario with every table in it, as plain JSON-able data.
    """

    scenario: Scenario
    system: System
    data: Mapping[str, Any]
    resolved: Mapping[str, Any]


def build_instance(scenario: Scenario, resolved: Mapping[str, Any]) -> Instance:
    """Check a scenario across its parts and compute the numbers of every family.

    Raises:
        InputError: every cross-reference that does not hold, or a horizon too short to serve
            anything.
    """
    families = scenario.families()
    issues = [
        *_check_families(families),
        *_check_places(scenario),
        *_check_rivals(scenario, families),
        *_check_step_ups(families),
        *_check_pue(families),
    ]
    if issues:
        raise InputError(issues)
    system = _system(scenario, families)
    issues += _check_goals(scenario, system.calendar)
    for name, config in families.items():
        issues += COMPONENTS[name].check(system, config)
    if not issues:
        issues += _check_horizon(system)
    if issues:
        raise InputError(issues)
    data = {name: COMPONENTS[name].prepare(system, config) for name, config in families.items()}
    return Instance(scenario, system, data, resolved)


def _check_families(families: Mapping[str, Any]) -> list[Issue]:
    """Families that others need."""
    issues = [
        Issue(
            f"components.{name}",
            f"'{name}' needs the family '{other}', which is off",
            f"components.{other} in the scenario",
            f"Add components.{other} or remove components.{name}",
        )
        for name in families
        for other in COMPONENTS[name].requires
        if other not in families
    ]
    for other in ("land", "workloads"):
        if other not in families:
            issues.append(
                Issue(
                    "components",
                    f"the family '{other}' is missing",
                    f"components.{other}",
                    "Add it; every plan places some load on some land",
                )
            )
    return issues


def _check_places(scenario: Scenario) -> list[Issue]:
    """Zones and nodes that exist; ids that mean one place only."""
    issues = []
    for name, site in scenario.sites.items():
        for field, known in (("zone", scenario.zones), ("node", scenario.nodes)):
            value = getattr(site, field)
            if value is not None and value not in known:
                issues.append(
                    Issue(
                        f"sites.{name}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {sorted(known)[:8]}" if known else f"a {field} of the scenario",
                        f"Correct it or add it to {field}s",
                    )
                )
        if site.node is not None and site.zone is None:
            issues.append(
                Issue(
                    f"sites.{name}.node",
                    "a node but no zone",
                    "the zone of the node",
                    "State the site's zone or remove the node",
                )
            )
        if name in scenario.zones:
            issues.append(
                Issue(
                    f"sites.{name}",
                    f"'{name}' is also the id of a zone",
                    "different ids",
                    "Rename one of them",
                )
            )
    return issues


def _check_rivals(scenario: Scenario, families: Mapping[str, Any]) -> list[Issue]:
    """Rivals name a known zone or node, and not both."""
    headroom: HeadroomConfig | None = families.get("headroom")
    issues = []
    for name, rival in headroom.rivals.items() if headroom else ():
        where = f"components.headroom.rivals.{name}"
        if (rival.zone is None) == (rival.node is None):
            what = "a rival of both a node and a zone, or of neither"
            issues.append(Issue(where, what, "exactly one", "State node or zone"))
        for field, known in (("zone", scenario.zones), ("node", scenario.nodes)):
            value = getattr(rival, field)
            if value is not None and value not in known:
                issues.append(
                    Issue(
                        f"{where}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {sorted(known)[:8]}" if known else f"a {field} of the scenario",
                        "Correct it or remove the rival",
                    )
                )
    return issues


def _check_step_ups(families: Mapping[str, Any]) -> list[Issue]:
    """Step-up classes that technologies name exist; without ``transformers`` none is needed."""
    plants: PlantsConfig | None = families.get("plants")
    transformers: TransformersConfig | None = families.get("transformers")
    if plants is None or transformers is None:
        return []
    known = sorted(e for e, kind in transformers.classes.items() if kind.role == "step_up")
    return [
        Issue(
            f"components.plants.technologies.{name}.step_up_class",
            f"unknown step-up class '{technology.step_up_class}'",
            f"one of {known}" if known else "a class with role step_up",
            "Correct it or add it to components.transformers.classes",
        )
        for name, technology in plants.technologies.items()
        if technology.step_up_class is not None and technology.step_up_class not in known
    ]


def _check_pue(families: Mapping[str, Any]) -> list[Issue]:
    """With ``cooling`` the PUE follows from the option chosen and is stated nowhere else."""
    energy: EnergyConfig | None = families.get("energy")
    if "cooling" not in families or energy is None or energy.pue == 1:
        return []
    return [
        Issue(
            "components.energy.pue",
            f"a PUE of {energy.pue:g} beside components.cooling, whose options have their own",
            "the PUE of each option under components.cooling.options",
            "Remove components.energy.pue or the family 'cooling'",
        )
    ]


def _pue(families: Mapping[str, Any]) -> float:
    """Most facility MW per IT MW."""
    cooling: CoolingConfig | None = families.get("cooling")
    energy: EnergyConfig | None = families.get("energy")
    if cooling is not None:
        return max(option.pue for option in cooling.options.values())
    return energy.pue if energy else 1.0


def _system(scenario: Scenario, families: Mapping[str, Any]) -> System:
    """Shared data: reviews, IT limits, first service, points of interconnection."""
    calendar = scenario.calendar()
    sites = dict(sorted(scenario.sites.items()))
    land: LandConfig = families["land"]
    workloads: WorkloadsConfig = families["workloads"]
    campus: CampusConfig | None = families.get("campus")
    energy: EnergyConfig | None = families.get("energy")
    reviewed = {
        s: {day: land.review_done(land.path_on(site, day), day) for day in calendar.starts}
        for s, site in sites.items()
    }
    review = {s: calendar.lag(dates.__getitem__) for s, dates in reviewed.items()}
    tiered_dates = {s: land.tiered_dates(s, site, calendar.starts) for s, site in sites.items()}
    tiered = {
        s: calendar.lag(lambda day, dates=dates: dates.get(day, date.max))  # type: ignore[misc]
        for s, dates in tiered_dates.items()
    }
    tiered = {s: lag for s, lag in tiered.items() if lag.starts}
    first_reviewed = _first_reviewed(review, tiered)
    peak = max(workloads.total_mw(day) for day in calendar.starts)
    limits = {}
    for name, site in sites.items():
        room = inf if site.max_it_mw is None else site.max_it_mw
        if campus is not None:
            room = min(room, campus.most_halls(site, peak) * campus.hall_it_mw)
        limit = min(peak, room)
        limits[name] = limit
    pue = _pue(families)
    nodes = {
        **{
            s: Node(
                name=site.name,
                zone=site.zone,
                capacity_mw=peak * pue,
                source="no limit stated",
                longitude=site.longitude,
                latitude=site.latitude,
            )
            for s, site in sites.items()
            if site.zone is not None and site.node is None
        },
        **scenario.nodes,
    }
    headroom: HeadroomConfig | None = families.get("headroom")
    rivals = headroom.rivals if headroom else {}
    share = headroom.rival_percentile_frac if headroom else None
    curtailment: CurtailmentConfig | None = families.get("curtailment")
    soft = list(curtailment.tiers.values()) if curtailment else []
    return System(
        calendar=calendar,
        sites=sites,
        zones=dict(sorted(scenario.zones.items())),
        nodes=dict(sorted(nodes.items())),
        node_of={s: site.node or s for s, site in sites.items() if site.zone is not None},
        families=frozenset(families),
        review=review,
        review_dates=reviewed,
        tiered_review=tiered,
        tiered_dates={s: tiered_dates[s] for s in tiered},
        first_reviewed=first_reviewed,
        it_limit_mw=limits,
        period_limit_mw=_period_limits(
            calendar,
            limits,
            first_reviewed,
            campus,
            [workloads.total_mw(d) for d in calendar.starts],
        ),
        rival_mw=rival_mw(rivals, nodes, calendar.starts, share),
        pue=pue,
        load_factor_frac=energy.load_factor_frac if energy else 1.0,
        rack_kw={
            w: kind.rack_kw for w, kind in workloads.kinds.items() if kind.rack_kw is not None
        },
        first_service=_first_service(calendar, first_reviewed, limits, campus),
        peak_target_mw=peak,
        soft_connection_months=min(
            (tier.connection_months for tier in soft if tier.connection_months is not None),
            default=None,
        ),
    )


def _period_limits(
    calendar: Calendar,
    limits: Mapping[str, float],
    first_reviewed: Mapping[str, int],
    campus: CampusConfig | None,
    targets_mw: list[float],
) -> dict[tuple[str, int], float]:
    """Most IT load of each site in each period: its limit, the targets, and the halls that can have
    been started since its review."""
    found: dict[tuple[str, int], float] = {}
    ramp = campus.ramp_halls(calendar) if campus else {}
    shell = calendar.lag(lambda day: add_months(day, campus.shell_months if campus else 0.0))
    for site, first in first_reviewed.items():
        for p in calendar.periods:
            most = min(limits[site], targets_mw[p])
            if campus is not None and ramp:
                starts = [q for q in shell.starts if q >= first and (shell.arrival[q] or 0) <= p]
                most = min(most, campus.hall_it_mw * sum(ramp[q] for q in starts))
            found[site, p] = most
    return found


def _first_reviewed(review: Mapping[str, Lag], tiered: Mapping[str, Lag]) -> dict[str, int]:
    """First period in which each site can be reviewed, on its own or under a programmatic review
    that is started in the first period."""
    first = {}
    for site, lag in review.items():
        ways = [lag.first, tiered[site].first if site in tiered else None]
        known = [period for period in ways if period is not None]
        if known:
            first[site] = min(known)
    return first


def _first_service(
    calendar: Calendar,
    first_reviewed: Mapping[str, int],
    limits: Mapping[str, float],
    campus: CampusConfig | None,
) -> dict[str, int]:
    """First period in which a hall of each site can carry load."""
    shell = calendar.lag(lambda day: add_months(day, campus.shell_months if campus else 0.0))
    first: dict[str, int] = {}
    for site, ready in first_reviewed.items():
        if limits[site] <= 0:
            continue
        arrivals = [a for a in shell.arrival[ready:] if a is not None]
        if arrivals:
            first[site] = min(arrivals)
    return first


def _check_goals(scenario: Scenario, calendar: Calendar) -> list[Issue]:
    """Dates of goals within the horizon, workloads that exist."""
    issues = []
    known = sorted(scenario.families()["workloads"].kinds)
    for number, goal in enumerate(scenario.objectives):
        if isinstance(goal, MostMw) and calendar.period_holding(goal.by) is None:
            issues.append(
                Issue(
                    f"objectives.{number}.by",
                    f"{goal.by} is not in the horizon",
                    f"a date from {calendar.starts[0]} to before {calendar.end}",
                    "Correct it or the horizon",
                )
            )
        if isinstance(goal, MostMw | Earliest) and goal.workload not in (None, *known):
            issues.append(
                Issue(
                    f"objectives.{number}.workload",
                    f"unknown workload '{goal.workload}'",
                    f"one of {known[:8]}",
                    "Correct it or remove it, so that every workload counts",
                )
            )
    return issues


def _check_horizon(system: System) -> list[Issue]:
    """Some site can be finished within the horizon."""
    if system.first_service:
        return []
    calendar = system.calendar
    return [
        Issue(
            "horizon",
            f"no site can carry load before the horizon ends on {calendar.end}",
            "a horizon longer than review and construction together, and sites with room",
            "Extend horizon.steps, shorten components.land.review_paths or "
            "components.campus.shell_months, or give sites more acres",
        )
    ]


def places_of(instance: Instance) -> dict[str, dict[str, Any]]:
    """Map records by id: sites, zones, nodes and named plants, with their provenance."""
    groups: list[tuple[str, Mapping[str, Place]]] = [
        ("zone", instance.system.zones),
        ("node", instance.system.nodes),
        ("site", instance.system.sites),
    ]
    plants = instance.scenario.families().get("plants")
    if plants is not None:
        groups.insert(0, ("plant", plants.named))
    places: dict[str, dict[str, Any]] = {}
    for kind, records in groups:
        for name, record in records.items():
            places[name] = {"kind": kind, **record.model_dump(mode="json")}
            places[name]["name"] = record.name or name
    return dict(sorted(places.items()))


def provenance_of(instance: Instance) -> list[tuple[str, str, Record]]:
    """(id, kind, record) of every row with a source, sorted."""
    rows: list[tuple[str, str, Record]] = [
        (name, kind, record)
        for kind, records in (
            ("site", instance.system.sites),
            ("zone", instance.system.zones),
            ("node", instance.system.nodes),
        )
        for name, record in records.items()
    ]
    for family, config in instance.scenario.families().items():
        for field in type(config).model_fields:
            value = getattr(config, field)
            if isinstance(value, dict):
                rows += [
                    (name, f"{family}.{field}", record)
                    for name, record in value.items()
                    if isinstance(record, Record)
                ]
    return sorted(rows, key=lambda row: (row[1], row[0]))
