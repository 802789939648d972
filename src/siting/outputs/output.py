"""The contract of an output: a file of a plan folder, in one declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from siting.core.plan import Plan
from siting.core.table import Table

FOLDER = "/"
"""How the name of an output ends that is a folder of files."""


@dataclass(frozen=True)
class Output:
    """A file that is written of a plan, or a folder of files. All are sealed but ``plan.json``, which has the
    seals; the audit names each that is missing or was changed.

    Attributes:
        name: below the folder of the plan; that of a folder ends with a slash.
        about: what it holds, in words.
        write: from the plan, to its place. Drawn from tables, never from values of the solver.
        is_source: whether the plan follows from it, or is proven by it: then a change fails the audit.
            Else it is made for readers, who may write into it or leave it out.
        is_compared: whether all plans of a comparison have it, not the best one alone.
        check: what in a file disagrees with the tables, in words; the audit names it. The file may hold
            anything: it is as it was sealed, by whomever.
    """

    name: str
    about: str
    write: Callable[[Plan, Path], None]
    is_source: bool = False
    is_compared: bool = False
    check: Callable[[Mapping[str, Table], Path], Iterable[str]] = field(
        default=lambda tables, path: ()
    )

    def holds(self, file: str) -> bool:
        """Whether a file, by its name below the folder of the plan, is this or lies in it."""
        return file == self.name or (self.name.endswith(FOLDER) and file.startswith(self.name))
