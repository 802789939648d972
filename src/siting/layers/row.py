"""A row as a file states it, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RawRow:
    """A row as found.

    Attributes:
        values: column to text, number, boolean or None.
        geometry: GeoJSON mapping in EPSG:4326, or None.
        point: longitude and latitude of a point in it, or None.
        where: file and line or feature, for messages.
    """

    values: Mapping[str, object]
    geometry: Mapping[str, Any] | None
    point: tuple[float, float] | None
    where: str
