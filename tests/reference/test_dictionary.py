"""Every field and column has a text; what the dictionary says of a field, the model does."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from operator import attrgetter
from typing import Any, cast

import pytest
import yaml
from annotated_types import BaseMetadata
from pydantic import TypeAdapter, ValidationError

from siting.cli.dictionary import input_sections, told
from siting.core.annotations import models_in
from siting.core.errors import InputError
from siting.core.strict import StrictModel
from siting.instance.references import JoinedFile, ListReference, TableReference
from siting.reference.columns import result_tables
from siting.reference.fields import Section, entries_of
from siting.reference.vocabulary import MEANINGS, TABLES
from siting.scenario import schema
from siting.sweep.study import Sweep

REFERENCES = (TableReference, ListReference, JoinedFile)
SECTIONS = (
    *input_sections(),
    *(Section(model.__name__, str(model.__doc__), entries_of(model)) for model in REFERENCES),
)


@pytest.mark.parametrize("section", [*SECTIONS, *result_tables()], ids=lambda s: s.path or "root")
def test_every_field_and_column_has_a_text(section: Section) -> None:
    """Write it below the field, or for a column in ``reference/vocabulary.py``."""
    assert section.about
    assert [e.name for e in section.entries if not re.fullmatch("(?s).+[.]", e.meaning)] == []
    assert [e.name for e in section.entries if not re.fullmatch(r"\d+\.\d+\.\d+", e.since)] == []


def test_no_text_is_left_over() -> None:
    tables = result_tables()
    names = {e.name for t in tables for e in t.entries}
    names |= {f"{t.path}.{e.name}" for t in tables for e in t.entries}
    assert set(MEANINGS) - names == set()
    assert set(TABLES) - {t.path for t in tables} == set()


def every_model() -> dict[type[StrictModel], None]:
    """Models of a scenario and of the study of a sweep."""
    found: dict[Any, None] = {}
    left: list[Any] = [schema(), Sweep]
    while left:
        model = left.pop()
        if model not in found:
            found[model] = None
            left += [m for f in model.model_fields.values() for m in models_in(f.annotation)]
    return found


@pytest.mark.parametrize("model", every_model(), ids=lambda model: model.__name__)
def test_no_field_states_a_limit_that_its_type_replaces(model: type[StrictModel]) -> None:
    """Of two limits of one kind only that of the type holds, and the other is read and never checked."""
    for name, field in model.model_fields.items():
        limits = [of for of in field.metadata if isinstance(of, BaseMetadata)]
        stated = [
            key
            for of in limits
            for key in (
                of.__dict__
                if hasattr(of, "__dict__")
                else map(attrgetter("name"), fields(cast(Any, of)))
            )
        ]
        assert len(stated) == len(set(stated)), f"{model.__name__}.{name}: {stated}"


@pytest.mark.parametrize("model", every_model(), ids=lambda model: model.__name__)
def test_examples_and_defaults_are_values_that_the_model_takes(model: type[StrictModel]) -> None:
    for entry in entries_of(model):
        assert entry.example, entry.name
        if not ("section" in entry.kind or "mapping" in entry.kind or "..." in entry.example):
            fits(model, entry.name, entry.example, entry.kind)
        if entry.default not in ("", "none", "see there"):
            fits(model, entry.name, entry.default, entry.kind)


def fits(model: type[StrictModel], name: str, value: str, kind: str) -> None:
    """Raise where a field does not take a value as a scenario states it."""
    field = model.model_fields[name]
    is_text = any(word in kind for word in ("text", "id", "date", "one of"))
    plain: Any = yaml.load(value, yaml.BaseLoader if is_text else yaml.SafeLoader)
    plain = value if kind == "text" else plain
    config = None if list(models_in(field.annotation)) else model.model_config
    annotated = TypeAdapter(annotation_of(field), config=config)
    annotated.validate_json(json.dumps(plain, default=str))


def annotation_of(field: Any) -> Any:
    """Annotation of a field with its bounds."""
    from typing import Annotated

    wanted = field.annotation
    for bound in field.metadata:
        wanted = Annotated[wanted, bound]
    return wanted


def test_bounds_are_those_of_the_model() -> None:
    """Just inside what the dictionary says is taken, just outside is not."""
    tried = 0
    for model in every_model():
        for entry in entries_of(model):
            for word, bound in re.findall(
                r"(at least|at most|above|below) (-?[\d.e+]+)", entry.range
            ):
                if entry.kind not in ("number", "whole number"):
                    continue
                wrong = float(bound) + (-1 if word in ("at least", "above") else 1)
                value = int(wrong) if entry.kind == "whole number" else wrong
                with pytest.raises(ValidationError):
                    annotated = TypeAdapter(annotation_of(model.model_fields[entry.name]))
                    annotated.validate_json(json.dumps(value))
                tried += 1
    assert tried > 200


def test_sites_are_both_input_and_result() -> None:
    data, _ = told("sites")
    assert [section["path"] for section in data["input"]] == ["sites.*"]
    assert [section["path"] for section in data["result"]] == ["sites"]
    assert told("plants.named")[0]["input"][0]["path"] == "components.plants.named.*"
    assert [s["path"] for s in told("targets")[0]["input"]] == [
        "components.workloads.kinds.*.targets.*"
    ]


def test_a_wrong_name_tells_the_near_one() -> None:
    with pytest.raises(InputError, match="Write 'sites'"):
        told("sits")
