"""The same futures in mpi-sppy: its extensive form has the same optimum."""

from __future__ import annotations

from functools import partial
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.core.expr.visitor import identify_variables

from siting.core.errors import InputError
from siting.futures.build import hedged
from siting.futures.stochastic import node_names, scenario_creator, scenario_names
from siting.solver.highs import solve
from support.engine import EXACT, instance_of
from support.futures import MONTHS, banks, banks_and_queue, demand, outcome, with_futures

TWO_DATES = {
    "facts": {
        **banks("2027-07")["facts"],
        "queue": {
            "known": "2028-01",
            "outcomes": {"short": outcome(0.2, months=(MONTHS, 6)), "stated": {"probability": 0.8}},
        },
    }
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("futures", "has_units"),
    [(banks_and_queue("2027-07"), False), (demand("2028-01"), True), (TWO_DATES, True)],
    ids=["supply", "demand", "two dates"],
)
def test_the_extensive_form_of_another_package(futures: dict[str, Any], has_units: bool) -> None:
    form = pytest.importorskip("mpisppy.opt.ef", reason="mpi-sppy is not installed")
    model = hedged(instance_of(with_futures(futures, has_units=has_units)))
    whole = form.ExtensiveForm(
        {"solver": "appsi_highs"},
        scenario_names(model),
        partial(scenario_creator, hedged=model),
        all_nodenames=node_names(model),
    )
    whole.solve_extensive_form(solver_options={"mip_rel_gap": 1e-9})
    assert whole.get_objective_value() == pytest.approx(solve(model.whole.program, EXACT).objective)


def test_facts_learnt_by_acting_have_no_tree() -> None:
    pytest.importorskip("mpisppy", reason="mpi-sppy is not installed")
    model = hedged(instance_of(with_futures(banks("delivery"))))
    with pytest.raises(InputError, match="has no tree"):
        scenario_creator("quick", model)


def test_every_decision_on_which_futures_agree_stands_in_a_row_and_has_a_bound() -> None:
    """Else a price on agreeing has no best answer, or the decision is unknown to the solver."""
    pytest.importorskip("mpisppy", reason="mpi-sppy is not installed")
    model = hedged(instance_of(with_futures(TWO_DATES)))
    for name in scenario_names(model):
        future = scenario_creator(name, hedged=model)
        used = {
            id(variable)
            for row in future.component_data_objects(pyo.Constraint, active=True)
            for variable in identify_variables(row.body)
        }
        nonants = [v for node in future._mpisppy_node_list for v in node.nonant_list]
        assert all(v.ub is not None and id(v) in used for v in nonants if not v.fixed)
