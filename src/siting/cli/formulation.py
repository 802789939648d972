"""The mathematics of a constraint family, as its module states it."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from siting.components.registry import COMPONENTS
from siting.core.errors import InputError, Issue

ALL = "all"


def formulation(family: str) -> tuple[dict[str, Any], list[str]]:
    """Formulation of a family, or one line of each, as data and as lines.

    Raises:
        InputError: no such family.
    """
    if family == ALL:
        titles = {name: _title(name) for name in sorted(COMPONENTS)}
        width = max(len(name) for name in titles)
        return {"families": titles}, [f"{name:{width}}  {title}" for name, title in titles.items()]
    if family not in COMPONENTS:
        raise InputError(
            [
                Issue(
                    f"--family {family}",
                    f"unknown family '{family}'",
                    f"one of {', '.join(sorted(COMPONENTS))}, or {ALL}",
                    "Correct it",
                )
            ]
        )
    text = cleandoc(COMPONENTS[family].formulation)
    needs = COMPONENTS[family].requires
    return {"family": family, "formulation": text, "requires": list(needs)}, [text]


def _title(family: str) -> str:
    """First line of a formulation, without the name in front."""
    first = COMPONENTS[family].formulation.strip().splitlines()[0]
    return first.partition(": ")[2].rstrip(".")
