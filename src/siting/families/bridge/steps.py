"""Steps of ``bridge``: rented units from the decision to rent them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from siting.core.audit import day, number, rows_of
from siting.core.calendar import add_months
from siting.families.bridge.data import BridgeData
from siting.families.steps import Around, Span, Stage, Step, Tables, first_of, rows_at


def steps(data: BridgeData, around: Around) -> Iterator[Step]:
    """Rented units that came, from the decision to rent them."""
    calendar, site = data.system.calendar, around.site
    for row in rows_at(around.tables, "rentals", "location", {site}):
        came = day(row, "period_start")
        product = str(row["product"])
        if came is None or number(row, "arrival_count") <= 0 or product not in data.products:
            continue
        started = add_months(came, -data.products[product].mobilisation_months)
        first = [p for k, s, p in data.rentals if (k, s) == (product, site)]
        possible = min(first, default=first_of(calendar, came))
        yield Step("rental", product, max(started, calendar.starts[0]), came, possible)


def _spans(tables: Tables, settings: Mapping[str, Any]) -> Iterator[Span]:
    """Rented units from the decision to rent until they run."""
    products = settings.get("products", {})
    for _, row in rows_of(tables, "rentals"):
        end = day(row, "period_start")
        if end is not None and number(row, "arrival_count") > 0:
            months = products.get(str(row["product"]), {}).get("mobilisation_months")
            start = add_months(end, -float(months)) if isinstance(months, int | float) else end
            what = f"{number(row, 'arrival_count'):g} x {row['name']}, rented"
            yield Span(str(row["location"]), "", start, end, what, str(row.get("item", "")))


STAGES = (Stage("rental", "Rented power", "mobilisation", 80, "teal", _spans),)
