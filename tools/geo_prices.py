"""Delivered price of a load by component: energy, capacity and network of each zone, and gas by zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from geo_bases import BASES
from geo_facts import Fact, Row, joined, required
from geo_needs import confidence_of
from geo_tariffs import tariffs_rule

HOURS_PER_YEAR = 8760
SYSTEM_LOAD_FACTOR = 0.60
"""Average over peak load of a region, see ``models/libraries/ratepayer.yaml``."""
WHOLESALE = ("ERCOT", "PJM")
"""Zones of which energy, capacity and network are all known; the others take a delivered price."""
ENERGY_YEAR, DELIVERED_YEAR, FIRST_YEAR = 2025, 2023, 2026
NO_STATE = {"WACM": "CO", "IID": "CA"}
"""State of a zone for which no delivered price is listed by zone."""
GAS = "gas_power_sector_usd_per_mmbtu"
DELIVERED = "delivered_industrial_usd_per_mwh"


class PriceFacts:
    """Rows of zone_prices.csv by zone and component, those that hold a number."""

    def __init__(self, facts: Iterable[Fact], yearly: Iterable[Fact], sites: Iterable[Row]) -> None:
        """Keep rows with a value; count the sites of each zone by state."""
        self.rows: dict[tuple[str, str], list[Fact]] = {}
        for row in facts:
            if row["typical"] or row["low"]:
                self.rows.setdefault((row["zone_id"], row["component"]), []).append(row)
        self.capacity: dict[str, dict[int, Fact]] = {}
        for row in yearly:
            if row["quantity"] == "capacity_price_usd_per_mw_day" and row["value"]:
                self.capacity.setdefault(row["zone_id"], {})[int(row["year"])] = row
        self.states: dict[str, Counter[str]] = {}
        for site in sites:
            self.states.setdefault(str(site["zone"]), Counter())[str(site["state"])] += 1

    def of_year(self, zone: str, component: str, year: int) -> list[Fact]:
        """Rows of a year."""
        return [r for r in self.rows.get((zone, component), ()) if r["year"] == str(year)]

    def state_of(self, zone: str, known: Iterable[str]) -> str:
        """The state in which most sites of a zone lie, of those that are known; else the first known."""
        counts = self.states.get(zone, Counter())
        return min(known, key=lambda state: (-counts[state], state))

    def others(self, zone: str, component: str, taken: Fact) -> str:
        """What other rows of a component say."""
        told = (
            f"{row['place'] or zone} {row['year']}: {row['typical'] or row['low'] + '-' + row['high']}"
            for row in self.rows.get((zone, component), ())
            if row is not taken
        )
        return "; ".join(told)


def price_rows(facts: PriceFacts, zones: Iterable[str]) -> list[Row]:
    """Rows of ``zone_prices.csv``, by zone and year."""
    rows: list[Row] = []
    for zone in zones:
        rows += _wholesale(facts, zone) if zone in WHOLESALE else [_delivered(facts, zone)]
    return sorted(rows, key=lambda row: str(row["price_id"]))


def _delivered(facts: PriceFacts, zone: str) -> Row:
    """One price for everything: that of industrial sales in the zone's state."""
    found = facts.of_year(zone, DELIVERED, DELIVERED_YEAR)
    if not found:
        alike = [r for (_, name), rows in facts.rows.items() if name == DELIVERED for r in rows]
        found = [
            r
            for r in alike
            if r["place"] == NO_STATE.get(zone) and r["year"] == str(DELIVERED_YEAR)
        ]
    if not found:
        raise ValueError(f"no delivered price is known for {zone}")
    state = facts.state_of(zone, {row["place"] for row in found})
    row = next(row for row in found if row["place"] == state)
    wholesale = facts.of_year(zone, "energy_usd_per_mwh", ENERGY_YEAR)
    told = [f"wholesale energy {ENERGY_YEAR}: {w['typical']}" for w in wholesale]
    others = facts.others(zone, DELIVERED, row)
    return {
        "price_id": f"{zone}.{FIRST_YEAR}",
        "zone": zone,
        "year": FIRST_YEAR,
        "price_basis": f"delivered, industrial sales in {state}",
        "energy_usd_per_mwh": required(row, "typical"),
        "capacity_usd_per_mw_day": 0.0,
        "network_usd_per_mw_year": 0.0,
        "dollar_year": DELIVERED_YEAR,
        "not_taken": "; ".join([*told, others] if others else told),
        "estimated": "energy_usd_per_mwh;year",
        "source": row["source"],
        "source_url": row["source_url"],
        "confidence": "low",
    }


