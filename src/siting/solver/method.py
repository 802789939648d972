"""How one search is carried out, beside the limits that a user sets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """How one search is carried out: what its stage chooses, never a user."""

    heuristic_effort_frac: float = 0.05
    """Share of a search that goes into heuristics; HiGHS takes 0.05."""
    lp_method: str = "choose"
    """How a linear program is solved: HiGHS chooses, or ``ipm``, an interior point with crossover."""
    max_nodes: int | None = None
    """Branch-and-bound nodes after which a search ends."""
    target: float | None = None
    """Objective of a plan with which a search ends: none cheaper is asked for."""
    cutoff: float | None = None
    """Bound beyond which a search ends: of plans that cost more, nothing more is asked."""
    feasibility: float = 1e-7
    """By how much a row, or an integer from a whole number, may be off."""
    may_restart: bool = True
    """Whether a search may begin anew with what it has fixed at the root."""
    neighbourhoods: tuple[str, ...] = ("families", "windows", "families", "windows", "areas")
    """Kinds of neighbourhoods that take turns in the staged search of a large model."""
    far_factor: float = 3.0
    """Times the asked gap down to which neighbourhoods are searched where no bound from the zones is to
    be had: below it the bound of the relaxation is what lags."""


PLAIN = Method()
