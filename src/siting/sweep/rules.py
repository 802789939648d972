r"""Rules in words: where in the space of the factors a site is built, by a shallow decision tree.

A node is split at the value of the factor that leaves least impurity (Gini), with m runs of which a share q
has the site on each side:

    min over factors and values of  m_low q_low (1 - q_low) + m_high q_high (1 - q_high)

down to ``DEPTH`` splits, with no side of fewer than ``LEAST`` of all runs; splits below which all leaves say
the same, most runs have the site or most have not, are taken back. The value lies half-way between two that
were solved. A rule is what leads to a leaf in which most runs have the site.
Source: Breiman et al., Classification and Regression Trees (1984).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from siting.core.table import Cell, Table
from siting.sweep.run import Run
from siting.sweep.study import Sweep
from siting.sweep.tables import planned, sites_in

COLUMNS = ("site", "rule", "run_count", "of_count", "share_frac", "sentence")
DEPTH = 3
LEAST = 0.02
HALF = 0.5
GAIN = 1e-9
"""Impurity that a split has to take away."""


@dataclass(frozen=True)
class Leaf:
    """Runs that a rule holds for.

    Attributes:
        bounds: least and largest value of each factor that was split.
        count: runs with the site. of: all.
    """

    bounds: Mapping[str, tuple[float, float]]
    count: int
    of: int

    @property
    def share(self) -> float:
        """Share of the runs with the site."""
        return self.count / self.of


def leaves(
    names: Sequence[str],
    values: np.ndarray,
    is_built: np.ndarray,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    depth: int = DEPTH,
    least: int | None = None,
) -> Iterator[Leaf]:
    """Leaves of the tree.

    Args:
        values: of the factors, shape (runs, factors). is_built: shape (runs,).
    """
    bounds = bounds or {}
    least = max(1, round(LEAST * len(is_built))) if least is None else least
    split = _split(values, is_built, least) if depth else None
    if split is None:
        yield Leaf(bounds, int(is_built.sum()), len(is_built))
        return
    factor, at = split
    is_low = values[:, factor] <= at
    low, high = bounds.get(names[factor], (-np.inf, np.inf))
    found: list[Leaf] = []
    for side, interval in ((is_low, (low, min(high, at))), (~is_low, (max(low, at), high))):
        narrowed = {**bounds, names[factor]: interval}
        found += leaves(names, values[side], is_built[side], narrowed, depth - 1, least)
    if len({leaf.share > HALF for leaf in found}) == 1:
        found = [Leaf(bounds, int(is_built.sum()), len(is_built))]
    yield from found


def _split(values: np.ndarray, is_built: np.ndarray, least: int) -> tuple[int, float] | None:
    """Factor and value of the best split; None where none is worth it."""
    best, found = _impurity(is_built.sum(), len(is_built)) - GAIN, None
    for factor in range(values.shape[1]):
        order = np.argsort(values[:, factor], kind="stable")
        ordered, built = values[order, factor], np.cumsum(is_built[order])
        for n in range(least, len(order) - least + 1):
            if n in (0, len(order)) or ordered[n - 1] == ordered[n]:
                continue
            below, above = int(built[n - 1]), int(built[-1] - built[n - 1])
            left = _impurity(below, n) + _impurity(above, len(order) - n)
            if left < best:
                best, found = left, (factor, float((ordered[n - 1] + ordered[n]) / 2))
    return found


def _impurity(count: float, of: int) -> float:
    """What is left undecided among some runs."""
    share = count / of
    return float(of * share * (1 - share))


def rules_table(sweep: Sweep, runs: Sequence[Run], called: Mapping[str, str]) -> Table:
    """One row a rule, of each site that is in some plans only.

    Args:
        called: name of each site, for sentences.
    """
    known = planned(runs)
    names = list(sweep.factors)
    values = np.array([[run.point.values[name] for name in names] for run in known])
    rows: list[dict[str, Cell]] = []
    for site in sites_in(known):
        is_built = np.array([site in run.sites for run in known])
        if is_built.all():
            continue
        for leaf in leaves(names, values.reshape(len(known), len(names)), is_built):
            if leaf.share > HALF:
                rule = words(leaf)
                sentence = (
                    f"{called[site]} is built where {rule} ({leaf.count:,} of {leaf.of:,} runs)."
                    if rule
                    else f"{called[site]} is built in {leaf.count:,} of {leaf.of:,} runs."
                )
                cells = (site, rule, leaf.count, leaf.of, leaf.share, sentence)
                rows.append(dict(zip(COLUMNS, cells, strict=True)))
    return Table.of(COLUMNS, rows)


def words(leaf: Leaf) -> str:
    """What leads to a leaf."""
    parts = []
    for name, (low, high) in leaf.bounds.items():
        if low > -np.inf and high < np.inf:
            parts.append(f"{low:.6g} < {name} <= {high:.6g}")
        else:
            parts.append(f"{name} <= {high:.6g}" if high < np.inf else f"{name} > {low:.6g}")
    return " and ".join(parts)
