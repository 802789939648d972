"""Annotations of settings, followed as data are: alternatives, keys, items, and what a cell may hold."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel


def members(wanted: object) -> list[object]:
    """Alternatives of an annotation except None; one for anything but a union."""
    if get_origin(wanted) is Annotated:
        return members(get_args(wanted)[0])
    if get_origin(wanted) in (Union, types.UnionType):
        return [m for arg in get_args(wanted) if arg is not types.NoneType for m in members(arg)]
    return [wanted]


def answers(member: object, label: str) -> bool:
    """Whether pydantic names this alternative so: by class name or by discriminator value."""
    name = getattr(member, "__name__", "")
    if label == name or label.endswith(f"{name}]"):
        return True
    fields = member.model_fields.values() if is_model(member) else ()  # type: ignore[attr-defined]
    return any(label in get_args(field.annotation) for field in fields)


def is_model(wanted: object) -> bool:
    """Whether an annotation is a class of settings."""
    return isinstance(wanted, type) and issubclass(wanted, BaseModel)


def keys(wanted: object) -> tuple[str, ...]:
    """Keys a model may have."""
    if not is_model(wanted):
        return ()
    fields = cast(type[BaseModel], wanted).model_fields.items()
    return tuple(field.alias or name for name, field in fields)


def child(wanted: object, part: str | int) -> object:
    """Annotation of a key or an item, or None when unknown."""
    if is_model(wanted):
        fields = cast(type[BaseModel], wanted).model_fields.items()
        return next((f.annotation for name, f in fields if part in (name, f.alias)), None)
    args, origin = get_args(wanted), get_origin(wanted)
    if not isinstance(origin, type) or not args:
        return None
    if issubclass(origin, Mapping):
        return args[1] if part != "[key]" else None
    is_fixed = origin is tuple and len(args) > 1 and args[1] is not Ellipsis
    return args[part] if is_fixed and isinstance(part, int) and part < len(args) else args[0]


def rows_of(wanted: object) -> tuple[type[BaseModel], bool] | None:
    """(model of a row, whether its rows have ids) of a mapping by id or a list of records."""
    for member in members(wanted):
        origin, args = get_origin(member), get_args(member)
        row = members(args[-1])[0] if origin in (dict, list) and len(members(args[-1])) == 1 else 0
        if is_model(row):
            return cast(type[BaseModel], row), origin is dict
    return None


def models_in(wanted: object) -> Iterator[type[BaseModel]]:
    """Models that an annotation names, at any depth of mappings, lists and alternatives."""
    if is_model(wanted):
        yield cast(type[BaseModel], wanted)
    for part in get_args(wanted):
        yield from models_in(part)


def homes_of(root: type[BaseModel], name: str) -> list[str]:
    """Dotted paths of the fields of a name that lie highest, ``*`` for an id or a place in a list."""
    level: list[tuple[str, type[BaseModel]]] = [("", root)]
    seen: set[type[BaseModel]] = set()
    while level:
        found = [f"{path}{name}" for path, model in level if name in model.model_fields]
        if found:
            return list(dict.fromkeys(found))
        seen |= {model for _, model in level}
        level = [
            (f"{path}{key}.{'*.' if rows_of(field.annotation) else ''}", below)
            for path, model in level
            for key, field in model.model_fields.items()
            for below in dict.fromkeys(models_in(field.annotation))
            if below not in seen
        ]
    return []


def holds(wanted: object, kind: type) -> bool:
    """Whether a value may be of a kind; a literal holds values of the kinds of its options."""
    if get_origin(wanted) is Literal:
        return any(isinstance(option, kind) for option in get_args(wanted))
    return wanted is kind or any(holds(part, kind) for part in get_args(wanted))


def is_number(wanted: object) -> bool:
    """Whether a cell holds a number and no text."""
    return (holds(wanted, float) or holds(wanted, int)) and not holds(wanted, str)


def is_date(wanted: object) -> bool:
    """Whether a cell holds a date."""
    return holds(wanted, date)


def is_list(wanted: object) -> bool:
    """Whether a cell holds a list of words."""
    return any(get_origin(m) is list and not is_model(_item(m)) for m in members(wanted))


def _item(wanted: object) -> Any:
    """Annotation of an item of a list."""
    return members(get_args(wanted)[0])[0]
