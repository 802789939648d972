"""Branch limits as linear rows over bus injections, made only when a dispatch violates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from siting.network.case import Floats, Ints, Network
from siting.network.dc import DcModel, dc_model, outage_factors

WHOLE = -1
"""Outage number of the network with every branch in service."""
TOLERANCE_MW = 1e-6
"""Excess over a rating that counts as a violation [MW]."""


@dataclass(frozen=True, order=True)
class Limit:
    """The rating of a branch, with another one out or (``WHOLE``) with none out."""

    branch: int
    outage: int = WHOLE


@dataclass(frozen=True)
class LimitRow:
    """``-rating_mw <= coefficients . injection_mw + constant_mw <= rating_mw``."""

    coefficients: Floats
    constant_mw: float
    rating_mw: float


@dataclass(frozen=True)
class FlowLimits:
    """Every branch limit of a network, with or without single-branch outages.

    Attributes:
        model: the factorised network. watched: branches with a finite rating.
        outage_share: LODF rows of the watched branches; None without outages.
        splitting: branches whose outage splits an island; they are left out of the outages.
    """

    model: DcModel
    watched: Ints
    outage_share: Floats | None
    splitting: Ints

    @property
    def network(self) -> Network:
        """The network."""
        return self.model.network

    def violated(
        self,
        injection_mw: Floats,
        relaxed_mw: Mapping[Limit, float] | None = None,
        accepted_mw: Floats | None = None,
        tolerance_mw: float = TOLERANCE_MW,
    ) -> list[tuple[Limit, float]]:
        """Violated limits with their excess [MW], worst first; one for each branch at most.

        Args:
            injection_mw: of each bus; must balance in each island.
            relaxed_mw: what is added to single ratings.
            accepted_mw: injections whose flows are within limits, whatever the ratings.
            tolerance_mw: excess that counts as none.
        """
        flows = self.model.flows(injection_mw)
        accepted = None if accepted_mw is None else self.model.flows(accepted_mw)
        rating = self.network.branches.rating_mw[self.watched]
        allowed = rating if accepted is None else np.maximum(rating, np.abs(accepted[self.watched]))
        relaxed = relaxed_mw or {}
        place = {int(branch): i for i, branch in enumerate(self.watched)}
        own = np.zeros(len(self.watched))
        for limit, mw in relaxed.items():
            if limit.outage == WHOLE:
                own[place[limit.branch]] = mw
        excess = np.abs(flows[self.watched]) - allowed - own
        outage = np.full(len(self.watched), WHOLE)
        if self.outage_share is not None:
            after = self.outage_share * flows
            after += flows[self.watched][:, None]
            np.abs(after, out=after)
            if accepted is None:
                after -= rating[:, None]
            else:
                before = np.abs(accepted[self.watched][:, None] + self.outage_share * accepted)
                after -= np.maximum(rating[:, None], before, out=before)
            for limit, mw in relaxed.items():
                if limit.outage != WHOLE:
                    after[place[limit.branch], limit.outage] -= mw
            worst = after.argmax(axis=1)
            most = after[np.arange(len(worst)), worst]
            outage = np.where(most > excess, worst, outage)
            excess = np.maximum(most, excess)
        found = np.flatnonzero(excess > tolerance_mw)
        found = found[np.argsort(-excess[found], kind="stable")]
        return [(Limit(int(self.watched[i]), int(outage[i])), float(excess[i])) for i in found]

    def rows(self, limits: list[Limit]) -> list[LimitRow]:
        """The rows of some limits, in their order."""
        needed = sorted({b for limit in limits for b in (limit.branch, limit.outage) if b >= 0})
        transfer = dict(zip(needed, self.model.transfer_rows(np.array(needed, int)), strict=True))
        shift, rating = self.model.shift_flow_mw, self.network.branches.rating_mw
        rows = []
        for limit in limits:
            coefficients, constant = transfer[limit.branch], shift[limit.branch]
            if limit.outage != WHOLE:
                share = self.share(limit)
                coefficients = coefficients + share * transfer[limit.outage]
                constant = constant + share * shift[limit.outage]
            rows.append(LimitRow(coefficients, float(constant), float(rating[limit.branch])))
        return rows

    def share(self, limit: Limit) -> float:
        """LODF of a limit with an outage."""
        if self.outage_share is None:
            raise ValueError("these limits were made without outages")
        return float(self.outage_share[np.searchsorted(self.watched, limit.branch), limit.outage])

    def words(self, limit: Limit) -> str:
        """A limit as people name it: the branch, and the outage in brackets."""
        ids = self.network.branches.ids
        after = "" if limit.outage == WHOLE else f" ({ids[limit.outage]} out)"
        return f"{ids[limit.branch]}{after}"


def flow_limits(network: Network, with_outages: bool) -> FlowLimits:
    """Prepare the limits of a network.

    With outages the LODF of all watched branches is kept: 8 bytes for each of watched x branches.
    """
    model = dc_model(network)
    watched = np.flatnonzero(np.isfinite(network.branches.rating_mw))
    if not with_outages:
        return FlowLimits(model, watched, None, np.array([], dtype=int))
    shares, splitting = outage_factors(model.transfer(), network)
    shares = shares[watched] if len(watched) < len(shares) else shares
    # a branch that is out carries nothing, so it cannot be overloaded by its own outage
    return FlowLimits(model, watched, shares, splitting)
