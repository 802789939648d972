"""Default styles of ``plan.gpkg`` in the XML of QGIS: symbols, labels, and what animates in time.

QGIS reads them from the table ``layer_styles``. Colours and marks are those of the report and of the
static map. Expressions name columns only; no value of the plan stands in one, except as a quoted
text that the categories compare with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Xml

import pandas

from siting.outputs.report.palette import LIGHT, SERIES

QGIS = "3.22"
SIZE_MM = '1.6 + {slope:g} * sqrt(coalesce("{column}", 0))'
"""Diameter of a mark, whose area grows with a column of MW."""
LOAD_SLOPE, NODE_SLOPE = 0.16, 0.06
SIZE_PROPERTY, EXPRESSION_TYPE = "size", "3"
BY_EXPRESSION = "4"
"""Temporal mode of QGIS: start and end from expressions. By plain columns a date is compared as text
with the end of a frame, so that a frame shows the next period too."""
AGENCY_SHAPES = ("circle", "square", "triangle", "hexagon", "pentagon", "star", "cross_fill")
MOST_CATEGORIES = 40
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, and a category therefore cannot either."""
CANDIDATE, SITE = "candidate", "site "
"""Values by which candidates are told from sites of any agency."""
AGENCY = f"'{SITE}' || coalesce(\"agency\", '')"


@dataclass(frozen=True)
class Symbol:
    """A mark.

    Attributes:
        shape: of QGIS's simple markers; ``area`` fills a polygon. colour: name in the palette.
        size: fixed [mm]; ``grows`` names a column of MW in its place, by ``slope``.
    """

    shape: str
    colour: str
    size: float = 2.4
    grows: str = ""
    slope: float = LOAD_SLOPE
    is_hollow: bool = False


@dataclass(frozen=True)
class Style:
    """How a layer is drawn.

    Attributes:
        categories: (value of ``attribute``, words of the legend, symbol); one symbol for all where
            the attribute is empty.
        label: column written beside the mark. start, end: columns of its time.
    """

    about: str
    categories: tuple[tuple[str, str, Symbol], ...]
    attribute: str = ""
    label: str = ""
    start: str = ""
    end: str = ""


def style_rows(layers: Mapping[str, pandas.DataFrame], written: str) -> list[dict[str, Any]]:
    """Rows of ``layer_styles``, one for each layer of places."""
    styles: dict[str, Callable[[pandas.DataFrame], Style]] = {
        "sites": _sites,
        "states": lambda _: Style("State outlines", _one(Symbol("area", "border"))),
        "site_areas": lambda _: Style("Site areas", _one(Symbol("area", "amber"))),
        "site_periods": _site_periods,
        "plants": _plants,
        "upgrades": _upgrades,
        "nodes": lambda _: _room("square", "Points of interconnection; size: MW left at the end"),
        "zones": lambda _: _room("pentagon", "Grid zones; size: MW left at the end"),
        "node_periods": lambda _: _room(
            "square", "Points of interconnection in use", is_dated=True
        ),
        "zone_periods": lambda _: _room("pentagon", "Grid zones", is_dated=True),
    }
    return [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": name,
            "f_geometry_column": "geom",
            "styleName": name,
            "styleQML": qml(style),
            "styleSLD": "",
            "useAsDefault": True,
            "description": style.about,
            "owner": "siting",
            "ui": "",
            "update_time": written,
        }
        for name, make in styles.items()
        if name in layers
        for style in (make(layers[name]),)
    ]


def _one(symbol: Symbol) -> tuple[tuple[str, str, Symbol], ...]:
    """One symbol for every feature."""
    return (("", "", symbol),)


def _values(layer: pandas.DataFrame, column: str) -> list[str]:
    """Distinct texts of a column, sorted."""
    if column not in layer:
        return []
    found = {str(value) for value in layer[column].dropna()}
    return sorted(value for value in found if value and not NOT_XML.search(value))[:MOST_CATEGORIES]


