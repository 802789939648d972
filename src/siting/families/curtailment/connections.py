"""When the connection of a site serves under its tier, and is paid for. The formulation stands in
``curtailment``.
"""

from __future__ import annotations

from siting.families.base import Build, lag_terms
from siting.families.curtailment.data import CurtailmentData
from siting.families.curtailment.settings import FIRM
from siting.families.whole import Expr, Label, pick, signed_sum


def connected(build: Build, data: CurtailmentData, s: Label, t: Label, p: Label) -> Expr:
    """1 once the connection of a site under a tier is in service."""
    terms = lag_terms(pick(data.connect_lag, s, t), p)
    return signed_sum(terms, lambda s, q: build.total("connection", (s, q)), s)


def constrain_openings(build: Build, data: CurtailmentData) -> None:
    """A connection is in service once it is ready for the tier of its site."""
    tier, serves = build.variables["tier"], build.variables["serves"]

    def chosen(s: str, wait: float) -> Expr:
        """1 where the tier of a site waits no longer; a site without a tier waits as a firm one."""
        longer = data.connect_months[s, FIRM] > wait
        counted = [t for t in data.tiers[1:] if (data.connect_months[s, t] > wait) != longer]
        together = sum(tier[s, t] for t in counted)
        return together if longer else 1 - together

    def opened(s: str, wait: float, p: int) -> tuple[Expr, Expr]:
        terms = data.opening[s, wait].terms[p]
        started = signed_sum(terms, lambda s, q: build.total("connection", (s, q)), s)
        return started + chosen(s, wait), 1 + serves[s, p]

    index = [
        (*key, p) for key, lag in data.opening.items() for p, terms in enumerate(lag.terms) if terms
    ]
    build.at_most("opened", index, opened, doc="connection in service and paid for")
