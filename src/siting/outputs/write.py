"""Write everything a plan gives, in one folder that appears whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from siting.core.errors import OutputError
from siting.core.plan import Plan
from siting.outputs.folder import PLAN, whole_folder
from siting.outputs.output import FOLDER, Output
from siting.outputs.registry import outputs
from siting.outputs.writable import words_of


def write_plan(plan: Plan, target: Path) -> None:
    """Every output of a plan.

    Raises:
        InputError: the target is not a new folder nor that of an earlier plan.
    """
    with whole_folder(target, PLAN) as folder:
        write_outputs(plan, folder, outputs())


def write_outputs(plan: Plan, folder: Path, wanted: Iterable[Output]) -> None:
    """Some outputs of a plan, in a folder that is there; seals are of those before ``plan.json``."""
    for output in wanted:
        path = folder / output.name.removesuffix(FOLDER)
        path.parent.mkdir(parents=True, exist_ok=True)
        output.write(plan, path)


def write_plan_somewhere(plan: Plan, target: Path) -> None:
    """Write a plan, and if its place cannot hold it by now, write it where it can be kept.

    Raises:
        OutputError: the plan is not at its target; says why, and where it is.
    """
    try:
        write_plan(plan, target)
        return
    except OSError as error:
        what, _ = words_of(error)
        failed = f"{target}: {what}"
        cause = error
    kept = Path(tempfile.gettempdir())
    try:
        kept = Path(tempfile.mkdtemp(prefix="siting-")) / "plan"
        write_plan(plan, kept)
    except OSError as error:
        what, _ = words_of(error)
        raise OutputError(f"{failed}. Nor can the plan be kept in {kept}: {what}.") from error
    raise OutputError(
        f"{failed}. The plan is complete and audited; it is kept in {kept}."
    ) from cause
