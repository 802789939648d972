"""What warnings read: an instance, where each value was written, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from siting.core.errors import Issue
from siting.core.goals import Goal
from siting.core.paths import expand, value_at
from siting.core.records import Site
from siting.core.resources import PREFIX
from siting.core.system import System
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

    @property
    def system(self) -> System:
        """What every family shares."""
        return self.instance.system

    @property
    def sites(self) -> Mapping[str, Site]:
        """Sites in the order in which they are written."""
        return self.instance.scenario.sites

    @property
    def goals(self) -> Sequence[Goal]:
        """Goals that are stated, by rank."""
        return self.instance.scenario.objectives

    @cached_property
    def zones_used(self) -> set[str | None]:
        """Zones in which sites lie, or from which power can be sent to them."""
        zones = {site.zone for site in self.sites.values()}
        return zones | set(self.system.zones) if self.system.is_zone_linked else zones

    @cached_property
    def nodes_used(self) -> set[str]:
        """Points of interconnection of sites."""
        return set(self.system.node_of.values())

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

    def where(self, path: Path_) -> str:
        """File, line and key of a value."""
        return self.document.where(path)

    def warn_rows(self, table: Path_, names: Iterable[str], what: str) -> list[Issue]:
        """One warning for the user's own rows among some of a table."""
        paths = [(*table, name) for name in sorted(names) if self.is_own_row((*table, name))]
        return self.warn(paths, what, "Correct or remove it")

    def warn(self, paths: Iterable[Path_], what: str, fix: str, name_at: int = -1) -> list[Issue]:
        """One warning for equal ones of several paths.

        Args:
            what: with ``{names}`` where the rows are named. name_at: which key of a path names a row.
        """
        rows = list(paths)
        places = [self.document.where(path) for path in rows]
        return together(places, list(dict.fromkeys(str(path[name_at]) for path in rows)), what, fix)
