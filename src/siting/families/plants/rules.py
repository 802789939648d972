"""Variables, ledger terms and constraints of ``plants``; the formulation stands in the package."""

from __future__ import annotations

from siting.families.base import Build, arrived, committed_by
from siting.families.plants.data import PlantsData
from siting.families.plants.order import constrain_order, declare_order
from siting.families.plants.settings import Technology
from siting.families.plants.supply import declare_named, declare_units
from siting.families.whole import Expr, Label, at, parts, pick, sum_over, whole


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
    declare_order(build, data)
    declare_units(build, data)
    declare_named(build, data)


def _average_mw(tech: Technology) -> float:
    """Most average output of a unit [MW]."""
    return tech.capacity_factor_frac * tech.unit_mw


def constrain(build: Build, data: PlantsData) -> None:
    """Reviews, national supply, output, rights."""
    units, output = build.variables["units"], build.variables["output_mw"]
    start, deliver = build.variables["start"], build.variables["deliver_mw"]
    named_output = build.variables["named_output_mw"]
    technologies = data.technologies
    average_mw = {k: _average_mw(tech) for k, tech in technologies.items()}

    @whole
    def reviewed(k: Label, place: Label, p: Label) -> tuple[Expr, Expr]:
        own, tiered = parts(pick(data.review_by, k, place, p))
        committed = committed_by(build, place, own, tiered)
        return units[k, place, p], at(data.max_units, k, place) * committed

    places_of: dict[tuple[str, int], list[str]] = {}
    for k, place, p in data.unit_starts:
        places_of.setdefault((k, p), []).append(place)

    def newly(place: Label, k: Label, p: Label) -> Expr:
        return units[k, place, p] - units.get((k, place, p - 1))

    @whole
    def supply(k: Label, p: Label) -> tuple[Expr, Expr]:
        return sum_over(pick(places_of, k, p), newly, k, p), at(data.supply_units, k, p)

    @whole
    def output_limit(k: Label, place: Label, p: Label) -> tuple[Expr, Expr]:
        count = arrived(units, (k, place), pick(data.lag, k, place), p)
        return output[k, place, p], at(average_mw, k) * count

    @whole
    def deliverable(j: Label, p: Label) -> tuple[Expr, Expr]:
        running = arrived(start, (j,), pick(data.named_lag, j), p)
        return deliver[j, p], at(data.rights_mw, j, p) * running

    def shared_rights(holder: str, p: int) -> tuple[Expr, Expr]:
        together = sum(deliver[j, p] for j in data.rights_groups[holder, p])
        return together, data.holder_mw[holder]

    @whole
    def named_limit(j: Label, p: Label) -> tuple[Expr, Expr]:
        share = at(lambda j: technologies[data.named[j].technology].capacity_factor_frac, j)
        return named_output[j, p], share * deliver[j, p]

    at_sites = [key for key in data.unit_starts if data.is_site(key[1])]
    supplied = sorted(key for key in places_of if key in data.supply_units)
    build.at_most("reviewed", at_sites, reviewed, doc="units after the review", unit="units")
    build.at_most("supply", supplied, supply, doc="units the country can start", unit="units")
    build.at_most("output", data.unit_service, output_limit, doc="output", unit="average MW")
    build.at_most("deliverable", data.named_service, deliverable, doc="rights", unit="MW")
    groups = sorted(data.rights_groups)
    build.at_most("shared_rights", groups, shared_rights, doc="shared rights", unit="MW")
    build.at_most("named_output", data.named_service, named_limit, doc="output", unit="MW")
    constrain_order(build, data)
