"""Tariffs for large loads that state a minimum take: their terms, and what is not published of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geo_facts import Fact, Row, required
from geo_needs import confidence_of

TERMS = {
    "large_load_tariff_min_take_frac": "minimum_take_frac",
    "large_load_contract_years": "contract_years",
    "large_load_exit_fee_frac": "exit_fee_frac",
    "large_load_tariff_min_mw": "from_mw",
    "large_load_tariff_min_take_generation_frac": "generation_take_frac",
    "large_load_collateral_months_of_min_bill": "collateral_months",
}
DEPOSITS = {"Dominion GS-5": "Virginia GS-5, from 1 Jan 2027"}
"""Tariffs whose deposit a row of interconnection_costs.csv states."""
LEVELS = ("high", "medium", "low")


def tariff_rows(prices: Iterable[Fact], costs: Iterable[Fact]) -> list[Row]:
    """Rows of ``tariffs.csv``; terms that are not published are blank."""
    deposits = {row["class"]: row for row in costs if row["item"] == "deposit_or_security"}
    terms: dict[tuple[str, str], dict[str, Fact]] = {}
    for fact in prices:
        if fact["component"] in TERMS and fact["typical"] and fact["place"]:
            found = terms.setdefault((fact["zone_id"], fact["place"]), {})
            found[TERMS[fact["component"]]] = fact
    rows = [
        _row(zone, place, found, deposits.get(DEPOSITS.get(place, "")))
        for (zone, place), found in sorted(terms.items())
        if "minimum_take_frac" in found
    ]
    return sorted(rows, key=lambda row: str(row["tariff_id"]))


def _row(zone: str, place: str, found: dict[str, Fact], deposit: Fact | None) -> Row:
    """A tariff."""
    used = [*found.values(), *([deposit] if deposit else [])]
    words = "_".join(re.findall(r"[a-z0-9]+", place.lower()))
    return {
        "tariff_id": f"{zone}.{words}",
        "name": place,
        "zone": zone,
        **{
            name: required(found[name], "typical") if name in found else None
            for name in TERMS.values()
        },
        "deposit_usd_per_mw": 1e6 * required(deposit, "typical") if deposit else None,
        "note": found["minimum_take_frac"]["note"],
        "estimated": "",
        "source": "; ".join(dict.fromkeys(fact["source"] for fact in used)),
        "source_url": "; ".join(dict.fromkeys(f["source_url"] for f in used if f["source_url"])),
        "confidence": max((confidence_of(fact) for fact in used), key=LEVELS.index),
    }


def tariffs_rule() -> str:
    """What tariffs hold, for the catalogue."""
    return (
        "tariffs.csv holds the tariffs for large loads that state a minimum take; a blank term is not "
        "published. minimum_take_frac is that of delivery and is billed on the network charge of the zone, "
        "which is known of PJM and ERCOT only; generation_take_frac, collateral_months (of minimum bills) "
        "and from_mw, the load from which a tariff holds, are told and not modelled. A zone may have "
        "several: a scenario keeps one with only."
    )
