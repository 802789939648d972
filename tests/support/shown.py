"""What a page shows, against what a command prints."""

from __future__ import annotations

import re

LEFT_OUT = "..."
DURATION = re.compile(r", [0-9.]+ s\.$")
"""How long a solve took: as long as it takes."""


def difference(shown: str, printed: str) -> str:
    """What is wrong unless every line that is shown is printed, in this order, with nothing between but
    ``...``; empty where nothing is. Widths, empty lines and rules of tables do not count."""
    wanted, lines = (_plain(shown), _plain(printed))
    place = 0
    for number, line in enumerate(wanted):
        if line == LEFT_OUT:
            continue
        if line not in lines[place:]:
            return f"'{line}' is not printed:\n{printed}"
        found = lines.index(line, place)
        if found != place and (not number or wanted[number - 1] != LEFT_OUT):
            return f"more before '{line}':\n{printed}"
        place = found + 1
    return ""


def _plain(text: str) -> list[str]:
    """Lines without what does not count."""
    lines = (DURATION.sub("", " ".join(line.split())) for line in text.splitlines())
    return [line for line in lines if line.strip("─ ")]
