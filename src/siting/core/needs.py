"""What a zone must hold for its load in a season, and what it holds beyond that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ALL_YEAR = "year"
"""Season of a requirement that holds all the year."""


@dataclass(frozen=True)
class SeasonNeed:
    """Requirement and surplus of a zone in one season of a period.

    Attributes:
        season: for instance ``winter``.
        requirement_frac: accredited MW required for each MW of firm load.
        surplus_mw: accredited MW beyond the requirement, negative where the zone is short.
        name: the row that states them, "" where they follow from the zone's own record.
    """

    season: str
    requirement_frac: float
    surplus_mw: float
    name: str = ""

    @property
    def firm_mw(self) -> float:
        """Firm load that the surplus covers [MW]."""
        return max(0.0, self.surplus_mw / self.requirement_frac)

    def after(self, load_mw: float) -> SeasonNeed:
        """What is left once others have added a load."""
        left = self.surplus_mw - self.requirement_frac * load_mw if load_mw else self.surplus_mw
        return SeasonNeed(self.season, self.requirement_frac, left, self.name)


def tightest(needs: Iterable[SeasonNeed]) -> SeasonNeed:
    """The season whose surplus covers the least load; where none covers any, the shortest one."""
    return min(needs, key=lambda need: need.surplus_mw / need.requirement_frac)
