"""Cells of layers as numbers."""

from __future__ import annotations

import math
from typing import Any

from siting.core.magnitude import number_of


def number(cell: Any) -> float | None:
    """A cell as a finite number, or None."""
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, str):
        found = number_of(cell)
        return None if found is None else float(found)
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None
