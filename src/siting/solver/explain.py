r"""Why no plan exists, in the planner's words: which limits clash, by how much, what would mend it.

Two questions are asked.

Limits. Every row that a family declares a limit gets slacks, and all others stay:

    minimise   sum_r w[rank(r)] * slack[r] / size[r]      w = 1, 10, 100, 1000

over rules, supplies, the grid and the load; the size of a row is its limit or largest coefficient.
Integrality is kept, so that the answer also holds where only that is to blame. It is the smallest
relaxation, rules first and load last. Rows of one number in several periods are one line with
the largest amount, and what it would have to be is enough for all of them.

Durations and room. Where load would have to be given up, something is too late or too small for a
limit to be raised: variables that could only be zero are not even created. Each kind of duration or
room that a family declares is then relaxed in the scenario itself, alone, and the smallest step that gives
a plan is found by halving, to a week, an acre or a MW. A duration that helps is named in weeks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from scipy.sparse import csc_array

from siting.core.errors import InfeasibleError, InputError
from siting.core.study import Change
from siting.families.base import Index
from siting.families.declarations import Limit, Measure, Rank
from siting.families.declared import measures
from siting.instance.build import Instance
from siting.instance.changes import changed, find, items
from siting.model.assemble import assemble, describe
from siting.model.program import Program
from siting.solver.highs import FEASIBILITY, Limits, solve
from siting.solver.lazy_rows import Point, any_plan, separator
from siting.solver.remedies import all_limits, path_of, remedy_of
from siting.solver.rows import with_lazy_rows

SHORTAGE = 1e-6
"""Slack below which a limit counts as kept."""
MOST_LINES = 5
MOST_ITEMS = 100
"""Sites, zones or classes that are tried one by one."""
RANK_FACTOR = 10.0


def explain_infeasible(
    instance: Instance,
    limits: Limits,
    model: Program | None,
    impossible: tuple[str, ...] = (),
    is_narrowed: bool = False,
) -> tuple[str, ...]:
    """At most five lines, the most useful first, and how many more there are; none where no limit has to
    give way, which refutes that there is no plan.

    Args:
        model: the program without a plan; None where it cannot even be built.
        impossible: what could not be built.
        is_narrowed: whether a strategy narrowed the program, so that durations are not the reason.
    """
    lines = list(impossible)
    is_load = model is None
    if model is not None:
        found = _clashes(instance, model, limits)
        if found is None:
            return ("the limits cannot be separated: no relaxation was found in time",)
        is_load = any(limit.rank == Rank.LOAD for limit, _ in found)
        lines = [line for _, line in found]
    if is_load and not is_narrowed:
        lines = [*_measures(instance, limits), *lines]
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES + 1
        lines = [*lines[: MOST_LINES - 1], f"and {more} more limits of the same kinds"]
    return tuple(lines)


def _clashes(instance: Instance, model: Program, limits: Limits) -> list[tuple[Limit, str]] | None:
    """Limits of the smallest relaxation, rules first; None if none was found in time."""
    separate, relaxable = separator(instance), all_limits()
    # a valid inequality follows from limits; one of them relaxed, it does no longer
    model = model.limits_alone()
    while True:
        elastic, slack_rows = _elastic(model, relaxable)
        outcome = solve(elastic, limits)
        if outcome.x is None:
            return None
        known = set(model.row_names)
        broken = [] if separate is None else separate(Point(model, outcome.x))
        more = [row for row in broken if (row.name, row.index) not in known]
        if not more:
            break
        model = with_lazy_rows(model, more)
    slack = outcome.x[len(model.cost) :]
    # what is short by less than is shown elsewhere is shown where nothing else is
    least = SHORTAGE if slack.max(initial=0.0) > SHORTAGE else FEASIBILITY
    short: dict[tuple[str, Index, str], dict[Index, float]] = {}
    for column, row in enumerate(slack_rows):
        if slack[column] > least:
            name, key = model.row_names[row]
            path = path_of(name, relaxable[name], instance, key)
            amounts = short.setdefault((name, _item(key), path), {})
            amounts[key] = max(slack[column], amounts.get(key, 0.0))
    found = []
    for (name, _, _), amounts in short.items():
        limit = relaxable[name]
        line = _line(instance, name, limit, amounts, model.units[name])
        found.append((limit, max(amounts.values()), line))
    found.sort(key=lambda item: (item[0].rank, -item[1], item[2]))
    return [(limit, line) for limit, _, line in found]


def _item(key: Index) -> Index:
    """What a row limits, whatever the period."""
    return key[:-1] if len(key) > 1 else key


def _line(
    instance: Instance, name: str, limit: Limit, amounts: Mapping[Index, float], unit: str
) -> str:
    """One limit: where, when, by how much, and what would mend it in every period.

    Args:
        amounts: by how much it is short, by index of a row; all of one number of the scenario.
    """
    worst = max(amounts, key=amounts.__getitem__)
    line = f"{describe(name, worst, instance)} short by {amounts[worst]:.6g} {unit}".rstrip()
    if len(amounts) > 1:
        line += f", and in {len(amounts) - 1} other periods by no more"
    remedy = remedy_of(name, limit, instance, amounts)
    if remedy is not None:
        verb = "Raise" if remedy.change > 0 else "Lower"
        line += f". {verb} {remedy.path} from {remedy.now:.10g} to {remedy.value:.10g}"
    elif limit.rank == Rank.LOAD:
        line += ". Ask for less, or later"
    return line


def _elastic(model: Program, relaxable: Mapping[str, Limit]) -> tuple[Program, list[int]]:
    """The model with slacks on rows that are limits, minimising their weighted sum."""
    values: list[float] = []
    cost: list[float] = []
    slack_rows: list[int] = []
    size = np.ones(len(model.row_names))
    np.maximum.at(size, model.row, np.abs(model.value))
    for row, (name, _) in enumerate(model.row_names):
        if name not in relaxable:
            continue
        weight = RANK_FACTOR ** relaxable[name].rank
        for sign, bound in ((-1.0, model.row_upper[row]), (1.0, model.row_lower[row])):
            if np.isfinite(bound):
                values.append(sign)
                cost.append(weight / max(size[row], abs(bound)))
                slack_rows.append(row)
    count = len(slack_rows)
    shape = (len(model.row_names), count)
    slacks = csc_array((values, (slack_rows, np.arange(count))), shape=shape)
    return model.without_cost().with_slacks(slacks, np.array(cost)), slack_rows


def _measures(instance: Instance, limits: Limits) -> Iterator[str]:
    """Durations and room of which one alone, relaxed so far, gives a plan."""
    for measure in measures():
        paths = [path for path in measure.paths if find(instance, path)]
        if not paths or not _is_feasible(instance, measure, paths, measure.most, limits):
            continue
        low, high = 0, measure.most
        while high - low > 1:
            middle = (low + high) // 2
            is_enough = _is_feasible(instance, measure, paths, middle, limits)
            low, high = (low, middle) if is_enough else (middle, high)
        paths = _narrowed(instance, measure, paths, high, limits)
        step = f"{measure.way} by {high} {measure.unit}"
        yield f"{measure.words} {step} would give a plan ({', '.join(paths)})"


def _narrowed(
    instance: Instance, measure: Measure, paths: list[str], steps: int, limits: Limits
) -> list[str]:
    """The paths with one item in place of every, where one alone is enough: the first by name."""
    holder, star, rest = paths[0].partition(".*.")
    if len(paths) > 1 or not star:
        return paths
    for item in items(instance, holder)[:MOST_ITEMS]:
        alone = f"{holder}.{item}.{rest}"
        if find(instance, alone) and _is_feasible(instance, measure, [alone], steps, limits):
            return [alone]
    return paths


def _is_feasible(
    instance: Instance, measure: Measure, paths: list[str], steps: int, limits: Limits
) -> bool:
    """Whether a measure of so many steps gives a plan."""
    step = steps * measure.factor
    try:
        relaxed = changed(instance, [Change(path=path, add=step) for path in paths], measure.words)
        if relaxed is None:
            return False
        linear = assemble(relaxed).linear
    except (InfeasibleError, InputError):
        return False
    return any_plan(linear, separator(relaxed), limits) is not None
