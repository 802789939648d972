"""From a scenario to an instance: shared data, numbers of every family, cross-checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.goals import Earliest, MostMw
from siting.core.records import Place, Record
from siting.core.system import System
from siting.core.warnings import listed, nearest
from siting.families.registry import COMPONENTS
from siting.instance.check_futures import check_futures
from siting.instance.committed import check_committed
from siting.instance.shared import build_system
from siting.scenario import Scenario

MAX_PLACE_PERIODS = 200_000
"""Sites (for each workload), zones and nodes times periods; a model takes about 15 kB for each."""


@dataclass(frozen=True, eq=False)
class Instance:
    """A frozen, checked problem: what the model, the audit and the outputs read. One is equal to itself
    alone.

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
    issues = [*_check_families(families), *_check_places(scenario)]
    if issues:
        raise InputError(issues)
    system = build_system(scenario, families)
    _check_size(scenario, system)
    issues += _check_goals(scenario, system)
    issues += check_committed(scenario, system)
    if scenario.futures is not None:
        issues += check_futures(scenario.futures, resolved, system.calendar)
    for name, config in families.items():
        issues += COMPONENTS[name].check(system, config)
    if not issues:
        issues += _check_horizon(system)
    if not issues and scenario.solver.first_without:
        issues += _check_first_without(scenario, resolved)
    if issues:
        raise InputError(issues)
    system = replace(system, useful_firm_mw=_useful(system, families))
    data = {name: COMPONENTS[name].prepare(system, config) for name, config in families.items()}
    return Instance(scenario, system, data, resolved)


def without_families(scenario: Scenario) -> Scenario:
    """The scenario without the families that ``solver.first_without`` names, and what is committed of them."""
    off = dict.fromkeys(scenario.solver.first_without)
    kept = {
        name: row
        for name, row in scenario.committed.items()
        if row.decision.partition(".")[0] not in off
    }
    return scenario.model_copy(
        update={
            "committed": kept,
            "components": scenario.components.model_copy(update=off),
            "solver": scenario.solver.model_copy(update={"first_without": []}),
        }
    )


def _check_first_without(scenario: Scenario, resolved: Mapping[str, Any]) -> list[Issue]:
    """Families that there are, and that the rest of the scenario can do without."""
    where, names = "solver.first_without", scenario.solver.first_without
    unknown = [name for name in names if name not in COMPONENTS]
    if unknown:
        near = nearest(unknown[0], sorted(COMPONENTS))
        fix = f"Write '{near}'" if near else "Correct the list"
        known = f"some of {listed(sorted(COMPONENTS), 30)}"
        return [Issue(where, f"no family is called {listed(unknown, 8)}", known, fix)]
    try:
        build_instance(without_families(scenario), resolved)
    except InputError as error:
        needed = "; ".join(f"{issue.where}: {issue.what}" for issue in error.issues)
        what = f"without {listed(names, 8)} the scenario does not hold: {needed}"
        fix = f"Take {'it' if len(names) == 1 else 'what is needed'} off the list"
        return [Issue(where, what, "families that the rest of the scenario can do without", fix)]
    return []


def _useful(system: System, families: Mapping[str, Any]) -> dict[str, float]:
    """Firm supply of each zone that is of use beyond the need of its own sites: to all families [MW]."""
    total: dict[str, float] = {}
    for name, config in families.items():
        for zone, mw in COMPONENTS[name].useful(system, config).items():
            total[zone] = total.get(zone, 0.0) + mw
    return total


def place_periods(scenario: Scenario, system: System) -> int:
    """Sites (for each workload), zones and nodes times periods."""
    places = len(scenario.sites) * len(system.workloads) + len(scenario.zones) + len(scenario.nodes)
    return places * len(system.calendar.starts)


def _check_size(scenario: Scenario, system: System) -> None:
    """Places and periods that fit into memory together.

    Raises:
        InputError: too many of them.
    """
    periods = len(system.calendar.starts)
    if place_periods(scenario, system) > MAX_PLACE_PERIODS:
        what = (
            f"{len(scenario.sites):,} sites for {len(system.workloads)} workloads, "
            f"{len(scenario.zones):,} zones and {len(scenario.nodes):,} nodes in {periods} periods"
        )
        expected = f"places times periods of at most {MAX_PLACE_PERIODS:,}"
        fix = "Use longer steps in horizon.steps, or fewer sites, of which siting screen keeps the best"
        raise InputError([Issue("sites", what, expected, fix)])


def _check_families(families: Mapping[str, Any]) -> list[Issue]:
    """Families that others need."""
    return [
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
                        f"one of {listed(sorted(known), 8)}"
                        if known
                        else f"a {field} of the scenario",
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
        if site.zone is not None and site.node is None and name in scenario.nodes:
            issues.append(
                Issue(
                    f"sites.{name}",
                    f"'{name}' is also the id of a node, which the site does not name",
                    "a node of the site's own, or the one it names",
                    f"State 'node: {name}' or rename one of them",
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


def _check_goals(scenario: Scenario, system: System) -> list[Issue]:
    """Dates of goals within the horizon, workloads that exist."""
    issues = []
    calendar, known = system.calendar, list(system.workloads)
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
                    f"one of {listed(known, 8)}",
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
    """Map records by id: those of families, zones, nodes and sites, with their provenance."""
    groups: list[tuple[str, Mapping[str, Place]]] = [
        (kind, getattr(config, table))
        for name, config in instance.scenario.families().items()
        for table, kind in COMPONENTS[name].places.items()
    ]
    groups += [
        ("zone", instance.system.zones),
        ("node", instance.system.nodes),
        ("site", instance.system.sites),
    ]
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
