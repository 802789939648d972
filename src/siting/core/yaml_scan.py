"""Scan hostile YAML (or JSON) into plain values with the place of each.

Scalars follow the YAML 1.2 core rules as a planner expects them: ``NO``, ``12:30``, ``2027-01`` and
``08001`` stay text. Aliases, tags, merge keys and duplicate keys are refused, all problems at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from yaml import MarkedYAMLError, YAMLError, events
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from siting.core.errors import InputError, Issue

Path_ = tuple[str | int, ...]

MAX_DEPTH = 64
MAX_NODES = 500_000
MAX_FILE_NODES = 150_000
"""Values of a scenario with all it includes; a table of more belongs in a file of its own."""
MAX_BYTES = 64 * 2**20
MAX_INCLUDE_DEPTH = 8
MAX_DIGITS = 40
MAX_ISSUES = 100

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_BAD_SOURCE = re.compile(f"[{_CONTROL}\u2028\u2029\ufeff]")
_BAD_VALUE = re.compile(f"[{_CONTROL}]")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF)")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_SYNTAX_FIXES = {
    "mapping values are not allowed": "Quote text that holds ': ', or check the indentation",
    "character '\\t'": "Indent with spaces instead of tabs",
    "expected <block end>": "Check the indentation: keys of one mapping start in one column",
    "could not find expected ':'": "Write 'key: value', with a space after the colon",
}


@dataclass(frozen=True, order=True)
class Where:
    """Place of a value; line 0 means the value does not come from a file."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


def dotted(path: Path_) -> str:
    """A path in one line, for instance ``sites.0.capacity_mw``."""
    return ".".join(shown(str(part)) for part in path)


def shown(text: str, limit: int = 80) -> str:
    """Text made safe for one line of a message: escaped where not printable, shortened."""
    safe = text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


@dataclass(frozen=True)
class Document:
    """Plain data and the place of every value in it.

    A value's place is where it starts if that is on the line of its key, otherwise its key.
    """

    data: object
    places: Mapping[Path_, Where]

    @classmethod
    def of(cls, data: object, name: str) -> Document:
        """Data that come from no file; messages name only what they are."""
        return cls(data, {(): Where(name, 0, 0)})

    def place(self, path: Path_) -> Where:
        """Place of a value, or of the nearest known parent."""
        near = (path[:size] for size in range(len(path), -1, -1) if path[:size] in self.places)
        known = next(near, None)
        return Where("input", 0, 0) if known is None else self.places[known]

    def where(self, path: Path_) -> str:
        """Place and path as text, for instance ``scenario.yaml:4:18: sites.0.capacity_mw``."""
        return _at(self.place(path), path)


def _at(place: Where, path: Path_) -> str:
    """Place and path as text; a path already named by an override is not repeated."""
    name = dotted(path)
    return f"{place}: {name}" if name and place.file != f"override {name}" else str(place)


@dataclass(frozen=True)
class _Node:
    """A scalar, ``dict[str, _Node]`` or ``list[_Node]`` with its place."""

    value: object
    where: Where


@dataclass
class _Frame:
    """A collection being read; in a mapping ``key`` is None while its value is to be dropped."""

    value: dict[str, _Node] | list[_Node]
    where: Where
    awaits_key: bool
    key: str | None = None
    key_where: Where | None = None
    lines: dict[str, int] = field(default_factory=dict)

    def current(self) -> str | int | None:
        """Key or number of the item being read."""
        if isinstance(self.value, list):
            return len(self.value)
        return None if self.awaits_key else self.key


