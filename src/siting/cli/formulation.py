"""The mathematics of a constraint family, as its module states it."""

from __future__ import annotations

from collections.abc import Mapping
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
    stages = () if family == CORE else COMPONENTS[family].stages
    steps = {stage.title: stage.delayed_by for stage in stages}
    lines = [text] if family == CORE else [text, *_steps(steps), "", SEE]
    data = {"family": family, "formulation": text, "requires": list(needs), "steps": steps}
    return data, lines


def _steps(steps: Mapping[str, str]) -> list[str]:
    """Steps of a family on the way to power; nothing where it has none."""
    lines = [f"    {title}: {delay}" for title, delay in steps.items()]
    return ["", "Steps on the way to power, and what may delay each", *lines] if lines else []


def _text(family: str) -> str:
    """Formulation of a family, or of what holds in all of them."""
    return (core.__doc__ or "") if family == CORE else COMPONENTS[family].formulation


def _title(family: str) -> str:
    """First line of a formulation, without the name in front."""
    first = _text(family).strip().splitlines()[0]
    return first.partition(": ")[2].rstrip(".")