def _wholesale(facts: PriceFacts, zone: str) -> list[Row]:
    """Energy of 2025, capacity by delivery year, and the network charge on contracted draw."""
    (energy,) = facts.of_year(zone, "energy_usd_per_mwh", ENERGY_YEAR)
    network, source = network_usd_per_mw_year(facts, zone)
    capacity = {y: r for y, r in facts.capacity[zone].items() if y >= FIRST_YEAR}
    used = [energy, source]
    rows: list[Row] = []
    for year, price in sorted(capacity.items()):
        levels = [confidence_of(fact) for fact in (*used, price)]
        rows.append(
            {
                "price_id": f"{zone}.{year}",
                "zone": zone,
                "year": year,
                "price_basis": "wholesale energy, capacity, network",
                "energy_usd_per_mwh": required(energy, "typical"),
                "capacity_usd_per_mw_day": required(price, "value"),
                "network_usd_per_mw_year": round(network, 1),
                "dollar_year": ENERGY_YEAR,
                "not_taken": facts.others(zone, "energy_usd_per_mwh", energy),
                "estimated": "network_usd_per_mw_year",
                "source": "; ".join(dict.fromkeys(f["source"] for f in (*used, price))),
                "source_url": "; ".join(dict.fromkeys(f["source_url"] for f in (*used, price))),
                "confidence": max(levels, key=("high", "medium", "low").index),
            }
        )
    return rows


def network_usd_per_mw_year(facts: PriceFacts, zone: str) -> tuple[float, Fact]:
    """Network charge on a MW of contracted draw, and the fact behind it: a charge on energy that is
    raised on the peak, or the middle of a range on demand."""
    if per_mwh := facts.of_year(zone, "transmission_usd_per_mwh", ENERGY_YEAR):
        usd = required(per_mwh[0], "typical")
        return usd * HOURS_PER_YEAR * SYSTEM_LOAD_FACTOR, per_mwh[0]
    (per_kw,) = facts.rows[zone, "transmission_usd_per_kw_year"]
    return 1000 * (required(per_kw, "low") + required(per_kw, "high")) / 2, per_kw


def fuel_rows(facts: PriceFacts, zones: Iterable[str]) -> list[Row]:
    """Rows of ``gas_prices.csv``: what power plants of a zone pay by year, the mean of its divisions."""
    rows: list[Row] = []
    for zone in zones:
        years: dict[int, list[Fact]] = {}
        for row in facts.rows.get((zone, GAS), ()):
            years.setdefault(int(row["year"]), []).append(row)
        for year, found in sorted(years.items()):
            usd = [required(row, "typical") for row in found]
            rows.append(
                {
                    "gas_id": f"{zone}.{year}",
                    "zone": zone,
                    "year": year,
                    "gas_usd_per_mmbtu": round(sum(usd) / len(usd), 4),
                    "gas_usd_per_mmbtu_low": min(usd),
                    "gas_usd_per_mmbtu_high": max(usd),
                    "divisions": joined(row["place"] for row in found),
                    "dollar_year": int(found[0]["year_dollars"]),
                    "estimated": "" if len(found) == 1 else "gas_usd_per_mmbtu",
                    "source": found[0]["source"],
                    "source_url": found[0]["source_url"],
                    "confidence": confidence_of(found[0]),
                }
            )
    return sorted(rows, key=lambda row: str(row["gas_id"]))


def prices_rules() -> dict[str, str]:
    """How prices come about, for the catalogue."""
    return {
        "tariffs": tariffs_rule(),
        "prices": f"{' and '.join(WHOLESALE)} have energy of {ENERGY_YEAR}, capacity by delivery year (paid "
        "for each accredited MW that zone_needs.csv requires) and a network charge. PJM's 18.8 USD/MWh are "
        "an average over all load, charged on the peak: a contracted MW pays them for "
        f"{HOURS_PER_YEAR} hours at the region's load factor of {SYSTEM_LOAD_FACTOR:g}; 17.7 in 2024. "
        "ERCOT's is the middle of 50 to 150 USD/kW of demand in the four peaks; it has no capacity price. No "
        "network rate was found for any other zone and none is zero, so they take one delivered price that "
        f"holds energy, capacity and network: industrial sales of {DELIVERED_YEAR} in the state in which "
        "most of their sites lie (EIA), a proxy for a large load's tariff, low confidence. Months of 2025 "
        "and 2026 are in not_taken: single months. Dollars are those of dollar_year. A delivered price "
        "pays for the network too, which power of the plan's own plants in the zone would still use: it "
        "flatters them there.",
        "gas": "gas_prices.csv holds what power plants pay by year (EIA, Annual Energy Outlook 2025, "
        "reference case), the plain mean of the census divisions of a zone, in dollars of 2024.",
    }


ZONES = sorted({zone for zone, _ in BASES})
"""Zones for which prices are made."""
