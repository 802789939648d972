"""The mathematics of a constraint family, as its module states it."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from siting.core.errors import InputError, Issue
from siting.families import core
from siting.families.registry import COMPONENTS

ALL = "all"
CORE = "core"
"""What holds in every family."""
SEE = "Dates, discounting and goals, which hold in every family: siting explain --family core"


def formulation(family: str) -> tuple[dict[str, Any], list[str]]:
    """Formulation of a family, or one line of each, as data and as lines.

    Raises:
        InputError: no such family.
    """
    if family == ALL:
        titles = {CORE: _title(CORE), **{name: _title(name) for name in sorted(COMPONENTS)}}
        width = max(len(name) for name in titles)
        return {"families": titles}, [f"{name:{width}}  {title}" for name, title in titles.items()]
    if family not in (CORE, *COMPONENTS):
        raise InputError(
            [
                Issue(
                    f"--family {family}",
                    f"unknown family '{family}'",
                    f"one of {', '.join(sorted(COMPONENTS))}, {CORE} or {ALL}",
                    "Correct it",
                )
            ]
        )
    text = cleandoc(_text(family))
    needs = COMPONENTS[family].requires if family != CORE else ()
    declared = _declared(family)
    lines = [text, *(line for title, rows in declared.items() for line in _section(title, rows))]
    lines += [] if family == CORE else ["", SEE]
    return {
        "family": family,
        "formulation": text,
        "requires": list(needs),
        **{title.lower().replace(" ", "_"): rows for title, rows in declared.items()},
    }, lines


def _declared(family: str) -> dict[str, dict[str, str]]:
    """What a family declares of its states and rules, in words: by title and name."""
    if family == CORE:
        states = {name: of for states in core.DECISIONS.values() for name, of in states.items()}
        return {"Decisions": {name: f"{of.commits}; {of.decided}" for name, of in states.items()}}
    component = COMPONENTS[family]
    return {
        "Decisions": {n: f"{of.commits}; {of.decided}" for n, of in component.decisions.items()},
        "May be relaxed": {
            **{f"({rule})": limit.rank.words for rule, limit in component.limits.items()},
            **{m.words: f"{m.way}, by {m.unit}" for m in component.measures},
        },
        "Never relaxed": {f"({rule})": reason for rule, reason in component.logic.items()},
        "Steps on the way to power": {
            stage.title: f"delayed by {stage.delayed_by}" for stage in component.stages
        },
    }


def _section(title: str, rows: dict[str, str]) -> list[str]:
    """The lines of a section, none where it is empty."""
    width = max(map(len, rows), default=0)
    lines = [f"    {name:{width}}  {words}" for name, words in rows.items()]
    return ["", title, "-" * len(title), *lines] if rows else []


def _text(family: str) -> str:
    """Formulation of a family, or of what holds in all of them."""
    return (core.__doc__ or "") if family == CORE else COMPONENTS[family].formulation


def _title(family: str) -> str:
    """First line of a formulation, without the name in front."""
    first = _text(family).strip().splitlines()[0]
    return first.partition(": ")[2].rstrip(".")
