"""Replace references to files in a scenario (``file: sites.csv``) by the rows they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.paths import ANY
from siting.core.strict import validate
from siting.core.yaml_source import Document, Path_, Where, dotted
from siting.instance.references import ListReference, TableReference
from siting.instance.table_rows import Opener, read_list, read_table
from siting.scenario import file_places


@dataclass(frozen=True)
class Resolved:
    """A document with rows in place of table references.

    Attributes:
        document: the document; a table that could not be read is an empty mapping.
        files: name as given -> file, of every table read.
        issues: everything wrong in any of the tables. unread: places of those left empty.
        warnings: columns that nothing reads, filters and records that change nothing.
    """

    document: Document
    files: Mapping[str, Path]
    issues: tuple[Issue, ...]
    unread: tuple[Path_, ...]
    warnings: tuple[Issue, ...] = ()

    def concerns_unread(self, issue: Issue) -> bool:
        """Whether an issue only says that an unread table is empty."""
        place = issue.where.rpartition(": ")[2]
        return any(place == dotted(path) for path in self.unread)


def resolve_tables(document: Document, folder: Path, allow_outside: bool = True) -> Resolved:
    """Read every table and list of a document that names a file.

    Args:
        document: with references. folder: where their paths start.
        allow_outside: whether files may lie outside the folder.
    """
    data: Any = document.data
    places = dict(document.places)
    opener = Opener(folder, allow_outside)
    issues: list[Issue] = []
    unread: list[Path_] = []
    warnings: list[Issue] = []
    left = [*file_places(data)]
    while left:
        place = left.pop(0)
        path, where = place.path, document.where(place.path)
        found_in = Document(data, places)
        try:
            if place.has_ids:
                table = validate(TableReference, found_in, path)
                found = read_table(table, place.row, opener, where)
            else:
                listed = validate(ListReference, found_in, path)
                found = read_list(listed, place.row, opener, where)
        except InputError as error:
            issues += error.issues
            unread.append(path)
            data = _replaced(data, path, {} if place.has_ids else [])
            continue
        warnings += found.warnings
        data = _replaced(data, path, found.rows)
        places = {key: at for key, at in places.items() if key[: len(path)] != path}
        places[path] = document.place(path)
        places.update({(*path, name): Where(at, 0, 0) for name, at in found.places.items()})
        # rows that the reference adds may name files themselves
        left += [one for one in file_places(data) if one.path[: len(path)] == path]
    return Resolved(
        Document(data, places), opener.files, tuple(issues), tuple(unread), tuple(warnings)
    )


def before_reading(document: Document, name: str) -> bool:
    """Whether an override is made before tables are read: it concerns no row of a table in a file,
    but may say which file that is."""
    for place in file_places(document.data):
        if ANY in name.split("."):
            return False
        kind = TableReference if place.has_ids else ListReference
        head, _, rest = name.partition(f"{dotted(place.path)}.")
        if not head and rest and rest.split(".")[0] not in kind.model_fields:
            return False
    return True


def _replaced(data: Any, path: Path_, value: Any) -> Any:
    """A copy of the data with another value at a path."""
    if not path:
        return value
    changed = _replaced(data[path[0]], path[1:], value)
    if isinstance(data, list):
        return [changed if i == path[0] else item for i, item in enumerate(data)]
    return {**data, path[0]: changed}
