"""What a page shows, against what a command prints."""

from __future__ import annotations

LEFT_OUT = "..."


def follows(shown: str, printed: str) -> None:
    """Every line that the page shows is printed, in this order, with nothing between but ``...``."""
    wanted = [line.strip() for line in shown.strip().splitlines()]
    lines = [line.strip() for line in printed.strip().splitlines()]
    place = 0
    for number, line in enumerate(wanted):
        if line == LEFT_OUT:
            continue
        found = lines.index(line, place) if line in lines[place:] else None
        assert found is not None, f"'{line}' is not printed:\n{printed}"
        before = wanted[number - 1] if number else ""
        assert found == place or before == LEFT_OUT, f"more before '{line}':\n{printed}"
        place = found + 1
