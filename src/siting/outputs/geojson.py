"""``plan.geojson``: RFC 7946, longitude and latitude, one flat feature a thing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from siting.core.plan import Plan
from siting.outputs.areas import oriented
from siting.outputs.features import STATUS, Feature, candidates_of, features_of, plain


def write_geojson(plan: Plan, path: Path) -> None:
    """Write what the plan builds and the sites it leaves alone, one a line; no coordinate system member, as
    the RFC asks."""
    lines = ",\n".join(
        json.dumps(_feature(plan, feature), sort_keys=True, allow_nan=False, ensure_ascii=False)
        for feature in (*features_of(plan), *candidates_of(plan))
    )
    text = f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def _feature(plan: Plan, feature: Feature) -> dict[str, Any]:
    """A feature as a mapping; ids of different kinds cannot clash."""
    said = plan.site_notes.get(feature.name, {}) if feature.kind in STATUS else {}
    properties = {**feature.properties, **said}
    return {
        "type": "Feature",
        "id": f"{feature.kind}/{feature.name}",
        "geometry": oriented(feature.geometry),
        "properties": {key: plain(value) for key, value in properties.items()},
    }
