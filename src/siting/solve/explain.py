"""Why no plan exists: the smallest relaxation of the limits, in the planner's words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from siting.instance.build import Instance
from siting.model.assemble import LinearModel, describe
from siting.solve.highs import Limits, solve

SHORTAGE = 1e-6
"""Slack below which a limit counts as kept."""


def explain_infeasible(instance: Instance, model: LinearModel, limits: Limits) -> tuple[str, ...]:
    """Limits that clash and by how much.

    Every row that states a unit gets a slack in each direction; the weighted sum of slacks is
    minimised with integrality kept, so the answer also holds where only integrality is to blame.
    Rows without a unit are logic (what was started stays started) and are never relaxed.
    """
    elastic, slack_rows = _elastic(model)
    outcome = solve(elastic, limits)
    if outcome.x is None:
        return ("the limits cannot be separated: no relaxation was found in time",)
    found = []
    slack = outcome.x[len(model.cost) :]
    for column, row in enumerate(slack_rows):
        amount = slack[column]
        if amount > SHORTAGE:
            name, key = model.row_names[row]
            unit = model.units[name]
            found.append(f"{describe(name, key, instance)} short by {amount:.6g} {unit}")
    return tuple(sorted(found))


def _elastic(model: LinearModel) -> tuple[LinearModel, list[int]]:
    """The model with slacks on rows that have a unit, minimising their weighted sum."""
    starts: list[int] = []
    rows: list[int] = []
    values: list[float] = []
    cost: list[float] = []
    slack_rows: list[int] = []
    for row, (name, _) in enumerate(model.row_names):
        if not model.units[name]:
            continue
        for sign, bound in ((-1.0, model.row_upper[row]), (1.0, model.row_lower[row])):
            if np.isfinite(bound):
                starts.append(len(rows) + 1)
                rows.append(row)
                values.append(sign)
                cost.append(1 / max(1.0, abs(bound)))
                slack_rows.append(row)
    count = len(slack_rows)
    offset = model.start[-1]
    elastic = replace(
        model,
        cost=np.concatenate([np.zeros(len(model.cost)), np.array(cost)]),
        offset=0.0,
        start=np.concatenate([model.start, offset + np.array(starts)]).astype(np.int32),
        row=np.concatenate([model.row, np.array(rows)]).astype(np.int32),
        value=np.concatenate([model.value, np.array(values)]),
        lower=np.concatenate([model.lower, np.zeros(count)]),
        upper=np.concatenate([model.upper, np.full(count, np.inf)]),
        is_integer=np.concatenate([model.is_integer, np.zeros(count, dtype=bool)]),
    )
    return elastic, slack_rows
