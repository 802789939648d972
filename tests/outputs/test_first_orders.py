"""What is at stake behind the first orders: the toy on paper."""

from __future__ import annotations

from siting.outputs.report.first_orders import first_orders
from siting.outputs.report.sections import plan_sections
from support.engine import plan_of, toy


def test_a_month_lost_leaves_the_load_behind_the_order_late() -> None:
    """The bank of `near` feeds 100 MW at 0.3 M USD per MW and month; that of `far` comes from stock."""
    table = first_orders(plan_of(toy()))
    assert [line.cells for line in table.lines] == [
        ("2027-07-01", "Main bank", "1", "Near", "5.0", "100", "0.0", "30.0")
    ]


def test_without_orders_nothing_is_shown() -> None:
    scenario = toy()
    del scenario["components"]["transformers"]
    plan = plan_of(scenario)
    assert first_orders(plan).lines == ()
    assert "orders" not in [section.id for section in plan_sections(plan)]
