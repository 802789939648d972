"""Variables, ledger terms and constraints of ``interfaces``; the formulation stands in the package."""

from __future__ import annotations

from siting.expressions.labels import Expr, Label, at, pick
from siting.families.base import Build, Index
from siting.families.interfaces.data import InterfacesData


def declare(build: Build, data: InterfacesData) -> None:
    """Declare transfers; move firm supply from zone to zone."""
    periods = data.system.calendar.periods
    index = [(*key, p) for key in data.ends for p in periods]
    sent = build.variable(
        "sent_mw", index, upper=lambda name, way, p: at(data.most_mw, name, way), doc="power sent"
    )

    def start(name: Label, way: Label) -> Label:
        return pick(lambda *key: data.ends[key][0], name, way)

    def end(name: Label, way: Label) -> Label:
        return pick(lambda *key: data.ends[key][1], name, way)

    def leaves(name: Label, way: Label, p: Label) -> tuple[Index, Expr]:
        return (start(name, way), p), -sent[name, way, p]

    def is_sent(name: Label, way: Label, p: Label) -> tuple[Index, Expr]:
        return (start(name, way), p), sent[name, way, p]

    def arrives(name: Label, way: Label, p: Label) -> tuple[Index, Expr]:
        return (end(name, way), p), (1 - at(data.loss, name)) * sent[name, way, p]

    build.add_each("zone_firm_mw", index, leaves)
    build.add_each("zone_sent_mw", index, is_sent)
    build.add_each("zone_firm_mw", index, arrives)


def constrain(build: Build, data: InterfacesData) -> None:
    """The limits are bounds of the variables."""
