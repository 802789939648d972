"""Read scenario files as plain data with the place of every value; merge includes and overrides."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from siting.core import paths
from siting.core.errors import InputError, Issue
from siting.core.resources import PREFIX
from siting.core.yaml_scan import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_FILE_NODES,
    MAX_INCLUDE_DEPTH,
    Document,
    Path_,
    Where,
    _at,
    _Node,
    _scan,
    dotted,
    shown,
)

MAX_INCLUDES = 1000
"""Files included in all, each counted as often as it is."""
MAX_NAME = 1000
"""Characters of a file name that messages show."""

__all__ = [
    "Document",
    "Path_",
    "Where",
    "dotted",
    "parse_document",
    "read_document",
    "shown",
    "with_overrides",
    "without_effect",
]


@dataclass(frozen=True)
class _Source:
    """A file to read: name in messages, path, whether it must stay in the builtin folder."""

    name: str
    path: Path
    is_builtin: bool

    @property
    def real(self) -> str:
        return os.path.realpath(self.path)


ELSEWHERE = "lies outside the scenario's folder"
BELOW = "a file below the scenario's folder or builtin:...; --allow-outside permits others"


def is_below(path: Path, root: Path | None) -> bool:
    """Whether a file lies below a folder, links followed; without a folder every file does."""
    return root is None or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


class _Includes:
    """Reads files and merges what they include."""

    def __init__(self, builtin: Path | None, root: Path | None) -> None:
        self.builtin = builtin
        self.root = root
        self.included = 0
        self.issues: list[Issue] = []
        self.trees: dict[str, _Node | None] = {}
        self.nodes = 0

    def load(
        self, source: _Source, chain: tuple[str, ...], path: Path_, place: str
    ) -> _Node | None:
        """Tree of a file with its includes merged, or None when it cannot be read."""
        if source.real not in self.trees:
            self.trees[source.real] = None
            try:
                self.trees[source.real] = _scan(
                    _read_text(source, place), source.name, MAX_FILE_NODES
                )
            except InputError as error:
                self.issues.extend(error.issues)
        tree = self.trees[source.real]
        return tree and self._resolve(
            tree, source, (*chain, source.real), path, ("extends", "include")
        )

    def _resolve(
        self,
        node: _Node,
        source: _Source,
        chain: tuple[str, ...],
        path: Path_,
        names: tuple[str, ...],
    ) -> _Node:
        """The node with every include below it merged."""
        self.nodes += 1
        if self.nodes > MAX_FILE_NODES or len(path) > MAX_DEPTH:
            limit = f"at most {MAX_FILE_NODES:,} values and {MAX_DEPTH} levels with all includes"
            issue = Issue(_at(node.where, path), "too much is included", limit, "Include less")
            raise InputError([*self.issues, issue])
        if isinstance(node.value, list):
            items = enumerate(node.value)
            parts = [self._resolve(v, source, chain, (*path, i), ("include",)) for i, v in items]
            return _Node(parts, node.where)
        if not isinstance(node.value, dict):
            return node
        merged = _Node({}, node.where)
        for name in (name for name in names if name in node.value):
            for target in self._targets(node.value[name], (*path, name)):
                found = self._include(target, source, chain, (*path, name))
                merged = _merge(merged, found) if found else merged
        own = {
            key: self._resolve(value, source, chain, (*path, key), ("include",))
            for key, value in node.value.items()
            if key not in names
        }
        return _merge(merged, _Node(own, node.where))

    def _targets(self, node: _Node, path: Path_) -> list[_Node]:
        """The named files of an include."""
        nodes = node.value if isinstance(node.value, list) else [node]
        if not nodes or not all(isinstance(n.value, str) and n.value for n in nodes):
            self._add(node, path, "no file name", "a file name or a list of file names")
            return []
        return nodes

    def _add(self, node: _Node, path: Path_, what: str, expected: str) -> None:
        self.issues.append(Issue(_at(node.where, path), what, expected, "Correct the file name"))

    def _include(
        self, node: _Node, parent: _Source, chain: tuple[str, ...], path: Path_
    ) -> _Node | None:
        """Tree of one included file, or None with an issue."""
        text = str(node.value)
        self.included += 1
        if self.included > MAX_INCLUDES:
            issue = Issue(_at(node.where, path), "too much is included", f"{MAX_INCLUDES} files")
            raise InputError([*self.issues, issue])
        source = self.locate(text, parent)
        if isinstance(source, str):
            self._add(node, path, f"'{shown(text)}' {source}", BELOW)
        elif source.real in chain:
            self._add(node, path, f"'{shown(text)}' includes itself", "no circle of includes")
        elif len(chain) > MAX_INCLUDE_DEPTH:
            self._add(node, path, "includes nested too deeply", f"at most {MAX_INCLUDE_DEPTH}")
        else:
            return self.load(source, chain, path[:-1], _at(node.where, path))
        return None

    def locate(self, text: str, parent: _Source | None) -> _Source | str:
        """The named file, or what is wrong with the name."""
        is_builtin = text.startswith(PREFIX) or (parent is not None and parent.is_builtin)
        if not is_builtin:
            folder = parent.path.parent if parent else Path()
            if parent is not None and not is_below(folder / text, self.root):
                return ELSEWHERE
            return _Source(shown(os.path.normpath(folder / text), MAX_NAME), folder / text, False)
        if self.builtin is None:
            return "needs the built-in folder, and there is none"
        inner = text.removeprefix(PREFIX)
        if PurePosixPath(inner).is_absolute() or PureWindowsPath(inner).anchor:
            return "is an absolute path"
        folder = self.builtin if text.startswith(PREFIX) or parent is None else parent.path.parent
        source = _Source("", folder / inner, True)
        root = os.path.realpath(self.builtin)
        if not Path(source.real).is_relative_to(root):
            return "leads out of the built-in folder"
        name = Path(os.path.relpath(source.path, self.builtin)).as_posix()
        return _Source(shown(PREFIX + name, MAX_NAME), source.path, True)


def _merge(base: _Node, over: _Node) -> _Node:
    """Deep merge: mappings merge key by key, everything else replaces."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    merged = dict(base.value)
    for key, node in over.value.items():
        merged[key] = _merge(merged[key], node) if key in merged else node
    return _Node(merged, over.where)


