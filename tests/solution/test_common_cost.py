"""What every plan of a load pays is never more than what a plan pays for halls and lateness."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest

from siting.core.audit import number
from siting.core.errors import InfeasibleError, InputError, NoPlanError
from siting.core.plan import Plan
from support.engine import plan_of, toy
from support.instances import small


def paid_usd(plan: Plan) -> float:
    """Cost of halls, and of load that is late, by the tables."""
    kinds: Any = plan.scenario["components"]
    delay = {
        name: float(kind.get("delay_cost_usd_per_mw_month", 0.0))
        for name, kind in kinds["workloads"]["kinds"].items()
    }
    rate = float(plan.settings["discount_rate_frac"])  # type: ignore[arg-type]
    late = 0.0
    start = min(row["period_start"] for row in plan.tables["timeline"])  # type: ignore[type-var]
    for row in plan.tables["timeline"]:
        begin, end = row["period_start"], row["period_end"]
        months = 12 * (end.year - begin.year) + end.month - begin.month  # type: ignore[union-attr]
        since = 12 * (begin.year - start.year) + begin.month - start.month  # type: ignore[union-attr]
        factor = (1 + rate) ** -((since + months / 2) / 12)
        late += factor * months * delay[str(row["workload"])] * number(row, "unserved_mw")
    halls = sum(number(row, "usd") for row in plan.tables["costs"] if row["family"] == "campus")
    return late + halls


def test_never_more_than_any_plan_pays() -> None:
    tried = 0
    for seed in range(60):
        try:
            plan = plan_of(small(seed))
        except (InfeasibleError, InputError, NoPlanError):
            continue
        tried += 1
        paid = paid_usd(plan)
        assert 0 <= plan.any_plan_usd <= paid + 1e-9 * abs(paid) + 1.0, seed
        if "campus" not in plan.scenario["components"]:  # type: ignore[operator]
            assert plan.any_plan_usd == pytest.approx(paid, rel=1e-9, abs=1.0)
    assert tried > 30


def test_halls_that_split_load_fills_twice() -> None:
    # 150 MW in halls of 100 MW need two, for the year and a half from 2027-07 at 10 M USD a year each
    scenario = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["targets"][0]["it_mw"] = 150
    plan = plan_of(scenario)
    served = [number(row, "served_mw") for row in plan.tables["timeline"]]
    late = sum(6 * 0.3e6 * number(row, "unserved_mw") for row in plan.tables["timeline"])
    halls = [ceil(max(served[: n + 1]) / 100 - 1e-9) for n in range(len(served))]
    assert plan.any_plan_usd == pytest.approx(late + sum(5e6 * count for count in halls))
