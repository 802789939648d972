"""Pydantic's errors in a planner's words: what was found, what is expected, how to mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from siting.core.annotations import answers, child, homes_of, keys, members
from siting.core.names import MEANT
from siting.core.yaml_source import Path_, shown

IDENTIFIER = r"^[A-Za-z0-9_.-]{1,64}$"
TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
DATE = r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"
REAL_DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?$"
FIRST_DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])(-01)?$"
"""Dates that are one, and first days of months, as far as a pattern can tell."""
PLANNER = "planner"
"""Error type of a validator that chose its own words."""

PATTERNS = {
    IDENTIFIER: "1 to 64 letters, digits, '_', '-' or '.', not only dots",
    TEXT: "text without control characters",
}
_UNITS = {
    "acre": "acres", "acres": "acres", "bcf": "billion cubic feet", "count": "units",
    "day": "days", "days": "days", "frac": "", "gal": "gallons", "gw": "GW", "gwh": "GWh",
    "hour": "hours", "hours": "hours", "kg": "kg", "km": "km", "kv": "kV", "kw": "kW",
    "kwh": "kWh", "m": "m", "m3": "m3", "mgd": "million gallons a day", "miles": "miles",
    "mmbtu": "MMBtu", "month": "months", "months": "months", "ms": "ms", "musd": "million dollars",
    "mva": "MVA", "mvar": "Mvar", "mw": "MW", "mwh": "MWh", "pct": "percent", "t": "tonnes",
    "tonnes": "tonnes", "usd": "US dollars", "week": "weeks", "weeks": "weeks", "year": "years",
    "years": "years",
}  # fmt: skip
_SHAPES = {
    "model_type": "a mapping (lines of 'key: value')",
    "model_attributes_type": "a mapping (lines of 'key: value')",
    "dict_type": "a mapping (lines of 'key: value')",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "string_type": "text",
    "bool_type": "true or false",
    "date_type": "a date as YYYY-MM-DD",
    "none_required": "null",
}
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "of at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "of at most"),
}
_NUMBER_TEXT = re.compile(
    r"\$?([-+]?[0-9][0-9,_]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\s*((?:[A-Za-z%$/][\w%$/ .]*)?)"
)
FACTORS = {
    ("gw", "MW"): 1e3, ("kw", "MW"): 1e-3, ("gwh", "MWh"): 1e3, ("kwh", "MWh"): 1e-3,
    ("mw", "kW"): 1e3, ("m", "km"): 1e-3, ("mi", "km"): 1.609344, ("miles", "km"): 1.609344,
    ("years", "months"): 12.0, ("year", "months"): 12.0, ("y", "months"): 12.0,
    ("ha", "acres"): 2.471053815, ("v", "kV"): 1e-3,
}  # fmt: skip
"""What a number with another unit is in the unit that is wanted."""
_YES_NO = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


@dataclass(frozen=True)
class Fault:
    """One pydantic error, with its path in the data instead of pydantic's location.

    Attributes:
        kind: pydantic's error type.
        path: keys and item numbers in the data.
        unions: the alternatives tried on the way: path of the union, name of the alternative.
        value: the value found.
        context: what pydantic adds, for instance the bound.
        message: pydantic's text.
        known: keys the enclosing mapping may have. root: the model of the whole, if it is known.
        wanted: annotation of the value.
    """

    kind: str
    path: Path_
    unions: tuple[tuple[Path_, str], ...]
    value: object
    context: Mapping[str, Any]
    message: str
    known: tuple[str, ...]
    wanted: object
    root: type[BaseModel] | None = None

    def inside(self) -> Fault:
        """The fault seen from inside its outermost alternative."""
        return Fault(**{**self.__dict__, "unions": self.unions[1:]})


Words = tuple[str, str, str]
MOST_HOMES = 3
"""Places of a key that advice names."""


def has_part(data: object, part: str | int) -> bool:
    """Whether a mapping has a key or a list an item."""
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data)


def fault_of(error: ErrorDetails, data: object, model: type[BaseModel] | None) -> Fault:
    """Follow an error's location through the data and the annotations."""
    path: Path_ = ()
    unions: list[tuple[Path_, str]] = []
    wanted: object = model
    known: tuple[str, ...] = ()
    kind = error["type"]
    for number, part in enumerate(error["loc"], 1):
        options = members(wanted)
        if len(options) > 1:
            unions.append((path, str(part)))
            wanted = next((member for member in options if answers(member, str(part))), None)
            continue
        known, below = keys(options[0]), child(options[0], part)
        is_new = kind == "missing" and number == len(error["loc"])
        if below is not None or is_new or has_part(data, part):
            path, wanted = (*path, part), below
            data = cast(Any, data)[part] if has_part(data, part) else None
        elif part != "[key]":
            unions.append((path, str(part)))
    context = error.get("ctx", {})
    if kind.startswith("union_tag"):
        path = (*path, str(context["discriminator"]).strip("'"))
    value = error["input"]
    return Fault(kind, path, tuple(unions), value, context, error["msg"], known, wanted, model)