def _by_agency(layer: pandas.DataFrame, *, is_hollow: bool) -> list[Any]:
    """Categories by agency, their size the load, and one for sites of none that is named."""
    chosen = layer[layer["is_chosen"]] if "is_chosen" in layer else layer
    other = ("", "other site", Symbol("circle", "ink", grows="it_mw", is_hollow=is_hollow))
    named = [
        (
            f"{SITE}{agency}",
            f"{agency} site",
            Symbol(
                AGENCY_SHAPES[place % len(AGENCY_SHAPES)],
                SERIES[place % len(SERIES)],
                grows="it_mw",
                is_hollow=is_hollow,
            ),
        )
        for place, agency in enumerate(_values(chosen, "agency"))
    ]
    return [*named, other]


def _sites(layer: pandas.DataFrame) -> Style:
    """Rings by agency, their size the load at the end; small and grey where not built."""
    candidate = (CANDIDATE, "candidate, not built", Symbol("circle", "grey", 1.4, is_hollow=True))
    return Style(
        "Sites by agency; size: MW of IT load at the end",
        (candidate, *_by_agency(layer, is_hollow=True)),
        attribute=f"CASE WHEN \"is_chosen\" THEN {AGENCY} ELSE '{CANDIDATE}' END",
        label='CASE WHEN "is_chosen" THEN "name" END',
    )


def _site_periods(layer: pandas.DataFrame) -> Style:
    """Discs by agency, their size the load in the period."""
    return Style(
        "MW of IT load energised; switch the temporal controller on",
        tuple(_by_agency(layer, is_hollow=False)),
        attribute=AGENCY,
        start="start_date",
        end="end_date",
    )


def _plants(layer: pandas.DataFrame) -> Style:
    """Diamonds by technology."""
    categories = tuple(
        (name, name.replace("_", " "), Symbol("diamond", SERIES[-1 - place % len(SERIES)], 3.0))
        for place, name in enumerate(_values(layer, "technology"))
    )
    return Style(
        "Power plants from their in-service date",
        (*categories, ("", "other plant", Symbol("diamond", "ink", 3.0))),
        attribute='"technology"',
        start="in_service_date",
    )


def _upgrades(_: pandas.DataFrame) -> Style:
    """Crosses from their in-service date."""
    symbol = _one(Symbol("cross_fill", "ink", 3.0))
    return Style("Grid upgrades from their in-service date", symbol, start="in_service_date")


def _room(shape: str, about: str, *, is_dated: bool = False) -> Style:
    """Hollow marks, their size the MW left."""
    symbol = _one(Symbol(shape, "teal", grows="left_mw", slope=NODE_SLOPE, is_hollow=True))
    if not is_dated:
        return Style(about, symbol)
    return Style(f"{about}; size: MW left by date", symbol, start="start_date", end="end_date")


def qml(style: Style) -> str:
    """A style in the XML of QGIS."""
    root = Xml.Element("qgis", {"version": QGIS, "styleCategories": "AllStyleCategories"})
    _temporal(root, style)
    _renderer(root, style)
    if style.label:
        _labels(root, style.label)
    return "<!DOCTYPE qgis>\n" + Xml.tostring(root, encoding="unicode")


def _temporal(root: Xml.Element, style: Style) -> None:
    """From when to when each feature shows; without an end to the end of time."""
    Xml.SubElement(
        root,
        "temporal",
        {
            "enabled": "1" if style.start else "0",
            "mode": BY_EXPRESSION if style.start else "0",
            "startField": style.start,
            "endField": style.end,
            "startExpression": f'to_datetime("{style.start}")' if style.start else "",
            "endExpression": f'to_datetime("{style.end}")' if style.end else "",
            "limitMode": "0",
            "accumulate": "0",
            "fixedDuration": "0",
            "durationUnit": "days",
        },
    )


def plain(words: str) -> str:
    """Words of a legend in which QGIS finds no expression to evaluate."""
    return words.replace("[%", "[ %")


def _renderer(root: Xml.Element, style: Style) -> None:
    """Symbols, by category where there is an attribute."""
    kind = "categorizedSymbol" if style.attribute else "singleSymbol"
    renderer = Xml.SubElement(root, "renderer-v2", {"type": kind, "attr": style.attribute})
    if style.attribute:
        categories = Xml.SubElement(renderer, "categories")
        for place, (value, words, _) in enumerate(style.categories):
            Xml.SubElement(
                categories,
                "category",
                {"symbol": str(place), "value": value, "label": plain(words), "render": "true"},
            )
    symbols = Xml.SubElement(renderer, "symbols")
    for place, (_, _, symbol) in enumerate(style.categories):
        _symbol(symbols, str(place), symbol)


