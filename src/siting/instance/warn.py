"""Every warning that is known before solving: about places, amounts, times, and what changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from siting.core.errors import Issue
from siting.core.warnings import meant
from siting.core.yaml_source import Document, Path_
from siting.families.registry import COMPONENTS
from siting.instance.asked import Asked
from siting.instance.build import Instance
from siting.instance.warn_amounts import warn_amounts
from siting.instance.warn_idle import warn_idle
from siting.instance.warn_places import warn_places
from siting.instance.warn_times import warn_times


def warnings_of(instance: Instance, document: Document) -> list[Issue]:
    """Warnings about a scenario.

    Args:
        document: what the instance was built from, with the place of every value.
    """
    asked = Asked(instance, document)
    parts = (warn_places, warn_amounts, warn_times, warn_idle, warn_families)
    found = [*near_misses(document), *(issue for part in parts for issue in part(asked))]
    return list(dict.fromkeys(found))


def warn_families(asked: Asked) -> Iterator[Issue]:
    """What each family that is on warns of by itself."""
    for name, config in asked.families.items():
        more = COMPONENTS[name].doubts.more
        if more is not None:
            yield from more(asked, config, asked.instance.data[name])


def near_misses(document: Document) -> list[Issue]:
    """Rows of the scenario that only restate keys of a row that was included under another id: a
    change of it that became a row of its own."""
    return list(_near_misses(document, document.data, ()))


def _near_misses(document: Document, data: Any, path: Path_) -> Iterator[Issue]:
    """Those in one mapping and below."""
    if not isinstance(data, Mapping):
        return
    root = document.place(()).file
    rows = {key: row for key, row in data.items() if isinstance(row, Mapping) and row}
    files = {key: {document.place((*path, key, part)).file for part in rows[key]} for key in rows}
    included = [key for key in rows if root not in files[key]]
    for key, row in rows.items():
        near = meant(key, included) if files[key] == {root} else None
        if near and set(row) < set(rows[near]):
            what = f"'{key}' is a row of its own, no change of '{near}', which is included"
            yield Issue(document.where((*path, key)), what, "", f"Write '{near}'")
        yield from _near_misses(document, row, (*path, key))
