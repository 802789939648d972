"""The value of a month below which the marginal campus would not be built, on paper.

The toy serves 100 MW from 2027-07 on for 79.90 M USD, nothing late, at 300,000 USD per MW-month. Nothing at
all would be 540 late, so that it pays from 79.90 / 540 = 0.148 of that on; but `near` alone from 2028-01 costs
37.52 (10 of opening, 10 of its hall, 17.52 of energy, the bank from stock) with 180 late, and is the cheaper
one below (79.90 - 37.52) / 180 = 0.235444, 70,633 USD. `far` would then not be built.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import siting
from siting.core.errors import InputError
from siting.pipeline import Loaded
from support.engine import EXACT, TOY, instance_of, toy

SHARE = (79.90 - 37.52) / 180


def studied(data: dict[str, Any]) -> Any:
    """The comparison of a scenario with the study."""
    loaded = Loaded(instance_of(data), {})
    return siting.compare(loaded, ["build_now"], month_value=True, gap_frac=EXACT.gap_frac)


def test_the_toy_needs_a_quarter_of_what_a_month_is_stated_at() -> None:
    study = siting.compare(TOY, ["build_now"], month_value=True)
    (row,) = study.tables["month_value"].rows
    assert row["stated_usd"] == 300_000
    assert row["least_usd"] == pytest.approx(300_000 * SHARE, rel=1e-6)
    assert row["sites"] == "far"
    said = " ".join(study.answer)
    assert "Training: a month is stated at 300,000 USD per MW" in said
    assert "from 70,633 USD on" in said
    assert "Far (100 MW)" in said


def test_the_page_has_the_table_and_what_is_not_built(tmp_path: Path) -> None:
    siting.compare(TOY, ["build_now"], month_value=True).write(tmp_path / "out")
    text = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    section = text.partition('id="month-value"')[2].partition("</section>")[0]
    for cell in ("Training", "300,000", "70,633", "Far", "100"):
        assert cell in section, cell


def test_a_perspective_is_shown_with_what_is_published_of_it() -> None:
    """Twice the value with the same plan: the same least value is half the share."""
    data = toy()
    workloads = data["components"]["workloads"]
    workloads["perspectives"] = {
        "owner": {
            "name": "Owner of the load",
            "low_usd_per_mw_month": 100_000,
            "typical_usd_per_mw_month": 600_000,
            "high_usd_per_mw_month": 700_000,
        }
    }
    kind = workloads["kinds"]["training"]
    del kind["delay_cost_usd_per_mw_month"]
    kind["perspective"] = "owner"
    study = studied(data)
    (row,) = study.tables["month_value"].rows
    assert row["least_usd"] == pytest.approx(300_000 * SHARE, rel=1e-6)
    assert (row["low_usd"], row["high_usd"]) == (100_000, 700_000)
    assert "Owner of the load; published 100,000 to 700,000" in " ".join(study.answer)


def test_where_being_late_costs_nothing_it_is_refused() -> None:
    data = toy()
    kind = data["components"]["workloads"]["kinds"]["training"]
    kind["delay_cost_usd_per_mw_month"] = 0
    kind["must_serve_from"] = "2028-01"
    with pytest.raises(InputError, match="being late costs nothing"):
        studied(data)


def test_it_is_not_asked_of_goals() -> None:
    data = toy()
    data["objectives"] = [{"goal": "most_mw", "by": "2028-01"}]
    with pytest.raises(InputError, match="goals before its cost"):
        studied(data)
