"""Variables, ledger terms and constraints of ``network``; the formulation stands in the package."""

from __future__ import annotations

from siting.families.base import Build, firm_draw
from siting.families.network.data import NetworkData
from siting.families.whole import Expr, at


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

    def withdrawal(bus: str, p: int) -> tuple[Expr, Expr]:
        return drawn[bus, p], sum(firm_draw(build, s, p) for s in data.sites_at(bus))

    def balance(i: int, p: int) -> tuple[Expr, Expr]:
        buses = [bus for bus, q in data.generator_buses if q == p and island[bus] == i]
        supply = sum(data.least_mw[bus] + extra[bus, p] for bus in buses)
        load = float(data.load_mw(p)[network.island == i].sum())
        return supply, load + sum(
            drawn[b, q] for b, q in data.draw_buses if (island[b], q) == (i, p)
        )

    islands = sorted({(island[bus], p) for bus, p in data.draw_buses})
    build.equal("withdrawal", data.draw_buses, withdrawal, doc="draw at a bus", unit="MW")
    build.equal("balance", islands, balance, doc="supply of an island", unit="MW")
