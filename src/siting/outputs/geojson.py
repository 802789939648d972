"""``plan.geojson``: RFC 7946, longitude and latitude, one flat feature a thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping

from siting.core.plan import Plan
from siting.outputs.features import Feature, features_of, plain

DECIMALS = 6


def write_geojson(plan: Plan, path: Path) -> None:
    """Write the plan's features, one a line; no coordinate system member, as the RFC asks."""
    lines = ",\n".join(
        json.dumps(_feature(feature), sort_keys=True, allow_nan=False, ensure_ascii=False)
        for feature in features_of(plan)
    )
    path.write_text(
        f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8"
    )


def _feature(feature: Feature) -> dict[str, Any]:
    """A feature as a mapping."""
    return {
        "type": "Feature",
        "id": feature.name,
        "geometry": oriented(feature.geometry),
        "properties": {key: plain(value) for key, value in feature.properties.items()},
    }


def oriented(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """Geometry with outer rings counter-clockwise and six decimals."""
    shape = shapely.orient_polygons(shapely.from_geojson(json.dumps(geometry)))
    rounded = shapely.transform(shape, lambda points: points.round(DECIMALS))
    return json.loads(json.dumps(mapping(rounded)))  # type: ignore[no-any-return]
