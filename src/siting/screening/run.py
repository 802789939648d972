"""A whole screening: read, prepare, cut into campuses, describe, limit, reduce."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.resources import PREFIX, builtin_root
from siting.core.strict import validate
from siting.core.yaml_source import BELOW, ELSEWHERE, is_below, read_document
from siting.screening.describe import Candidate, described
from siting.screening.lands import (
    Mask,
    Refused,
    Workers,
    campuses_of,
    erased,
    named,
    parcels_of,
)
from siting.screening.projection import (
    FULL_TURN,
    MAX_SCALE_ERROR,
    Box,
    Projections,
    choose,
    extent_of,
)
from siting.screening.raster import cells_above, is_raster
from siting.screening.read import Features, Lost, Report, path_of, read_features
from siting.screening.ready import Ready, ready
from siting.screening.reduce import Dropped, clustered, reduced, within_limits
from siting.screening.rings import Shapes
from siting.screening.settings import LayerSettings, Screening
from siting.screening.usable import check_read, check_usable

import numpy as np  # isort: skip
import shapely  # isort: skip

logger = logging.getLogger(__name__)

BUILTIN_STATES = "builtin_states"
NOT_SCREENED = "agency not screened"
OUTSIDE = "outside the extent"


@dataclass(frozen=True)
class Screened:
    """What a screening found.

    Attributes:
        settings: as read. projections: what acres and distances were measured in.
        candidates: sorted by id. dropped: candidates left out. refused: land that is no campus.
        layers: every layer, with the features lost and repaired.
        drawn_twice: acres by agency that features of the same agency claim again.
    """

    settings: Screening
    projections: Projections
    candidates: tuple[Candidate, ...]
    dropped: tuple[Dropped, ...]
    refused: tuple[Refused, ...]
    layers: Mapping[str, Ready]
    drawn_twice: Mapping[str, float]

    @property
    def lost(self) -> list[Lost]:
        """Features of all layers that could not be used."""
        return [lost for name in sorted(self.layers) for lost in self.layers[name].lost]


def check_inside(settings: Screening, folder: Path, root: Path) -> None:
    """Layers lie below a folder.

    Args:
        settings: with their files. folder: where the names of files start. root: the folder.

    Raises:
        InputError: files elsewhere.
    """
    issues = [
        Issue(f"layers.{name}.file", f"'{layer.file}' {ELSEWHERE}", BELOW, "Move it there")
        for name, layer in settings.layers.items()
        if not layer.file.startswith(PREFIX) and not is_below(folder / layer.file, root)
    ]
    if issues:
        raise InputError(issues)


def read_screening(path: Path, allow_outside: bool = False) -> Screening:
    """Read and validate a screening file.

    Raises:
        InputError: every problem, with its line.
    """
    return validate(
        Screening, read_document(path, builtin=builtin_root(), allow_outside=allow_outside)
    )


def screen(settings: Screening, folder: Path, threads: int, report: Report) -> Screened:
    """Run a screening.

    Args:
        settings: what to do. folder: where the names of files start.
        threads: for geometry; their number changes nothing in the result.
        report: is told how far it is.

    Raises:
        InputError: files that are missing or wrong, or no land at all.
    """
    workers = Workers(threads)
    layers = _read(settings, folder, report)
    projections = _projections(settings, layers)
    prepared: dict[str, Ready] = {}
    for done, (name, layer) in enumerate(layers.items(), start=1):
        report("repairing and projecting", done, len(layers))
        prepared[name] = ready(layer, projections)
    check_usable({name: prepared[name] for name in settings.layers})
    shapes, owners, refused = _land(settings, prepared, projections)
    report("joining land", 0, len(shapes))
    parcels, claimed = parcels_of(tuple(settings.agencies), owners, shapes)
    drawn = _drawn_twice(owners, shapes, [*parcels, *claimed])
    masks = [Mask(n, prepared[n].shapes) for n in settings.of_role("exclusion")]
    report("removing what is excluded", 0, len(parcels))
    free, excluded = erased(parcels, masks, workers)
    report("cutting campuses", 0, len(free))
    campuses, unfit = campuses_of(free, settings.campus, workers)
    report("measuring distances", 0, len(campuses))
    found = described(named(campuses), prepared, _with_states(settings), projections, workers)
    kept, dropped = within_limits(found, settings.limits)
    report("dropping candidates that no plan needs", 0, len(kept))
    if settings.reduction is not None:
        kept, more = reduced(kept, settings.reduction)
        dropped += more
    if settings.clustering is not None:
        kept, more = clustered(kept, settings.clustering)
        dropped += more
    logger.info("%d candidates, %d dropped", len(kept), len(dropped))
    return Screened(
        settings=settings,
        projections=projections,
        candidates=tuple(kept),
        dropped=tuple(dropped),
        refused=(*refused, *claimed, *excluded, *unfit),
        layers=prepared,
        drawn_twice=drawn,
    )


def _with_states(settings: Screening) -> Screening:
    """Settings with the built-in outlines of states where no layer gives states."""
    builtin = LayerSettings(role="boundaries", file="builtin:data/geo/states.geojson")
    return settings.model_copy(update={"layers": {**settings.layers, BUILTIN_STATES: builtin}})


def _read(settings: Screening, folder: Path, report: Report) -> dict[str, Features]:
    """Every layer, all that are missing named at once."""
    issues = _missing(settings, folder)
    if issues:
        raise InputError(issues)
    layers: dict[str, Features] = {}
    for name, layer in _with_states(settings).layers.items():
        try:
            if is_raster(layer):
                layers[name] = _raster(name, layer, folder)
            else:
                layers[name] = read_features(name, layer, folder, settings.max_features, report)
        except InputError as error:
            issues += error.issues
    if issues:
        raise InputError(issues)
    check_read(layers)
    has_states = any(
        cell not in (None, "")
        for name in settings.of_role("boundaries")
        for cell in layers[name].values["state"]
    )
    if has_states:
        layers[BUILTIN_STATES] = layers[BUILTIN_STATES].chosen(())
    return layers


def _missing(settings: Screening, folder: Path) -> list[Issue]:
    """Layers whose file is not there."""
    return [
        Issue(
            f"layers.{name}.file",
            f"no file '{layer.file}' in {folder}",
            f"the layer of role '{layer.role}'"
            + (f", from {layer.source}" if layer.source else ""),
            "Download it there, or name another folder with --folder",
        )
        for name, layer in settings.layers.items()
        if not path_of(layer, folder).is_file()
    ]


def _raster(name: str, settings: LayerSettings, folder: Path) -> Features:
    """A raster's cells above its threshold as features."""
    shapes, _ = cells_above(path_of(settings, folder), settings.file, settings)
    order = sorted(range(len(shapes)), key=lambda i: shapely.bounds(shapes[i]).tolist())
    blank: list[Any] = [None] * len(shapes)
    return Features(
        name=name,
        settings=settings,
        ids=tuple(f"cells/{n}" for n in range(1, len(shapes) + 1)),
        shapes=shapes[np.array(order, dtype=int)],
        values={"id": blank, "name": blank},
        lost=(),
        mended=(),
        read=len(shapes),
        filtered=0,
        layout="raster",
        digest="",
    )


