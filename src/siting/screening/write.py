"""``candidates.gpkg``: candidates, rejected, points of interconnection, ledger and provenance.

The same layers give the same bytes, whatever the order of their features and the threads: rows are
sorted, the clock is fixed, and the file has no checksum of files but one of their contents.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from siting.core.claim import claim
from siting.core.errors import InputError, Issue
from siting.core.table import Cell
from siting.outputs.geopackage import VERSION, fixed_clock
from siting.outputs.writable import prove_writable
from siting.screening.describe import CONTROL, Candidate, clean
from siting.screening.projection import degrees_of
from siting.screening.run import Screened
from siting.screening.scenario import is_written_scenario

import geopandas  # isort: skip
import numpy as np  # isort: skip
import pandas  # isort: skip
import pyogrio  # isort: skip
import shapely  # isort: skip

REJECTED = (
    "id",
    "reason",
    "detail",
    "layer",
    "agency",
    "acres",
    "dominated_by",
    "proof",
    "longitude",
    "latitude",
)
NODE_SOURCE = (
    "node: candidates in one zone, at one voltage, whose nearest line points fall in one square; "
    "placed at the first of them. capacity_mw: rule 'points' of data/geo/layers.yaml"
)

LAYERS = {"candidates", "rejected", "nodes", "ledger", "layers", "repaired", "acreage"}
"""Layers of the file that a screening writes."""


def check_output(path: Path, suffix: str, setting: str) -> None:
    """Refuse an output that cannot be written, and keep other runs from it until this process ends.

    Raises:
        InputError: another extension, a folder or link of that name, no folder to put it in, one that
            cannot be written, or one that another run is writing.
    """
    what = None
    if path.suffix.lower() != suffix:
        what, expected = f"not a {suffix} file", f"a name that ends in {suffix}"
    elif path.is_symlink() or (path.exists() and not path.is_file()):
        what, expected = "a folder or a link", "a new file, or one to replace"
    elif not path.absolute().parent.is_dir():
        what, expected = "in a folder that does not exist", "a file in an existing folder"
    elif path.exists() and (what := _not_ours(path, suffix)):
        expected = "a new file, or one as siting screen wrote it"
    if what:
        raise InputError([Issue(str(path), what, expected, f"Choose another name for {setting}")])
    prove_writable(path)
    claim(path)


def _not_ours(path: Path, suffix: str) -> str | None:
    """What a file holds that no screening wrote; pictures are not asked."""
    if suffix == ".yaml":
        return (
            None if is_written_scenario(path) else "a scenario that was written or changed by hand"
        )
    if suffix != ".gpkg" or path.stat().st_size == 0:
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = database.execute("SELECT table_name FROM gpkg_contents").fetchall()
    except sqlite3.Error:
        return "a file that is no GeoPackage"
    others = sorted({str(name) for (name,) in found} - LAYERS)
    return f"a GeoPackage with other layers: {', '.join(others[:5])}" if others else None


def write_screened(found: Screened, path: Path) -> None:
    """Write the GeoPackage; a file that is there is replaced."""
    path.unlink(missing_ok=True)
    with fixed_clock():
        _write(_candidates(found), "candidates", path)
        _write(_rejected(found), "rejected", path)
        _write(_nodes(found.candidates), "nodes", path)
        for name, rows in (
            ("ledger", ledger(found)),
            ("layers", _layers(found)),
            ("repaired", _repaired(found)),
            ("acreage", _acreage(found)),
        ):
            if rows:
                _write(pandas.DataFrame(rows), name, path)


def _write(frame: Any, layer: str, path: Path) -> None:
    """Append a layer to the file."""
    options: dict[str, Any] = {"append": True}
    if not path.exists():
        options = {"dataset_options": {"VERSION": VERSION}}
    if isinstance(frame, geopandas.GeoDataFrame):
        options["geometry_type"] = "Point" if layer == "nodes" else "MultiPolygon"
        options["promote_to_multi"] = layer != "nodes"
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", **options)


def _frame(rows: Sequence[Mapping[str, Cell]], shapes: Any, columns: Iterable[str]) -> Any:
    """Rows with shapes in degrees."""
    data = pandas.DataFrame(list(rows), columns=list(columns))
    return geopandas.GeoDataFrame(data, geometry=shapes, crs=4326)


def _candidates(found: Screened) -> Any:
    """One row a candidate."""
    shapes = np.array([c.piece.shape for c in found.candidates], dtype=object)
    columns = dict.fromkeys(column for c in found.candidates for column in c.values)
    outlines = degrees_of(shapes, found.projections) if len(shapes) else shapes
    return _frame([c.values for c in found.candidates], outlines, columns)


def _rejected(found: Screened) -> Any:
    """Features lost, land refused and candidates dropped, each with its reason."""
    entries: list[tuple[dict[str, Cell], Any]] = []
    for lost in found.lost:
        row = _row(
            id=lost.feature,
            reason=lost.reason,
            layer=lost.layer,
            agency=clean(lost.values.get("agency") or ""),
            longitude=lost.longitude,
            latitude=lost.latitude,
        )
        entries.append((row, None))
    for piece in found.refused:
        row = _row(reason=piece.reason, detail=piece.detail, agency=piece.agency, acres=piece.acres)
        entries.append((row, piece.shape))
    for dropped in found.dropped:
        is_proof = dropped.reason == "dominated"
        row = _row(
            id=dropped.candidate.name,
            reason=dropped.reason,
            detail="" if is_proof else dropped.detail,
            agency=dropped.candidate.piece.agency,
            acres=dropped.candidate.piece.acres,
            dominated_by=";".join(dropped.dominated_by),
            proof=dropped.detail if is_proof else "",
            longitude=dropped.candidate.values["longitude"],
            latitude=dropped.candidate.values["latitude"],
        )
        entries.append((row, dropped.candidate.piece.shape))
    entries.sort(key=_entry_order)
    shapes = np.array([shape for _, shape in entries], dtype=object)
    has_shape = np.array([shape is not None for shape in shapes], dtype=bool)
    outlines = shapes.copy()
    if has_shape.any():
        outlines[has_shape] = degrees_of(shapes[has_shape], found.projections)
    return _frame([row for row, _ in entries], outlines, REJECTED)


def _row(**values: Any) -> dict[str, Cell]:
    """A row of ``rejected``; text is cleaned of control characters, never cut."""
    row: dict[str, Cell] = {}
    for column in REJECTED:
        value = values.get(column)
        if isinstance(value, str):
            value = CONTROL.sub(" ", value)
        row[column] = round(value, 6) if isinstance(value, float) else value
    return row


def _entry_order(entry: tuple[dict[str, Cell], Any]) -> tuple[Any, ...]:
    """By reason, layer, agency, id, and place."""
    row, shape = entry
    bounds = tuple(shapely.bounds(shape)) if shape is not None else ()
    keys = ("reason", "layer", "agency", "id", "detail")
    return (*(str(row[key] or "") for key in keys), bounds, row["acres"] or 0.0)


def _nodes(candidates: Sequence[Candidate]) -> Any:
    """Points of interconnection of the candidates, as the table ``nodes`` of a scenario."""
    first: dict[str, Candidate] = {}
    count: dict[str, int] = {}
    for candidate in candidates:
        node = candidate.values["node"]
        if node is not None:
            first.setdefault(str(node), candidate)
            count[str(node)] = count.get(str(node), 0) + 1
    rows, shapes = [], []
    for node, candidate in sorted(first.items()):
        lon, lat = candidate.node_point or (0.0, 0.0)
        rows.append(
            {
                "id": node,
                "name": f"Point of interconnection near {candidate.name}",
                "zone": candidate.values["zone"],
                "poi_kv": candidate.values["poi_kv"],
                "capacity_mw": candidate.values["deliverable_mw"],
                "longitude": lon,
                "latitude": lat,
                "candidates": count[node],
                "estimated": "capacity_mw;latitude;longitude",
                "source": NODE_SOURCE,
                "confidence": "low",
            }
        )
        shapes.append(shapely.Point(lon, lat))
    columns = list(rows[0]) if rows else ["id"]
    return _frame(rows, np.array(shapes, dtype=object), columns)


def ledger(found: Screened) -> list[dict[str, Cell]]:
    """Acres by agency: what was read, and where every acre of it went.

    ``read_acres`` = drawn_twice + candidates + the sum of the other columns in acres.
    """
    acres: dict[str, dict[str, float]] = {}

    def add(agency: str, column: str, value: float) -> None:
        row = acres.setdefault(agency, {})
        row[column] = row.get(column, 0.0) + value

    for agency, twice in found.drawn_twice.items():
        add(agency, "drawn twice", twice)
    for piece in found.refused:
        add(piece.agency, piece.reason, piece.acres)
    for dropped in found.dropped:
        add(dropped.candidate.piece.agency, dropped.reason, dropped.candidate.piece.acres)
    for candidate in found.candidates:
        add(candidate.piece.agency, "candidates", candidate.piece.acres)
    columns = sorted({column for row in acres.values() for column in row} - {"candidates"})
    count: dict[str, int] = {}
    for candidate in found.candidates:
        count[candidate.piece.agency] = count.get(candidate.piece.agency, 0) + 1
    return [
        {
            "agency": clean(agency),
            "candidates": count.get(agency, 0),
            "read_acres": round(sum(row.values()), 3),
            "candidates_acres": round(row.get("candidates", 0.0), 3),
            **{_column(column): round(row.get(column, 0.0), 3) for column in columns},
        }
        for agency, row in sorted(acres.items())
    ]


def _column(reason: str) -> str:
    """Column of a reason in the ledger."""
    return "".join(c if c.isalnum() else "_" for c in reason).strip("_") + "_acres"


def _layers(found: Screened) -> list[dict[str, Cell]]:
    """What each layer gave, and the projections."""
    projections = found.projections
    return [
        {
            "layer": name,
            "role": layer.features.settings.role,
            "file": clean(layer.features.settings.file),
            "layout": layer.features.layout,
            "features_read": layer.features.read,
            "features_filtered": layer.features.filtered,
            "features_rejected": len(layer.lost),
            "features_repaired": len(layer.mended),
            "stated_acres": round(layer.stated_acres, 3),
            "measured_acres": round(layer.measured_acres, 3),
            "content_sha256": layer.features.digest,
            "source": clean(layer.features.settings.source),
            "area_projection": projections.area,
            "distance_projection": projections.distance,
            "distance_scale_error_frac": round(projections.scale_error_frac, 6),
        }
        for name, layer in sorted(found.layers.items())
    ]


def _repaired(found: Screened) -> list[dict[str, Cell]]:
    """Every feature whose geometry was repaired."""
    return [
        {"layer": item.layer, "id": clean(item.feature), "repair": clean(item.reason)}
        for name in sorted(found.layers)
        for item in sorted(found.layers[name].mended, key=lambda m: (m.feature, m.reason))
    ]


def _acreage(found: Screened) -> list[dict[str, Cell]]:
    """Every feature whose area is not the one its file states."""
    return [
        {
            "layer": item.layer,
            "id": clean(item.feature),
            "stated_acres": round(item.stated_acres, 3),
            "read_acres": round(item.read_acres, 3),
        }
        for name in sorted(found.layers)
        for item in sorted(found.layers[name].differing, key=lambda a: (a.feature, a.read_acres))
    ]


def reasons(found: Screened) -> dict[str, int]:
    """How many rows of ``rejected`` there are for each reason, most first."""
    counts: dict[str, int] = {}
    for reason in (
        *(lost.reason for lost in found.lost),
        *(piece.reason for piece in found.refused),
        *(dropped.reason for dropped in found.dropped),
    ):
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
