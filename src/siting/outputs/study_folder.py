"""The folder of a study: its tables, each plan in a folder of its own, and solves that a later run uses."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from siting.core.plan import Plan
from siting.core.table import Table
from siting.outputs.folder import short_name, whole_folder
from siting.outputs.registry import outputs
from siting.outputs.tables import write_tables
from siting.outputs.write import write_outputs

SOLVES = "solves"
"""Folder of finished solves, which a later run takes up."""
PLANS = "plans"
"""Folder of the plans, each in one of its own."""


def working_store(target: Path) -> Path:
    """Where solves are kept until the folder is written."""
    return target.parent / f".{short_name(target.name)}.{SOLVES}"


@contextmanager
def study_folder(
    target: Path,
    marker: str,
    tables: Mapping[str, Table],
    plans: Mapping[str, Plan],
    solves: Mapping[str, Path],
    best: str = "",
) -> Iterator[Path]:
    """A folder to which a study adds its page and its marker, and which appears whole or not at all.

    Args:
        marker: file by which the folder of an earlier run of the same kind is known.
        plans: by name; each with what ``siting audit`` and a map need of it.
        solves: file of each finished solve that the study used, by its name.
        best: name of the plan that is written with all that a plan gives, report and workbook too.

    Raises:
        InputError: the target is not a new folder nor that of an earlier run.
    """
    with whole_folder(target, marker) as folder:
        write_tables(tables, folder / "tables")
        for name, own in folders_of(plans).items():
            place = folder / PLANS / own
            place.mkdir(parents=True)
            wanted = (o for o in outputs() if o.is_compared or name == best)
            write_outputs(plans[name], place, wanted)
        (folder / SOLVES).mkdir()
        for name, path in sorted(solves.items()):
            shutil.copyfile(path, folder / SOLVES / f"{name}.npz")
        yield folder
    shutil.rmtree(working_store(target), ignore_errors=True)


def folders_of(plans: Iterable[str]) -> dict[str, str]:
    """The folder of each plan by its name: letters, digits, and what ends no path; no two are alike, whatever
    their capitals. A plan has the same folder if more plans follow."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for plan in plans:
        plain = short_name(re.sub(r"[^\w.+-]", "_", plan).strip(".") or "_")
        names = chain([plain], (f"{plain}_{number}" for number in count(2)))
        found[plan] = next(name for name in names if name.lower() not in taken)
        taken.add(found[plan].lower())
    return found
