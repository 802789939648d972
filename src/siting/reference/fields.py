"""What every input field means, made from the models: one dictionary for docs, tables and editors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from siting.core.annotations import models_in
from siting.core.wording import FIRST_DATE, IDENTIFIER, REAL_DATE, unit_of
from siting.scenario import schema

FIRST_VERSION = "0.1.0"
"""Version of fields and columns that state no other."""
UNITS = {
    "longitude": "degrees",
    "latitude": "degrees",
    "pue": "facility MW per IT MW",
    "angle_min_deg": "degrees",
    "angle_max_deg": "degrees",
    "shift_deg": "degrees",
    "x_pu": "per unit",
}
"""Units that no suffix of the name tells."""
EXAMPLES: Mapping[str, object] = {
    "MW": 100.0, "MVA": 300.0, "kV": 345.0, "km": 5.0, "acres": 400.0, "US dollars": 5000000.0,
    "months": 24.0, "weeks": 128.0, "years": 20.0, "share": 0.15, "seconds": 600.0,
    "calendar year": 2025, "year": 2028, "date as YYYY-MM": "2028-01", "id": "my_id", "whole number": 2,
    "number": 10.0, "true or false": True, "section": "{...}", "mapping": "{my_id: ...}",
    "list (section)": "[{...}]", "list (id)": "[my_id]", "list (text)": "[PA, NV]",
    "list (number)": "[0.5, 0.5]",
    "longitude": -77.0, "latitude": 40.5, "agency": "DOE", "state": "PA", "name": "North tract",
    "title": "Two sites in Pennsylvania", "description": "What the plan is about.",
    "source": "Study of June 2026, table 4", "estimated": "headroom_mw; connection_months",
    "action": "lease", "geometry_kind": "parcel", "energy_source": "gas", "family": "headroom",
    "geometry": "{type: Point, coordinates: [-77, 40.5]}", "about": "In a sentence.",
    "set": 1.2, "path": "zones.*.headroom_mw", "buyer": "Example Power",
    "between": "[build_now, wait_until]", "known": "2028-01", "load_growth_frac_per_year": 0.02,
}  # fmt: skip
"""Examples by name, else by unit, else by kind."""
VARIANT = re.compile("_(?:20[0-9]{2}|[0-9_]*[0-9]pct)$")
"""End of the name of a field that there is for several years or tiers, after its unit."""


@dataclass(frozen=True)
class Entry:
    """A field or a column.

    Attributes:
        name: of it. meaning: in a sentence or two. unit: of its numbers, ``share`` of 1.
        kind: what it holds, in words. default: '' where it is required. range: of its numbers.
        example: a value. since: version that brought it.
    """

    name: str
    meaning: str
    unit: str = ""
    kind: str = ""
    default: str = ""
    range: str = ""
    is_required: bool = False
    example: str = ""
    since: str = FIRST_VERSION


@dataclass(frozen=True)
class Section:
    """Fields of one place of a scenario.

    Attributes:
        path: dotted, ``*`` for an id or a place in a list. about: what it is.
    """

    path: str
    about: str
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """The path without what every path has."""
        return self.path.removeprefix("components.").replace(".*", "") or "scenario"


def sections(root: type[BaseModel] | None = None, name: str = "") -> tuple[Section, ...]:
    """Every place of a scenario that has fields, parents first; or of a file with another root.

    Args:
        root: its model. name: what its paths begin with.
    """
    return tuple(_sections(root or schema(), name, frozenset()))


def _sections(
    model: type[BaseModel], path: str, above: frozenset[type[BaseModel]]
) -> Iterator[Section]:
    """Fields of a model, then of those below it."""
    about = " ".join((model.__doc__ or "").split("\n\n")[0].split())
    yield Section(path, about, entries_of(model))
    for name, field in model.model_fields.items():
        for below in dict.fromkeys(models_in(field.annotation)):
            if below not in above:
                many = ".*" if _is_many(field) else ""
                place = f"{path}.{name}{many}".lstrip(".")
                yield from _sections(below, place, above | {model})


def _is_many(field: FieldInfo) -> bool:
    """Whether a field holds many of its records."""
    return re.search(r"\b(dict|list)\[", str(field.annotation)) is not None


@cache
def entries_of(model: type[BaseModel]) -> tuple[Entry, ...]:
    """The fields of a model, in order."""
    whole = model.model_json_schema()
    parts = whole["properties"]
    return tuple(_entry(n, f, parts[f.alias or n]) for n, f in model.model_fields.items())


def _entry(name: str, field: FieldInfo, part: dict[str, Any]) -> Entry:
    """One field, from its model and its JSON schema."""
    forms = [form for form in part.get("anyOf", [part]) if form.get("type") != "null"]
    kind = " or ".join(dict.fromkeys(_kind(form) for form in forms))
    is_number = any(form.get("type") in ("number", "integer") for form in forms)
    unit = _unit(name) if is_number else ""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, Mapping) else {}
    return Entry(
        name=name,
        meaning=_plain(field.description or ""),
        unit=unit,
        kind=kind,
        default="" if field.is_required() else _default(field),
        range=_range(forms[0]) if forms else "",
        is_required=field.is_required(),
        example=_shown(_example(name, field, forms[0] if forms else {}, unit)),
        since=str(extra.get("since", FIRST_VERSION)),
    )


def _unit(name: str) -> str:
    """Unit of a number, by the end of its name."""
    is_year = name == "year" or name.endswith("_year")
    if is_year and "_per_" not in name and "usd" not in name:
        return "calendar year"
    return UNITS.get(name) or unit_of((VARIANT.sub("", name),))


def _plain(text: str) -> str:
    """A docstring in one line, without marks of code."""
    return " ".join(text.replace("``", "'").split())


def _kind(form: Mapping[str, Any]) -> str:
    """What a form of a JSON schema holds, in words."""
    if "enum" in form:
        return "one of " + ", ".join(str(option) for option in form["enum"])
    if "const" in form:
        return str(form["const"])
    if "$ref" in form or form.get("discriminator") or "oneOf" in form:
        return "section"
    match form.get("type"):
        case "string":
            dates = dict.fromkeys((REAL_DATE, FIRST_DATE), "date as YYYY-MM")
            patterns = {**dates, IDENTIFIER: "id"}
            return patterns.get(form.get("pattern", ""), "text")
        case "array":
            items = form.get("items", {})
            return "list" if not items else f"list ({_kind(items)})"
        case "object":
            return "mapping"
        case "boolean":
            return "true or false"
        case "integer":
            return "whole number"
        case "number":
            return "number"
    return "any"


def _range(form: Mapping[str, Any]) -> str:
    """Bounds of a number, in words."""
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    return ", ".join(f"{word} {form[key]:g}" for key, word in words.items() if key in form)


def _default(field: FieldInfo) -> str:
    """The default of a field."""
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return "none"
    if isinstance(value, BaseModel | list | dict | tuple):
        return "none" if not value else "see there"
    return _shown(value)


def _example(name: str, field: FieldInfo, form: Mapping[str, Any], unit: str) -> object:
    """A value that the field takes."""
    if field.examples:
        return field.examples[0]
    default = field.get_default() if not field.is_required() else None
    if isinstance(default, bool | int | float | str) and default not in ("", 0):
        return default
    options = form.get("enum") or ([form["const"]] if "const" in form else [])
    if options:
        return options[0]
    kind = _kind(form)
    if kind.startswith("list (one of"):
        return f"[{form['items']['enum'][0]}]"
    keys = (kind, name) if kind == "id" else (name, unit, kind)
    value = next((EXAMPLES[key] for key in keys if key in EXAMPLES), "text")
    if isinstance(value, float) and form.get("maximum", value) < value:
        return EXAMPLES["share"]
    return int(value) if form.get("type") == "integer" and isinstance(value, float) else value


def _shown(value: object) -> str:
    """A value as a scenario states it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    return str(value)
