"""Cells of layers as numbers."""

from __future__ import annotations

import math
from typing import Any


def number(cell: Any) -> float | None:
    """A cell as a finite number, or None."""
    if cell is None or isinstance(cell, bool):
        return None
    try:
        value = float(cell)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None
