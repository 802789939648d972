r"""Linear (DC) power flow: flows, transfer and outage distribution factors.

Flows follow ``f = b (theta_from - theta_to - shift)`` with ``b = base / (x tap)``, lossless; the
angles follow from the balance of every bus but one reference of each island, by one sparse LU
factorisation. The reference changes angles only: a set of injections that balances gives the same
flows with any.

    PTDF[l, n]  change of flow on l for 1 MW put in at n and taken out at its island's reference
    LODF[l, k]  share of the flow on k that moves to l when k goes out,
                (PTDF[l, from k] - PTDF[l, to k]) / (1 - PTDF[k, from k] + PTDF[k, to k])

Sources: Wood, Wollenberg, Sheble, Power Generation, Operation and Control, 3rd ed., chapters 3 and
7; MATPOWER manual 8.0, section 3.7 (DC modelling). A single factorisation serves every row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array

from siting.core.errors import InputError, Issue
from siting.network.case import Floats, Ints, Network

if TYPE_CHECKING:
    from scipy.sparse.linalg import SuperLU

BRIDGE = 1e-7
"""Share of its own flow below which nothing can take over a branch: its outage splits an island."""


@dataclass(frozen=True)
class DcModel:
    """A factorised network.

    Attributes:
        free: buses that are no reference. factor: LU factors of their susceptance matrix.
        branch_angle: flow of each branch by angles of all buses, m x n [MW/rad].
        shift_flow_mw: flow that phase shifters alone cause, by branch [MW].
    """

    network: Network
    free: Ints
    factor: SuperLU | None
    branch_angle: csr_array
    shift_flow_mw: Floats

    def flows(self, injection_mw: Floats) -> Floats:
        """Flow of each branch [MW] for the injection of each bus [MW]; references balance."""
        flows: Floats = self.shift_flow_mw + self._moved(injection_mw)
        return flows

    def _moved(self, injection_mw: Floats) -> Floats:
        """Flows that injections alone cause [MW]."""
        angles = np.zeros(len(self.network.buses))
        if self.factor is not None:
            angles[self.free] = self.factor.solve(np.asarray(injection_mw, float)[self.free])
        flows: Floats = self.branch_angle @ angles
        return flows

    def transfer_rows(self, branches: Ints) -> Floats:
        """Rows of the PTDF, ``len(branches)`` x buses."""
        rows = np.zeros((len(branches), len(self.network.buses)))
        if self.factor is not None and len(branches):
            # the susceptance matrix is symmetric, so a row of its inverse is a column
            right = self.branch_angle[branches][:, self.free].toarray().T
            rows[:, self.free] = self.factor.solve(np.ascontiguousarray(right)).T
        return rows

    def transfer(self) -> Floats:
        """The whole PTDF, branches x buses."""
        return self.transfer_rows(np.arange(len(self.network.branches)))


def dc_model(network: Network) -> DcModel:
    """Factorise a network.

    Raises:
        InputError: reactances that cancel, so that flows are not determined.
    """
    from scipy.sparse.linalg import splu

    buses, branches = network.buses, network.branches
    n, m = len(buses), len(branches)
    number = np.arange(m)
    rows = np.concatenate([number, number])
    columns = np.concatenate([branches.from_bus, branches.to_bus])
    signs = np.concatenate([np.ones(m), -np.ones(m)])
    ends = csr_array((signs, (rows, columns)), shape=(m, n))
    branch_angle = csr_array(
        (signs * np.tile(branches.susceptance_mw, 2), (rows, columns)), shape=(m, n)
    )
    free = np.setdiff1d(np.arange(n), references(network))
    factor = None
    if len(free):
        matrix = csc_array((ends.T @ branch_angle)[free][:, free])
        try:
            factor = splu(matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        except RuntimeError as error:
            raise InputError([_cancelling(network)]) from error
    model = DcModel(network, free, factor, branch_angle, np.zeros(m))
    pushed = branches.susceptance_mw * branches.shift_rad
    if not pushed.any():
        return model
    return DcModel(network, free, factor, branch_angle, model._moved(ends.T @ pushed) - pushed)


def references(network: Network) -> Ints:
    """One bus of each island, the file's own where it names one there, else the first by its id: rows of
    the PTDF are the same in whatever order the buses stand."""
    chosen: dict[int, int] = {}
    by_id = sorted(range(len(network.buses)), key=network.buses.ids.__getitem__)
    for bus in (*network.buses.reference, *by_id):
        chosen.setdefault(int(network.island[bus]), bus)
    return np.array(sorted(chosen.values()), dtype=int)


def outage_columns(model: DcModel, outages: Ints) -> tuple[Floats, Ints]:
    """Columns of the LODF of some outages, and those of them whose outage splits an island.

    Args:
        model: the factorised network. outages: indices of branches.

    Returns:
        Branches x outages with -1 where a branch meets its own outage; the columns of branches that
        split an island are zero elsewhere. Then the indices of those branches.
    """
    # the susceptance matrix is symmetric: a transfer between the ends of k, on every branch
    angles = model.transfer_rows(outages).T / model.network.branches.susceptance_mw[outages]
    moved: Floats = model.branch_angle @ angles
    place = np.arange(len(outages))
    left = 1.0 - moved[outages, place]
    splits = np.abs(left) < BRIDGE
    moved /= np.where(splits, 1.0, left)
    moved[:, splits] = 0.0
    moved[outages, place] = -1.0
    return moved, outages[splits]


def _cancelling(network: Network) -> Issue:
    """The issue of a singular susceptance matrix."""
    return Issue(
        network.name,
        "reactances of parallel or looped branches cancel, so flows are not determined",
        "reactances that do not add to zero",
        "Check branches with negative reactance",
    )
