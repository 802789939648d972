"""Names that fail: what is written by name is known, or an error names the nearest that is."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from siting.core.errors import SitingError

MEANT = {
    "end": "steps", "until": "steps", "periods": "steps", "demand": "workloads",
    "load": "workloads", "generators": "plants", "reactors": "plants", "review": "land",
    "grid": "headroom", "storage": "plants",
}  # fmt: skip
"""Words that planners use for a key that is called otherwise."""


class UnknownNameError(SitingError, LookupError):
    """A variable, ledger total, table or column that nobody declared."""


def known(name: str, names: Iterable[str], what: str) -> str:
    """The name, if it is one of those known.

    Args:
        names: that are known. what: is named, as in ``ledger total``.

    Raises:
        UnknownNameError: it is none of them; says which is nearest.
    """
    options = sorted(names)
    if name in options:
        return name
    near = get_close_matches(name, options, 1)
    hint = f", did you mean '{near[0]}'?" if near else f"; known are {', '.join(options) or 'none'}"
    raise UnknownNameError(f"unknown {what} '{name}'{hint}")
