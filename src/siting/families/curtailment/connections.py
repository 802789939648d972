"""When the connection of a site serves under its tier, and is paid for. The formulation stands in
``curtailment``.
"""

from __future__ import annotations

from siting.expressions.labels import Expr, Label, Relation, at, pick, signed_sum, sum_over
from siting.families.base import Build, lag_terms
from siting.families.curtailment.data import CurtailmentData
from siting.families.curtailment.settings import FIRM


def connected(build: Build, data: CurtailmentData, s: Label, t: Label, p: Label) -> Expr:
    """1 once the connection of a site under a tier is in service."""
    terms = lag_terms(pick(data.connect_lag, s, t), p)
    return signed_sum(terms, lambda s, q: build.total("connection", (s, q)), s)


def constrain_openings(build: Build, data: CurtailmentData) -> None:
    """A connection is in service once it is ready for the tier of its site."""
    tier, serves = build.variables["tier"], build.variables["serves"]

    def waits_longer(s: str, wait: float) -> bool:
        return data.connect_months[s, FIRM] > wait

    def counted(s: str, wait: float) -> list[str]:
        longer = waits_longer(s, wait)
        return [t for t in data.tiers[1:] if (data.connect_months[s, t] > wait) != longer]

    def chosen(s: Label, wait: Label) -> Expr:
        """1 where the tier of a site waits no longer; a site without a tier waits as a firm one."""
        together = sum_over(pick(counted, s, wait), lambda t, s: tier[s, t], s)
        otherwise = at(lambda s, wait: float(not waits_longer(s, wait)), s, wait)
        sign = at(lambda s, wait: 1.0 if waits_longer(s, wait) else -1.0, s, wait)
        return sign * together + otherwise

    index = [
        (*key, p) for key, lag in data.opening.items() for p, terms in enumerate(lag.terms) if terms
    ]

    @build.constraint(over=index, doc="connection in service and paid for")
    def opened(s: Label, wait: Label, p: Label) -> Relation:
        terms = lag_terms(pick(data.opening, s, wait), p)
        started = signed_sum(terms, lambda s, q: build.total("connection", (s, q)), s)
        return started + chosen(s, wait) <= 1 + serves[s, p]
