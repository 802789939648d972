"""News of several orders of one item: what each says holds, in whatever order they are told."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from siting.core.errors import InputError
from siting.replan.facts import news_of
from siting.replan.told import read_facts
from support.engine import instance_of, toy

AS_OF = date(2028, 1, 1)


def told(tmp_path: Path, *lines: str) -> dict[str, Any]:
    """Numbers of the toy that news sets, by path; the last of a path counts."""
    path = tmp_path / "news.csv"
    path.write_text("\n".join(["item,ordered,date", *lines]), encoding="utf-8")
    news = news_of(instance_of(toy()), read_facts(path), AS_OF)
    return {change.path: change.set for one in news for change in one.changes}


def rows(found: Any, quantity: str) -> dict[str, float]:
    """Rows by order date."""
    return {row["ordered_from"]: row[quantity] for row in found}


def test_two_orders_of_a_class_hold_beside_each_other(tmp_path: Path) -> None:
    """243 days from 2027-01-01 to 2027-09-01, 305 from 2027-07-01 to 2028-05-01; then 26 weeks again."""
    lines = ("main_bank,2027-01,2027-09", "main_bank,2027-07,2028-05")
    for given in permutations(lines):
        found = told(tmp_path, *given)["components.transformers.classes.main_bank.lead_times"]
        assert rows(found, "weeks") == {
            "2027-01-01": pytest.approx(243 / 7),
            "2027-07-01": pytest.approx(305 / 7),
            "2028-01-01": 26,
        }


def test_two_orders_of_a_technology_hold_beside_each_other_and_all_others(tmp_path: Path) -> None:
    """20 and 22 months less 6 of building; all that is still to come takes the 18 to 2028-07 less those 6."""
    place = "components.plants.technologies.fuel_cell"
    orders = {"fuel_cell,2027-01,2028-09": 14, "fuel_cell,2027-07,2029-05": 16}
    for given in permutations(orders):
        found = rows(told(tmp_path, *given)[f"{place}.equipment_leads"], "months")
        assert found == {"2027-01-01": 14, "2027-07-01": 16, "2028-01-01": 6}
    for given in permutations(("fuel_cell,2027-07,2029-05", "fuel_cell,,2028-07")):
        values = told(tmp_path, *given)
        assert values[f"{place}.equipment_lead_months"] == 12
        found = rows(values[f"{place}.equipment_leads"], "months")
        assert found == {"2027-01-01": 12, "2027-07-01": 16, "2028-01-01": 12}


@pytest.mark.parametrize("ordered", ["", "2027-07"])
def test_a_site_is_connected_on_one_day(tmp_path: Path, ordered: str) -> None:
    with pytest.raises(InputError, match=r"its date stands in news\.csv:[23] too"):
        told(tmp_path, "near,2027-01,2027-09", f"near,{ordered},2028-09")