class _Events(Reader, Scanner, Parser):
    """PyYAML's parser without composer, resolver and constructor."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        """Skip blanks; inside brackets also tabs, which JSON files are indented with."""
        super().scan_to_next_token()
        while self.flow_level and self.peek() == "\t":
            self.forward()
            super().scan_to_next_token()


class _Scan:
    """Turns parser events into a tree of nodes, without recursion, keeping every issue."""

    def __init__(self, name: str, most: int) -> None:
        self.name, self.most = name, most
        self.issues: list[Issue] = []
        self.root: _Node | None = None
        self.stack: list[_Frame] = []
        self.stopped = False
        self.documents = 0
        self.nodes = 0

    def read(self, text: str) -> None:
        """Read the events until the end or until reading on makes no sense."""
        parser = _Events(text)
        next_event: Callable[[], object] = parser.get_event
        try:
            while not self.stopped and parser.check_event():
                self._take(next_event())
        except MarkedYAMLError as error:
            said = str(error.problem)
            fix = next((text for start, text in _SYNTAX_FIXES.items() if start in said), "")
            self._add(self._where(error.problem_mark), f"not readable as YAML: {said}", "", fix)
        except (YAMLError, ValueError, OverflowError) as error:
            place = self._where(parser.get_mark())
            self._add(place, f"not readable as YAML: {shown(str(error))}", "", "")

    def _where(self, mark: object) -> Where:
        line, column = getattr(mark, "line", 0), getattr(mark, "column", 0)
        return Where(self.name, line + 1, column + 1)

    def _add(self, where: Where, what: str, expected: str, fix: str) -> None:
        """Note an issue; too many end the reading."""
        parts = (frame.current() for frame in self.stack)
        path = tuple(part for part in parts if part is not None)
        self.issues.append(Issue(_at(where, path), what, expected, fix))
        self.stopped = self.stopped or len(self.issues) >= MAX_ISSUES

    def _take(self, event: object) -> None:
        """Handle one event."""
        match event:
            case events.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.stopped = True
                    place = self._where(event.start_mark)
                    self._add(place, "a second document starts", "one document", "Remove '---'")
            case events.CollectionEndEvent():
                frame = self.stack.pop()
                self._deliver(_Node(frame.value, frame.where), None)
            case events.NodeEvent():
                self._take_node(event)
            case _:
                pass

    def _take_node(self, event: events.NodeEvent) -> None:
        """Handle a scalar, an alias or the start of a collection."""
        place = self._where(event.start_mark)
        self.nodes += 1
        if self.nodes > self.most:
            self.stopped = True
            self._add(place, "too many values", f"at most {self.most:,}", "Move tables into files")
        if isinstance(event, events.AliasEvent):
            self._add(
                place, f"alias '*{shown(str(event.anchor))}'", "no aliases", "Repeat the value"
            )
            self._deliver(_Node(None, place), None)
            return
        if event.anchor is not None:
            name = f"anchor '&{shown(event.anchor)}'"
            self._add(place, name, "no anchors", "Remove it; share values with 'include'")
        if getattr(event, "tag", None) is not None:
            self._add(place, f"tag '{shown(getattr(event, 'tag', ''))}'", "no tags", "Remove it")
        if isinstance(event, events.ScalarEvent):
            self._take_scalar(event, place)
            return
        if len(self.stack) >= MAX_DEPTH:
            self.stopped = True
            self._add(place, "nested too deeply", f"at most {MAX_DEPTH} levels", "Flatten it")
        elif self.stack and self.stack[-1].awaits_key:
            self._add(place, "a list or mapping as a key", "text as key", "Put the key in quotes")
        is_mapping = isinstance(event, events.MappingStartEvent)
        self.stack.append(_Frame({} if is_mapping else [], place, is_mapping))

    def _take_scalar(self, event: events.ScalarEvent, place: Where) -> None:
        """Decode a scalar and hand it to the collection it stands in."""
        is_plain = event.style is None
        text = event.value
        if not is_plain:
            # JSON writes a character beyond U+FFFF as two escaped halves.
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
            self._refuse_control(text, place)
        if self.stack and self.stack[-1].awaits_key:
            self._deliver(_Node(text, place), self._key(text, is_plain, place))
        else:
            self._deliver(_Node(self._value(text, place) if is_plain else text, place), None)

    def _refuse_control(self, text: str, place: Where) -> None:
        bad = _BAD_VALUE.search(text)
        if bad:
            what = f"text holds the control character U+{ord(bad.group()):04X}"
            self._add(place, what, "printable text", "Remove it")

    def _key(self, text: str, is_plain: bool, place: Where) -> str | None:
        """The key as text, or None for one that cannot be used."""
        lines = self.stack[-1].lines
        if is_plain and text == "<<":
            self._add(place, "merge key '<<'", "no merge keys", "Use 'include' instead")
        elif is_plain and not text:
            self._add(place, "a key is missing before ':'", "text as key", "Write the key")
        elif text in lines:
            what = f"key '{shown(text)}' stands on line {lines[text]} and again on line"
            self._add(place, f"{what} {place.line}", "each key once", "Remove one of the two")
        else:
            lines[text] = place.line
            return text
        return None

    def _value(self, text: str, place: Where) -> object:
        """Value of a plain scalar by the YAML 1.2 core rules."""
        if text in _WORDS:
            return _WORDS[text]
        is_integer = _INTEGER.fullmatch(text) is not None
        if not is_integer and not _FLOAT.fullmatch(text):
            if _NOT_FINITE.fullmatch(text):
                self._add(place, f"found {text}", "a finite number", "Write a number or null")
            return text
        number = 0.0
        if len(text.lstrip("+-")) <= MAX_DIGITS:
            if is_integer:
                return int(text)
            number = float(text)
            if math.isfinite(number):
                return number
        what, fix = f"number {shown(text, 50)} is too long or too large", "Quote it if it is text"
        self._add(place, what, f"at most {MAX_DIGITS} digits and 1.8e308", fix)
        return number

    def _deliver(self, node: _Node, key: str | None) -> None:
        """Put a finished node into the collection it stands in."""
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(node)
        elif frame.awaits_key:
            frame.awaits_key, frame.key, frame.key_where = False, key, node.where
        else:
            if frame.key is not None and frame.key_where is not None:
                same_line = node.where.line == frame.key_where.line
                frame.value[frame.key] = node if same_line else _Node(node.value, frame.key_where)
            frame.awaits_key = True


def _scan(text: str, name: str, most: int | None = None) -> _Node:
    """Tree of a text; raises InputError with everything wrong in it."""
    text = text.removeprefix("\ufeff")
    scan = _Scan(name, MAX_NODES if most is None else most)
    for bad in _BAD_SOURCE.finditer(text):
        line = text.count("\n", 0, bad.start()) + 1
        place = Where(name, line, bad.start() - text.rfind("\n", 0, bad.start()))
        what = f"control character U+{ord(bad.group()):04X}"
        scan.issues.append(Issue(str(place), what, "printable text", "Remove it"))
        if len(scan.issues) >= MAX_ISSUES:
            break
    if not scan.issues:
        scan.read(text)
    root = scan.root
    if not scan.issues and (root is None or not isinstance(root.value, dict)):
        is_empty = root is None or root.value is None
        what = "the file is empty" if is_empty else "the file is not a mapping"
        place = Where(name, 1, 1) if root is None else root.where
        scan.issues.append(Issue(str(place), what, "lines of 'key: value'", "See 'siting init'"))
    if scan.issues or root is None:
        raise InputError(scan.issues)
    return root
