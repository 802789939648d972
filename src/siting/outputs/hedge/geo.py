"""Sites under uncertainty as map layers: how often each is built, and when it has power."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas

from siting.core.table import Cell
from siting.futures.study import Hedge
from siting.outputs.features import Feature, candidates_of, features_of, plain
from siting.outputs.geopackage import fixed_clock, write_layer
from siting.outputs.layers import flat, points, states

KEPT = ("site", "name", "agency", "state", "zone", "source", "confidence", "estimated")
"""What a site has in every future."""


def site_features(hedge: Hedge) -> list[Feature]:
    """Every site that has a position, with the columns of the table ``dates``; one that is built in no
    future has a share of 0 and no dates."""
    dates = {str(row["site"]): row for row in hedge.tables["dates"]}
    blank: Mapping[str, Cell] = dict.fromkeys(hedge.tables["dates"].columns, None)
    plan = hedge.likeliest
    found = []
    for feature in (*features_of(plan), *candidates_of(plan)):
        if feature.kind not in ("site", "candidate"):
            continue
        row = dates.get(feature.name, {**blank, "built_share_frac": 0.0})
        own = {key: feature.properties.get(key) for key in KEPT}
        shown = {key: value for key, value in row.items() if key not in KEPT}
        properties = {**own, **shown, "id": feature.name, "kind": "site"}
        found.append(Feature("site", feature.name, feature.geometry, feature.point, properties))
    return sorted(found, key=lambda feature: feature.name)


def write_geojson(hedge: Hedge, path: Path) -> None:
    """``hedge.geojson``: RFC 7946, a point a site."""
    lines = ",\n".join(
        json.dumps(_feature(feature), sort_keys=True, allow_nan=False, ensure_ascii=False)
        for feature in site_features(hedge)
    )
    text = f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def _feature(feature: Feature) -> dict[str, object]:
    """A feature as a mapping."""
    return {
        "type": "Feature",
        "id": f"site/{feature.name}",
        "geometry": {"type": "Point", "coordinates": list(feature.point)},
        "properties": {key: plain(value) for key, value in feature.properties.items()},
    }


def write_geopackage(hedge: Hedge, path: Path) -> None:
    """``hedge.gpkg``: the sites over state outlines."""
    rows = [(flat(feature.properties), feature.point) for feature in site_features(hedge)]
    layers: dict[str, pandas.DataFrame] = {"states": states()}
    if rows:
        layers = {"sites": points(rows), **layers}
    with fixed_clock():
        for name, layer in layers.items():
            write_layer(layer, name, path)
