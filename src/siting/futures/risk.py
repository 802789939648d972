r"""What a plan under uncertainty makes small: the expected cost, its worst futures, late load.

Formulation, with the cost C[f](x) and the late load L[f](x) of each future f of probability P[f]

    min  a * sum_f P[f] C[f] + w * W + c * (t + sum_f P[f] z[f] / A) + d * (s + sum_f P[f] y[f] / B)
    (worst)      C[f] <= W
    (cost_tail)  C[f] - t <= z[f]
    (late_tail)  L[f] - s <= y[f]

Symbols
-------
    a, w, c   weights of the expected cost, of the worst and of the mean of the worst share A
    d         USD per MW-month of late load, of the mean of the worst share B
    W         cost of the worst future                           million USD
    t, z      cost from which on a future is in the tail, what it costs beyond that
    s, y      the same of late load                              MW-months

The mean of the worst share is the conditional value at risk, which is exact in this form.
Source: Rockafellar and Uryasev, Optimization of conditional value-at-risk (Journal of Risk, 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array

from siting.core.calendar import Calendar
from siting.core.futures import Risk
from siting.futures.extensive import Extensive
from siting.futures.found import Seen
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.model.goals import LATE
from siting.model.program import Named, Program

SAME_SHARE = 1e-12
"""Probability that rounding may take."""
WORST, COST_TAIL, LATE_TAIL = "hedge.worst", "hedge.cost_tail", "hedge.late_tail"


def late_months(program: Program, calendar: Calendar) -> np.ndarray:
    """MW-months of late load that a unit of each column is, shape (columns,)."""
    months = np.zeros(len(program.cost))
    for (name, index), column in program.columns.items():
        if name == LATE:
            months[column] = calendar.months(index[-1])
    return months


def worst_mean(values: np.ndarray, probabilities: np.ndarray, tail: float) -> float:
    """Mean of the worst share of some values, shapes (futures,)."""
    left, total = tail, 0.0
    for number in np.argsort(-values, kind="stable").tolist():
        share = min(left, float(probabilities[number]))
        total += share * float(values[number])
        left -= share
    return total / tail


def measured(risk: Risk, probabilities: np.ndarray, costs: np.ndarray, late: np.ndarray) -> float:
    """What is made small, at the cost [million USD] and the late load [MW-months] of each future."""
    value = risk.expected * float(probabilities @ costs) + risk.worst_cost * float(costs.max())
    if risk.cvar_cost is not None:
        value += risk.cvar_cost.weight * worst_mean(costs, probabilities, risk.cvar_cost.tail)
    if risk.cvar_late_mw_months is not None:
        of = risk.cvar_late_mw_months
        value += of.weight / USD_PER_OBJECTIVE * worst_mean(late, probabilities, of.tail)
    return value


def as_if_known(
    risk: Risk, probabilities: np.ndarray, late: Sequence[np.ndarray], seen: Sequence[Seen]
) -> tuple[float, float]:
    """What is made small if every future is known, and its bound; of one future its cost.

    Args:
        late: MW-months of late load that a unit of each column is, by future. seen: their plans.
    """
    costs = np.array([each.cost for each in seen])
    bounds = np.minimum(costs, [each.bound for each in seen])
    if len(seen) == 1:
        return float(costs[0]), float(bounds[0])
    months = np.array([m @ each.x for m, each in zip(late, seen, strict=True)])
    value = measured(risk, probabilities, costs, months)
    return value, measured(risk, probabilities, bounds, np.zeros(len(seen)))


def with_risk(whole: Extensive, risk: Risk, calendar: Calendar) -> Extensive:
    """The programs of all futures as one, with what is made small as their cost."""
    program = whole.program.with_cost(
        risk.expected * whole.program.cost, risk.expected * whole.program.offset
    )
    costs = [(part.cost, part.offset) for part in whole.parts]
    if risk.worst_cost:
        program = _with_worst(whole, program, costs, risk.worst_cost)
    if risk.cvar_cost is not None and risk.cvar_cost.weight:
        of = risk.cvar_cost
        program = _with_tail(whole, program, costs, of.weight, of.tail, COST_TAIL)
    if risk.cvar_late_mw_months is not None and risk.cvar_late_mw_months.weight:
        late = [(late_months(part, calendar), 0.0) for part in whole.parts]
        of, usd = risk.cvar_late_mw_months, risk.cvar_late_mw_months.weight / USD_PER_OBJECTIVE
        program = _with_tail(whole, program, late, usd, of.tail, LATE_TAIL)
    more = len(program.cost) - len(whole.is_root)
    is_root = np.concatenate([whole.is_root, np.zeros(more, dtype=bool)])
    return replace(whole, program=program, is_root=is_root)


def is_mean(risk: Risk) -> bool:
    """Whether the expected cost alone counts."""
    tails = (risk.cvar_cost, risk.cvar_late_mw_months)
    return not risk.worst_cost and all(tail is None or not tail.weight for tail in tails)


def with_tails(
    risk: Risk, probabilities: np.ndarray, costs: np.ndarray, late: np.ndarray, x: np.ndarray
) -> np.ndarray:
    """A point of the whole with its columns of worst and tails as its futures give them.

    Args:
        costs: of the futures [million USD]. late: load [MW-months]. x: without these columns.
    """
    more = []
    if risk.worst_cost:
        more.append(np.array([costs.max()]))
    for of, values in ((risk.cvar_cost, costs), (risk.cvar_late_mw_months, late)):
        if of is not None and of.weight:
            order = np.argsort(-values, kind="stable")
            reached = np.cumsum(probabilities[order]) >= of.tail - SAME_SHARE
            threshold = float(values[order][int(np.argmax(reached))])
            more.append(np.array([threshold, *np.maximum(values - threshold, 0.0)]))
    return np.concatenate([x, *more])


Measure = tuple[np.ndarray, float]
"""Coefficients by column of a part, and constant."""


def _with_worst(
    whole: Extensive, program: Program, measures: list[Measure], weight: float
) -> Program:
    """One column that no future may exceed."""
    size = len(program.cost)
    program = _with_free(program, 1, np.array([weight]))
    minus = np.full(len(measures), size), np.full(len(measures), -1.0)
    return _with_measures(whole, program, measures, [minus], WORST)


def _with_tail(
    whole: Extensive,
    program: Program,
    measures: list[Measure],
    weight: float,
    tail: float,
    name: str,
) -> Program:
    """A threshold, and what each future has beyond it."""
    size, count = len(program.cost), len(measures)
    program = _with_free(program, 1, np.array([weight]))
    beyond = weight / tail * whole.weights
    program = program.with_slacks(csc_array((len(program.row_lower), count)), beyond)
    minus = [
        (np.full(count, size), np.full(count, -1.0)),
        (size + 1 + np.arange(count), np.full(count, -1.0)),
    ]
    return _with_measures(whole, program, measures, minus, name)


def _with_free(program: Program, count: int, cost: np.ndarray) -> Program:
    """More columns of any sign."""
    size = len(program.cost)
    program = program.with_slacks(csc_array((len(program.row_lower), count)), cost)
    lower = program.lower.copy()
    lower[size:] = -np.inf
    return program.bounded(lower=lower)


def _with_measures(
    whole: Extensive,
    program: Program,
    measures: list[Measure],
    minus: list[tuple[np.ndarray, np.ndarray]],
    name: str,
) -> Program:
    """Rows ``measure of each future + what is taken from it <= 0``."""
    count = len(measures)
    rows, columns, values = [], [], []
    for number, ((coefficients, _), place) in enumerate(zip(measures, whole.place, strict=True)):
        used = np.flatnonzero(coefficients)
        rows.append(np.full(len(used), number))
        columns.append(place[used])
        values.append(coefficients[used])
    for at, by in minus:
        rows.append(np.arange(count))
        columns.append(at)
        values.append(by)
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    matrix = csr_array(coo_array(entries, shape=(count, len(program.cost))))
    names: list[Named] = [(name, (number,)) for number in range(count)]
    upper = np.array([-offset for _, offset in measures])
    return program.with_rows(matrix, np.full(count, -np.inf), upper, names).with_units({name: ""})