def _projections(settings: Screening, layers: Mapping[str, Features]) -> Projections:
    """Projections of the stated extent, or of the land."""
    if settings.extent is not None:
        given = settings.extent
        east = given.east + (FULL_TURN if given.east <= given.west else 0.0)
        box = Box(given.west, given.south, east, given.north)
    else:
        shapes = [layers[n].shapes for n in settings.of_role("land")]
        box = extent_of(np.concatenate(shapes))
    projections = choose(box)
    if projections.scale_error_frac > MAX_SCALE_ERROR:
        logger.warning(
            "the extent is so large that its distance projection is up to %.0f %% wrong at the "
            "edges; what is nearest may be missed there. Screen parts of it with extent",
            100 * projections.scale_error_frac,
        )
    return projections


def _land(
    settings: Screening, layers: Mapping[str, Ready], projections: Projections
) -> tuple[Shapes, list[str], list[Refused]]:
    """Shapes of land with their agencies; what is not screened is refused with its shape."""
    shapes: list[Any] = []
    owners: list[str] = []
    refused: list[Refused] = []
    for name in settings.of_role("land"):
        layer = layers[name]
        inside = _inside(settings, layer.features)
        for i, (owner, shape) in enumerate(zip(layer.column("agency"), layer.shapes, strict=True)):
            agency = str(owner or "")
            if agency in settings.agencies and inside[i]:
                owners.append(agency)
                shapes.append(shape)
                continue
            reason = OUTSIDE if agency in settings.agencies else NOT_SCREENED
            detail = f"feature {layer.features.ids[i]} of {name}"
            refused.append(Refused(agency, reason, detail, shape, _acres(shape)))
    return np.array(shapes, dtype=object), owners, refused


def _inside(settings: Screening, layer: Features) -> list[bool]:
    """Whether the middle of each feature lies in the extent."""
    if settings.extent is None or not len(layer):
        return [True] * len(layer)
    box = settings.extent
    west, south, east, north = shapely.bounds(layer.shapes).T
    lon, lat = (west + east) / 2, (south + north) / 2
    width = (box.east - box.west) % FULL_TURN or FULL_TURN
    is_in = ((lon - box.west) % FULL_TURN <= width) & (box.south <= lat) & (lat <= box.north)
    return [bool(inside) for inside in is_in]


def _acres(shape: Any) -> float:
    """Area [acres]."""
    from siting.screening.projection import M2_PER_ACRE

    return float(shapely.area(shape)) / M2_PER_ACRE


def _drawn_twice(owners: list[str], shapes: Shapes, joined: list[Any]) -> dict[str, float]:
    """Acres by agency that features of the agency claim more than once."""
    drawn = dict.fromkeys(sorted(set(owners)), 0.0)
    for owner, shape in zip(owners, shapes, strict=True):
        drawn[owner] += _acres(shape)
    for piece in joined:
        drawn[piece.agency] -= piece.acres
    return drawn
