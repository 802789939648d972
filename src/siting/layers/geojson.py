"""Read GeoJSON, ESRI JSON and TopoJSON as plain data: no link is followed, nothing in them is run.

Features are decoded one at a time, so that the memory stays near the size of the file.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pyproj import CRS
from pyproj.exceptions import CRSError

from siting.core.errors import InputError
from siting.layers.safety import MAX_COLUMN_NAME, MAX_COLUMNS, MIB, growth, one_layer, refused
from siting.layers.topojson import Topology, values_of
from siting.layers.wkb import NoGeometry, from_esri, from_geojson

MAX_BYTES = 2048 * MIB
POINT_BYTES = 64
"""Bytes that a point of shared arcs counts for."""
SPACE = re.compile(r"[ \t\r\n]*")
EPSG = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|ESRI):(?:[\d.]*:)?(\d{1,6})")
CRS84 = re.compile(r"(?:urn:ogc:def:crs:)?OGC:(?:1\.3:)?CRS84h?")
GEOMETRIES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
              "GeometryCollection")  # fmt: skip
Feature = tuple[bytes | None, dict[str, Any], str]
"""WKB, values, and what is wrong with the geometry."""


@dataclass(frozen=True)
class JsonLayer:
    """A layer of a JSON file.

    Attributes:
        columns: of all features, as they come. crs: stated by the file. count: features.
    """

    columns: tuple[str, ...]
    crs: CRS | None
    count: int
    _text: _Text
    _topology: Topology | None

    @property
    def is_topology(self) -> bool:
        """Whether it is TopoJSON, which states no coordinate system and implies none."""
        return self._topology is not None

    def features(self) -> Iterator[Feature]:
        """Features in the order of the file."""
        if self._topology is not None:
            yield from self._topology.features()
            return
        for raw in self._text.features():
            yield _feature(raw)


def read_json(path: Path, name: str, layer: str | None) -> JsonLayer:
    """Open a layer.

    Raises:
        InputError: not JSON, not a layer of features, or a coordinate system by link.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise refused(name, f"{size / MIB:.0f} MiB of JSON", "2048 MiB", "Save it as GeoPackage")
    try:
        text = _Text(path.read_bytes().decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise refused(
            name, f"not UTF-8 at byte {error.start}", "UTF-8 text", "Save it as UTF-8"
        ) from error
    columns: dict[str, None] = {}
    count = 0
    for raw in text.features():
        count += 1
        columns.update(dict.fromkeys(_columns(raw, f"{name}: feature {count}")))
        if len(columns) > MAX_COLUMNS:
            raise refused(name, f"more than {MAX_COLUMNS} columns", "fewer")
    root = text.root
    if root.get("type") == "Topology":
        topology = _topology(root, name, layer, size)
        return JsonLayer(topology.columns, None, topology.count, text, topology)
    _check_type(root, name)
    return JsonLayer(tuple(columns), _crs(root, name), count, text, None)


def _check_type(root: Mapping[str, Any], name: str) -> None:
    """A layer of features, or one of them; nothing that names other files or programs."""
    kind = root.get("type")
    known = kind in ("FeatureCollection", "Feature", *GEOMETRIES)
    if known or (kind is None and "features" in root):
        return
    what = f"JSON of type '{str(kind)[:40]}'" if kind is not None else "JSON without features"
    raise refused(name, what, "a FeatureCollection, ESRI JSON or TopoJSON")


def _topology(root: Mapping[str, Any], name: str, layer: str | None, size: int) -> Topology:
    """The chosen object of a topology."""
    objects = root.get("objects")
    if not isinstance(objects, Mapping) or not objects:
        raise refused(name, "a topology without objects", "TopoJSON")
    chosen = one_layer(name, layer, [str(key) for key in objects])
    try:
        return Topology(root, objects[chosen], growth(size) // POINT_BYTES)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise refused(name, f"cannot be read: {str(error)[:100]}", "TopoJSON") from error


def _columns(raw: Any, where: str) -> Sequence[str]:
    """Columns of a feature."""
    if not isinstance(raw, Mapping):
        raise refused(where, f"{type(raw).__name__} in place of a feature", "a feature")
    try:
        values = values_of(raw)
    except ValueError as error:
        raise refused(where, "text that is not Unicode", "whole characters") from error
    if any(len(column) > MAX_COLUMN_NAME for column in values):
        raise refused(where, "the name of a column is too long", f"{MAX_COLUMN_NAME} characters")
    return list(values)


def _feature(raw: Mapping[str, Any]) -> Feature:
    """A feature as WKB and values."""
    values = values_of(raw)
    try:
        if raw.get("type") in GEOMETRIES:
            return from_geojson(raw), {}, ""
        is_esri = "attributes" in raw and "type" not in raw
        shape = (from_esri if is_esri else from_geojson)(raw.get("geometry"))
    except NoGeometry as error:
        return None, values, str(error)
    return shape, values, ""


def _crs(root: Mapping[str, Any], name: str) -> CRS | None:
    """Coordinate system that a file states by name or code; links are refused, never followed."""
    esri = root.get("spatialReference")
    stated = root.get("crs")
    if isinstance(esri, Mapping):
        code = esri.get("latestWkid", esri.get("wkid"))
        return None if code is None else crs_by_code("EPSG", str(code)[:8], name)
    if stated is None:
        return None
    inner = stated.get("properties") if isinstance(stated, Mapping) else None
    kind = stated.get("type") if isinstance(stated, Mapping) else None
    given = inner.get("name", inner.get("code")) if isinstance(inner, Mapping) else None
    text = f"EPSG:{given}" if kind == "EPSG" else str(given)
    if kind in ("name", "EPSG") and len(text) < 100:
        if CRS84.fullmatch(text):
            return CRS.from_epsg(4326)
        if found := EPSG.fullmatch(text):
            return crs_by_code(found[1], found[2], name)
    raise refused(
        f"{name}: crs",
        f"a coordinate system of type '{str(kind)[:20]}'",
        "an EPSG code by name; links are not followed",
        "Remove the member crs, and state crs where the file is named",
    )


def crs_by_code(authority: str, code: str, name: str) -> CRS:
    """A coordinate system by its number; those of ESRI where EPSG has none.

    Raises:
        InputError: a number that nobody knows.
    """
    for registry in (authority, "ESRI"):
        try:
            return CRS.from_authority(registry, code)
        except CRSError:
            continue
    raise refused(name, f"unknown coordinate system {authority}:{code}", "a known EPSG code")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object each of whose keys stands once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key '{twice[:40]}' stands twice")
    return found


class _Text:
    """A JSON object of which the member ``features`` is decoded one at a time."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self.decoder = json.JSONDecoder(parse_constant=self._constant, object_pairs_hook=_once)
        self.root: dict[str, Any] = {}
        self.start: int | None = None
        self._read_root()

    def _constant(self, word: str) -> None:
        """NaN is how programs write a missing number; what is infinite is refused."""
        if word != "NaN":
            raise ValueError(f"{word} is no number")

    def features(self) -> Iterator[Any]:
        """Features of the file; a single one, or a bare geometry, is the only one."""
        if self.start is None:
            if self.root.get("type") in ("Feature", *GEOMETRIES):
                yield self.root
            return
        place = self._skip(self.start + 1)
        if self._at(place) == "]":
            return
        while True:
            feature, place = self._value(place)
            yield feature
            place = self._skip(place)
            if self._at(place) == "]":
                return
            place = self._expect(place, ",")

    def _read_root(self) -> None:
        """All members but ``features``, of which only the place is kept."""
        place = self._expect(self._skip(0), "{")
        if self._at(place) == "}":
            return
        while True:
            key, place = self._value(place)
            if not isinstance(key, str):
                self._fail("a key that is not text", place)
            place = self._expect(self._skip(place), ":")
            if key in self.root:
                self._fail(f"the key '{key[:40]}' stands twice", place)
            if key == "features" and self._at(place) == "[":
                self.start = place
                place = self._after_features(place)
            else:
                self.root[key], place = self._value(place)
            place = self._skip(place)
            if self._at(place) == "}":
                break
            place = self._expect(place, ",")
        if self._skip(place + 1) != len(self.text):
            self._fail("more text after the end", place)

    def _after_features(self, place: int) -> int:
        """The place after the list of features."""
        self.root["features"] = []
        place = self._skip(place + 1)
        if self._at(place) == "]":
            return place + 1
        while True:
            _, place = self._value(place)
            place = self._skip(place)
            if self._at(place) == "]":
                return place + 1
            place = self._expect(place, ",")

    def _skip(self, place: int) -> int:
        found = SPACE.match(self.text, place)
        return found.end() if found else place

    def _at(self, place: int) -> str:
        return self.text[place : place + 1]

    def _expect(self, place: int, sign: str) -> int:
        if self._at(place) != sign:
            self._fail(f"'{sign}' is missing", place)
        return self._skip(place + 1)

    def _value(self, place: int) -> tuple[Any, int]:
        try:
            return self.decoder.raw_decode(self.text, place)
        except json.JSONDecodeError as error:
            self._fail(error.msg, error.pos)
        except ValueError as error:
            self._fail(str(error)[:80], place)
        except RecursionError:
            self._fail("nested too deeply", place)

    def _fail(self, what: str, place: int) -> NoReturn:
        line = self.text.count("\n", 0, place) + 1
        column = place - self.text.rfind("\n", 0, place)
        where = f"{self.name}:{line}:{column}"
        raise InputError(refused(where, f"cannot be read: {what}", "JSON").issues)
