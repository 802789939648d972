"""Warnings: what is allowed but probably not meant, as issues with place and remedy, few of a kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from siting.core.errors import Issue

NAMED = 3
"""Names of a group that are listed."""
ALIKE = 0.75
"""How alike an id is that was probably meant."""


def together(places: Sequence[str], names: Sequence[str], what: str, fix: str) -> list[Issue]:
    """One warning for equal ones of several rows, at the place of the first; none for none.

    Args:
        places: of each row. names: likewise.
        what: with ``{names}`` where the rows are named.
    """
    if not places:
        return []
    return [Issue(places[0], what.replace("{names}", listed(names)), "", fix)]


def listed(names: Iterable[object], most: int = NAMED) -> str:
    """The first names, and how many more there are."""
    known = [f"'{name}'" for name in names]
    more = len(known) - most
    return ", ".join(known[:most]) + (f" and {more} more" if more > 0 else "")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like one, whatever the case; None where none is."""
    plain = {other.casefold(): other for other in known}
    near = get_close_matches(name.casefold(), plain, 1)
    return plain[near[0]] if near else None


def meant(name: str, known: Iterable[str]) -> str | None:
    """The known id that one was probably meant to be; ids with other numbers are other ids."""
    numbers = re.findall("[0-9]+", name)
    options = [other for other in known if re.findall("[0-9]+", other) == numbers]
    return next(iter(get_close_matches(name, options, 1, ALIKE)), None)
