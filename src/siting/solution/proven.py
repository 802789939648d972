"""How much of the gap of a plan is proven by arithmetic alone, and how much is the word of the search."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from siting.core.proof import share
from siting.solution.certificate import LOG, Proof, reaches

MILLION = 1e6
UNRESTRICTED = "optimal"
"""The strategy without any restriction."""
NO_GAP = 1e-9
"""Relative gap below which there is none."""
SHOWN_DIGITS = 12
"""Digits of a SHA-256 that people are shown."""


@dataclass(frozen=True)
class ProvenGap:
    """A plan between its cost and the bounds below it.

    Attributes:
        by_arithmetic_usd, by_arithmetic_gap: the bound that the duals prove without a solver, and the gap
            to it; None where they prove none, and why_not says why.
        by_search_usd, by_search_gap: what the search claims; None where it claims none.
        log_sha256: of the record of the search. strategy: whose plans are bounded; empty for all plans.
    """

    by_arithmetic_usd: float | None = None
    by_arithmetic_gap: float | None = None
    of_rows: int = 0
    why_not: str = ""
    by_search_usd: float | None = None
    by_search_gap: float | None = None
    log_sha256: str = ""
    strategy: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether arithmetic proves all that the search claims."""
        if self.by_arithmetic_usd is None:
            return False
        return self.by_search_usd is None or reaches(self.by_arithmetic_usd, self.by_search_usd)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "by_arithmetic": {
                "bound_usd": self.by_arithmetic_usd,
                "gap": self.by_arithmetic_gap,
                "rows_with_dual": self.of_rows,
                "why_not": self.why_not or None,
            },
            "by_search": {
                "bound_usd": self.by_search_usd,
                "gap": self.by_search_gap,
                "log_sha256": self.log_sha256 or None,
            },
        }

    def lines(self) -> list[str]:
        """For people."""
        seal = (
            f"{LOG}, SHA-256 {self.log_sha256[:SHOWN_DIGITS]}..." if self.log_sha256 else "no log"
        )
        claimed = "nothing"
        if self.by_search_usd is not None and self.by_search_gap is not None:
            claimed = f"{_usd(self.by_search_usd)}, a gap of {_share(self.by_search_gap)}"
        if self.by_arithmetic_usd is None or self.by_arithmetic_gap is None:
            return [
                f"Proven without the solver: nothing of the gap: {self.why_not}.",
                f"Claimed by the search: {claimed} ({seal}).",
            ]
        whose = f" of strategy '{self.strategy}'" if self.strategy else ""
        proven = (
            f"Proven without the solver: no plan{whose} costs less than {_usd(self.by_arithmetic_usd)}, "
            f"a gap of {_share(self.by_arithmetic_gap)}, from the duals of {self.of_rows:,} rows."
        )
        if self.is_whole:
            more = max(0.0, (self.by_search_usd or 0.0) - self.by_arithmetic_usd)
            noise = f" but for {more:,.0f} USD of rounding" if more >= 1 else ""
            return [proven, f"That is all that the search claims{noise} ({seal})."]
        return [proven, f"Claimed by the search beyond that: {claimed} ({seal})."]


def proven_gap(stated: Mapping[str, Any], proof: Proof, log: str | None) -> ProvenGap:
    """What of the gap that ``plan.json`` states is proven how."""
    strategy = strategy_of(stated)
    return ProvenGap(
        proof.bound_usd,
        None if proof.bound_usd is None or not isfinite(proof.gap) else proof.gap,
        proof.of_rows,
        proof.why_not,
        _finite(stated.get("bound_usd")),
        _finite(stated.get("gap")),
        "" if log is None else hashlib.sha256(log.encode()).hexdigest(),
        "" if strategy in (None, UNRESTRICTED) else str(strategy)[:40],
    )


def strategy_of(stated: Mapping[str, Any]) -> object:
    """The strategy of a plan, whatever stands there; None where none does."""
    settings = stated.get("settings")
    return settings.get("strategy") if isinstance(settings, Mapping) else None


def _finite(value: object) -> float | None:
    """A finite number of ``plan.json``; None of anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _usd(usd: float) -> str:
    """Dollars in millions."""
    return f"{usd / MILLION:,.3f} M USD"


def _share(gap: float) -> str:
    """A gap in per cent."""
    return share(gap if gap > NO_GAP else 0.0)
