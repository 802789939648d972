"""A scenario with some of its numbers changed: paths with ``*``, and what is done at each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.study import Change
from siting.core.yaml_source import parse_document
from siting.instance.build import Instance, build_instance
from siting.scenario import read_scenario

ANY = "*"
WHOLE = 1e-6
"""By how much a whole number may be missed by rounding."""


def changed(instance: Instance, changes: Sequence[Change], why: str) -> Instance | None:
    """The scenario with the changes applied, checked like any other.

    Args:
        why: name of the study's entry, for messages.

    Returns:
        The instance of the changed scenario; None if no path names anything in this one.

    Raises:
        InputError: something else than a number to be changed, or a value the schema refuses.
    """
    data: dict[str, Any] = deepcopy(dict(instance.resolved))
    issues: list[Issue] = []
    done = sum(_apply(data, change, why, issues) for change in changes)
    if issues:
        raise InputError(issues)
    if not done:
        return None
    document = parse_document(json.dumps(data), why)
    return build_instance(read_scenario(document), data)


def has(instance: Instance, path: str) -> bool:
    """Whether a dotted path names anything in a scenario."""
    return any(True for _ in _places(dict(instance.resolved), path, is_new=False))


def find(instance: Instance, path: str) -> list[float]:
    """The numbers that a dotted path names."""
    places = _places(dict(instance.resolved), path, is_new=False)
    found = [holder[key] for holder, key in places]
    return [v for v in found if isinstance(v, int | float) and not isinstance(v, bool)]


def items(instance: Instance, path: str) -> list[str]:
    """Keys of the mapping that a dotted path names, sorted."""
    for holder, key in _places(dict(instance.resolved), path, is_new=False):
        if isinstance(holder[key], Mapping):
            return sorted(holder[key])
    return []


def _apply(data: dict[str, Any], change: Change, why: str, issues: list[Issue]) -> int:
    """Make one change in place; how many numbers it changed."""
    done = 0
    for holder, key in list(_places(data, change.path, change.is_new)):
        before = holder.get(key) if isinstance(holder, dict) else holder[key]
        if change.set is not None:
            holder[key] = change.set
        elif before is None:
            continue
        elif isinstance(before, bool) or not isinstance(before, int | float):
            where, what = f"{why}: {change.path}", f"'{key}' holds {type(before).__name__}"
            issues.append(Issue(where, what, "a number", "Name a number"))
        else:
            moved = before * (1.0 if change.multiply is None else change.multiply)
            value = max(change.at_least, moved + (change.add or 0.0))
            holder[key] = round(value) if abs(value - round(value)) < WHOLE else value
        done += 1
    return done


def _places(data: Any, path: str, is_new: bool) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of everything a dotted path names; ids may themselves contain dots.

    Args:
        is_new: whether keys that are missing are made, from the first without ``*`` after it.
    """
    head, rest = _split(data, path)
    keys: Sequence[Any] = ()
    if head == ANY:
        keys = range(len(data)) if isinstance(data, list) else sorted(data or ())
    elif isinstance(data, list):
        keys = [int(head)] if head.isdigit() and int(head) < len(data) else []
    elif isinstance(data, Mapping) and (head in data or is_new):
        keys = [head]
    for key in keys:
        if not rest:
            yield data, key
        elif isinstance(data, dict) and is_new and ANY not in rest:
            yield from _places(data.setdefault(key, {}), rest, is_new)
        else:
            yield from _places(data[key], rest, is_new)


def _split(data: Any, path: str) -> tuple[str, str]:
    """First key of a dotted path, and the rest; the longest key of a mapping that fits."""
    fitting = (
        [key for key in data if path == key or path.startswith(f"{key}.")]
        if isinstance(data, Mapping)
        else []
    )
    if fitting:
        head = max(fitting, key=len)
        return head, path[len(head) + 1 :]
    first, _, rest = path.partition(".")
    return first, rest
