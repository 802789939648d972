"""The constraint families, one line each; order does not matter. ``register`` adds one of your own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

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

_components: dict[str, Component] = {
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
COMPONENTS: Mapping[str, Component] = _components
RESERVED = {"core", "goals", "strategy", "all"}
"""First parts of names that are not of a family, and what ``explain --family`` calls all of them."""


def register(component: Component) -> None:
    """Make a family known, as if it stood above: its settings, rules, tables, audit and words.

    Raises:
        SitingError: a family of that name is known, or declares the same total; the name is no plain
            one, or one that the engine uses itself.
    """
    if not component.name.isidentifier() or component.name in RESERVED:
        raise SitingError(
            f"'{component.name}' cannot be the name of a family: letters, digits and _"
        )
    if component.name in COMPONENTS:
        raise SitingError(f"a family '{component.name}' is known already")
    totals_of([*COMPONENTS.values(), component])
    _components[component.name] = component


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


@contextmanager
def registered(component: Component) -> Iterator[None]:
    """A family that is known as long as the block lasts."""
    register(component)
    try:
        yield
    finally:
        del _components[component.name]