def _read_text(source: _Source, place: str) -> str:
    """Text of a regular UTF-8 file of acceptable size."""
    try:
        if not stat.S_ISREG(source.path.stat().st_mode):
            raise InputError(
                [Issue(place, f"'{source.name}' is not a regular file", "a YAML file")]
            )
        with source.path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        what = f"'{source.name}' cannot be read: {error.strerror}"
        raise InputError(
            [Issue(place, what, "a readable file", "Correct the file name")]
        ) from error
    if len(raw) > MAX_BYTES:
        limit = f"at most {MAX_BYTES // 2**20} MiB"
        raise InputError([Issue(source.name, "the file is too large", limit, "Split the file")])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        place = str(Where(source.name, line, column))
        issue = Issue(
            place, f"byte 0x{raw[error.start]:02x} is not UTF-8", "UTF-8 text", "Save it so"
        )
        raise InputError([issue]) from error


def _flat(node: _Node, path: Path_, places: dict[Path_, Where]) -> object:
    """Plain data of a tree; notes each place."""
    places[path] = node.where
    if isinstance(node.value, dict):
        return {key: _flat(item, (*path, key), places) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [_flat(item, (*path, index), places) for index, item in enumerate(node.value)]
    return node.value


def _document(tree: _Node) -> Document:
    places: dict[Path_, Where] = {}
    return Document(_flat(tree, (), places), places)


def parse_document(text: str, name: str) -> Document:
    """Read a text; ``include`` and ``extends`` stay ordinary keys."""
    return _document(_scan(text, name))


def read_document(
    path: Path, *, builtin: Path | None = None, allow_outside: bool = True
) -> Document:
    """Read a file and everything it includes; raises InputError with every issue found.

    Args:
        path: the file. builtin: folder that ``builtin:`` means.
        allow_outside: whether it may include files that lie outside its folder.
    """
    reader = _Includes(builtin, None if allow_outside else path.parent)
    source = reader.locate(str(path), None)
    if isinstance(source, str):
        raise InputError([Issue(shown(str(path)), f"the file name {source}", "a file name")])
    tree = reader.load(source, (), (), source.name)
    if reader.issues or tree is None:
        raise InputError(reader.issues)
    return _document(tree)


def with_overrides(document: Document, overrides: Mapping[str, object]) -> Document:
    """Set values by dotted path, in the given order; the last key of a path may be new."""
    data = deepcopy(document.data)
    set_: dict[Path_, Where] = {}
    issues: list[Issue] = []
    for name, value in overrides.items():
        found = paths.expand(data, name, "leaf")
        if not found:
            issues.append(paths.unknown(data, name, f"override {shown(name)}"))
        for path in found:
            paths.put(data, path, value)
        set_.update(dict.fromkeys(found, Where(f"override {shown(name)}", 0, 0)))
    if issues:
        raise InputError(issues)
    # what lies below a value that was set falls back to the place of the override
    kept = {
        path: where
        for path, where in document.places.items()
        if not any(path[:size] in set_ for size in range(1, len(path) + 1))
    }
    return Document(data, kept | set_)


def without_effect(document: Document, overrides: Mapping[str, object]) -> list[Issue]:
    """Warnings about overrides with the value that is there already."""
    return [
        Issue(f"override {shown(name)}", "it changes nothing, the value is there already")
        for name, value in overrides.items()
        if (found := paths.expand(document.data, name))
        and all(paths.value_at(document.data, path) == value for path in found)
    ]
