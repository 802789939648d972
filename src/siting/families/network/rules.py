"""Variables, ledger terms and constraints of ``network``; the formulation stands in the package."""

from __future__ import annotations

from functools import partial

from siting.expressions.labels import Expr, Label, Relation, at, pick, sum_over
from siting.families.base import Build, firm_draw
from siting.families.network.data import NetworkData


def declare(build: Build, data: NetworkData) -> None:
    """Declare what sites withdraw and how generators are redispatched."""
    build.variable("withdrawal_mw", data.draw_buses, doc="what sites draw at a bus")
    build.variable(
        "extra_mw",
        data.generator_buses,
        upper=lambda bus, p: at(data.most_mw, bus) - at(data.least_mw, bus),
        doc="output above the least",
    )


def constrain(build: Build, data: NetworkData) -> None:
    """Balance of each island; flow limits follow as they are broken."""
    network = data.limits.network
    drawn, extra = build.variables["withdrawal_mw"], build.variables["extra_mw"]
    island = {bus: int(network.island[i]) for bus, i in network.bus_index.items()}

    def generating(i: int, p: int) -> list[str]:
        return [bus for bus, q in data.generator_buses if q == p and island[bus] == i]

    def drawing(i: int, p: int) -> list[str]:
        return [bus for bus, q in data.draw_buses if q == p and island[bus] == i]

    def load_mw(i: int, p: int) -> float:
        return float(data.load_mw(p)[network.island == i].sum())

    def output(bus: Label, p: Label) -> Expr:
        return at(data.least_mw, bus) + extra[bus, p]

    def draw(bus: Label, p: Label) -> Expr:
        return drawn[bus, p]

    islands = sorted({(island[bus], p) for bus, p in data.draw_buses})

    @build.constraint(over=data.draw_buses, doc="draw at a bus", unit="MW")
    def withdrawal(bus: Label, p: Label) -> Relation:
        return drawn[bus, p] == sum_over(pick(data.sites_at, bus), partial(firm_draw, build), p)

    @build.constraint(over=islands, doc="supply of an island", unit="MW")
    def balance(i: Label, p: Label) -> Relation:
        supply = sum_over(pick(generating, i, p), output, p)
        return supply == at(load_mw, i, p) + sum_over(pick(drawing, i, p), draw, p)

    # its rows follow as they are broken, see ``separate``
    @build.constraint(over=(), doc="flow of a branch", unit="MW")
    def flow_limit(*key: Label) -> Relation:
        raise NotImplementedError
