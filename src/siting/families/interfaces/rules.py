"""Variables, ledger terms and constraints of ``interfaces``; the formulation stands in the package."""

from __future__ import annotations

from siting.families.base import Build
from siting.families.interfaces.data import InterfacesData
from siting.families.whole import at


def declare(build: Build, data: InterfacesData) -> None:
    """Declare transfers; move firm supply from zone to zone."""
    periods = data.system.calendar.periods
    index = [(*key, p) for key in data.ends for p in periods]
    sent = build.variable(
        "sent_mw", index, upper=lambda name, way, p: at(data.most_mw, name, way), doc="power sent"
    )
    for (name, way), (start, end) in data.ends.items():
        for p in periods:
            build.add("zone_firm_mw", (start, p), -sent[name, way, p])
            build.add("zone_sent_mw", (start, p), sent[name, way, p])
            build.add("zone_firm_mw", (end, p), (1 - data.loss[name]) * sent[name, way, p])


def constrain(build: Build, data: InterfacesData) -> None:
    """The limits are bounds of the variables."""
