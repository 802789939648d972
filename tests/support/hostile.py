"""Files made to break a reader: a small right file of each format, changed within its own structure.

``make(kind, rng, folder, url)`` writes one and gives the command line that reads it. ``url`` is an
address that nothing may ask for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from support.hostile_networks import NETWORKS
from support.hostile_plans import PLANS
from support.hostile_series import SERIES
from support.hostile_tables import TABLES

KINDS: dict[str, Callable[[random.Random, Path, str], list[str]]] = {
    **TABLES, **SERIES, **NETWORKS, **PLANS,
}  # fmt: skip
SLOW = (
    "parquet", "shapefile", "flatgeobuf", "loads-parquet", "loads-year", "pypsa", "screen", "raster",
)  # fmt: skip
"""Kinds that are read in a process of their own or computed with; fewer of them fit into a campaign."""
QUICK = tuple(kind for kind in KINDS if kind not in SLOW)
ROUNDS = 100
"""Rounds of the quick kinds after one of the slow ones."""


def make(kind: str, rng: random.Random, folder: Path, url: str) -> list[str]:
    """Write a file of a kind, and give the command that reads it."""
    return KINDS[kind](rng, folder, url)


def kind_of(number: int) -> str:
    """Kind of the case of a number: each of the slow ones, then rounds of the others."""
    place = number % (len(SLOW) + ROUNDS * len(QUICK))
    return SLOW[place] if place < len(SLOW) else QUICK[(place - len(SLOW)) % len(QUICK)]
