"""What is a number, how large it may be, and durations that end before the calendar does."""

from __future__ import annotations

import json
from datetime import date
from math import inf
from pathlib import Path
from typing import Any

import pytest

from siting.core.calendar import add_months, add_weeks
from siting.core.errors import InputError
from siting.core.finance import capital_recovery
from siting.core.magnitude import number_of
from siting.core.yaml_source import parse_document, read_document
from siting.scenario import read_scenario
from support.engine import toy

NUMBERS = {
    "12": 12, " -3 ": -3, "+0.5": 0.5, ".5": 0.5, "2.": 2.0, "1e3": 1000.0, "2E-2": 0.02,
    "1_000": None, "1,5": None, "1,000": None, "\u0661\u0662": None, "\uff11": None, "nan": None,
    "inf": None, "1e999": None, "": None, "0x10": None, "1e": None, "--1": None, "9" * 80: None,
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    assert number_of(text) == NUMBERS[text]


PLACES = {
    "months": ("components.campus.shell_months", 1e30, "at most 1,200 months"),
    "weeks": ("components.transformers.classes.main_bank.lead_times.0.weeks", 10**9, "5,200 weeks"),
    "years": ("components.campus.lifetime_years", 1_000_000, "at most 1,000 years"),
    "rate": ("discount_rate_frac", 1e-17, "0, or at least 1e-12"),
    "acres": ("sites.near.buildable_acres", 1e18, "at most 1e"),
    "hall": ("components.campus.hall_it_mw", 1e-300, "0, or at least 1e-12"),
    "cost": ("components.campus.overnight_usd_per_it_mw", 1e308, "at most 1e"),
}


@pytest.mark.parametrize("case", PLACES)
def test_numbers_beyond_reason_are_refused_with_their_place(case: str) -> None:
    path, value, words = PLACES[case]
    scenario: Any = toy()
    holder, *keys = scenario, *path.split(".")
    for key in keys[:-1]:
        holder = holder[int(key) if isinstance(holder, list) else key]
    holder[keys[-1]] = value
    with pytest.raises(InputError) as caught:
        read_scenario(parse_document(json.dumps(scenario), "s.json"))
    assert path in str(caught.value) and words in str(caught.value)


def test_too_many_periods() -> None:
    scenario = toy()
    scenario["horizon"] = {"start": "2027-01", "steps": [{"until": "9999-01", "step": "month"}]}
    with pytest.raises(InputError, match="95,664 periods"):
        read_scenario(parse_document(json.dumps(scenario), "s.json")).calendar()


def test_dates_end_with_the_calendar() -> None:
    assert add_months(date(2027, 1, 1), 1e30) == add_weeks(date(2027, 1, 1), 1e30) == date.max
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_weeks(date(2027, 1, 1), 52) == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("rate", "years", "factor"),
    [
        (0.05, 1, 1.05),  # one payment, a year later
        (0.1, 2, 1.21 / 2.1),  # x / 1.1 + x / 1.21 = 1
        (1e-17, 10, 0.1),  # as without interest
        (0.05, 1e6, 0.05),  # a perpetuity
    ],
)
def test_annuities_of_any_size(rate: float, years: float, factor: float) -> None:
    assert capital_recovery(rate, years) == pytest.approx(factor, rel=1e-12)
    assert capital_recovery(rate, years) < inf


def nested(folder: Path, width: int, depth: int) -> Path:
    """Files of which each includes several of the next level."""
    for level in range(depth):
        more = "".join(f", f{level + 1}.yaml" for _ in range(width))[2:]
        text = f"include: [{more}]\n" if level < depth - 1 else "a: 1\n"
        (folder / f"f{level}.yaml").write_text(text, encoding="utf-8")
    return folder / "f0.yaml"


def test_includes_in_total_are_limited(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too much is included"):
        read_document(nested(tmp_path, 8, 8))
    assert read_document(nested(tmp_path, 2, 3)).data == {"a": 1}


def test_files_stay_below_the_folder_of_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1\n", encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    for name in ("../secret.yaml", str(tmp_path / "secret.yaml"), "link.yaml"):
        (inner / "s.yaml").write_text(f"extends: {name}\n", encoding="utf-8")
        with pytest.raises(InputError, match="outside the scenario's folder"):
            read_document(inner / "s.yaml", allow_outside=False)
        assert read_document(inner / "s.yaml", allow_outside=True).data == {"a": 1}
