"""Named plants as they stand: to whom the output is sold and until when, what is left, dates, status.

Columns of ``plants_status.csv``, the newer of the two tables on plants. What nobody publishes as left is
counted as none: an owner who sells to others by contract is not known to have any for sale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from geo_facts import Fact, Row, capped, optional

BOILERS = {"centralia", "naughton"}
"""Coal units whose boilers are fired with gas: steam plants, no combined cycles."""
BOILER_TECHNOLOGY = "gas_boiler_conversion"
DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
LAST = ("estimated", "source", "source_url", "confidence")


def contract_columns(fact: Fact) -> Row:
    """Contract, dates and status of a plant; what is not known is None."""
    until = fact["contract_until"]
    return {
        "owner": fact["owner"],
        "sold_to": fact["output_sold_to"],
        "sold_mw": optional(fact, "sold_mw"),
        "contract_until": until,
        "sold_until": until if DATE.fullmatch(until) else None,
        "uncommitted_mw": optional(fact, "uncommitted_mw") or 0.0,
        "accredited_mw": optional(fact, "net_accredited_mw"),
        "in_service_low": fact["in_service_low"] or None,
        "in_service_typical": fact["in_service_typical"] or None,
        "in_service_high": fact["in_service_high"] or None,
        "heat_rate_mmbtu_per_mwh": optional(fact, "heat_rate_mmbtu_per_mwh"),
        "status": fact["status_late_2026"],
        "status_comment": fact["note"],
        "status_source": fact["source"],
        "status_source_url": fact["source_url"],
        "status_vintage": fact["vintage"],
        "status_confidence": capped(fact["confidence"], fact["source"]),
    }


def with_contracts(plants: list[Row], statuses: Mapping[str, Fact]) -> list[Row]:
    """Plants with their contracts, the typical date of the newer table, and what their boilers are.

    Raises:
        ValueError: a plant of which the newer table says nothing.
    """
    rows = []
    for plant in plants:
        name = str(plant["id"])
        if name not in statuses:
            raise ValueError(f"plants_status.csv says nothing of {name}")
        fact = statuses[name]
        of = contract_columns(fact)
        row = {column: value for column, value in plant.items() if column not in LAST} | of
        estimated = set(str(plant["estimated"]).split(";")) - {""}
        if not fact["uncommitted_mw"]:
            estimated.add("uncommitted_mw")
        if of["in_service_typical"] is not None:
            row["earliest_in_service"] = f"{of['in_service_typical']}-01"
        if name in BOILERS:
            row["technology"] = BOILER_TECHNOLOGY
        last = {column: plant[column] for column in LAST}
        rows.append({**row, **last, "estimated": ";".join(sorted(estimated))})
    return rows


def plant_disagreements(
    plants: Mapping[str, Fact], statuses: Mapping[str, Fact]
) -> Iterator[dict[str, object]]:
    """Numbers of a plant that two facts state differently: both, which was taken, and why."""
    for name, fact in plants.items():
        newer = statuses[name]
        one, other = optional(fact, "capacity_mw"), optional(newer, "nameplate_mw")
        if one is not None and other is not None and one != other:
            why = "rights and contract are stated of it; of neither figure is anything left to buy"
            yield _both(name, "capacity_mw", one, other, one, why)
        early, typical = fact["earliest_online"], newer["in_service_typical"]
        if early and typical and early != typical:
            why = f"the newer page, of {newer['vintage']}; low and high are shipped beside it"
            yield _both(name, "earliest_in_service", early, typical, typical, why)


def _both(
    name: str, column: str, older: object, newer: object, taken: object, why: str
) -> dict[str, object]:
    """A row of the disagreements."""
    values = {"restarts.csv": older, "plants_status.csv": newer}
    return {"id": name, "column": column, "values": values, "taken": taken, "why": why}
