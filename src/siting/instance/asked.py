"""What warnings read: an instance, where each value was written, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from siting.core.errors import Issue
from siting.core.paths import expand, value_at
from siting.core.resources import PREFIX
from siting.core.warnings import together
from siting.core.yaml_source import Document, Path_
from siting.instance.build import Instance


@dataclass(frozen=True)
class Asked:
    """An instance and the document that it was built from."""

    instance: Instance
    document: Document

    @cached_property
    def families(self) -> dict[str, Any]:
        """Settings of the families that are on."""
        return self.instance.scenario.families()

    def is_own(self, path: Path_) -> bool:
        """Whether a value stands in the scenario file itself, in a table of the user's or in an
        override: what a library brings need not apply everywhere."""
        place, root = self.document.place(path), self.document.place(())
        is_builtin = place.file.startswith(PREFIX)
        return not is_builtin and (place.line == 0 or place.file == root.file)

    def is_own_row(self, path: Path_) -> bool:
        """Whether the user wrote a row, and does not only change one of a library."""
        row = value_at(self.document.data, path)
        below = [(*path, key) for key in row] if isinstance(row, dict) else []
        return self.is_own(path) and all(self.is_own(key) for key in below)

    def stated(self, pattern: str) -> list[tuple[Path_, Any]]:
        """Paths that a pattern names, and their values."""
        data = self.document.data
        return [(path, value_at(data, path)) for path in expand(data, pattern)]

    def own(self, pattern: str) -> list[tuple[Path_, Any]]:
        """Those of them that the user wrote."""
        return [(path, value) for path, value in self.stated(pattern) if self.is_own(path)]

    def warn(self, paths: Iterable[Path_], what: str, fix: str, name_at: int = -1) -> list[Issue]:
        """One warning for equal ones of several paths.

        Args:
            what: with ``{names}`` where the rows are named. name_at: which key of a path names a row.
        """
        rows = list(paths)
        places = [self.document.where(path) for path in rows]
        return together(places, list(dict.fromkeys(str(path[name_at]) for path in rows)), what, fix)
