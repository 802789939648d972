"""The national map: sites and what they draw, plants, upgrades, nodes and candidates by date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

from siting.core.audit import number
from siting.core.plan import Plan
from siting.outputs.features import candidates_of, features_of, rows_in
from siting.outputs.report.blocks import Figure, Map
from siting.outputs.report.geometry import (
    frame,
    is_alaska,
    is_drawn,
    state_lines,
    transmission_lines,
)
from siting.outputs.report.names import LENGTH, Placed, Spot, placed_names
from siting.outputs.report.palette import SERIES
from siting.outputs.report.popups import Book, Popup, node_popups, popup_of
from siting.outputs.report.words import by_period, short, text_of

NAME_LENGTH = 60
LEAST_PX, PX_PER_ROOT_MW = 8, 0.6
"""Diameter of the circle of a site without load, and what the root of its load adds."""
PAPER_PX = 350
"""Height on paper, where the map shares the first page with the answer."""
LABEL = "Map of sites, plants, upgrades and grid nodes; choose one from the list to read about it"
POINTS = (
    ("candidate", "Candidate, not built", "grey", "circle", 6),
    ("node", "Grid node, its size the headroom left", "teal", "square", 8),
    ("upgrade", "Grid upgrade", "ink", "triangle-up", 10),
    ("plant", "Power plant", "ink", "diamond", 7),
)
"""Layer, words, colour, symbol and size of what is drawn as one kind of marker, lowest first."""
CLICK = "<br>Click for figures and sources"
"""Last line of a hover text."""
HIDDEN = ("node",)
"""Layers that are off until asked for."""


@dataclass(frozen=True)
class MapView:
    """The map, whether Alaska is drawn, and names of things beyond the frame."""

    block: Map
    has_alaska: bool
    beyond: tuple[str, ...]


def map_view(plan: Plan) -> MapView:
    """The map in kilometres of an Albers projection, with what its script needs."""
    book = Book(plan)
    features = [*features_of(plan), *candidates_of(plan)]
    popups = [popup_of(book, feature) for feature in features] + node_popups(book)
    has_alaska = any(is_alaska(*f.point) and is_drawn(*f.point) for f in features)
    agencies = sorted({str(r["agency"] or "") for r in rows_in(plan, "sites") if r["is_chosen"]})
    for feature, popup in zip(features, popups, strict=False):
        if feature.kind == "site":
            position = agencies.index(str(feature.properties["agency"] or ""))
            popup["layer"] = f"agency-{position}"
            popup["size"] = site_size(number(feature.properties, "it_mw"))
    drawn = [(i, popup) for i, popup in enumerate(popups) if "x" in popup]
    shown = frame([(p["x"], p["y"]) for _, p in drawn], has_alaska)
    named = _named(drawn, shown)
    traces = [
        *_land(has_alaska),
        *_lines(),
        *_points([(i, p) for i, p in drawn if p["kind"] in ("candidate", "node")]),
        *_sites(named, len(agencies)),
        *_points([(i, p) for i, p in drawn if p["kind"] in ("upgrade", "plant")]),
    ]
    data = {
        "circle": [LEAST_PX, PX_PER_ROOT_MW],
        "periods": [start.isoformat() for start in book.periods],
        "totals": {
            column: [round(value, 3) for value in by_period(plan, column).values()]
            for column in ("target_mw", "served_mw", "grid_mw", "onsite_mw")
        },
        "layers": list(_layers(agencies, {popup["kind"] for popup in popups})),
        "popups": popups,
        "references": [asdict(reference) for reference in book.references],
    }
    beyond = sorted({str(f.properties["name"]) for f in features if not is_drawn(*f.point)})
    layout = _layout(shown)
    figure = {"data": traces, "layout": layout, "paper": {"height": PAPER_PX}}
    return MapView(Map(figure, data, LABEL), has_alaska, tuple(beyond))


def site_size(megawatts: float) -> float:
    """Diameter of a site's circle [px]: its area grows with the load."""
    return round(LEAST_PX + PX_PER_ROOT_MW * sqrt(megawatts), 1)


def _layers(agencies: Sequence[str], kinds: set[str]) -> Iterator[dict[str, Any]]:
    """Layers in the order of the legend: what each is called, its swatch, whether it is on."""
    for position, agency in enumerate(agencies):
        name = f"{agency} site" if agency else "Site"
        yield _layer(f"agency-{position}", name, SERIES[position % len(SERIES)], "ring")
    if agencies:
        yield _layer("now", "MW energised at the date", "ink", "disc")
    for kind, words, colour, symbol, _ in reversed(POINTS):
        if kind in kinds:
            yield _layer(kind, words, colour, symbol)
    yield _layer("lines", "Transmission of 345 kV and above", "wire", "line")


def _layer(name: str, words: str, colour: str, symbol: str) -> dict[str, Any]:
    """A layer of the legend."""
    is_on = name not in HIDDEN
    return {"id": name, "words": words, "colour": colour, "symbol": symbol, "is_on": is_on}


