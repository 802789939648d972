"""The national map: chosen sites, candidates, plants and upgrades on state outlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt

from siting.core.audit import number
from siting.core.plan import Plan
from siting.core.table import Row
from siting.outputs.features import Feature, candidates_of, features_of
from siting.outputs.report.charts import Figure, colour_of
from siting.outputs.report.geometry import (
    FRAME_X_KM,
    FRAME_Y_KM,
    is_alaska,
    is_drawn,
    project,
    state_lines,
)
from siting.outputs.report.words import MILLION, estimates_of, is_weak, short, text_of, words

SOURCE_LENGTH = 90
LINE_LENGTH = 60


@dataclass(frozen=True)
class MapView:
    """Figure, whether Alaska is drawn, and names of things beyond the frame."""

    figure: Figure
    has_alaska: bool
    beyond: tuple[str, ...]


def map_view(plan: Plan) -> MapView:
    """The map in kilometres of an Albers projection."""
    features, candidates = features_of(plan), candidates_of(plan)
    drawn = [f for f in [*features, *candidates] if is_drawn(*f.point)]
    beyond = sorted({str(f.properties["name"]) for f in features if not is_drawn(*f.point)})
    has_alaska = any(is_alaska(*f.point) for f in drawn)
    traces = [
        *_land(has_alaska),
        *_candidates([f for f in drawn if f.kind == "candidate"]),
        *_sites([f for f in drawn if f.kind == "site"]),
        *_upgrades([f for f in drawn if f.kind == "upgrade"]),
        *_plants([f for f in drawn if f.kind == "plant"]),
    ]
    south = FRAME_Y_KM[0] if has_alaska else 230
    axis = {"visible": False, "showgrid": False, "zeroline": False}
    layout = {
        "xaxis": {**axis, "range": list(FRAME_X_KM), "constrain": "domain"},
        "yaxis": {
            **axis,
            "range": [south, FRAME_Y_KM[1]],
            "scaleanchor": "x",
            "scaleratio": 1,
            "constrain": "domain",
        },
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {"orientation": "h", "y": -0.02, "yanchor": "top", "itemsizing": "constant"},
        "hovermode": "closest",
        "dragmode": "pan",
    }
    return MapView({"data": traces, "layout": layout}, has_alaska, tuple(beyond))


def _land(has_alaska: bool) -> Iterator[Figure]:
    """State outlines, and the frame of the inset."""
    xs, ys = state_lines(has_alaska)
    yield {
        "type": "scatter",
        "x": xs,
        "y": ys,
        "mode": "lines",
        "fill": "toself",
        "fillcolor": "@land",
        "line": {"width": 0.7, "color": "@border"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _marks(name: str, features: list[Feature], marker: Figure, texts: list[str]) -> Figure:
    """A trace of markers."""
    points = [project(*feature.point) for feature in features]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": text_of(name),
        "marker": marker,
        "x": [round(x, 1) for x, _ in points],
        "y": [round(y, 1) for _, y in points],
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
    }


def hover(feature: Feature, lines: Iterable[str]) -> str:
    """Hover text: name, facts, what is estimated, source and confidence."""
    row = feature.properties
    mark = " (est.)" if is_weak(row) else ""
    parts = [f"<b>{text_of(short(row['name'], LINE_LENGTH))}{mark}</b>", *map(text_of, lines)]
    estimates = estimates_of(row)
    if estimates:
        parts += map(text_of, _wrapped("est.: " + ", ".join(map(words, estimates)), LINE_LENGTH))
    source = short(row.get("source") or "not stated", SOURCE_LENGTH)
    parts += map(text_of, _wrapped(f"Source: {source}", LINE_LENGTH))
    parts.append(text_of(f"Confidence: {row.get('confidence') or 'not stated'}"))
    return "<br>".join(parts)


def _wrapped(text: str, length: int) -> list[str]:
    """Text in lines no longer than a length where words allow."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > length:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + short(word, length)
    return lines