def _symbol(symbols: Xml.Element, name: str, symbol: Symbol) -> None:
    """A mark or a fill."""
    is_area = symbol.shape == "area"
    kind = "fill" if is_area else "marker"
    parent = Xml.SubElement(symbols, "symbol", {"name": name, "type": kind, "alpha": "1"})
    layer = Xml.SubElement(
        parent,
        "layer",
        {"class": "SimpleFill" if is_area else "SimpleMarker", "enabled": "1", "pass": "0"},
    )
    colour = _rgba(LIGHT[symbol.colour], 60 if is_area else 215)
    hollow = _rgba(LIGHT[symbol.colour], 0)
    options = {
        "color": hollow if symbol.is_hollow else colour,
        "outline_color": _rgba(
            LIGHT[symbol.colour if symbol.is_hollow or is_area else "paper"], 255
        ),
        "outline_width": "0.4",
        "outline_width_unit": "MM",
    }
    if not is_area:
        options |= {"name": symbol.shape, "size": str(symbol.size), "size_unit": "MM"}
    _map(layer, options)
    if symbol.grows:
        _grow(layer, SIZE_MM.format(column=symbol.grows, slope=symbol.slope))


def _grow(layer: Xml.Element, expression: str) -> None:
    """The size of a mark by an expression."""
    parent = Xml.SubElement(layer, "data_defined_properties")
    whole = Xml.SubElement(parent, "Option", {"type": "Map"})
    Xml.SubElement(whole, "Option", {"name": "name", "value": "", "type": "QString"})
    properties = Xml.SubElement(whole, "Option", {"name": "properties", "type": "Map"})
    size = Xml.SubElement(properties, "Option", {"name": SIZE_PROPERTY, "type": "Map"})
    for name, value, kind in (
        ("active", "true", "bool"),
        ("expression", expression, "QString"),
        ("type", EXPRESSION_TYPE, "int"),
    ):
        Xml.SubElement(size, "Option", {"name": name, "value": value, "type": kind})
    Xml.SubElement(whole, "Option", {"name": "type", "value": "collection", "type": "QString"})


def _map(parent: Xml.Element, options: Mapping[str, str]) -> None:
    """Options of a symbol layer, both as QGIS 3.22 and as older ones write them."""
    whole = Xml.SubElement(parent, "Option", {"type": "Map"})
    for name, value in options.items():
        Xml.SubElement(whole, "Option", {"name": name, "value": value, "type": "QString"})
    for name, value in options.items():
        Xml.SubElement(parent, "prop", {"k": name, "v": value})


def _labels(root: Xml.Element, expression: str) -> None:
    """Text beside the marks."""
    labeling = Xml.SubElement(root, "labeling", {"type": "simple"})
    settings = Xml.SubElement(labeling, "settings", {"calloutType": "simple"})
    text = {
        "fieldName": expression,
        "isExpression": "1",
        "fontSize": "8",
        "fontSizeUnit": "Point",
        "fontFamily": "Sans Serif",
        "textColor": _rgba(LIGHT["ink"], 255),
        "textOpacity": "1",
        "allowHtml": "0",
    }
    style = Xml.SubElement(settings, "text-style", text)
    buffer = {
        "bufferDraw": "1",
        "bufferSize": "0.7",
        "bufferSizeUnits": "MM",
        "bufferColor": _rgba(LIGHT["paper"], 255),
        "bufferOpacity": "1",
    }
    Xml.SubElement(style, "text-buffer", buffer)
    placement = {"placement": "6", "offsetType": "1", "dist": "0.6", "distUnits": "MM"}
    Xml.SubElement(settings, "placement", placement)
    Xml.SubElement(settings, "rendering", {"drawLabels": "1", "obstacle": "1"})


def _rgba(colour: str, alpha: int) -> str:
    """A colour such as #1b2733 as QGIS writes it."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"
