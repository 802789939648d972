"""Plans made with some years in sight, on paper."""

from __future__ import annotations

import pytest

from siting.core.errors import InputError
from siting.pipeline import Loaded
from siting.studies import myopic
from siting.studies.comparison import Comparison
from siting.studies.option import Asked
from siting.studies.run import run_study
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of, toy


def with_years(years: float) -> Comparison:
    """The toy with some years in sight."""
    loaded = Loaded(instance_of(toy()), {})
    return run_study(loaded, Asked(strategies=("optimal",), foresight_years=years), Solver(EXACT))


def test_a_year_in_sight_on_paper() -> None:
    """In 2027 only `far` is worth anything before 2028; in 2028 `near` and cells come after the horizon."""
    found = with_years(1)
    plan = found.found(myopic.STUDY).plan
    assert plan is not None
    assert not plan.findings
    assert plan.objective_usd == pytest.approx(94.84e6, abs=1.0)
    (row,) = found.tables["foresight"]
    assert row["cost_increase_usd"] == pytest.approx(14.94e6, abs=1.0)
    first, second = found.tables["foresight_steps"]
    # opening 1, half a year of the hall 5, energy 26.28
    assert first["window_cost_usd"] == pytest.approx(32.28e6, abs=1.0)
    assert second["window_cost_usd"] == pytest.approx(94.84e6, abs=1.0)
    assert "With 1 years in sight the plan costs 14.9 M USD more" in " ".join(found.answer)
    assert "foresight" in found.all_plans()


def test_all_years_in_sight_are_perfect_foresight() -> None:
    found = with_years(2)
    (row,) = found.tables["foresight"]
    assert row["cost_usd"] == pytest.approx(79.9e6, abs=1.0)
    assert row["cost_increase_usd"] == pytest.approx(0.0, abs=1.0)
    assert len(found.tables["foresight_steps"]) == 1


def test_half_a_year_in_sight_sees_nothing_to_serve() -> None:
    """Until 2027-07 nothing can be served: nothing is decided, and the next year all is late."""
    found = with_years(0.5)
    first = found.tables["foresight_steps"].rows[0]
    assert (first["status"], first["decision_count"]) == ("NOTHING_IN_SIGHT", 0)


def test_goals_beside_the_cost_are_refused() -> None:
    scenario = toy() | {"objectives": [{"goal": "fewest_late_mw_months"}, {"goal": "least_cost"}]}
    loaded = Loaded(instance_of(scenario), {})
    with pytest.raises(InputError, match="goals beside the cost"):
        run_study(loaded, Asked(strategies=("optimal",), foresight_years=2.0), Solver(EXACT))
