"""``plan.stac.json`` against the schemas of the specification, which pystac brings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pystac
import pytest

from outputs.sample import full_plan, minimal_plan
from siting.core.plan import Plan
from siting.outputs.write import write_plan
from support.engine import plan_of, toy


def written(plan: Plan, folder: Path) -> dict[str, Any]:
    """The item of a plan that is written whole."""
    write_plan(plan, folder)
    found: dict[str, Any] = json.loads((folder / "plan.stac.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("plan", [full_plan, minimal_plan, lambda: plan_of(toy())])
def test_the_item_is_valid_and_leads_to_every_file(plan: Any, tmp_path: Path) -> None:
    item = written(plan(), tmp_path / "plan")
    assert pystac.Item.from_dict(item).validate()
    for asset in item["assets"].values():
        assert (tmp_path / "plan" / asset["href"]).exists(), asset["href"]


def test_the_toy_on_paper(tmp_path: Path) -> None:
    """Its sites stand in Pennsylvania, Nevada and Alaska; the horizon is 2027 and 2028."""
    item = written(plan_of(toy()), tmp_path / "plan")
    assert item["bbox"] == [-149.0, 37.5, -77.0, 64.0]
    assert item["properties"]["start_datetime"] == "2027-01-01T00:00:00Z"
    assert item["properties"]["end_datetime"] == "2029-01-01T00:00:00Z"
    assert item["properties"]["siting:objective_usd"] == pytest.approx(79.90e6)
