"""Variables, ledger terms and constraints of ``plants``; the formulation stands in the package."""

from __future__ import annotations

from siting.expressions.labels import Expr, Label, Relation, at, parts, pick, sum_over
from siting.families.base import Build, arrived, committed_by
from siting.families.plants.data import PlantsData
from siting.families.plants.order import constrain_order, declare_order
from siting.families.plants.settings import Technology
from siting.families.plants.supply import declare_named, declare_units, running_units


def declare(build: Build, data: PlantsData) -> None:
    """Declare units, named plants and their output; add firm capacity, energy and cost."""
    units = build.variable(
        "units",
        data.unit_starts,
        domain="integer",
        upper=lambda k, place, p: at(data.max_units, k, place),
        doc="units started up to a period",
    )
    build.cumulative("units_monotone", units, data.unit_starts)
    build.variable(
        "output_mw",
        data.unit_service,
        upper=lambda k, place, p: (
            at(lambda k: _average_mw(data.technologies[k]), k) * at(data.max_units, k, place)
        ),
        doc="average output of a technology at a place",
    )
    start = build.variable(
        "start", data.named_starts, domain="binary", doc="named plant started up to a period"
    )
    build.cumulative("start_monotone", start, data.named_starts)
    build.variable(
        "deliver_mw",
        data.named_service,
        upper=lambda j, p: at(data.rights_mw, j, p),
        doc="capacity of a named plant that the grid can take",
    )
    build.variable("named_output_mw", data.named_service, doc="average output of a named plant")
    build.variable(
        "idle",
        data.may_idle,
        domain="integer",
        upper=lambda k, place, p: at(data.max_units, k, place),
        doc="units that wait in service for their step-ups",
    )
    declare_order(build, data)
    declare_units(build, data)
    declare_named(build, data)


def _average_mw(tech: Technology) -> float:
    """Most average output of a unit [MW]."""
    return tech.capacity_factor_frac * tech.unit_mw


def constrain(build: Build, data: PlantsData) -> None:
    """Reviews, national supply, output, rights."""
    units, output_mw = build.variables["units"], build.variables["output_mw"]
    start, deliver = build.variables["start"], build.variables["deliver_mw"]
    named_output_mw = build.variables["named_output_mw"]
    technologies = data.technologies
    average_mw = {k: _average_mw(tech) for k, tech in technologies.items()}
    places_of: dict[tuple[str, int], list[str]] = {}
    for k, place, p in data.unit_starts:
        places_of.setdefault((k, p), []).append(place)

    def newly(place: Label, k: Label, p: Label) -> Expr:
        return units[k, place, p] - units.get((k, place, p - 1))

    at_sites = [key for key in data.unit_starts if data.is_site(key[1])]
    supplied = sorted(key for key in places_of if key in data.supply_units)

    @build.constraint(over=at_sites, doc="units after the review", unit="units")
    def reviewed(k: Label, place: Label, p: Label) -> Relation:
        own, tiered = parts(pick(data.review_by, k, place, p))
        committed = committed_by(build, place, own, tiered)
        return units[k, place, p] <= at(data.max_units, k, place) * committed

    @build.constraint(over=supplied, doc="units the country can start", unit="units")
    def supply(k: Label, p: Label) -> Relation:
        return sum_over(pick(places_of, k, p), newly, k, p) <= at(data.supply_units, k, p)

    @build.constraint(over=data.unit_service, doc="output", unit="average MW")
    def output(k: Label, place: Label, p: Label) -> Relation:
        count = running_units(build, data, k, place, p)
        return output_mw[k, place, p] <= at(average_mw, k) * count

    @build.constraint(over=data.may_idle, doc="units that wait")
    def idle_there(k: Label, place: Label, p: Label) -> Relation:
        there = arrived(units, (k, place), pick(data.lag, k, place), p)
        return build.variables["idle"][k, place, p] <= there

    @build.constraint(over=data.named_service, doc="rights", unit="MW")
    def deliverable(j: Label, p: Label) -> Relation:
        running = arrived(start, (j,), pick(data.named_lag, j), p)
        return deliver[j, p] <= at(data.rights_mw, j, p) * running

    groups = sorted(data.rights_groups)

    @build.constraint(over=groups, doc="shared rights", unit="MW")
    def shared_rights(holder: Label, p: Label) -> Relation:
        together = sum_over(pick(data.rights_groups, holder, p), lambda j, p: deliver[j, p], p)
        return together <= at(data.holder_mw, holder)

    @build.constraint(over=data.named_service, doc="output", unit="MW")
    def named_output(j: Label, p: Label) -> Relation:
        share = at(lambda j: technologies[data.named[j].technology].capacity_factor_frac, j)
        return named_output_mw[j, p] <= share * deliver[j, p]

    constrain_order(build, data)
