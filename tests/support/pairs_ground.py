"""What the random settings of families refer to, and one draw that they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

Data = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """What the settings refer to; ``rich`` families are drawn with all that they know."""

    starts: list[date]
    sites: list[str]
    zones: list[str]
    nodes: list[str]
    on: set[str]
    rich: set[str]

    def month(self, rng: Random) -> str:
        """The month of a period start."""
        return f"{rng.choice(self.starts):%Y-%m}"


def maybe(rng: Random, chance: float, data: Data, key: str, values: list[Any]) -> None:
    """State a setting with a probability."""
    if rng.random() < chance:
        data[key] = rng.choice(values)
