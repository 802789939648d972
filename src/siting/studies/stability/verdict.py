"""What is known of each site: the plans that use it and those that do not, and what follows."""

from __future__ import annotations

from dataclasses import dataclass

from siting.core.table import Cell, Table
from siting.timeline.plans import difference, finite, same_usd

IN_ALL, IN_NONE, OPEN, UNDECIDED = "in every plan", "in no plan", "open", "undecided"
COMMITTED, CANNOT, NO_PLAN = "committed", "cannot be used", "no plan"
PRICES, RELAXED, PLANS, SEARCH = "prices", "relaxation", "plans", "search"
COLUMNS = (
    "site",
    "verdict",
    "is_in_best",
    "forced",
    "cost_increase_lower_usd",
    "cost_increase_usd",
    "cost_increase_upper_usd",
    "within_frac",
    "best_usd",
    "limit_usd",
    "proof",
)


@dataclass(frozen=True)
class Held:
    """What is known of the best plan with a site held in or out [USD].

    Attributes:
        cost, bound: of the best plan known, inf without one; no plan is cheaper than the bound.
        proof: what the bound comes from.
    """

    cost: float
    bound: float
    proof: str


@dataclass(frozen=True)
class SiteStability:
    """A site, with what is known of plans that use it and of those that do not."""

    site: str
    used: Held
    unused: Held
    is_in_best: bool

    @property
    def other(self) -> Held:
        """Plans that decide on this site as the best one does not."""
        return self.unused if self.is_in_best else self.used

    def verdict(self, limit_usd: float) -> str:
        """What is proven of the plans that cost no more than a limit."""
        if self.unused.bound > limit_usd + same_usd(limit_usd):
            return IN_ALL
        if self.used.bound > limit_usd + same_usd(limit_usd):
            return IN_NONE
        is_open = max(self.used.cost, self.unused.cost) <= limit_usd + same_usd(limit_usd)
        return OPEN if is_open else UNDECIDED


@dataclass(frozen=True)
class Stability:
    """Every site of a scenario, by the plans within a tolerance of the best."""

    sites: tuple[SiteStability, ...]
    within_frac: float
    cost_usd: float
    bound_usd: float

    @property
    def limit_usd(self) -> float:
        """What a plan within the tolerance costs at most."""
        return self.cost_usd + self.within_frac * abs(self.cost_usd)

    def of(self, verdict: str) -> list[str]:
        """Sites of a verdict."""
        return [s.site for s in self.sites if s.verdict(self.limit_usd) == verdict]


def stability_table(found: Stability) -> Table:
    """One row a site; the extra cost is that of deciding on it as the best plan does not."""
    rows: list[dict[str, Cell]] = []
    for one in found.sites:
        other = one.other
        extra = difference(
            (other.cost, other.bound), (found.cost_usd, found.bound_usd), is_never_less=True
        )
        rows.append(
            {
                "site": one.site,
                "verdict": one.verdict(found.limit_usd),
                "is_in_best": one.is_in_best,
                "forced": "out" if one.is_in_best else "in",
                "cost_increase_lower_usd": finite(extra.least),
                "cost_increase_usd": finite(extra.plan),
                "cost_increase_upper_usd": finite(extra.most),
                "within_frac": found.within_frac,
                "best_usd": found.cost_usd,
                "limit_usd": found.limit_usd,
                "proof": other.proof,
            }
        )
    return Table.of(COLUMNS, rows)


def tables(found: Stability) -> dict[str, Table]:
    """``stability``."""
    return {"stability": stability_table(found)}


def is_open(found: Stability) -> bool:
    """Whether a search ended before a site was decided."""
    return bool(found.of(UNDECIDED))
