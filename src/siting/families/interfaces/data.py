"""Settings and shared data of ``interfaces`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.system import System
from siting.families.interfaces.settings import InterfacesConfig

FORWARD, REVERSE = "forward", "reverse"


@dataclass(frozen=True)
class InterfacesData:
    """Numbers of the formulas; ``ends`` and ``most_mw`` by interface and direction."""

    system: System
    ends: Mapping[tuple[str, str], tuple[str, str]]
    most_mw: Mapping[tuple[str, str], float]
    loss: Mapping[str, float]


def prepare(system: System, config: InterfacesConfig) -> InterfacesData:
    """Directions that can carry anything."""
    ends: dict[tuple[str, str], tuple[str, str]] = {}
    most: dict[tuple[str, str], float] = {}
    for name, record in sorted(config.limits.items()):
        for way, mw, start, end in (
            (FORWARD, record.forward_mw, record.from_zone, record.to_zone),
            (REVERSE, record.reverse_mw, record.to_zone, record.from_zone),
        ):
            if mw > 0:
                ends[name, way] = start, end
                most[name, way] = mw
    return InterfacesData(system, ends, most, {name: config.loss(name) for name in config.limits})


def useful(system: System, config: InterfacesConfig) -> dict[str, float]:
    """What each zone can send [MW]."""
    total: dict[str, float] = {}
    data = prepare(system, config)
    for key, (start, _) in data.ends.items():
        total[start] = total.get(start, 0.0) + data.most_mw[key]
    return total