def reported(faults: Sequence[Fault]) -> Iterator[tuple[Path_, Words]]:
    """What to report: of the alternatives of one value only the one meant, or one issue."""
    groups: dict[Path_, list[Fault]] = {}
    for fault in faults:
        if fault.unions:
            groups.setdefault(fault.unions[0][0], []).append(fault)
        else:
            yield fault.path, _words(fault)
    for path, group in groups.items():
        tried: dict[str, list[Fault]] = {}
        for fault in group:
            tried.setdefault(fault.unions[0][1], []).append(fault.inside())
        meant = {k: v for k, v in tried.items() if all(f.path != path for f in v)}
        if len(tried) == 1 or len(meant) == 1:
            yield from reported(next(iter((meant or tried).values())))
        elif meant:
            tries = [f"{name} ({_words(faults[0])[0]})" for name, faults in meant.items()]
            yield path, ("fits none of the allowed forms", " or ".join(tries), "Use one of these")
        else:
            words = [_words(fault) for fault in group]
            expected = " or ".join(dict.fromkeys(word[1] for word in words if word[1]))
            yield (
                path,
                (found_text(group[0].value), expected, next((w[2] for w in words if w[2]), "")),
            )


def _words(fault: Fault) -> Words:
    """What was found, what was expected and what to do, for one fault."""
    kind, path, value, context = fault.kind, fault.path, fault.value, fault.context
    name = shown(str(path[-1])) if path else ""
    found = found_text(value)
    match kind:
        case "planner":
            return context["what"], context["expected"], context["fix"]
        case "value_error" | "assertion_error":
            return shown(str(context["error"]), 500), "", ""
        case "extra_forbidden":
            fix = _nearest(name, fault.known) or _home(fault, name) or "Remove it"
            return f"unknown key '{name}'", _one_of(fault.known), fix
        case "missing":
            return f"missing key '{name}'", _wanted(fault), f"Add '{name}'"
        case "union_tag_not_found":
            return f"missing key '{name}'", "a key that names the form", f"Add '{name}'"
        case "union_tag_invalid":
            tags = re.findall("'([^']*)'", context["expected_tags"])
            tag = shown(str(context["tag"]))
            return f"found {name} '{tag}'", _one_of(tags), _nearest(tag, tags)
        case "literal_error" | "enum":
            options = re.findall("'([^']*)'", context["expected"])
            return found, shown(context["expected"], 500), _nearest(str(value), options)
        case "string_pattern_mismatch":
            pattern = context["pattern"]
            return found, PATTERNS.get(pattern, f"text of the form {pattern}"), ""
        case "string_too_long" | "string_too_short" | "too_long" | "too_short":
            side = "at most" if "max_length" in context else "at least"
            size = context.get("max_length", context.get("min_length"))
            noun = "characters" if kind.startswith("string") else "items"
            return found, f"{side} {size} {noun}", ""
        case "int_type" | "int_from_float" | "int_parsing" | "float_type" | "finite_number":
            return found, _number(path, is_whole=kind.startswith("int")), _number_fix(fault)
    if kind in _BOUNDS:
        key, phrase = _BOUNDS[kind]
        expected = f"{_number(path)} {phrase} {context[key]:g}"
        is_share = "share" in expected
        return found, _number(path) if is_share else expected, _number_fix(fault)
    if kind in _SHAPES:
        return found, _SHAPES[kind], _shape_fix(kind, value)
    return found, shown(fault.message, 500), ""


def found_text(value: object) -> str:
    """The value found, in words."""
    match value:
        case None:
            return "found nothing (null)"
        case bool():
            return f"found {str(value).lower()}"
        case str():
            return f"found text '{shown(value, 60)}'"
        case int() | float():
            return f"found number {shown(str(value), 60)}"
        case list() | tuple():
            return f"found a list of {len(value)} items"
        case dict():
            return "found a mapping"
    return f"found {shown(str(value), 60)}"


