"""Dotted paths into plain data: the one language of overrides, break-evens and bottlenecks.

``zones.CAISO.headroom_mw`` names one value, ``zones.*.headroom_mw`` one in every row, ``targets.0`` a
place in a list. Keys may themselves hold dots; where several keys fit, the longest that leads on does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal

from siting.core.errors import Issue
from siting.core.names import MEANT
from siting.core.yaml_scan import Path_, dotted

ANY = "*"
"""Stands for every key of a mapping, and every place in a list."""
New = Literal["none", "leaf", "all"]
DEEPEST = 4
"""Levels below which a key is not looked for elsewhere."""
MOST_LISTED = 10
MOST_OPTIONS = 1000
"""Keys among which a near one is looked for."""


def expand(data: object, text: str, new: New = "none") -> list[Path_]:
    """Every path that a dotted text names, sorted by key.

    Args:
        new: whether the last key may be one that is not there yet, or all from the first one
            after which no ``*`` comes.
    """
    return list(_walk(data, text.split("."), (), new))


def _walk(data: object, parts: list[str], path: Path_, new: New) -> Iterator[Path_]:
    """Paths below one that is found."""
    if not parts:
        yield path
    elif parts[0] == ANY:
        for key in _keys(data):
            yield from _walk(data[key], parts[1:], (*path, key), new)  # type: ignore[index]
    elif isinstance(data, list):
        if parts[0].isdigit() and int(parts[0]) < len(data):
            number = int(parts[0])
            yield from _walk(data[number], parts[1:], (*path, number), new)
    elif isinstance(data, Mapping):
        found = None
        for size in range(len(parts), 0, -1):
            key = ".".join(parts[:size])
            if found is None and key in data:
                found = next(below := _walk(data[key], parts[size:], (*path, key), new), None)
                if found is not None:
                    yield found
                    yield from below
        if found is None and _may_be_new(parts, new) and parts[0] not in data:
            yield (*path, *parts)


def _may_be_new(parts: list[str], new: New) -> bool:
    """Whether keys that are missing may be made."""
    if new == "leaf":
        return len(parts) == 1 and parts[0] != ""
    return new == "all" and ANY not in parts and all(parts)


def _keys(data: object) -> list[Any]:
    """Keys of a mapping, sorted, or places of a list."""
    if isinstance(data, list):
        return list(range(len(data)))
    return sorted(data) if isinstance(data, Mapping) else []


def value_at(data: object, path: Path_) -> Any:
    """The value at a path, None where there is none."""
    for key in path:
        try:
            data = data[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def put(data: Any, path: Path_, value: object) -> None:
    """Set a value in place; mappings on the way that are missing are made."""
    for key in path[:-1]:
        if isinstance(data, dict) and not isinstance(data.get(key), dict | list):
            data[key] = {}
        data = data[key]
    data[path[-1]] = value


def unknown(data: object, text: str, where: str) -> Issue:
    """The issue that a dotted text names nothing, with the nearest path that names something."""
    path, parts, options = _known_part(data, text)
    word, rest = MEANT.get(parts[0], parts[0]), parts[1:]
    near = [word] if word in options else get_close_matches(parts[0], options[:MOST_OPTIONS])
    found = [(*path, name) for name in near] + ([] if path else _elsewhere(data, word))
    leading = [end for end in found if expand(data, ".".join((dotted(end), *rest)), "leaf")]
    ends = [dotted(end) for end in leading or found]
    what = f"unknown path '{dotted((*path, parts[0]))}'"
    if ends:
        fix = "Write " + ".".join((ends[0], *rest))
        return Issue(where, what, f"one of {', '.join(ends)}", fix)
    if not options:
        return Issue(where, what, f"a path that ends at '{dotted(path)}'", "Shorten the path")
    known = ", ".join(dotted((*path, option)) for option in options[:MOST_LISTED])
    more = len(options) - MOST_LISTED
    return Issue(where, what, f"one of {known}" + (f" and {more} more" if more > 0 else ""))


def _known_part(data: object, text: str) -> tuple[Path_, list[str], list[str]]:
    """The longest path that is there, what is left of the text, and the keys that stand there."""
    parts = text.split(".")
    path: Path_ = ()
    while True:
        options = [str(key) for key in (data if isinstance(data, Mapping) else _keys(data))]
        heads = (".".join(parts[:size]) for size in range(len(parts), 0, -1))
        head = next((head for head in heads if head in options), None)
        if parts[0] == ANY and options:
            head = options[0]
        taken = 1 if head is None or parts[0] == ANY else head.count(".") + 1
        if head is None or len(parts) <= taken:
            return path, parts, options
        key: str | int = int(head) if isinstance(data, list) else head
        data, path, parts = value_at(data, (key,)), (*path, key), parts[taken:]


def _elsewhere(data: object, name: str) -> list[Path_]:
    """Paths of a key further down, the nearest ones: what stands in front of it was left out."""
    level: list[tuple[Path_, object]] = [((), data)]
    for _ in range(DEEPEST):
        below = [
            ((*path, key), value_at(held, (key,)))
            for path, held in level
            for key in _keys(held)[:MOST_OPTIONS]
        ]
        found = [
            (*path, name) for path, held in below if isinstance(held, Mapping) and name in held
        ]
        if found:
            return found[:MOST_LISTED]
        level = below[:MOST_OPTIONS]
    return []