def _layout(shown: tuple[list[float], list[float]]) -> Figure:
    """Layout of the map; the legend stands beside it, where a keyboard reaches it."""
    axis = {"visible": False, "showgrid": False, "zeroline": False, "constrain": "domain"}
    square = {"scaleanchor": "x", "scaleratio": 1}
    return {
        "xaxis": {**axis, "range": shown[0]},
        "yaxis": {**axis, "range": shown[1], **square},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "pan",
    }


def _land(has_alaska: bool) -> Iterator[Figure]:
    """State outlines."""
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
    }


def _lines() -> Iterator[Figure]:
    """Transmission lines to read the sites against, the higher voltages stronger."""
    for classes, width in ((("345",), 0.6), (("500", "735", "DC"), 1.2)):
        xs, ys = transmission_lines(classes)
        yield {
            "type": "scatter",
            "x": xs,
            "y": ys,
            "mode": "lines",
            "meta": {"layers": ["lines"], "role": "lines"},
            "line": {"width": width, "color": "@wire"},
            "hoverinfo": "skip",
        }


def _named(
    drawn: list[tuple[int, Popup]], shown: tuple[list[float], list[float]]
) -> list[tuple[int, Popup, Placed]]:
    """Sites, each with its name and where that stands."""
    sizes = {kind: size for kind, _, _, _, size in POINTS if kind not in HIDDEN}
    others = [Spot(p["x"], p["y"], sizes[p["kind"]], "") for _, p in drawn if p["kind"] in sizes]
    sites = [(i, p) for i, p in drawn if p["kind"] == "site"]
    spots = [Spot(p["x"], p["y"], p["size"], _name(p)) for _, p in sites]
    names = placed_names(spots, others, shown)
    return [(i, popup, name) for (i, popup), name in zip(sites, names, strict=True)]


def _name(popup: Popup) -> str:
    """The name of a site, and that it rests on estimates, which is not cut off."""
    mark = " (est.)" if popup["weak"] else ""
    return short(popup["name"], LENGTH - len(mark)) + mark


def _marks(layers: list[str], role: str, group: list[tuple[int, Popup]], marker: Figure) -> Figure:
    """A trace of markers; its script knows it by layers, role and the numbers of its popups."""
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": {"layers": layers, "role": role},
        "customdata": [position for position, _ in group],
        "marker": marker,
        "x": [popup["x"] for _, popup in group],
        "y": [popup["y"] for _, popup in group],
        "hovertext": [hover(popup) for _, popup in group],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "visible": not any(layer in HIDDEN for layer in layers),
    }


def hover(popup: Popup) -> str:
    """Hover text: the name, whether it rests on estimates, and its first fact."""
    mark = " (est.)" if popup["weak"] else ""
    lines = [f"<b>{text_of(short(popup['name'], NAME_LENGTH))}{mark}</b>"]
    lines += [text_of(f"{label}: {value}") for label, value, *_ in popup["facts"][:1]]
    return "<br>".join(lines) + CLICK


def _points(drawn: list[tuple[int, Popup]]) -> Iterator[Figure]:
    """Things of one kind of marker, hollow where the thing is an estimate."""
    for kind, _, colour, symbol, size in POINTS:
        group = [(i, popup) for i, popup in drawn if popup["kind"] == kind]
        if group:
            marker = {
                "size": size,
                "symbol": [f"{symbol}-open" if p["weak"] else symbol for _, p in group],
                "color": f"@{colour}",
                "opacity": 0.7 if kind == "candidate" else 1,
                "line": {"width": 1.5, "color": f"@{colour}"},
            }
            yield _marks([kind], kind, group, marker)


def _sites(drawn: list[tuple[int, Popup, Placed]], agencies: int) -> Iterator[Figure]:
    """Sites by agency: a ring for the load at the end, filled as it is energised, and its name where there
    is room, which says so where the site is an estimate."""
    for position in range(agencies):
        layer, colour = f"agency-{position}", f"@{SERIES[position % len(SERIES)]}"
        found = [one for one in drawn if one[1]["layer"] == layer]
        if not found:
            continue
        group = [(i, popup) for i, popup, _ in found]
        full = [popup["size"] for _, popup in group]
        edge = {"width": 1, "color": "@paper"}
        disc = {"size": full, "color": colour, "opacity": 0.85, "line": edge}
        yield _marks([layer, "now"], "energised", group, disc)
        ring = {"size": full, "symbol": "circle-open", "color": colour}
        yield {
            **_marks([layer], "ring", group, {**ring, "line": {"width": 2, "color": colour}}),
            "mode": "markers+text",
            "text": [text_of(n.text or ("est." if p["weak"] else "")) for _, p, n in found],
            "textposition": [name.position for _, _, name in found],
            "textfont": {"size": 11, "color": "@ink", "shadow": "@paper"},
        }
