"""What a page shows, against what a command prints."""

from __future__ import annotations

import re

LEFT_OUT = "..."
DURATION = re.compile(r", [0-9.]+ s\.$")
"""How long a solve took: as long as it takes."""


def follows(shown: str, printed: str) -> None:
    """Every line that the page shows is printed, in this order, with nothing between but ``...``."""
    wanted, lines = (
        [DURATION.sub("", line.strip()) for line in text.strip().splitlines()]
        for text in (shown, printed)
    )
    place = 0
    for number, line in enumerate(wanted):
        if line == LEFT_OUT:
            continue
        found = lines.index(line, place) if line in lines[place:] else None
        assert found is not None, f"'{line}' is not printed:\n{printed}"
        before = wanted[number - 1] if number else ""
        assert found == place or before == LEFT_OUT, f"more before '{line}':\n{printed}"
        place = found + 1
