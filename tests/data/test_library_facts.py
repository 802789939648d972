"""Numbers of the libraries: those of the facts, with dollar year, source and an honest confidence."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from math import ceil, comb
from pathlib import Path
from typing import Any

import pytest
import yaml

from build_libraries import LIBRARIES, MAPPING, rebuilt
from siting.core.dollars import factor_between
from siting.families.workloads.value import Perspective
from support.engine import BUILTIN, SHARED

FACTS = SHARED / "facts"
needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside the checkout")
UNSEEN = (
    "AI-compiled",
    "as carried by",
    "citing",
    "general knowledge",
    "no public source was opened",
    "from memory",
    "not found",
    "secondary",
)
"""What a fact says of a source that nobody opened."""
COSTED = (
    "technologies",
    "bridge",
    "equipment",
    "equipment-by-voltage",
    "delay_values",
)
"""Libraries whose rows each have dollars of a source's year."""
WHOLE = ("campus", "connection", "ride_through", "curtailment")
"""Libraries that are one section in the dollars of one year."""


def library(name: str) -> dict[str, Any]:
    """A library as it stands in its file."""
    found: dict[str, Any] = yaml.safe_load((LIBRARIES / f"{name}.yaml").read_text("utf-8"))
    return found


def rows_of(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Records of a library."""
    for key, row in library(name).items():
        if isinstance(row, dict) and "source" in row:
            yield key, row


def mapping() -> list[dict[str, str]]:
    """Numbers that are taken over."""
    with MAPPING.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@needs_facts
def test_every_number_that_is_a_fact_is_that_of_the_fact() -> None:
    for name, text in rebuilt(FACTS).items():
        assert text == (LIBRARIES / name).read_text("utf-8"), (
            f"{name}: run tools/build_libraries.py"
        )


@needs_facts
def test_a_number_that_differs_is_found(tmp_path: Path) -> None:
    for path in LIBRARIES.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    changed = tmp_path / "technologies.yaml"
    text = changed.read_text("utf-8")
    changed.write_text(
        text.replace("overnight_usd_per_kw: 2450", "overnight_usd_per_kw: 2500"), "utf-8"
    )
    assert rebuilt(FACTS, tmp_path)["technologies.yaml"] == text


@pytest.mark.parametrize("name", COSTED)
def test_every_row_with_dollars_says_of_which_year(name: str) -> None:
    for key, row in rows_of(name):
        assert row.get("dollar_year") or not any("usd" in field for field in row), key
        assert row["confidence"] in ("high", "medium", "low"), key


@pytest.mark.parametrize("name", WHOLE)
def test_every_section_with_dollars_says_of_which_year(name: str) -> None:
    assert library(name)["dollar_year"] >= 2022


@needs_facts
def test_what_nobody_opened_has_low_confidence() -> None:
    """Whatever number of a row rests on such a source, unless the row names it as estimated by a rule."""
    seen, tables = 0, {}
    for one in mapping():
        head, _, rest = one["path"].partition(".")
        row = library(Path(one["library"]).stem)[head]
        if not isinstance(row, dict) or "confidence" not in row:
            continue
        if one["table"] not in tables:
            with (FACTS / one["table"]).open(encoding="utf-8", newline="") as file:
                tables[one["table"]] = list(csv.DictReader(file))
        wanted = dict(part.split("=", 1) for part in one["where"].split(";"))
        (fact,) = (f for f in tables[one["table"]] if all(f[k] == v for k, v in wanted.items()))
        if fact["confidence"] == "low" or any(word in fact["source"] for word in UNSEEN):
            seen += 1
            field = rest.partition(".")[0]
            assert row["confidence"] == "low" or field in row["estimated"], one["path"]
    assert seen > 50


def test_costs_of_2023_stand_in_dollars_of_2026() -> None:
    """ATB 2025: 7,750 USD/kW of 2023 for an SMR of 2030, 1,140 for a four-hour battery of 2028, and panels
    at 1,171; with 134.676 / 123.448 = 1.09095 they are 8,455, 1,244 and 1,278."""
    technologies = library("technologies")
    assert technologies["smr_next"]["overnight_usd_per_kw"] == pytest.approx(7750 * 1.09095, abs=1)
    solar = technologies["solar_storage"]["overnight_usd_per_kw"]
    assert solar == pytest.approx((1140 + 1171) * 1.09095, abs=1.5)
    assert technologies["smr_bwrx300"]["overnight_usd_per_kw"] == pytest.approx(
        18_000 * factor_between(2025, 2026), abs=1.5
    )


def test_only_costs_without_interest_get_it() -> None:
    """The facts say 'no' of these, and 'unclear' of Natrium and of fuel cells."""
    added = {k for k, row in rows_of("technologies") if row.get("is_interest_included") is False}
    assert added == {
        "smr_bwrx300",
        "smr_next",
        "gas_combined_cycle",
        "gas_simple_cycle",
        "reciprocating_engines",
        "solar_storage",
        "solar_firm",
        "geothermal",
    }
    for key in added:
        shares = library("technologies")[key].get("spend_fracs", [1.0])
        assert sum(shares) == pytest.approx(1, abs=1e-9)


def installed_per_mw(unit_mw: float, unavailability: float, load_mw: float = 1000) -> float:
    """Least installed MW per MW of load that carries it with a probability of 99.9 %, by independent units."""
    needed = ceil(load_mw / unit_mw)
    count = needed
    while True:
        states = range(needed, count + 1)
        carried = sum(
            comb(count, n) * (1 - unavailability) ** n * unavailability ** (count - n)
            for n in states
        )
        if carried >= 0.999:
            return count * unit_mw / load_mw
        count += 1


@pytest.mark.parametrize(
    ("name", "unit_mw", "unavailability", "ratio"),
    [
        ("reciprocating_engines", 18, 0.035, 1.152),
        ("gas_simple_cycle", 240, 0.06, 1.92),
        ("gas_combined_cycle", 650, 0.06, 2.6),
        ("smr_bwrx300", 300, 0.08, 2.4),
        ("fuel_cell", 10, 0.03, 1.1),
    ],
)
def test_islanded_units_stand_with_spares(
    name: str, unit_mw: float, unavailability: float, ratio: float
) -> None:
    assert installed_per_mw(unit_mw, unavailability) == pytest.approx(ratio)
    credit = library("technologies")[name]["islanded_credit_frac"]
    assert credit == pytest.approx(1 / ratio, abs=0.002)


def test_sun_with_four_hours_is_not_firm_on_site() -> None:
    technologies = library("technologies")
    assert technologies["solar_storage"]["on_site_credit_frac"] == 0
    assert technologies["solar_storage"]["battery_weight"] == 1
    # a day and a half of storage is on offer where a scenario says so
    assert technologies["solar_firm"]["delivery"] == []


def test_pools_share_no_voltage() -> None:
    """Every voltage of a federal site belongs to one class of banks."""
    gear = library("equipment-by-voltage")
    ranges = {k: (v["from_kv"], v.get("to_kv", 1e9)) for k, v in gear.items() if "from_kv" in v}
    for kv in (115, 120, 138, 161, 230, 345, 500, 765):
        assert sum(low <= kv <= high for low, high in ranges.values()) == 1
    assert len(ranges) == 5
    assert not gear["main_bank"]["is_available"]


def test_curves_follow_their_formulas() -> None:
    """Idle: 0.65 a year, no less than the annuity of a hall, 0.127 of 0.80. Falling: revenue 0.92 * 0.88^t,
    chips 0.638 * 0.97^t, 0.173 for electricity and operation, over its own value at the start."""
    rows = library("delay_values")
    idle = Perspective(**{k: v for k, v in rows["chips_idle"].items() if k != "by_date"})
    for months in (0, 12, 24, 36, 48):
        assert idle.late_frac(months) == pytest.approx(0.65 ** (months / 12), abs=1e-4)
    assert idle.late_frac(120) == pytest.approx(0.127 / 0.8, abs=1e-4)
    falling = {
        str(row["at_date"]): row["frac"] for row in rows["chips_deferrable_falling"]["by_date"]
    }
    after_a_year = 0.92 * 0.88 - 0.173 - 0.638 * 0.97
    assert falling["2027-01"] == pytest.approx(after_a_year / (0.92 - 0.173 - 0.638), abs=1e-3)
    assert 0.92 * 0.88**1.25 - 0.173 - 0.638 * 0.97**1.25 < 0


def test_the_libraries_of_the_national_case_name_a_perspective() -> None:
    workloads = library("workloads")
    known = library("delay_values")
    for kind in workloads["kinds"].values():
        assert kind["perspective"] in known
    assert (BUILTIN / "models" / "libraries" / workloads["perspectives"]["include"]).is_file()
