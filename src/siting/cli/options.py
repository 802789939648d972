"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from siting.core.errors import Issue

Scenario = Annotated[Path, typer.Argument(help="Scenario file (YAML or JSON).", metavar="SCENARIO")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show log and tracebacks.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="Replace a number, for instance components.energy.pue=1.2."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Make warnings errors (exit code 2).")]
Seconds = Annotated[float | None, typer.Option(help="Stop after this many seconds.", min=0.1)]
Gap = Annotated[float | None, typer.Option(help="Relative gap that counts as proven.", min=0.0)]
Threads = Annotated[int | None, typer.Option(help="Solver threads.", min=1)]


Outside = Annotated[
    bool,
    typer.Option("--allow-outside", help="Let the file name files outside its own folder."),
]
BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


MOST_PATH = 1000
"""Characters of a path that is set."""


def overrides(pairs: list[str] | None) -> dict[str, Any]:
    """``key=value`` pairs as overrides; values are read as YAML scalars."""
    from siting.core.errors import InputError, Issue
    from siting.core.yaml_source import parse_document

    overrides: dict[str, Any] = {}
    for pair in pairs or ():
        key, equals, text = pair.partition("=")
        if not equals or not key:
            raise InputError(
                [
                    Issue(
                        f"--set {pair}",
                        "not of the form key=value",
                        "for instance components.energy.pue=1.2",
                        "Write it so",
                    )
                ]
            )
        if len(key) > MOST_PATH:
            what, where = f"a path of {len(key):,} characters", f"--set {key[:40]}…"
            raise InputError([Issue(where, what, f"at most {MOST_PATH:,}", "Shorten it")])
        if BREAKS.search(pair):
            what = "a line break"
            raise InputError([Issue(f"--set {key}", what, "one value on one line", "Remove it")])
        value = parse_document(f"value: {text}", f"--set {key}").data
        overrides[key] = value["value"] if isinstance(value, dict) else value
    return overrides


def refuse_warnings(warnings: Sequence[Issue], is_strict: bool) -> None:
    """Make warnings errors where that was asked for.

    Raises:
        InputError: any warning.
    """
    from siting.core.errors import InputError

    if is_strict and warnings:
        raise InputError(warnings)


def warning_lines(warnings: Sequence[object]) -> list[str]:
    """Warnings as lines, none for none."""
    if not warnings:
        return []
    return [f"Warnings ({len(warnings)}):", *(f"  {warning}" for warning in warnings)]
