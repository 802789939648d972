"""What ``plan.json`` claims of a plan: recomputed where it follows from the rest, named where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf, isclose, nan
from typing import Any

from siting.core.audit import Finding, is_same_usd, rows_of
from siting.core.table import Table
from siting.instance.build import Instance
from siting.solution.common_cost import any_plan_usd

PLAN = "plan.json"
BOUNDS = ("bound_usd", "goals[].bound")
CLAIMED = (*BOUNDS, "model", "solve_seconds", "versions", "inputs")
"""What no arithmetic on a plan can tell; bounds are the solver's word as far as the duals of the certificate
do not reach them."""
RELATIVE = 1e-6
"""By how much a gap may differ from that of its two rounded numbers."""
STATUSES = ("OPTIMAL", "FEASIBLE")


def audit_claims(
    instance: Instance, tables: Mapping[str, Table], stated: Mapping[str, Any], *, is_sound: bool
) -> tuple[Finding, ...]:
    """Findings on the gap, status, findings and common cost that a plan states.

    Args:
        stated: ``plan.json``. is_sound: whether the audit found nothing in the tables.
    """
    return (
        *_gap(stated),
        *_cost_goal(stated),
        *_status(instance, stated, is_sound=is_sound),
        *_common(instance, tables, stated),
        *_numbers(tables),
    )


def _number(cell: object, otherwise: float) -> float | None:
    """A number of ``plan.json``; null is ``otherwise``, and what is none is None."""
    if cell is None:
        return otherwise
    is_real = isinstance(cell, int | float) and not isinstance(cell, bool)
    return float(cell) if is_real else None  # type: ignore[arg-type]


def _gap(stated: Mapping[str, Any]) -> Iterator[Finding]:
    """The gap between objective and bound, and that the bound is one."""
    objective = _number(stated.get("objective_usd"), inf)
    bound, gap = _number(stated.get("bound_usd"), -inf), _number(stated.get("gap"), inf)
    if objective is None or bound is None or gap is None:
        yield Finding("claims.type", PLAN, "bound_usd or gap is not a number")
        return
    room = RELATIVE * abs(objective) + 1.0
    if bound > objective + room:
        yield Finding("claims.bound", PLAN, f"bound_usd is {bound:.2f}, above the objective")
    right = inf
    if bound > -inf:
        right = max(0.0, objective - bound) / abs(objective) if objective else gap
    is_same = gap == right or isclose(gap, right, rel_tol=1e-3, abs_tol=RELATIVE)
    if not is_same or gap < 0:
        yield Finding("claims.gap", PLAN, f"gap is {gap:g}, objective and bound give {right:g}")


def _cost_goal(stated: Mapping[str, Any]) -> Iterator[Finding]:
    """The cost is the last goal: its bound and gap are those of the plan."""
    goals = stated.get("goals")
    last = goals[-1] if isinstance(goals, list) and goals else None
    if not isinstance(last, Mapping):
        return
    for key, name, otherwise in (("bound", "bound_usd", -inf), ("gap", "gap", inf)):
        found, right = _number(last.get(key), otherwise), _number(stated.get(name), otherwise)
        if found is None or (right is not None and not isclose(found, right, abs_tol=RELATIVE)):
            place = f"goals.{len(goals or ())}.{key}"
            yield Finding(
                "claims.goal", PLAN, f"{place} is {last.get(key)!r:.40}, {name} is {right}"
            )


def _status(instance: Instance, stated: Mapping[str, Any], *, is_sound: bool) -> Iterator[Finding]:
    """The status by the gaps of all goals, and the findings by those of the audit."""
    status, said = stated.get("status"), stated.get("audit")
    goals = stated.get("goals")
    named = said.get("findings") if isinstance(said, Mapping) else None
    passed = said.get("passed") if isinstance(said, Mapping) else None
    if not isinstance(named, list) or passed is not (not named):
        yield Finding("claims.audit", PLAN, "audit does not say what was found")
        return
    if is_sound and named:
        yield Finding("claims.audit", PLAN, "audit states findings, and there are none")
    if (status == "AUDIT_FAILED") != bool(named) or status not in (*STATUSES, "AUDIT_FAILED"):
        yield Finding(
            "claims.status", PLAN, f"status is {str(status)[:40]}, with {len(named)} findings"
        )
        return
    settings = stated.get("settings")
    asked = _number(settings.get("gap_frac"), 0.0) if isinstance(settings, Mapping) else None
    gap = _number(stated.get("gap"), inf)
    if asked is None or gap is None or not isinstance(goals, list):
        yield Finding("claims.type", PLAN, "settings.gap_frac or gap is not a number")
    elif status == "OPTIMAL" and len(instance.scenario.goals()) == 1 and gap > asked + RELATIVE:
        yield Finding(
            "claims.status", PLAN, f"status is OPTIMAL, with a gap of {gap:g} of {asked:g}"
        )


def _common(
    instance: Instance, tables: Mapping[str, Table], stated: Mapping[str, Any]
) -> Iterator[Finding]:
    """What every plan pays that serves the same load."""
    found, right = _number(stated.get("any_plan_usd"), nan), any_plan_usd(instance, tables)
    if found is None or not is_same_usd(found, right, RELATIVE * abs(right)):
        yield Finding(
            "claims.any_plan", PLAN, f"any_plan_usd is {found}, the tables give {right:.2f}"
        )


def _numbers(tables: Mapping[str, Table]) -> Iterator[Finding]:
    """Orders are numbered as they stand."""
    for place, (row_name, row) in enumerate(rows_of(tables, "orders"), start=1):
        right = f"{row['equipment_class']}-{place:04d}"
        if row["item"] != right:
            yield Finding("orders.item", row_name, f"item is {row['item']}, should be {right}")
