"""Neighbourhoods of a plan: some integers are free, all others stay as they are.

Areas are the zones of the scenario, with the sites, plants and upgrades in them. Every round frees
the integers of a few areas drawn at random, and those that belong to no area (orders to the pool,
programmatic reviews). A seeded generator draws, and rounds end by nodes rather than by the clock,
so that the same input gives the same plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from siting.model.assemble import LinearModel

Round = tuple[str, np.ndarray, dict[str, Any]]
"""Name, columns that are free, limits of its search."""
AREAS = 3
"""Areas that are free together."""
ROUNDS = 40
GAP = 1e-3
"""Relative gap at which one round ends."""
NODES = 100
"""Branch-and-bound nodes of one round."""


def neighbourhoods(model: LinearModel, relaxed: np.ndarray, seed: int) -> Iterator[Round]:
    """Rounds in the order of a seeded generator.

    Args:
        relaxed: values by column of the linear relaxation.
    """
    area, integers = model.area, model.is_integer
    active = np.unique(area[integers & (area >= 0) & (model.upper > model.lower)])
    draw = np.random.default_rng(seed)
    if len(active) <= AREAS:
        return
    patience = {"gap_frac": GAP, "max_nodes": NODES}
    for number in range(ROUNDS):
        chosen = draw.choice(active, size=AREAS, replace=False)
        free = (area < 0) | np.isin(area, chosen)
        yield f"areas {number + 1}", free, patience


def freed(model: LinearModel, x: np.ndarray, free: np.ndarray) -> LinearModel:
    """The model with every integer that is not free fixed at its value in a plan."""
    held = model.is_integer & ~free
    value = np.round(x)
    return replace(
        model,
        lower=np.where(held, value, model.lower),
        upper=np.where(held, value, model.upper),
    )
