"""What a plan comes to in a few lines: lateness, cost by family, what to order first, what held it up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from siting.core.audit import number
from siting.core.labels import words
from siting.core.money import unit_of
from siting.core.plan import Plan
from siting.families.registry import COMPONENTS
from siting.families.steps import DEMAND
from siting.timeline.milestones import late_mw_months, milestone_dates

COSTS, ORDERS = 3, 3
"""Families and orders that are named; others are counted."""


def gist(plan: Plan) -> dict[str, Any]:
    """The figures for machines."""
    orders = [row for row in plan.tables.get("orders", ()) if row["order_date"] is not None]
    first = sorted(orders, key=lambda row: (str(row["order_date"]), str(row["item"])))
    return {
        "late_mw_months": late_mw_months(plan),
        "wanted_mw_months": late_mw_months(plan, "target_mw"),
        "served_in_full_from": milestone_dates(plan, None)["full"],
        "cost_usd_by_family": dict(cost_by_family(plan)),
        "first_orders": [dict(row) for row in first[:ORDERS]],
        "orders": len(first),
        "energised_it_mw": sum(_energised(plan).values()),
        "held_up_it_mw_by_step": dict(held_by(plan)),
    }


def gist_lines(plan: Plan) -> list[str]:
    """The same in sentences, each on a line of its own."""
    found = gist(plan)
    return [
        *_lateness(found),
        *_costs(found["cost_usd_by_family"]),
        *_orders(found["first_orders"], found["orders"]),
        *_held(found["held_up_it_mw_by_step"], found["energised_it_mw"]),
    ]


def cost_by_family(plan: Plan) -> list[tuple[str, float]]:
    """Discounted cost of each family, the largest first."""
    total: dict[str, float] = {}
    for row in plan.tables["costs"]:
        family = str(row["family"])
        total[family] = total.get(family, 0.0) + number(row, "usd")
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))


def held_by(plan: Plan) -> list[tuple[str, float]]:
    """IT load that waited for each kind of step last, the most first [MW]; not what waited for demand."""
    load = _energised(plan)
    steps = {
        (str(row["step"]), str(row["site"]), str(row["energised_date"]))
        for row in plan.tables.get("critical_path", ())
        if row["is_last"] and row["is_critical"] and row["step"] != DEMAND
    }
    waited: dict[str, float] = {}
    for step, site, day in sorted(steps):
        waited[step] = waited.get(step, 0.0) + load[site, day]
    return sorted(waited.items(), key=lambda item: (-item[1], item[0]))


def _energised(plan: Plan) -> dict[tuple[str, str], float]:
    """IT load that is energised at each site on each date [MW]."""
    return {
        (str(row["site"]), str(row["energised_date"])): number(row, "added_it_mw")
        for row in plan.tables.get("critical_path", ())
    }


def _lateness(found: dict[str, Any]) -> Iterable[str]:
    """How much is late, and from when on all is served."""
    late, wanted, full = (
        found[key] for key in ("late_mw_months", "wanted_mw_months", "served_in_full_from")
    )
    if wanted <= 0:
        return
    served = (
        f"all is served from {full:%Y-%m} on" if isinstance(full, date) else "never all is served"
    )
    if late <= 0:
        yield "Nothing is late."
    else:
        yield f"Late: {late:,.0f} of {wanted:,.0f} MW-months ({late / wanted:.0%}); {served}."


def _costs(families: dict[str, float]) -> Iterable[str]:
    """The largest parts of the cost."""
    total = sum(families.values())
    if total <= 0:
        return
    unit = unit_of(total)
    named = list(families.items())[:COSTS]
    parts = [f"{_title(name)} {usd / total:.0%}" for name, usd in named]
    rest = len(families) - len(named)
    more = f" and {rest} more" if rest > 0 else ""
    yield f"Cost of {unit.shown(total, 2)} {unit.name}: {', '.join(parts)}{more}."


def _title(family: str) -> str:
    """A family as planners call its cost."""
    known = COMPONENTS.get(family)
    title = words(family) if known is None else known.title
    return f"{title[:1].lower()}{title[1:]}"


def _orders(first: list[dict[str, Any]], count: int) -> Iterable[str]:
    """What has to be ordered first."""
    if not first:
        return
    parts = [
        f"{row['quantity']:g} {words(row['equipment_class']).lower()} by {row['order_date']}"
        for row in first
    ]
    more = f" and {count - len(first)} more in orders.ics" if count > len(first) else ""
    yield f"Order first: {', '.join(parts)}{more}."


def _held(waited: dict[str, float], total: float) -> Iterable[str]:
    """What most load waited for."""
    if not waited:
        return
    step, mw = next(iter(waited.items()))
    titles = {s.step: s.title for family in COMPONENTS.values() for s in family.stages}
    title = titles.get(step, words(step)).lower()
    yield f"Most load waited for {title} last: {mw:,.0f} of {total:,.0f} MW energised."