def _symbols(features: list[Feature], shape: str) -> list[str]:
    """Hollow where the thing is an estimate."""
    return [f"{shape}-open" if is_weak(f.properties) else shape for f in features]


def _firm_first(features: Iterable[Feature]) -> list[Feature]:
    """Things with firm numbers first, so that the legend shows a full marker where there is one."""
    return sorted(features, key=lambda f: (is_weak(f.properties), f.name))


def _candidates(features: list[Feature]) -> Iterator[Figure]:
    """Sites left alone."""
    if features:
        texts = [
            hover(f, [f"{f.properties['agency']}, {f.properties['state']}: candidate, not built"])
            for f in features
        ]
        marker = {"size": 5, "symbol": "circle", "color": "@grey", "opacity": 0.6}
        yield _marks("Candidate, not built", features, marker, texts)


def _sites(features: list[Feature]) -> Iterator[Figure]:
    """Chosen sites by agency, their area in proportion to IT MW."""
    agencies = sorted({str(f.properties["agency"] or "") for f in features})
    for position, agency in enumerate(agencies):
        group = _firm_first(f for f in features if str(f.properties["agency"] or "") == agency)
        marker = {
            "size": [round(8 + 0.5 * sqrt(number(f.properties, "it_mw")), 1) for f in group],
            "symbol": _symbols(group, "circle"),
            "color": colour_of(position),
            "opacity": 0.85,
            "line": {"width": 2.5, "color": colour_of(position)},
        }
        texts = [hover(f, _site_lines(f.properties)) for f in group]
        yield _marks(f"{agency} site" if agency else "Site", group, marker, texts)


def _site_lines(row: Row) -> Iterator[str]:
    """Facts of a chosen site."""
    place = [str(row[key]) for key in ("agency", "state") if row[key]]
    yield ", ".join([*place, f"zone {row['zone'] or 'none'}"])
    yield f"{number(row, 'it_mw'):,.0f} MW of IT load at the end of the horizon"
    yield f"{number(row, 'grid_mw'):,.0f} MW from grid, {number(row, 'onsite_mw'):,.0f} MW on site"
    yield f"Commit {row['commit_date'] or '–'}, first power {row['first_energised_date'] or '–'}"


def _upgrades(features: list[Feature]) -> Iterator[Figure]:
    """Nodes and zones that are upgraded."""
    group = _firm_first(features)
    if group:
        texts = [hover(f, _upgrade_lines(f.properties)) for f in group]
        marker = {
            "size": 10,
            "symbol": _symbols(group, "triangle-up"),
            "color": "@ink",
            "line": {"width": 1.5, "color": "@ink"},
        }
        yield _marks("Grid upgrade", group, marker, texts)


def _upgrade_lines(row: Row) -> Iterator[str]:
    """Facts of an upgrade."""
    usd = number(row, "overnight_usd") / MILLION
    yield f"Grid upgrade: +{number(row, 'added_mw'):,.0f} MW, {usd:,.1f} M USD"
    yield f"Start {row['start_date']}, in service {row['in_service_date']}"


def _plants(features: list[Feature]) -> Iterator[Figure]:
    """Plants, on site and in zones."""
    group = _firm_first(features)
    if group:
        texts = [hover(f, _plant_lines(f.properties)) for f in group]
        marker = {
            "size": 9,
            "symbol": _symbols(group, "diamond"),
            "color": "@ink",
            "line": {"width": 1.5, "color": "@ink"},
        }
        yield _marks("Power plant", group, marker, texts)


def _plant_lines(row: Row) -> Iterator[str]:
    """Facts of a plant."""
    yield f"{row['quantity']} x {words(row['technology'])}, {words(row['delivery']).lower()}"
    yield f"{number(row, 'capacity_mw'):,.0f} MW, {number(row, 'firm_mw'):,.0f} MW firm"
    yield f"Start {row['start_date']}, in service {row['in_service_date']}"
