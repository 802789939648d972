"""The constraint families, one line each; order does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from siting.core.errors import SitingError
from siting.families import (
    adequacy,
    bridge,
    budget,
    campus,
    cooling,
    curtailment,
    emissions,
    energy,
    headroom,
    interfaces,
    land,
    network,
    plants,
    ratepayer,
    ride_through,
    transformers,
    water,
    workloads,
)
from siting.families.base import Component, Total
from siting.families.core import TOTALS as CORE_TOTALS

COMPONENTS: Mapping[str, Component] = {
    component.name: component
    for component in (
        land.COMPONENT,
        campus.COMPONENT,
        transformers.COMPONENT,
        headroom.COMPONENT,
        curtailment.COMPONENT,
        interfaces.COMPONENT,
        network.COMPONENT,
        adequacy.COMPONENT,
        plants.COMPONENT,
        bridge.COMPONENT,
        ride_through.COMPONENT,
        workloads.COMPONENT,
        energy.COMPONENT,
        cooling.COMPONENT,
        emissions.COMPONENT,
        water.COMPONENT,
        budget.COMPONENT,
        ratepayer.COMPONENT,
    )
}


def totals_of(components: Iterable[Component]) -> dict[str, Total]:
    """Ledger totals by name.

    Raises:
        SitingError: two families declare the same.
    """
    found: dict[str, Total] = {total.name: total for total in CORE_TOTALS}
    for component in components:
        for total in component.totals:
            if total.name in found:
                raise SitingError(f"{component.name} declares the total '{total.name}' again")
            found[total.name] = total
    return found
