"""What a re-plan says, in sentences; command and page show the same."""

from __future__ import annotations

from siting.core.audit import number
from siting.replan.changes import DROPPED, LATE, MOVED, NEW
from siting.replan.run import Replanned
from siting.timeline.words import money


def answer(found: Replanned) -> list[str]:
    """The result, the most important first."""
    plan, last = found.plan, found.before
    counts = found.counts
    more = plan.objective_usd - last.objective_usd
    lines = [
        f"As of {found.as_of} the plan costs {money(plan.objective_usd)}, "
        + (
            "as before."
            if abs(more) <= 1.0
            else f"{money(abs(more))} {'more' if more > 0 else 'less'} than the last one was to cost."
        )
    ]
    if found.keep_usd is None:
        lines.append("The last plan cannot be kept as it was.")
    elif found.keep_usd > plan.objective_usd + 1.0:
        saved = found.keep_usd - plan.objective_usd
        lines.append(f"To keep to the last plan would cost {money(saved)} more.")
    else:
        lines.append("To keep to the last plan costs no more.")
    parts = [f"{counts[what]} {what}" for what in (MOVED, DROPPED, NEW, LATE) if counts.get(what)]
    lines.append(f"Decisions: {', '.join(parts)}." if parts else "No decision changes.")
    urgent = found.tables["urgent"].rows
    if urgent:
        days = sorted({str(row["order_by_date"]) for row in urgent})
        count = f"{len(urgent)} decisions have" if len(urgent) > 1 else "One decision has"
        lines.append(f"{count} become urgent: due {days[0]}.")
    sunk = sum(number(row, "spent_usd") for row in found.tables["cost_split"])
    owed = sum(number(row, "committed_usd") for row in found.tables["cost_split"])
    left = sum(number(row, "to_come_usd") for row in found.tables["cost_split"])
    lines.append(
        f"Of the cost {money(sunk)} is spent, {money(owed)} is owed for what was decided, and "
        f"{money(left)} can still be decided."
    )
    return [*lines, *found.in_vain]
