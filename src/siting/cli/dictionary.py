"""``siting schema --table NAME``: what each field of a scenario or column of a plan means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table as RichTable

from siting.core.errors import InputError, Issue
from siting.reference.columns import result_tables
from siting.reference.fields import Entry, Section, sections

ALL = "all"


def told(name: str) -> tuple[dict[str, Any], list[RenderableType]]:
    """Fields and columns of what is called so, or a list of what there is.

    Raises:
        InputError: nothing is called so.
    """
    inputs, results = input_sections(), result_tables()
    if name == ALL:
        return _listed("input", inputs, "result", results)
    chosen = [("input", s) for s in inputs if _is_called(s, name)]
    chosen += [("result", s) for s in results if s.path == name]
    if not chosen:
        known = sorted({s.name for s in inputs} | {s.path for s in results})
        near = get_close_matches(name, known, 1) or get_close_matches(
            name, [k for k in known if k.rpartition(".")[2][:3] == name[:3]], 1, 0.4
        )
        fix = f"Write '{near[0]}'" if near else "siting schema --table all lists them"
        what = f"nothing is called '{name}'"
        raise InputError([Issue("--table", what, f"one of {', '.join(known)}", fix)])
    data = {kind: [] for kind, _ in chosen}  # type: dict[str, list[dict[str, Any]]]
    lines: list[RenderableType] = []
    for kind, section in chosen:
        data[kind].append(asdict(section))
        lines += _shown(kind, section)
    return data, lines


def input_sections() -> tuple[Section, ...]:
    """Fields of scenarios, of screening files and of sweeps."""
    from siting.screening.settings import Screening
    from siting.sweep.study import Sweep

    return (*sections(), *sections(Screening, "screening"), *sections(Sweep, "sweep"))


def _is_called(section: Section, name: str) -> bool:
    """Whether a section has the name, or one that ends so."""
    return name in (section.path, section.name) or section.name.endswith(f".{name}")


def _listed(
    first: str, inputs: tuple[Section, ...], second: str, results: tuple[Section, ...]
) -> tuple[dict[str, Any], list[RenderableType]]:
    """Names of everything that can be asked for."""
    data = {first: [s.name for s in inputs], second: [s.path for s in results]}
    lines: list[RenderableType] = []
    for title, found in (("In a scenario:", inputs), ("Tables of a plan:", results)):
        lines += [title, *dict.fromkeys(f"  {s.name}: {s.about}".replace("``", "") for s in found)]
    return data, lines


def _shown(kind: str, section: Section) -> Iterator[RenderableType]:
    """A section as text: a line of what it is, then its fields."""
    place = f"Input {section.path or 'scenario'}" if kind == "input" else f"Table {section.path}"
    yield f"{place}: {section.about}".replace("``", "'")
    table = RichTable(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("field" if kind == "input" else "column", overflow="fold", ratio=3)
    table.add_column("what it holds", overflow="fold", ratio=3)
    table.add_column("meaning", overflow="fold", ratio=5)
    for entry in section.entries:
        table.add_row(entry.name, holds(entry, is_input=kind == "input"), entry.meaning)
    yield table


def holds(entry: Entry, *, is_input: bool) -> str:
    """Kind, unit, range and default of a field."""
    parts = [entry.kind, "" if entry.unit == "share" else entry.unit, entry.range]
    if is_input:
        parts.append("required" if entry.is_required else f"default {entry.default or 'empty'}")
    return "; ".join(part for part in parts if part)
