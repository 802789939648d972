"""The JSON Schema of scenario files, for editors: what may be written, not only what is left after reading.

A scenario may include and extend files, so that what it states is a part; a table or a list may name a file in
place of its rows. So each section stands in the schema twice: whole, and as a part of which nothing is
required. Whole it is as long as neither it nor what it stands in includes or extends anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from siting.core.annotations import models_in
from siting.core.magnitude import LONGEST, MOST
from siting.core.strict import StrictModel
from siting.instance.references import JoinedFile, ListReference, TableReference
from siting.reference.fields import Entry, entries_of
from siting.scenario import schema

Node = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"
FILES: Node = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
INCLUDE = {
    **FILES,
    "description": "Files that are merged in here; what is stated beside them comes first.",
}
EXTENDS = {
    **FILES,
    "description": "Scenarios that this one is a change of: it states what differs.",
}
PART = ".part"
DROPPED = {"title", "discriminator", "patternProperties", "prefixItems", "default"}


def editor_schema() -> Node:
    """The schema of a scenario file as it is written."""
    root = schema()
    whole = root.model_json_schema()
    defs: Node = {}
    nodes = {**whole["$defs"], root.__name__: whole}
    for name, model in _models(root).items():
        if name in nodes:  # others stand in the schema that their field states itself
            defs |= _section(name, nodes[name], model, is_root=model is root)
    used = _used(defs, "Scenario")
    kept = {name: node for name, node in sorted(defs.items()) if name in used}
    return {"$schema": DRAFT, "title": "siting scenario", "$ref": "#/$defs/Scenario", "$defs": kept}


def _used(defs: Node, first: str) -> set[str]:
    """Definitions that one leads to, itself too."""
    found: set[str] = set()
    left = [first]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += re.findall(r'"#/\$defs/([^"]+)"', json.dumps(defs[name]))
    return found


def _models(root: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Every model of a scenario by the name under which pydantic lists it."""
    found: dict[str, type[BaseModel]] = {}
    left = [root]
    while left:
        model = left.pop()
        if model.__name__ not in found:
            found[model.__name__] = model
            left += [m for f in model.model_fields.values() for m in models_in(f.annotation)]
    return found


def _section(name: str, node: Node, model: type[BaseModel], *, is_root: bool) -> Node:
    """A section whole, as a part, and as rows of files."""
    entries = {entry.name: entry for entry in entries_of(model)}
    joins = {"include": INCLUDE, **({"extends": EXTENDS} if is_root else {})}
    made: Node = {}
    for is_part in (False, True):
        properties = {
            key: {**_of(part, key, is_part=is_part), "description": _hint(entries[key])}
            for key, part in node["properties"].items()
        }
        body = {"type": "object", "properties": joins | properties, "additionalProperties": False}
        body["description"] = " ".join(node.get("description", "").split())
        required = [] if is_part else node.get("required", [])
        made[f"{name}{PART if is_part else '.whole'}"] = body | (
            {"required": required} if required else {}
        )
    made[name] = {
        "if": {"anyOf": [{"required": [key]} for key in joins]},
        "then": {"$ref": f"#/$defs/{name}{PART}"},
        "else": {"$ref": f"#/$defs/{name}.whole"},
    }
    return made | _references(name, entries)


def _references(name: str, entries: Mapping[str, Entry]) -> Node:
    """References to files whose rows are of a section."""
    columns = {key: {"type": "string", "description": _hint(e)} for key, e in entries.items()}
    named = {"type": "object", "properties": columns, "additionalProperties": {"type": "string"}}
    rows = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{name}{PART}"}}
    own: dict[str, Node] = {"columns": {"$ref": f"#/$defs/Columns.{name}"}, "records": rows}
    joined = _reference(JoinedFile, own, is_part=True)
    own["join"] = {"type": "array", "items": joined}
    made = {
        f"{kind}.{name}{PART if is_part else ''}": _reference(model, own, is_part=is_part)
        for kind, model in (("Table", TableReference), ("List", ListReference))
        for is_part in (False, True)
    }
    return {**made, f"Columns.{name}": named}


@cache
def _properties(model: type[StrictModel]) -> Node:
    """Fields of a reference as pydantic describes them."""
    found: Node = model.model_json_schema()["properties"]
    return found


