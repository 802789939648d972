r"""Dispatches by an interior point over all limits at once, without outages.

The one in the middle, far from the limits of branches and generators, is what others start from:

    (balance)  sum_{g at n} p[g] - sum_{l from n} f[l] + sum_{l to n} f[l] = load[n]
    (limit)    Rmin[l] <= f[l] = b[l] (theta[from l] - theta[to l] - shift[l]) <= Rmax[l]
    (range)    Pmin[g] <= p[g] <= Pmax[g]

without an objective: an interior point without crossover ends in the middle of all solutions. As it is
exact to the tolerance of the solver only, and knows no outages, it is then drawn towards a dispatch that
keeps every limit until it does so too; all limits are linear.

With an extra load x in the balance of a bus that is maximised it gives headroom in as many steps whether
few limits bind or hundreds.
"""

from __future__ import annotations

from collections.abc import Mapping

import highspy
import numpy as np
from scipy.sparse import coo_array, csc_array

from siting.network.case import Network
from siting.network.dc import references
from siting.network.limits import FlowLimits, Limit, watched_branches
from siting.solver.highs import run_apart
from siting.solver.quiet import silent_highs

EXACTLY = (
    ("ipm_optimality_tolerance", 1e-12),
    ("primal_feasibility_tolerance", 1e-10),
    ("dual_feasibility_tolerance", 1e-10),
)
"""How far an interior point goes where headroom is to be proven by it."""
DRAWS = 20
"""Halvings of the way to the dispatch that is known to keep every limit."""


def drawn_to(
    middle_mw: np.ndarray, limits: FlowLimits, eased_mw: Mapping[Limit, float], known_mw: np.ndarray
) -> np.ndarray:
    """The dispatch nearest to the middle, of some on the way to a known one, that keeps every limit.

    Args:
        middle_mw: output of each generator. limits: to keep. eased_mw: what is added to single ones.
        known_mw: a dispatch that keeps every limit.
    """
    network = limits.network
    bus, load, count = network.generators.bus, network.buses.load_mw, len(network.buses)
    for draw in range(DRAWS):
        output = known_mw + (middle_mw - known_mw) * 0.5**draw
        if not limits.violated(np.bincount(bus, output, count) - load, eased_mw):
            return np.asarray(output)
    return known_mw


def middle_dispatch(network: Network) -> np.ndarray | None:
    """Output of each generator in the middle of all dispatches that keep every limit without outages;
    None if there is none."""
    generators = network.generators
    highs = _solved(_program(network))
    if highs is None:
        return None
    values = np.array(highs.getSolution().col_value, dtype=float)[: len(generators)]
    return np.asarray(np.clip(values, generators.min_mw, generators.max_mw))


def interior_headroom(
    network: Network, bus: int, most_mw: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Output of each generator [MW] at the headroom of a bus, and the price of the limit of each
    watched branch, as exact as the solver can; None if it gives none.

    Args:
        most_mw: extra load at which the search stops.
    """
    highs = _solved(_program(network, bus, most_mw), is_exact=True)
    if highs is None:
        return None
    found = highs.getSolution()
    generators = network.generators
    output = np.array(found.col_value, dtype=float)[: len(generators)]
    prices = -np.array(found.row_dual, dtype=float)[len(network.buses) :]
    return np.clip(output, generators.min_mw, generators.max_mw), prices


def _solved(program: highspy.HighsLp, *, is_exact: bool = False) -> highspy.Highs | None:
    """The solver with its interior solution.

    Args:
        is_exact: whether it goes on as far as it can; where it ends is then for the caller to judge.
    """
    highs = silent_highs()
    for option, value in (
        ("output_flag", False), ("threads", 1), ("solver", "ipm"), ("run_crossover", "off"),
    ):  # fmt: skip
        highs.setOptionValue(option, value)
    for name, least in EXACTLY if is_exact else ():
        highs.setOptionValue(name, least)
    highs.passModel(program)
    run_apart(highs)
    kinds = highspy.HighsModelStatus
    ended = (kinds.kOptimal, kinds.kUnknown) if is_exact else (kinds.kOptimal,)
    return highs if highs.getModelStatus() in ended and highs.getSolution().value_valid else None


def _program(network: Network, bus: int = 0, most_mw: float = 0.0) -> highspy.HighsLp:
    """Outputs, angles and an extra load at a bus; a row a bus, and a row a branch with a limit."""
    generators, branches, buses = network.generators, network.branches, network.buses
    n, count, watched = len(buses), len(generators), watched_branches(network)
    share, pushed = branches.susceptance_mw, branches.susceptance_mw * branches.shift_rad
    start, end = count + branches.from_bus, count + branches.to_bus
    parts = [(generators.bus, np.arange(count), np.ones(count))]
    for sign, at in ((-1.0, branches.from_bus), (1.0, branches.to_bus)):
        parts += [(at, start, sign * share), (at, end, -sign * share)]
    rows = n + np.arange(len(watched))
    parts += [(rows, start[watched], share[watched]), (rows, end[watched], -share[watched])]
    parts.append((np.array([bus]), np.array([count + n]), np.array([-1.0])))
    row, column, value = (np.concatenate(values) for values in zip(*parts, strict=True))
    shape = (n + len(watched), count + n + 1)
    matrix = csc_array(coo_array((value, (row, column)), shape=shape))
    load = buses.load_mw.astype(float)
    np.subtract.at(load, branches.from_bus, pushed)
    np.add.at(load, branches.to_bus, pushed)
    least, most = (side[watched] + pushed[watched] for side in branches.flow_limits_mw)
    angle = np.full(n, np.inf)
    angle[references(network)] = 0.0
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = shape
    lp.col_cost_ = np.concatenate([np.zeros(count + n), [-1.0]])
    lp.col_lower_ = np.concatenate([generators.min_mw, -angle, [0.0]])
    lp.col_upper_ = np.concatenate([generators.max_mw, angle, [most_mw]])
    lp.row_lower_, lp.row_upper_ = np.concatenate([load, least]), np.concatenate([load, most])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    return lp
