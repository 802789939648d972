"""Balancing areas: headroom, reserve margins, surplus, prices and capacity credits."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from geo_facts import Fact, Row, capped, joined, optional, required, unverified

YEARS = range(2026, 2031)
SOUTHWEST_AREAS = ("WECC-Southwest", "WECC-Basin")
SOUTHWEST_SOLAR_FRAC = 0.25
PUBLISHED = "duke_published_headroom_gw_at_0_5pct"
ROUNDED_GW = 0.0501
"""Half of the last digit published."""
HEADROOM = {"0_25": "0_25", "0_5": "0_5", "1": "1_0", "5": "5_0"}
CREDITS = {
    "solar": "elcc_solar_pct",
    "wind": "elcc_onshore_wind_pct",
    "battery": "elcc_4h_battery_pct",
}
PLAIN = {
    "connection_months": "large_load_connection_months",
    "connection_months_low": "large_load_connection_months_low",
    "connection_months_high": "large_load_connection_months_high",
    "generation_queue_months": "median_generation_queue_months",
    "energy_usd_per_mwh": "wholesale_energy_usd_per_mwh",
    "carbon_kg_per_mwh": "grid_carbon_kg_co2_per_mwh",
}
PROPERTIES = {
    "all of a zone without a row": (
        "connection_months",
        "connection_months_low",
        "connection_months_high",
        "generation_queue_months",
        "energy_usd_per_mwh",
        "carbon_kg_per_mwh",
        "latitude",
        "longitude",
        *(f"headroom_mw_{tier}pct" for tier in HEADROOM),
        *(f"capacity_credit_{kind}_frac" for kind in CREDITS),
        *(f"reserve_margin_frac_{year}" for year in YEARS),
    ),
    "summer_peak": ("summer_peak_mw",),
    "winter_peak": ("winter_peak_mw",),
    "headroom_*": tuple(f"headroom_mw_{tier}pct" for tier in HEADROOM),
    "large_load_connection_months_*": (
        "connection_months",
        "connection_months_low",
        "connection_months_high",
    ),
    "wholesale_energy": ("energy_usd_per_mwh",),
    "carbon": ("carbon_kg_per_mwh",),
    "centroid_lat": ("latitude",),
    "centroid_lon": ("longitude",),
}


def zone_rows(facts: Mapping[str, Fact]) -> list[Row]:
    """Balancing areas by id."""
    prices = [optional(fact, "capacity_price_usd_per_mw_day") for fact in facts.values()]
    median = statistics.median(price for price in prices if price is not None)
    return [zone_row(fact, facts["PJM"], median) for fact in facts.values()]


def zone_row(fact: Fact, pjm: Fact, median_price: float) -> Row:
    """A balancing area."""
    price = optional(fact, "capacity_price_usd_per_mw_day")
    credits, guessed = capacity_credits(fact, pjm)
    estimated = [*unverified(fact["unverified_fields"], PROPERTIES), *guessed]
    estimated += [f"accredited_surplus_mw_{year}" for year in YEARS]
    estimated += ["capacity_usd_per_mw_day"] if price is None else []
    peaks = {s: mw(fact, f"{s}_peak_gw_2016_2024") for s in ("summer", "winter")}
    stated = stated_margins(fact)
    years = ", ".join(str(year) for year in stated)
    note = f"Anticipated reserve margin stated for {years} only; other years by rule 'surplus'."
    return {
        "id": fact["zone"],
        "name": fact["name"],
        "longitude": required(fact, "centroid_lon"),
        "latitude": required(fact, "centroid_lat"),
        **{f"{season}_peak_mw": peak for season, peak in peaks.items()},
        **{f"headroom_mw_{a}pct": mw(fact, f"headroom_gw_at_{b}pct") for a, b in HEADROOM.items()},
        **{
            f"reserve_margin_frac_{year}": round(reference_pct(fact, year) / 100, 5)
            for year in YEARS
        },
        **{
            f"accredited_surplus_mw_{year}": round(
                max(0.0, margin_pct(stated, year) - reference_pct(fact, year))
                / 100
                * max(peaks.values()),
                3,
            )
            for year in YEARS
        },
        **{name: required(fact, column) for name, column in PLAIN.items()},
        "capacity_usd_per_mw_day": median_price if price is None else price,
        **credits,
        "nerc_risk": fact["nerc_risk_outlook"],
        "notes": fact["notes"]
        if len(stated) > len(YEARS) - 1
        else f"{fact['notes']} {note}".strip(),
        "estimated": joined(estimated),
        "source": fact["source"],
        "confidence": capped(fact["confidence"], fact["source"]),
    }


def mw(fact: Fact, column: str) -> float:
    """MW of a figure in GW."""
    return round(1000 * required(fact, column), 3)


def reference_pct(fact: Fact, year: int) -> float:
    """Reference reserve margin of a year."""
    return required(fact, f"reference_reserve_margin_pct_{year}")


def stated_margins(fact: Fact) -> dict[int, float]:
    """Anticipated reserve margins by year, where stated."""
    years = range(YEARS[0] - 1, YEARS[-1] + 1)
    found = {year: optional(fact, f"anticipated_reserve_margin_pct_{year}") for year in years}
    return {year: value for year, value in found.items() if value is not None}


def margin_pct(stated: Mapping[int, float], year: int) -> float:
    """Margin of a year: stated, on the line between stated years, or that of the nearest."""
    before = max((y for y in stated if y <= year), default=min(stated))
    after = min((y for y in stated if y >= year), default=max(stated))
    if before >= after:
        return stated[after]
    return stated[before] + (stated[after] - stated[before]) * (year - before) / (after - before)


def capacity_credits(fact: Fact, pjm: Fact) -> tuple[dict[str, float], list[str]]:
    """Capacity credits, and the names of those that the zone does not state."""
    credits, guessed = {}, []
    for kind, column in CREDITS.items():
        name = f"capacity_credit_{kind}_frac"
        stated = optional(fact, column)
        credits[name] = round((required(pjm, column) if stated is None else stated) / 100, 5)
        if stated is None:
            guessed.append(name)
            if kind == "solar" and fact["nerc_assessment_area"] in SOUTHWEST_AREAS:
                credits[name] = SOUTHWEST_SOLAR_FRAC
    return credits, guessed


def headroom_rule(facts: Mapping[str, Fact]) -> str:
    """Which headroom is published and which is not, with the sums that can be checked."""
    stated = {zone: optional(fact, PUBLISHED) for zone, fact in facts.items()}
    published = {zone: gw for zone, gw in stated.items() if gw is not None}
    sums = ", ".join(
        f"{sum(required(facts[zone], f'headroom_gw_at_{tier}pct') for zone in published):.1f}"
        for tier in ("0_25", "0_5", "1_0")
    )
    ours = {zone: required(facts[zone], "headroom_gw_at_0_5pct") for zone in published}
    differ = ", ".join(
        f"{zone} {ours[zone]:.2f} against {gw:.1f} GW"
        for zone, gw in sorted(published.items())
        if abs(ours[zone] - gw) > ROUNDED_GW
    )
    rest = ", ".join(sorted(set(facts) - set(published)))
    return (
        f"Norris et al. (Duke University, 2025) publish headroom of {len(published)} balancing areas at "
        "0.5 % curtailment and the totals of all of them, 76, 98 and 126 GW at 0.25, 0.5 and 1 %. "
        "headroom_mw_* of those areas are a reproduction from EIA-930 demand of 2016 to 2024, not the "
        f"published figures; they sum to {sums} GW and at 0.5 % round to the published ones but for "
        f"{differ}. Published figures by area are at hand for 0.5 % only. Those of {rest} are "
        "estimates, published at no rate, and listed in estimated."
    )
