"""Layers brought into the projections of a screening: repaired, grown by their buffer, complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from siting.screening.cells import number
from siting.screening.near import Place, plants_of, voltage
from siting.screening.projection import M2_PER_ACRE, M_PER_KM, Projections
from siting.screening.read import Features, Lost, Mended
from siting.screening.rings import Shapes, repaired
from siting.screening.settings import Screening

NOT_PROJECTED = "outside the projection of the screening"
NO_AREA = "no area; state buffer_km to grow points and lines"
AREA_ROLES = ("land", "exclusion", "preference", "boundaries")
QUAD_SEGMENTS = 16


MAX_ACRES_OFF, LEAST_ACRES_OFF = 0.05, 1.0
"""Share and acres by which a feature may differ from the acreage its file states, unreported."""


@dataclass(frozen=True)
class Acreage:
    """A feature whose area is not the one that its file states."""

    layer: str
    feature: str
    stated_acres: float
    read_acres: float


@dataclass(frozen=True)
class Ready:
    """A layer in the equal-area projection.

    Attributes:
        features: the layer as read, of the same length as ``shapes``.
        shapes: valid shapes [m], grown by the layer's buffer.
        stated_acres, measured_acres: sums over the features whose acreage the file states.
        differing: features whose area is not the stated one, before they are grown.
    """

    features: Features
    shapes: Shapes
    lost: tuple[Lost, ...]
    mended: tuple[Mended, ...]
    stated_acres: float = 0.0
    measured_acres: float = 0.0
    differing: tuple[Acreage, ...] = ()

    def column(self, name: str) -> list[Any]:
        """Values of a column."""
        return self.features.values[name]


def ready(layer: Features, projections: Projections) -> Ready:
    """Project, repair and grow a layer; features that do not survive are named in ``lost``."""
    settings = layer.settings
    shapes = projections.project(layer.shapes) if len(layer) else layer.shapes
    reasons: dict[int, str] = {}
    is_finite = np.isfinite(shapely.bounds(shapes)).all(axis=1) if len(layer) else []
    for position in np.flatnonzero(~np.asarray(is_finite, dtype=bool)):
        reasons[int(position)] = NOT_PROJECTED
        shapes[position] = shapely.Point()
    fixed, mended, lost = repaired(shapes)
    reasons.update(lost)
    stated = _stated(layer, fixed, reasons)
    if settings.buffer_km > 0 and len(layer):
        keep = [i for i in range(len(layer)) if i not in reasons]
        fixed[keep] = shapely.buffer(
            fixed[keep], settings.buffer_km * M_PER_KM, quad_segs=QUAD_SEGMENTS
        )
    if settings.role in AREA_ROLES:
        flat = np.flatnonzero(shapely.get_dimensions(fixed) < 2)
        reasons.update({int(i): NO_AREA for i in flat if int(i) not in reasons})
    kept = [i for i in range(len(layer)) if i not in reasons]
    return Ready(
        features=layer.chosen(kept),
        shapes=fixed[np.array(kept, dtype=int)],
        lost=(*layer.lost, *(_lost(layer, i, reasons[i]) for i in sorted(reasons))),
        mended=(
            *layer.mended,
            *(Mended(layer.name, layer.ids[i], mended[i]) for i in sorted(mended)),
        ),
        stated_acres=sum(item.stated_acres for item in stated),
        measured_acres=sum(item.read_acres for item in stated),
        differing=tuple(
            item
            for item in stated
            if abs(item.read_acres - item.stated_acres)
            > max(LEAST_ACRES_OFF, MAX_ACRES_OFF * item.stated_acres)
        ),
    )


def _stated(layer: Features, shapes: Shapes, lost: Mapping[int, str]) -> list[Acreage]:
    """Areas of the features whose file states one, beside it."""
    cells = layer.values.get("acres", [])
    areas = shapely.area(shapes) / M2_PER_ACRE
    return [
        Acreage(layer.name, layer.ids[i], acres, float(areas[i]))
        for i, cell in enumerate(cells)
        if (acres := number(cell)) is not None and acres > 0 and areas[i] > 0 and i not in lost
    ]


def _lost(layer: Features, position: int, reason: str) -> Lost:
    """A feature that got lost in the projection, at its first point if it has any."""
    values = {column: cells[position] for column, cells in layer.values.items()}
    lost = Lost(layer.name, layer.ids[position], reason, values)
    for lon, lat in shapely.get_coordinates(layer.shapes[position])[:1]:
        return replace(lost, longitude=float(lon), latitude=float(lat))
    return lost


def places(
    layers: Mapping[str, Ready], role: str, settings: Screening, projections: Projections
) -> list[Place]:
    """Features of a role that something can be near to, in the equidistant projection."""
    found: list[Place] = []
    for name in settings.of_role(role):
        layer = layers[name]
        if not len(layer.features):
            continue
        shapes = projections.apart(layer.shapes)
        rows = _rows(layer)
        if role == "plants":
            found += plants_of(layer.features.ids, shapes, rows, settings.plants)
        elif role in ("lines", "substations"):
            found += _of_voltage(layer.features.ids, shapes, rows, settings.grid.min_kv)
        else:
            found += [
                Place(feature, str(row.get("name") or ""), shape, 0.0, {})
                for feature, shape, row in zip(layer.features.ids, shapes, rows, strict=True)
            ]
    return found


def _rows(layer: Ready) -> list[dict[str, Any]]:
    """Values of a layer, feature by feature."""
    values = layer.features.values
    return [{c: cells[i] for c, cells in values.items()} for i in range(len(layer.features))]


def _of_voltage(
    ids: Sequence[str], shapes: Shapes, rows: Sequence[dict[str, Any]], min_kv: float
) -> list[Place]:
    """Lines or substations of at least a voltage; unknown voltages only where none is asked."""
    found = []
    for feature, shape, row in zip(ids, shapes, rows, strict=True):
        kv = voltage(row)
        if (kv or 0.0) >= min_kv:
            name = str(row.get("name") or "")
            found.append(Place(feature, name, shape, kv or 0.0, {"kv": kv}))
    return found