def _one_of(options: Iterable[str]) -> str:
    """Some of the options in one line."""
    names = [f"'{option}'" for option in options]
    rest = f" and {len(names) - 30} more" if len(names) > 30 else ""
    return f"one of {', '.join(names[:30])}{rest}" if names else ""


def _home(fault: Fault, name: str) -> str:
    """Advice to state a key where it belongs, if it belongs anywhere."""
    homes = homes_of(fault.root, name) if fault.root is not None else []
    more = (
        f", or at one of {len(homes) - MOST_HOMES} more places" if len(homes) > MOST_HOMES else ""
    )
    return f"Write it as {' or '.join(homes[:MOST_HOMES])}{more}" if homes else ""


def _nearest(text: str, options: Iterable[str]) -> str:
    """Advice to write the option that is meant by a word, or the one closest to it."""
    options = list(options)
    near = [o for o in options if o == MEANT.get(text)] or difflib.get_close_matches(
        text, options, 1
    )
    return f"Write '{near[0]}' instead" if near else ""


def _wanted(fault: Fault) -> str:
    """What a missing value should be, from its annotation."""
    wanted = members(fault.wanted)[0]
    wanted = get_origin(wanted) or wanted
    if wanted in (float, int):
        return _number(fault.path, is_whole=wanted is int)
    kinds: dict[object, str] = {str: "string_type", bool: "bool_type", date: "date_type"}
    kinds |= {dict: "dict_type", list: "list_type", tuple: "list_type"}
    return _SHAPES.get("model_type" if keys(wanted) else kinds.get(wanted, ""), "")


def unit_of(path: Path_) -> str:
    """Unit by the suffix of the nearest key that has one; ``share`` for ``_frac``."""
    for part in reversed(path):
        words = str(part).lower().split("_")
        if words[-1] == "frac":
            return "share"
        if words[-2:] == ["mw", "months"]:
            return "MW-months"
        if "per" in words[1:-1]:
            place = words.index("per", 1)
            above = _UNITS.get(words[place - 1], "")
            below = [w if _UNITS.get(w, w)[:3] == w[:3] else _UNITS[w] for w in words[place + 1 :]]
            return f"{above} per {' '.join(below)}".strip()
        if words[-1] in _UNITS:
            return _UNITS[words[-1]]
    return ""


def _number(path: Path_, *, is_whole: bool = False) -> str:
    """A number with its unit, in words."""
    unit = unit_of(path)
    if unit == "share":
        return "a share between 0 and 1"
    noun = "a whole number" if is_whole else "a number"
    if unit.startswith("per "):
        return f"{noun} {unit}"
    return f"{noun} of {unit}" if unit else noun


def _number_fix(fault: Fault) -> str:
    """Advice for the usual mistakes with numbers and units."""
    value, is_share = fault.value, unit_of(fault.path) == "share"
    if isinstance(value, str):
        return _text_number_fix(value.strip(), is_share, unit_of(fault.path))
    if value is None:
        return "Write a number, or remove the key if it has a default"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    if value < 0:
        return "Remove the minus sign or correct the number"
    if is_share and 1 < value <= 100:
        return f"Divide a percentage by 100: {value:g} % is {value / 100:g}"
    is_broken = fault.kind.startswith("int") and isinstance(value, float)
    return f"Round it, for instance to {value:.0f}" if is_broken else ""


def _text_number_fix(text: str, is_share: bool, wanted: str) -> str:
    """Advice for a number written as text."""
    match = _NUMBER_TEXT.fullmatch(text) if len(text) <= 60 else None
    if match is None:
        return ""
    digits, unit = match[1].replace(",", "").replace("_", ""), match[2]
    if unit == "%" and is_share:
        return f"Write {float(digits) / 100:g}"
    factor = FACTORS.get((unit.strip().lower(), wanted))
    if factor is not None:
        return f"Write {float(digits) * factor:.12g}, which is {text} in {wanted}"
    if unit:
        return f"Write {digits} without '{unit}'"
    if re.match("[-+]?0[0-9]", digits):
        return "Remove the leading zeros"
    return f"Write {digits} without quotes, commas or underscores"


def _shape_fix(kind: str, value: object) -> str:
    """Advice for a value of the wrong shape."""
    if kind == "string_type" and isinstance(value, (bool, int, float)):
        return f"Put it in quotes: '{shown(str(value), 60)}'"
    if kind == "bool_type" and str(value).lower() in _YES_NO:
        return f"Write {_YES_NO[str(value).lower()]} instead"
    return "Start each item with '- '" if _SHAPES[kind] == "a list" else ""
