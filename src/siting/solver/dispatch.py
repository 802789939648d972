"""DC optimal power flow: the cheapest dispatch within branch ratings, and the least overload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import highspy
import numpy as np

from siting.core.errors import InfeasibleError, InputError, Issue
from siting.network.case import Network, check_in_service, check_supply
from siting.network.limits import TOLERANCE_MW, FlowLimits, Limit, flow_limits
from siting.solver.redispatch import ROUNDS, SMALL, Redispatch

SHOWN = 8
NOISE_MW = 1e-7
"""Overload that is nothing but the tolerance of the solver [MW]."""


@dataclass(frozen=True)
class Dispatch:
    """The cheapest dispatch.

    Attributes:
        cost_usd_per_hour: objective, constants of the costs of generators in service included.
        output_mw: by generator. flow_mw: by branch. binding: limits that cost something.
    """

    network: Network
    cost_usd_per_hour: float
    output_mw: np.ndarray
    flow_mw: np.ndarray
    binding: tuple[str, ...]


@dataclass(frozen=True)
class LeastOverload:
    """How far a network without extra load is from keeping every limit.

    Attributes:
        overload_mw: excess over the rating that no dispatch avoids, by limit; empty if none.
        output_mw: of each generator in a dispatch with no other overload.
    """

    overload_mw: Mapping[Limit, float]
    output_mw: np.ndarray


def cheapest_dispatch(network: Network) -> Dispatch:
    """Solve the DC optimal power flow of a network with costs.

    Raises:
        InputError: no costs, or generation that cannot meet the load.
        InfeasibleError: no dispatch keeps the branches within their ratings.
    """
    if not network.generators.costs:
        what = "the case states no generator costs"
        raise InputError([Issue(network.name, what, "a cost for each generator", "Add gencost")])
    check_in_service(network)
    check_supply(network)
    limits = flow_limits(network, with_outages=False)
    program = Redispatch(limits)
    constant = _add_costs(program)
    for _ in range(ROUNDS):
        if not program.optimum():
            raise InfeasibleError(overload_words(limits, least_overload(limits)))
        values = program.values()
        violated = program.violated(program.injection_mw(values))
        if not violated:
            break
        program.add_limits(violated)
    dual = np.array(program.highs.getSolution().row_dual)[program.first_limit :]
    binding = [
        limits.words(limit)
        for limit, price in zip(program.kept, dual, strict=True)
        if abs(price) > TOLERANCE_MW
    ]
    return Dispatch(
        network,
        program.highs.getInfo().objective_function_value + constant,
        values[: len(network.generators)],
        limits.model.flows(program.injection_mw(values)),
        tuple(sorted(binding)),
    )


def _add_costs(program: Redispatch) -> float:
    """Give generators their costs; returns the constant part [USD/h]."""
    highs, costs = program.highs, program.limits.network.generators.costs
    constant = 0.0
    for number, cost in enumerate(costs):
        constant += cost.constant
        highs.changeColCost(number, cost.linear)
    column = len(costs)
    for number, cost in enumerate(costs):
        if not cost.points:
            continue
        highs.addVar(-highspy.kHighsInf, highspy.kHighsInf)
        highs.changeColCost(column, 1.0)
        for (x0, y0), (x1, y1) in zip(cost.points, cost.points[1:], strict=False):
            slope = (y1 - y0) / (x1 - x0)
            pair, values = np.array([number, column]), np.array([-slope, 1.0])
            if abs(slope) <= SMALL:
                pair, values = pair[1:], values[1:]
            highs.addRow(y0 - slope * x0, highspy.kHighsInf, len(pair), pair, values)
            program.first_limit += 1
        column += 1
    squares = np.array([2 * cost.quadratic for cost in costs] + [0.0] * (column - len(costs)))
    if squares.any():
        # HiGHS minimises x'Qx/2; only the diagonal is there
        used = np.flatnonzero(squares)
        start = np.searchsorted(used, np.arange(column))
        highs.passHessian(
            column, len(used), int(highspy.HessianFormat.kTriangular),
            start.astype(np.int32), used.astype(np.int32), squares[used],
        )  # fmt: skip
    return constant


def least_overload(limits: FlowLimits, around_mw: np.ndarray | None = None) -> LeastOverload:
    """The dispatch with the least total overload, and what that overload is.

    Limits with every branch in service cost a thousand times those after an outage, so that they
    are kept wherever they can be.

    Args:
        around_mw: outputs to begin with; one that keeps most limits saves most of the work.
    """
    program = Redispatch(limits, around_mw=around_mw)
    columns: list[int] = []
    for _ in range(ROUNDS):
        if not program.optimum():
            raise ArithmeticError("a dispatch that may overload branches is infeasible")
        values = program.values()
        violated = program.violated(program.injection_mw(values))
        if not violated:
            break
        first = len(program.kept)
        program.add_limits(violated)
        for place, limit in enumerate(violated, start=first):
            row = program.first_limit + place
            weight = 1.0 if limit.outage >= 0 else 1000.0
            for sign in (1.0, -1.0):
                pair = (np.array([row], np.int32), np.array([sign]))
                program.highs.addCol(weight, 0.0, highspy.kHighsInf, 1, *pair)
                columns.append(place)
    used = values[program.columns :]
    overload: dict[Limit, float] = {}
    for place, mw in zip(columns, used, strict=True):
        if mw > NOISE_MW:
            limit = program.kept[place]
            overload[limit] = max(overload.get(limit, 0.0), float(mw))
    return LeastOverload(dict(sorted(overload.items())), program.output_mw(values))


def _limit_words(limits: FlowLimits, limit: Limit) -> str:
    """What an overload exceeds, both sides where they differ."""
    least, most = (float(side[limit.branch]) for side in limits.network.branches.flow_limits_mw)
    if least == -most:
        return f"above its limit of {most:,.1f} MW"
    return f"outside its limits of {least:,.1f} and {most:,.1f} MW"


def overload_words(limits: FlowLimits, least: LeastOverload) -> list[str]:
    """The overload that no dispatch avoids, in words, the largest first."""
    worst = sorted(least.overload_mw.items(), key=lambda item: (-item[1], item[0]))
    lines = [
        f"branch {limits.words(limit)}: {mw:,.2f} MW {_limit_words(limits, limit)}, "
        "whatever the dispatch"
        for limit, mw in worst[:SHOWN]
    ]
    if len(worst) > SHOWN:
        lines.append(f"{len(worst) - SHOWN} more branches")
    return lines
