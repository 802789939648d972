"""Branch limits as linear rows over bus injections, made only when a dispatch violates them.

A branch carries at most its rating either way, and no more than its limits of the angle difference
let it carry; both hold with every branch in service and, if asked, after the outage of any one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from siting.network.case import Floats, Ints, Network
from siting.network.dc import DcModel, dc_model, outage_columns

WHOLE = -1
"""Outage number of the network with every branch in service."""
TOLERANCE_MW = 1e-6
"""Excess over a limit that counts as a violation [MW]."""
BLOCK_CELLS = 4_000_000
"""Cells of the outage factors that are looked at, or made, at a time: 32 MB."""
KEPT_CELLS = 16_000_000
"""Cells of transfer factors that are kept for later: 128 MB."""


@dataclass(frozen=True, order=True)
class Limit:
    """The flow limits of a branch, with another one out or (``WHOLE``) with none out."""

    branch: int
    outage: int = WHOLE


@dataclass(frozen=True)
class LimitRow:
    """``least_mw <= coefficients . injection_mw + constant_mw <= most_mw``."""

    coefficients: Floats
    constant_mw: float
    least_mw: float
    most_mw: float


@dataclass(frozen=True)
class FlowLimits:
    """Every branch limit of a network, with or without single-branch outages.

    Attributes:
        model: the factorised network. watched: branches with a finite limit.
        outage_share: LODF rows of the watched branches, shape (watched, branches); None without
            outages.
        splitting: branches whose outage splits an island; they are left out of the outages.
        transfer: rows of the PTDF by branch, kept as one bus after another meets the same branches.
    """

    model: DcModel
    watched: Ints
    outage_share: Floats | None
    splitting: Ints
    transfer: dict[int, Floats] = field(default_factory=dict, compare=False, repr=False)

    @property
    def network(self) -> Network:
        """The network."""
        return self.model.network

    @property
    def size_mw(self) -> Floats:
        """Limit of each branch either way, the larger where they differ; infinite where it has none."""
        least, most = self.network.branches.flow_limits_mw
        return np.asarray(np.maximum(np.abs(least), np.abs(most)))

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
            relaxed_mw: what is added to single limits, either way.
            accepted_mw: injections whose flows are within limits, whatever the ratings.
            tolerance_mw: excess that counts as none.
        """
        flows = self.model.flows(injection_mw)
        accepted = None if accepted_mw is None else self.model.flows(accepted_mw)
        least, most = (side[self.watched] for side in self.network.branches.flow_limits_mw)
        place = {int(branch): i for i, branch in enumerate(self.watched)}
        relaxed: dict[int, list[tuple[int, float]]] = {}
        own = np.zeros(len(self.watched))
        for limit, mw in (relaxed_mw or {}).items():
            if limit.outage == WHOLE:
                own[place[limit.branch]] = mw
            else:
                relaxed.setdefault(place[limit.branch], []).append((limit.outage, mw))
        here = flows[self.watched]
        taken = None if accepted is None else accepted[self.watched]
        excess = _excess(here, least, most, taken) - own
        outage = np.full(len(self.watched), WHOLE)
        for block, share in self._blocks():
            after = share * flows
            after += here[block][:, None]
            before = (
                None
                if accepted is None
                else share * accepted + accepted[self.watched[block]][:, None]
            )
            over = _excess(after, least[block][:, None], most[block][:, None], before)
            for row in range(block.start, block.stop):
                for out, mw in relaxed.get(row, ()):
                    over[row - block.start, out] -= mw
            worst = over.argmax(axis=1)
            most_over = over[np.arange(len(worst)), worst]
            outage[block] = np.where(most_over > excess[block], worst, outage[block])
            excess[block] = np.maximum(most_over, excess[block])
        found = np.flatnonzero(excess > tolerance_mw)
        found = found[np.argsort(-excess[found], kind="stable")]
        return [(Limit(int(self.watched[i]), int(outage[i])), float(excess[i])) for i in found]

    def _blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Rows of the outage factors, some at a time; none without outages."""
        if self.outage_share is None:
            return
        count, wide = self.outage_share.shape
        step = max(1, BLOCK_CELLS // max(1, wide))
        for first in range(0, count, step):
            block = slice(first, min(count, first + step))
            yield block, np.asarray(self.outage_share[block])

    def rows(self, limits: list[Limit]) -> list[LimitRow]:
        """The rows of some limits, in their order."""
        transfer = self._transfer_of(
            {b for limit in limits for b in (limit.branch, limit.outage) if b >= 0}
        )
        shift, (least, most) = self.model.shift_flow_mw, self.network.branches.flow_limits_mw
        rows = []
        for limit in limits:
            coefficients, constant = transfer[limit.branch], shift[limit.branch]
            if limit.outage != WHOLE:
                share = self.share(limit)
                coefficients = coefficients + share * transfer[limit.outage]
                constant = constant + share * shift[limit.outage]
            sides = float(least[limit.branch]), float(most[limit.branch])
            rows.append(LimitRow(coefficients, float(constant), *sides))
        return rows

    def _transfer_of(self, branches: set[int]) -> dict[int, Floats]:
        """Rows of the PTDF of some branches, those made before as they are."""
        new = sorted(branches - self.transfer.keys())
        made = dict(zip(new, self.model.transfer_rows(np.array(new, int)), strict=True))
        kept = {branch: self.transfer[branch] for branch in branches - made.keys()}
        if (len(self.transfer) + len(new)) * len(self.network.buses) > KEPT_CELLS:
            self.transfer.clear()
        # a copy, or a row that is kept would keep all that were made with it
        self.transfer.update((branch, row.copy()) for branch, row in made.items())
        return made | kept

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


def _excess(flow: Floats, least: Floats, most: Floats, accepted: Floats | None) -> Floats:
    """By how much flows are outside their limits [MW], negative inside.

    Where flows are accepted whatever the limits, as much is accepted either way.
    """
    if accepted is not None:
        size = np.abs(accepted)
        least, most = np.minimum(least, -size), np.maximum(most, size)
    return np.asarray(np.maximum(flow - most, least - flow))


def watched_branches(network: Network) -> Ints:
    """Branches with a finite limit."""
    least, most = network.branches.flow_limits_mw
    return np.flatnonzero(np.isfinite(least) | np.isfinite(most))


def flow_limits(network: Network, with_outages: bool, store: Path | None = None) -> FlowLimits:
    """Prepare the limits of a network.

    Args:
        network: as checked. with_outages: whether limits hold after the outage of any one branch.
        store: a file that holds the outage factors, so that several processes share one copy; written
            where it is not there yet. Without it they stand in memory: 8 bytes for each of watched x
            branches.
    """
    model = dc_model(network)
    watched = watched_branches(network)
    if not with_outages:
        return FlowLimits(model, watched, None, np.array([], dtype=int))
    shape = (len(watched), len(network.branches))
    splits = store.with_suffix(".splitting.npy") if store is not None else None
    if store is not None and splits is not None and splits.is_file():
        shared: Floats = np.memmap(store, dtype=np.float64, mode="r", shape=shape)
        return FlowLimits(model, watched, shared, np.load(splits))
    if store is None or not all(shape):
        shares: Floats = np.empty(shape)
    else:
        shares = np.memmap(store, dtype=np.float64, mode="w+", shape=shape)
    splitting = [np.array([], dtype=int)]
    step = max(1, BLOCK_CELLS // max(1, len(network.buses), shape[1]))
    for first in range(0, shape[1], step):
        outages = np.arange(first, min(shape[1], first + step))
        columns, split = outage_columns(model, outages)
        shares[:, outages] = columns[watched]
        splitting.append(split)
    # a branch that is out carries nothing, so it cannot be overloaded by its own outage
    found = np.concatenate(splitting)
    if splits is not None and all(shape):
        np.save(splits, found)
    return FlowLimits(model, watched, shares, found)
