"""Prices of zones by component, against their sources."""

from __future__ import annotations

import csv

import pytest

from support.engine import BUILTIN, SHARED

GEO = BUILTIN / "data" / "geo"
FACTS = SHARED / "facts"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside the checkout")


def rows(name: str) -> dict[str, dict[str, str]]:
    """Rows of a shipped table by its first column."""
    with (GEO / name).open(encoding="utf-8", newline="") as file:
        return {next(iter(row.values())): row for row in csv.DictReader(file)}


def test_pjm_pays_energy_of_2025_the_network_and_capacity_once() -> None:
    """50.51 USD/MWh; 18.8 on 60 % of the hours of a contracted MW; 329.17, 333.44 and 325 USD/MW-day."""
    found = [rows("zone_prices.csv")[f"PJM.{year}"] for year in (2026, 2027, 2028)]
    assert [float(row["energy_usd_per_mwh"]) for row in found] == [50.51] * 3
    assert [float(row["capacity_usd_per_mw_day"]) for row in found] == [329.17, 333.44, 325]
    assert {float(row["network_usd_per_mw_year"]) for row in found} == {98_812.8}
    assert pytest.approx(98_812.8) == 18.8 * 8760 * 0.6
    # a flat load at the mean: energy, 0.9401 MW of capacity, network
    usd = 50.51 + 325 * 0.9401 / 24 + 98_812.8 / 8760
    assert usd == pytest.approx(50.51 + 12.73 + 11.28, abs=0.01)
    assert "PJM 2024: 33.74" in found[0]["not_taken"]


def test_a_delivered_price_holds_capacity_and_network() -> None:
    for name, row in rows("zone_prices.csv").items():
        if row["price_basis"].startswith("delivered"):
            others = (row["capacity_usd_per_mw_day"], row["network_usd_per_mw_year"])
            assert [float(other) for other in others] == [0, 0], name
            assert row["confidence"] == "low"
    california = rows("zone_prices.csv")["CAISO.2026"]
    assert (float(california["energy_usd_per_mwh"]), california["dollar_year"]) == (186.4, "2023")
    assert "wholesale energy 2025: 35.0" in california["not_taken"]


def test_ercot_has_no_capacity_price() -> None:
    row = rows("zone_prices.csv")["ERCOT.2026"]
    assert (float(row["energy_usd_per_mwh"]), float(row["capacity_usd_per_mw_day"])) == (37.57, 0)
    assert float(row["network_usd_per_mw_year"]) == 1000 * (50 + 150) / 2


@needs_facts
def test_gas_is_the_mean_of_the_divisions_of_a_zone() -> None:
    with (FACTS / "zone_prices.csv").open(encoding="utf-8", newline="") as file:
        stated: dict[tuple[str, str], list[float]] = {}
        for row in csv.DictReader(file):
            if row["component"] == "gas_power_sector_usd_per_mmbtu" and row["typical"]:
                stated.setdefault((row["zone_id"], row["year"]), []).append(float(row["typical"]))
    found = rows("gas_prices.csv")
    assert len(found) == len(stated)
    for (zone, year), usd in stated.items():
        row = found[f"{zone}.{year}"]
        assert float(row["gas_usd_per_mmbtu"]) == pytest.approx(sum(usd) / len(usd), abs=1e-4)
        assert row["dollar_year"] == "2024"
    assert float(found["PJM.2026"]["gas_usd_per_mmbtu"]) == pytest.approx(
        (2.76 + 2.78 + 3.77) / 3, abs=1e-4
    )


@needs_facts
def test_energy_that_is_taken_is_that_of_its_fact() -> None:
    with (FACTS / "zone_prices.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["zone_id"], row["typical"]) for row in csv.DictReader(file) if row["typical"]}
        known |= {("WACM", "85.0"), ("IID", "186.4")}  # by rule: Colorado, California
    for row in rows("zone_prices.csv").values():
        usd = float(row["energy_usd_per_mwh"])
        assert any(zone == row["zone"] and float(mwh) == usd for zone, mwh in known), row[
            "price_id"
        ]


def test_tariffs_hold_what_is_published() -> None:
    """Dominion GS-5: 85 % of delivery, 60 % of generation, 14 years, 1.5 MUSD a MW (low: compiled by a
    machine); AEP Ohio: 85 %, 12 years; Evergy: 80 %, 12 years, all remaining minimum bills."""
    found = rows("tariffs.csv")
    dominion, aep = found["PJM.dominion_gs_5"], found["PJM.aep_ohio_data_center_tariff"]
    evergy = found["SPP.evergy_kansas_llps"]
    columns = ("minimum_take_frac", "contract_years", "exit_fee_frac", "deposit_usd_per_mw")
    assert [dominion[c] for c in columns] == ["0.85", "14.0", "0.85", "1500000.0"]
    assert dominion["confidence"] == "low"
    assert [aep[c] for c in columns] == ["0.85", "12.0", "", ""]
    assert [evergy[c] for c in columns] == ["0.8", "12.0", "1.0", ""]
    assert found["LGEE.lg_e_ku_ehlf"]["confidence"] == "low"
