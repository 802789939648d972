"""Decisions of ``transformers``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision, Shown

DECISIONS: Mapping[str, Decision] = {
    "pool_order": Decision(
        "an order of transformers for the pool",
        "at order",
        shown=Shown(
            "orders",
            "order_date",
            "procurement",
            "pool",
            items=("equipment_class",),
            count="quantity",
        ),
        bought="by_period",
        is_reserved=True,
    ),
    "site_order": Decision(
        "an order of transformers for a place",
        "at order",
        shown=Shown(
            "orders",
            "order_date",
            "procurement",
            "site",
            items=("equipment_class", "site"),
            count="quantity",
        ),
        bought="by_period",
        is_needed=True,
    ),
    "assign": Decision(
        "units of the pool for a place",
        "recourse",
        bought="by_period",
        traced=Shown(
            "orders",
            "assign_date",
            "procurement",
            "site",
            items=("equipment_class", "site"),
            count="quantity",
            is_other=True,
        ),
    ),
    "reserve_draw": Decision(
        "units of the reserve",
        "recourse",
        shown=Shown(
            "orders",
            "order_date",
            "procurement",
            "reserve",
            items=("equipment_class",),
            count="quantity",
        ),
        bought="by_period",
        agrees="by_period",
    ),
    "keep": Decision("units of a booked slot", "recourse", bought="once", agrees="once"),
    "spare": Decision("spare banks of a place", "recourse"),
    "firm_banks": Decision("banks in use", "recourse"),
}
