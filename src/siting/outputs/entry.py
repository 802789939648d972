"""What bringing a site in would take, as properties of ``plan.geojson``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from siting.core.errors import InputError, Issue
from siting.core.system import System
from siting.outputs.features import plain, point_of
from siting.outputs.folder import PLAN, whole_files
from siting.outputs.seals import sealed_anew
from siting.outputs.tables import write_json


def write_entry(
    folder: Path, system: System, site: str, usd_per_mw: float | None, weeks: int | None
) -> None:
    """Set ``entry_cost_usd_per_mw`` and ``entry_weeks`` of a site, whole or not at all.

    A site that the plan leaves alone becomes a feature of kind ``candidate``.

    Raises:
        InputError: ``plan.geojson`` is not what the plan wrote.
    """
    path = folder / "plan.geojson"
    found = _features(path)
    entry = {"entry_cost_usd_per_mw": plain(usd_per_mw), "entry_weeks": weeks}
    for feature in found:
        if feature.get("id") in (f"site/{site}", f"candidate/{site}"):
            feature["properties"] = {**feature["properties"], **entry}
            break
    else:
        record = system.sites[site]
        point = point_of(record.model_dump())
        about = {
            "id": site,
            "kind": "candidate",
            "name": record.name or site,
            "agency": record.agency,
            "state": record.state,
            "source": record.source or "scenario",
            "confidence": record.confidence or "not stated",
            "estimated": record.estimated,
        }
        geometry = None if point is None else {"type": "Point", "coordinates": list(point)}
        added = {"type": "Feature", "id": f"candidate/{site}", "geometry": geometry}
        found.append({**added, "properties": {**about, **entry}})
    lines = ",\n".join(
        json.dumps(f, sort_keys=True, allow_nan=False, ensure_ascii=False) for f in found
    )
    text = f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
    with whole_files([path, folder / PLAN]) as (fresh, summary):
        fresh.write_text(text, encoding="utf-8", newline="\n")
        write_json(sealed_anew(folder, path.name, fresh), summary)


def _features(path: Path) -> list[dict[str, Any]]:
    """Features of a file that the plan wrote."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = list(data["features"])
        is_plan = all(isinstance(f, dict) and isinstance(f.get("properties"), dict) for f in found)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        is_plan = False
    if not is_plan:
        expected, fix = "the file that the plan wrote", "Solve the plan again"
        raise InputError([Issue(str(path), "cannot be read", expected, fix)])
    return found
