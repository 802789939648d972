"""Dollars of different years, brought to those of one.

Every record and section may state the year of its dollars (``dollar_year``); what lies within it
has the same year unless it states its own. Where nobody states one, dollars are those of the
scenario's ``price_year``. Amounts are the fields with ``usd`` among the words of their name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator

from siting.core.errors import InputError, Issue
from siting.core.strict import StrictModel, planner_error

GDP_PRICE_INDEX: Mapping[int, float] = {
    2018: 102.436,
    2019: 104.285,
    2020: 105.647,
    2021: 111.468,
    2022: 119.576,
    2023: 123.448,
    2024: 126.116,
    2025: 129.562,
    2026: 134.676,
}
"""Implicit price deflator of the gross domestic product, 2017 = 100 (BEA, FRED A191RD3A086NBEA).

Published up to 2024, confidence high. 2025 is 2024 moved by the growth of consumer prices (CPI-U,
1.0273), confidence medium; 2026 is 2025 moved to the CPI-U of August 2026, confidence low. The
consumer price index itself would take 2023 to 2026 by 1.0988 instead of 1.0910; costs of plants are
moved by the deflator of the domestic product, as NREL's ATB and ReEDS do."""

KNOWN_YEARS = f"a year from {min(GDP_PRICE_INDEX)} to {max(GDP_PRICE_INDEX)}"


def _known_year(year: int) -> int:
    """Refuse a year without an index."""
    if year not in GDP_PRICE_INDEX:
        fix = "Convert the amounts to a year that is known and state that one"
        raise planner_error(f"no price index of {year} is known", KNOWN_YEARS, fix)
    return year


DollarYear = Annotated[int, AfterValidator(_known_year)]


class Priced(StrictModel):
    """Settings with amounts in dollars, all of one year."""

    dollar_year: DollarYear | None = None
    """Year of its dollars; the default is that of what it stands in, in the end ``price_year``."""


M = TypeVar("M", bound=StrictModel)


def factor_between(year: int, price_year: int) -> float:
    """Dollars of ``price_year`` for one dollar of ``year``."""
    if year == price_year:
        return 1.0
    return GDP_PRICE_INDEX[price_year] / GDP_PRICE_INDEX[year]


def in_dollars_of(model: M, price_year: int) -> M:
    """Settings with every amount in the dollars of one year; unchanged where all are.

    Raises:
        InputError: amounts of another year, and no index of ``price_year``.
    """
    return _converted(model, price_year, price_year)


def _converted(model: M, year: int, price_year: int) -> M:
    """The same of settings that stand in dollars of a year unless they state their own."""
    stated = model.dollar_year if isinstance(model, Priced) else None
    if stated is not None and stated != price_year and price_year not in GDP_PRICE_INDEX:
        what = f"no price index of {price_year} is known, and amounts are in dollars of {stated}"
        fix = (
            "Choose another price_year, or remove dollar_year and state the amounts in its dollars"
        )
        raise InputError([Issue("price_year", what, KNOWN_YEARS, fix)])
    year = year if stated is None else stated
    factor = factor_between(year, price_year)

    def amount(value: float) -> float:
        return value * factor

    changed: dict[str, Any] = {} if stated is None else {"dollar_year": price_year}
    for name in type(model).model_fields:
        value = getattr(model, name)
        scale = amount if factor != 1.0 and "usd" in name.split("_") else None
        moved = _moved(value, year, price_year, scale)
        if moved is not value:
            changed[name] = moved
    return model.model_copy(update=changed) if changed else model


def _moved(value: Any, year: int, price_year: int, scale: Callable[[float], float] | None) -> Any:
    """A value of a field in dollars of the price year; the same object where nothing changes."""
    if isinstance(value, StrictModel):
        return _converted(value, year, price_year)
    if isinstance(value, dict):
        items = {key: _moved(item, year, price_year, scale) for key, item in value.items()}
        return items if any(items[key] is not value[key] for key in items) else value
    if isinstance(value, list):
        rows = [_moved(item, year, price_year, scale) for item in value]
        return rows if any(a is not b for a, b in zip(rows, value, strict=True)) else value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return scale(value) if scale is not None and is_number else value
