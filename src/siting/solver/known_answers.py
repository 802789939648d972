"""Programs whose answers are known, of which versions of HiGHS have given other ones: asked without siting.

``siting doctor`` asks them, since a status of a solver is a claim and no proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import highspy
import numpy as np

from siting.solver.quiet import silent_highs

SAME = 1e-6


@dataclass(frozen=True)
class Asked:
    """Least cost of nonnegative variables under rows of at least so much, some of them integers.

    Attributes:
        about: where it comes from. rows: coefficients by variable, and what they sum to at least.
    """

    about: str
    cost: tuple[float, ...]
    integers: frozenset[int]
    rows: tuple[tuple[Mapping[int, float], float], ...]
    answer: float


ASKED = (
    Asked(
        "HiGHS 1.14.0 says 15: presolve of an integer beside a continuous variable",
        (2.0, 3.0),
        frozenset({1}),
        (({0: 1.0, 1: 1.0}, 4.5),),
        9.0,
    ),
    Asked(
        "two integers in one row, 3 a + 5 b of at least 7 at prices 2 and 3: b = 1 and a = 1",
        (2.0, 3.0),
        frozenset({0, 1}),
        (({0: 3.0, 1: 5.0}, 7.0),),
        5.0,
    ),
)


def answer(asked: Asked) -> float:
    """What HiGHS answers, with its own options; NaN where it calls the program anything but solved."""
    highs = silent_highs()
    highs.setOptionValue("output_flag", False)
    for column, cost in enumerate(asked.cost):
        highs.addVar(0.0, highspy.kHighsInf)
        highs.changeColCost(column, cost)
        if column in asked.integers:
            highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
    for terms, least in asked.rows:
        columns = np.array([*terms], np.int32)
        values = np.array([*terms.values()], float)
        highs.addRow(least, highspy.kHighsInf, len(terms), columns, values)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return float("nan")
    return float(highs.getInfo().objective_function_value)


def is_right(asked: Asked) -> bool:
    """Whether HiGHS answers as it should."""
    return abs(answer(asked) - asked.answer) <= SAME
