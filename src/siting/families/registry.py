"""The constraint families, one line each; order does not matter."""

from __future__ import annotations

from collections.abc import Mapping

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
from siting.families.base import Component

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
