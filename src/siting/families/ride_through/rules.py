"""Variables, ledger terms and constraints of ``ride_through``; the formulation stands in the package."""

from __future__ import annotations

from siting.core.finance import present_years, yearly_usd
from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build, Index, arrived
from siting.families.ride_through.data import RideThroughData


def declare(build: Build, data: RideThroughData) -> None:
    """Declare equipment and the draw it holds, and charge the equipment."""
    calendar = data.system.calendar
    equipped = build.variable(
        "equipped_mw",
        data.orders,
        upper=lambda s, p: at(data.most_mw, s),
        doc="equipment ordered up to a period",
    )
    build.cumulative("equipped_monotone", equipped, data.orders)
    served = set(data.served)
    build.variable(
        "held_mw",
        [pair for pair in data.draws if pair in served],
        upper=lambda s, p: at(data.most_mw, s),
        doc="draw that equipment holds",
    )
    usd = data.overnight_usd_per_mw
    yearly, years = (
        yearly_usd(calendar, usd, data.lifetime_years, "campus"),
        present_years(calendar),
    )

    def overnight(s: Label, p: Label) -> tuple[Index, Expr]:
        return (p,), usd * (equipped[s, p] - equipped.get((s, p - 1)))

    def cost(s: Label, p: Label) -> tuple[Label, Expr]:
        return p, yearly * at(years, p) * arrived(equipped, (s,), data.lag, p)

    build.add_each("overnight_usd", data.orders, overnight)
    build.cost_each(data.served, cost)


def constrain(build: Build, data: RideThroughData) -> None:
    """Add commitment, equipment, draw and trip limits."""
    equipped, held_mw = build.variables["equipped_mw"], build.variables["held_mw"]
    draws = set(data.draws)
    holding = sorted(draws & set(data.served))

    def drawing(group: str, p: int) -> list[str]:
        return [s for s in data.members[group] if (s, p) in draws]

    def loose(s: Label, p: Label) -> Expr:
        return build.total("grid_mw", (s, p)) - held_mw.get((s, p))

    doc = "equipment of a committed site"

    @build.constraint(over=data.orders, doc=doc, unit="MW")
    def equipped_committed(s: Label, p: Label) -> Relation:
        return equipped[s, p] <= at(data.most_mw, s) * build.commit.get((s, p))

    @build.constraint(over=holding, doc="draw held by equipment", unit="MW")
    def held(s: Label, p: Label) -> Relation:
        return held_mw[s, p] <= arrived(equipped, (s,), data.lag, p)

    @build.constraint(over=holding, doc="held is part of the draw", unit="MW")
    def held_draw(s: Label, p: Label) -> Relation:
        return held_mw[s, p] <= build.total("grid_mw", (s, p))

    @build.constraint(over=data.group_periods, doc="trip", unit="MW")
    def trip_limit(group: Label, p: Label) -> Relation:
        return sum_over(pick(drawing, group, p), loose, p) <= at(data.max_trip_mw, group)
