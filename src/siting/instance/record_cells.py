"""Cells of a row as fields of a record."""

from __future__ import annotations

from typing import Any

from siting.core.annotations import holds, is_date, is_list, is_number
from siting.core.magnitude import number_of
from siting.core.strict import StrictModel
from siting.layers.cells import Kind
from siting.layers.read import POSITIONS, text_of
from siting.layers.row import RawRow

SWITCH = {"yes": True, "true": True, "": True, "no": False, "false": False}
"""Words of a column that switches rows on and off."""


def kind_of(record: type[StrictModel], column: str) -> Kind:
    """What a column of a table of records holds."""
    known = record.model_fields.get(column)
    if column.lower() in POSITIONS:
        return "number"
    if known is None:
        return ""
    wanted = known.annotation
    if is_date(wanted):
        return "date"
    if is_number(wanted):
        return "share" if "frac" in column.split("_") else "number"
    return "list" if is_list(wanted) else ""


def fields_of(row: RawRow, record: type[StrictModel]) -> dict[str, Any]:
    """Fields of a record from a row: known columns only, text turned into numbers where due."""
    fields: dict[str, Any] = {}
    for name, known in record.model_fields.items():
        value = row.values.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, str):
            is_text = holds(known.annotation, str) or is_date(known.annotation)
            if holds(known.annotation, bool):
                fields[name] = SWITCH.get(value.strip().lower(), value)
                continue
            fields[name] = value if is_text else _number(value)
        else:
            is_id = holds(known.annotation, str) and not holds(known.annotation, bool)
            fields[name] = text_of(value) if is_id and not isinstance(value, list) else value
    if "longitude" in record.model_fields and row.point is not None:
        fields.setdefault("longitude", row.point[0])
        fields.setdefault("latitude", row.point[1])
    if "geometry" in record.model_fields and row.geometry is not None:
        fields["geometry"] = row.geometry
    return fields


def _number(text: str) -> object:
    """A number or boolean from a table's text; the text itself if it is neither, for the schema to refuse."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    number = number_of(text)
    return text if number is None else number
