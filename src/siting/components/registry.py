"""The constraint families, one line each; order does not matter."""

from __future__ import annotations

from collections.abc import Mapping

from siting.components import (
    adequacy,
    bridge,
    budget,
    campus,
    energy,
    headroom,
    land,
    plants,
    ride_through,
    transformers,
    workloads,
)
from siting.components.base import Component

COMPONENTS: Mapping[str, Component] = {
    component.name: component
    for component in (
        land.COMPONENT,
        campus.COMPONENT,
        transformers.COMPONENT,
        headroom.COMPONENT,
        adequacy.COMPONENT,
        plants.COMPONENT,
        bridge.COMPONENT,
        ride_through.COMPONENT,
        workloads.COMPONENT,
        energy.COMPONENT,
        budget.COMPONENT,
    )
}
