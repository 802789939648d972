"""Write the folder of a headroom run: tables, a map where there are places, and ``headroom.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from siting.core.table import Row, Table
from siting.outputs.folder import HEADROOM, whole_folder
from siting.outputs.tables import write_json, write_table


def write_headroom(
    target: Path,
    tables: Mapping[str, Table],
    summary: Mapping[str, Any],
    map_of: str | None = None,
) -> None:
    """Write everything, whole or not at all.

    Args:
        target: the folder. tables: by file name without ``.csv``.
        summary: for ``headroom.json``; ``generated_by`` in it marks the folder as ours.
        map_of: table whose rows with ``longitude`` and ``latitude`` become ``headroom.geojson``.

    Raises:
        InputError: the target is not a new folder nor that of an earlier run.
    """
    with whole_folder(target, HEADROOM) as folder:
        for name, table in sorted(tables.items()):
            write_table(table, folder / f"{name}.csv")
        if map_of is not None and (rows := _placed(tables[map_of])):
            _write_points(rows, folder / "headroom.geojson")
        write_json(summary, folder / HEADROOM)


def _placed(table: Table) -> list[Row]:
    """Rows that have a place."""
    return [r for r in table if r.get("longitude") is not None and r.get("latitude") is not None]


def _write_points(rows: list[Row], path: Path) -> None:
    """One point a row (RFC 7946), longitude first; the first column names it."""
    lines = ",\n".join(
        json.dumps(_feature(row), sort_keys=True, allow_nan=False, ensure_ascii=False)
        for row in rows
    )
    text = f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def _feature(row: Row) -> dict[str, Any]:
    """A row as a feature."""
    places = ("longitude", "latitude")
    return {
        "type": "Feature",
        "id": next(iter(row.values())),
        "geometry": {"type": "Point", "coordinates": [row[place] for place in places]},
        "properties": {key: value for key, value in row.items() if key not in places},
    }