def _reference(model: type[StrictModel], own: Mapping[str, Node], *, is_part: bool) -> Node:
    """A reference to a file."""
    properties: Node = {"include": INCLUDE}
    for entry, part in zip(entries_of(model), _properties(model).values(), strict=True):
        shape = own.get(entry.name) or _of(part, entry.name, is_part=False)
        nullable = {"anyOf": [shape, {"type": "null"}]} if entry.name in own else shape
        properties[entry.name] = {**nullable, "description": _hint(entry)}
    node: Node = {"type": "object", "properties": properties, "additionalProperties": False}
    return node if is_part else node | {"required": ["file"]}


def _of(node: Node, name: str, *, is_part: bool) -> Node:
    """A value as it may be written.

    Args:
        name: of the field, whose end tells durations.
    """
    if "$ref" in node:
        return {"$ref": node["$ref"] + (PART if is_part else "")}
    if node.get("type") == "object" and "properties" not in node:
        return _mapping(node, name, is_part=is_part)
    if node.get("type") == "array":
        return _list(node, name, is_part=is_part)
    kept = {key: part for key, part in node.items() if key not in DROPPED}
    for key in ("anyOf", "oneOf"):
        if key in kept:
            kept[key] = [_of(part, name, is_part=is_part) for part in kept[key]]
    if kept.get("type") in ("number", "integer"):
        most = LONGEST.get(name.rpartition("_")[2], MOST)
        kept["maximum"] = min(most, kept.get("maximum", most))
        kept["minimum"] = max(-MOST, kept.get("minimum", -MOST))
    return kept


def _mapping(node: Node, name: str, *, is_part: bool) -> Node:
    """A mapping by id: its rows, files with more of them, or a file in place of them."""
    patterns = node.get("patternProperties") or {}
    pattern, value = next(iter(patterns.items()), (None, node.get("additionalProperties", True)))
    if not isinstance(value, dict):
        return {"type": "object"}

    def inline(is_part: bool) -> Node:
        rows: Node = {"type": "object", "properties": {"include": INCLUDE}}
        rows["additionalProperties"] = _of(value, name, is_part=is_part)
        names = {"pattern": pattern} if pattern else node.get("propertyNames")
        if names:
            rows["propertyNames"] = {"anyOf": [names, {"const": "include"}]}
        if "minProperties" in node and not is_part:
            rows["minProperties"] = node["minProperties"]
        return rows

    rows = inline(True)
    if not is_part:
        has_more: Node = {"required": ["include"]}
        rows = {"if": has_more, "then": inline(True), "else": inline(False)}
    if "$ref" not in value:
        return rows
    table = f"#/$defs/Table.{value['$ref'].rpartition('/')[2]}"
    keys = [key for key in TableReference.model_fields if key != "file"] if is_part else []
    files: list[Node] = [{"required": [key]} for key in keys]
    files.append({"required": ["file"], "properties": {"file": {"type": "string"}}})
    return {
        "if": {"anyOf": files},
        "then": {"$ref": table + (PART if is_part else "")},
        "else": rows,
    }


def _list(node: Node, name: str, *, is_part: bool) -> Node:
    """A list: its items, or a file in place of them. An item is never a part: lists are not merged."""
    kept = {key: part for key, part in node.items() if key not in DROPPED}
    if "prefixItems" in node:
        kept["items"] = [_of(part, name, is_part=False) for part in node["prefixItems"]]
        kept["additionalItems"] = False
        return kept
    item = node.get("items", {})
    kept["items"] = _of(item, name, is_part=False)
    if "$ref" not in item:
        return kept
    reference = f"#/$defs/List.{item['$ref'].rpartition('/')[2]}{PART if is_part else ''}"
    return {"if": {"type": "object"}, "then": {"$ref": reference}, "else": kept}


def _hint(entry: Entry) -> str:
    """What an editor shows of a field."""
    unit = "share" if entry.unit == "share" else entry.unit
    facts = [part for part in (entry.kind, unit, entry.range) if part]
    default = "" if entry.is_required else f" Default: {entry.default or 'empty'}."
    example = f" Example: {entry.example}." if "..." not in entry.example else ""
    return f"{entry.meaning} ({'; '.join(facts)}){default}{example}"
