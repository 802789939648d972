"""Plans within a wide and a narrow gap: nothing can be left out or bought later, and the audit agrees.

Each plan is held against a program of its own, which may buy less or later at the same cost and with the
same service; then each thing that the plan could buy is bought once more, and the audit must name it.
"""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.errors import InfeasibleError, InputError
from siting.instance.build import Instance
from siting.model.assemble import Model, assemble
from siting.model.values import SolvedValues
from siting.pipeline import solve_linear
from siting.solution.extract import extract
from siting.solution.purchases import audit_purchases
from siting.solver.highs import Limits
from support.engine import instance_of
from support.instances_all import any_scenario
from support.surplus import less_is_bought, surpluses

ABOUT = "plans hold nothing that nobody needs"
COUNT = 200
GAPS = (0.2, 1e-6)
MONTHS = 0.05
"""Months of units that the tolerance of a cost may buy."""
LET_PASS = ("bridge.units", "plants.units")
"""Where one more may stand in for main banks, and the audit lets it pass."""


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each."""
    for number in range(seed, seed + count):
        for line in failures(number):
            yield f"support.instances_all.any_scenario({number}): {line}"


def failures(seed: int) -> Iterator[str]:
    """What is wrong with the plans of one scenario."""
    try:
        instance = instance_of(any_scenario(seed))
        model = assemble(instance)
    except (InputError, InfeasibleError):
        return
    for gap_frac in GAPS:
        for line in _failures(instance, model, gap_frac):
            yield f"gap {gap_frac:g}: {line}"


def _failures(instance: Instance, model: Model, gap_frac: float) -> Iterator[str]:
    """What is wrong with the plan of one scenario."""
    limits = Limits(gap_frac=gap_frac, threads=1)
    ranked = solve_linear(instance, model.linear, limits)
    x = ranked.outcome.x
    if x is None:
        return
    if not ranked.is_least:
        yield "not proven to be least"
    months = less_is_bought(model.linear, x, instance)
    if months > MONTHS:
        yield f"{months:g} months of units can be saved"
    for finding in audit_purchases(instance, extract(instance, SolvedValues(model, x))):
        yield str(finding)
    for name, item, more in surpluses(model.linear, x):
        found = audit_purchases(instance, extract(instance, SolvedValues(model, more)))
        if not found and name not in LET_PASS:
            yield f"one more of {name} {item} is not found"
