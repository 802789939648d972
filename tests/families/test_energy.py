"""Draw from the grid: as much as the load needs, and never more than it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from siting.core.audit import number
from siting.core.plan import Plan
from siting.core.table import Table
from support.engine import instance_of, toy
from support.tamper import rules_broken, with_row


def drawn(plan: Plan, position: int, grid_mw: float) -> dict[str, Table]:
    """The plan with another draw, in which everything else that states it follows."""
    power = plan.tables["power"]
    row = power.rows[position]
    months = number(row, "grid_mw_months") / number(row, "grid_mw")
    return {"power": with_row(power, position, grid_mw=grid_mw, grid_mw_months=months * grid_mw)}


@pytest.mark.parametrize(("share", "is_broken"), [(1.0, False), (1.001, True), (1.5, True)])
def test_no_draw_above_the_load(toy_plan: Plan, share: float, is_broken: bool) -> None:
    # contracted draw costs nothing in the toy, and its zones have 500 MW to give: no other rule of
    # `energy` is broken by 150 MW for a load of 100
    instance = instance_of(toy())
    for position, row in enumerate(toy_plan.tables["power"]):
        load = number(row, "facility_mw")
        assert number(row, "grid_mw") == pytest.approx(load)
        found = rules_broken(instance, toy_plan, drawn(toy_plan, position, share * load))
        assert {rule for rule in found if rule.startswith("energy.")} == (
            {"energy.real_draw"} if is_broken else set()
        )


def test_a_site_without_load_draws_nothing(toy_plan: Plan) -> None:
    power = toy_plan.tables["power"]
    start = max(str(row["period_start"]) for row in power)
    row = next(row for row in power if row["site"] == "far")
    late = next(r["period_start"] for r in power if str(r["period_start"]) == start)
    idle = {**row, "period_start": late, "it_mw": 0.0, "facility_mw": 0.0, "grid_energy_mwh": 0.0}
    more = replace(power, rows=(*power.rows, idle))
    assert "energy.real_draw" in rules_broken(instance_of(toy()), toy_plan, {"power": more})
