"""Strict settings: the base model, ready annotated types, and errors in a planner's words."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import islice
from typing import Annotated, Any, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, to_json

from siting.core.errors import InputError, Issue
from siting.core.magnitude import odd_numbers
from siting.core.wording import (
    DATE,
    FIRST_DATE,
    IDENTIFIER,
    PATTERNS,
    PLANNER,
    REAL_DATE,
    TEXT,
    fault_of,
    found_text,
    has_part,
    reported,
)
from siting.core.yaml_source import Document, Path_, shown

MAX_FAULTS = 99
"""Faults of one document that are put into words; the others are counted."""


class StrictModel(BaseModel):
    """Base of all settings: unknown keys, other types, NaN and later changes are errors."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        validate_default=True,
        use_attribute_docstrings=True,
        protected_namespaces=(),
    )


M = TypeVar("M", bound=BaseModel)


def planner_error(what: str, expected: str = "", fix: str = "") -> PydanticCustomError:
    """Error for a validator to raise; becomes an Issue with exactly these words."""
    words = {"what": what, "expected": expected, "fix": fix}
    return PydanticCustomError(PLANNER, "{what}", words)


def _identifier(text: str) -> str:
    """Refuse names that mean a folder."""
    if not text.strip("."):
        raise planner_error(f"found text '{text}'", PATTERNS[IDENTIFIER], "Use another name")
    return text


def _month_date(value: object) -> date:
    """Date of 'YYYY-MM' (the first of the month) or 'YYYY-MM-DD'."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    expected = "a date as YYYY-MM or YYYY-MM-DD"
    if not isinstance(value, str) or not re.fullmatch(DATE[1:-1], value):
        is_year = isinstance(value, (int, str)) and re.fullmatch("[0-9]{4}", str(value))
        fix = f"Write {value}-01" if is_year else ""
        raise planner_error(found_text(value), expected, fix)
    try:
        return date.fromisoformat(value if len(value) > len("2027-01") else f"{value}-01")
    except ValueError as error:
        raise planner_error(f"found text '{value}', which is no real date", expected) from error


def _first_of_month(day: date) -> date:
    """Refuse other days: a month after the 31st is no date, and after the 29th not in every year."""
    if day.day != 1:
        raise planner_error(
            f"{day} is not the first day of a month, from which periods are counted",
            "a month as YYYY-MM",
            f"Write {day:%Y-%m} or the month after",
        )
    return day


Identifier = Annotated[str, Field(pattern=IDENTIFIER), AfterValidator(_identifier)]
Share = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
MonthDate = Annotated[
    date, BeforeValidator(_month_date), WithJsonSchema({"type": "string", "pattern": REAL_DATE})
]
FirstOfMonth = Annotated[
    date,
    BeforeValidator(_month_date),
    AfterValidator(_first_of_month),
    WithJsonSchema({"type": "string", "pattern": FIRST_DATE}),
]
"""A date from which whole months are counted."""
Text = Annotated[str, Field(max_length=4000, pattern=TEXT)]


def validate(model: type[M], document: Document, at: Path_ = ()) -> M:
    """Check part of a document against a model; raises InputError with every issue.

    The data is checked as JSON is: strict about numbers and text, while a list fills a tuple and
    a key such as ``2027`` fits a mapping keyed by whole numbers.
    """
    data = document.data
    for size, part in enumerate(at):
        if not has_part(data, part):
            path = at[: size + 1]
            raise InputError([Issue(document.where(path), f"missing key '{shown(str(part))}'")])
        data = cast(Any, data)[part]
    odd = islice(odd_numbers(data, at), MAX_FAULTS)
    issues = [Issue(document.where(path), *words) for path, *words in odd]
    try:
        if issues:
            raise InputError(issues)
        return model.model_validate_json(to_json(data, inf_nan_mode="constants", fallback=str))
    except ValidationError as error:
        raise InputError(issues_of(error, document, at, model)) from error


def issues_of(
    error: ValidationError,
    document: Document,
    at: Path_ = (),
    model: type[BaseModel] | None = None,
) -> list[Issue]:
    """Issues of a pydantic error, in the order of the file.

    Args:
        error: what pydantic raised.
        document: the document that was checked.
        at: path of the checked part in the document.
        model: the model; without it known keys cannot be listed.
    """
    data = document.data
    for part in at:
        data = cast(Any, data)[part]
    found = error.errors(include_url=False)
    faults = [fault_of(item, data, model) for item in found[:MAX_FAULTS]]
    placed = [
        (document.place((*at, *path)), Issue(document.where((*at, *path)), *words))
        for path, words in reported(faults)
    ]
    issues = [issue for _, issue in sorted(placed, key=lambda item: item[0])]
    if len(found) > MAX_FAULTS:
        more = f"{len(found) - MAX_FAULTS:,} more faults"
        issues.append(Issue(document.place(at).file, more, "none", "Mend these first"))
    return issues
