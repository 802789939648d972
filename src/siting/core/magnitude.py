"""What counts as a number in a file, and how large or small one may be: one rule for every reader.

A number is written in ASCII digits with at most one point and an exponent: ``1200``, ``-0.5``, ``2e3``.
Separators of thousands, underscores, other digits, NaN and infinity are no numbers. A number that is
not 0 lies between 1e-12 and 1e15 in size; durations end before the calendar does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?", re.ASCII)
GROUPED = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?", re.ASCII)
"""A number with commas between thousands; ``0,698`` is none, it has a decimal comma."""
MAX_DIGITS = 60
LEAST, MOST = 1e-12, 1e15
LONGEST = {"years": 1_000.0, "months": 1_200.0, "weeks": 5_200.0, "days": 36_600.0}
"""Longest duration by the last word of its name."""
SHAPES = {"geometry"}
"""Keys below which numbers are coordinates."""


def number_of(text: str) -> int | float | None:
    """The number that a text is, whole where it is written so; None where it is none."""
    plain = text.strip()
    if len(plain) > MAX_DIGITS or not NUMBER.fullmatch(plain):
        return None
    if plain.lstrip("+-").isdigit():
        return int(plain)
    value = float(plain)
    return value if math.isfinite(value) else None


def odd_numbers(
    data: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """(path, what, expected) of every number in plain data that is beyond reason."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key not in SHAPES:
                yield from odd_numbers(value, (*path, key))
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from odd_numbers(value, (*path, index))
    elif isinstance(data, int | float) and not isinstance(data, bool) and data != 0:
        size = abs(data)
        name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
        unit = name.rpartition("_")[2]
        longest = LONGEST.get(unit, MOST)
        if size > longest:
            limit = f"at most {longest:,.0f} {unit}" if unit in LONGEST else f"at most {MOST:g}"
            yield path, f"found number {_short(data)}", limit
        elif size < LEAST:
            yield path, f"found number {data:g}", f"0, or at least {LEAST:g} in size"


def _short(number: int | float) -> str:
    """A number in few characters."""
    return f"{number:g}" if isinstance(number, float) or abs(number) < 1e300 else "beyond 1e300"
