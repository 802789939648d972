"""Every plan passes its audit, solved and read back, and no scenario ends in a bug."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from siting.cli.audit_plan import audit_whole
from siting.core.errors import InfeasibleError, InputError, NoPlanError
from siting.outputs.registry import outputs
from siting.outputs.write import write_outputs, write_plan
from siting.solver.highs import Limits
from support.engine import plan_of
from support.instances_all import any_scenario

ABOUT = "plans of all families together, audited and read back"
COUNT = 2000
LIMITS = Limits(gap_frac=1e-4, time_limit_seconds=60, threads=1)
SEEDS_PER_RUN = 1_000_000
WHOLE_EVERY = 20
"""One plan of so many is written with report, maps and workbook; the others as far as it is audited."""


def run(seed: int, count: int) -> Iterator[str]:
    """Failures: a finding of an audit, or an error that is none of the scenario's."""
    for number in range(count):
        one = seed * SEEDS_PER_RUN + number
        for failure in failures(one):
            yield f"support.instances_all.any_scenario({one}): {failure}"


def failures(seed: int) -> list[str]:
    """What is wrong with the plan of one scenario, if it has one."""
    try:
        plan = plan_of(any_scenario(seed), LIMITS)
    except InputError as error:
        return [] if "no site can carry load" in str(error) else [str(error)]
    except (InfeasibleError, NoPlanError):
        return []
    except Exception as error:  # what else is raised is a bug, and the campaign goes on
        return [f"{type(error).__name__}: {error}"]
    with TemporaryDirectory() as folder:
        target = Path(folder) / "plan"
        if seed % WHOLE_EVERY:
            target.mkdir()
            write_outputs(plan, target, (output for output in outputs() if output.is_source))
        else:
            write_plan(plan, target)
        audited = audit_whole(target)
        wrong = [*plan.findings, *(f"read back: {what}" for what in audited.findings)]
        if len(plan.goals) == 1 and audited.proof.by_arithmetic_usd is None:
            wrong.append(f"nothing is proven without the solver: {audited.proof.why_not}")
        return wrong
