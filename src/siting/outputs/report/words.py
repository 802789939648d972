"""Wording of the report: the answer, key numbers, labels, units and rounding."""

from __future__ import annotations

from datetime import date
from html import escape
from textwrap import wrap

from siting.core.audit import day, number
from siting.core.errors import InputError, Issue
from siting.core.goals import goal_text, result_text
from siting.core.labels import words
from siting.core.money import money as amount
from siting.core.plan import UNAVOIDABLE, Plan
from siting.core.proof import proof_text
from siting.families.registry import COMPONENTS
from siting.outputs.features import rows_in

GW = 1000.0
MILLION = 1e6
MONTHS_PER_YEAR = 12
EMPTY = "–"
SAME_MW = 0.5
"""MW below which two loads read as equal."""


def text_of(value: object) -> str:
    """Text that Plotly, which reads a little HTML and takes dollars for formulas, shows as it is."""
    return escape(str(value), quote=False).replace("$", "&#36;")


def short(value: object, length: int) -> str:
    """Text cut to a length."""
    text = " ".join(str(value).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def wrapped(value: object, length: int) -> str:
    """Text whole, over as many lines as it takes, for Plotly."""
    return "<br>".join(text_of(line) for line in wrap(str(value), length)) or EMPTY


def tier(name: object) -> str:
    """A curtailment tier as a share of the year's energy, such as 0.25 % of ``0_25pct``."""
    text = str(name or "")
    return (
        f"{text.removesuffix('pct').replace('_', '.')} %" if text.endswith("pct") else words(text)
    )


def family(name: object) -> str:
    """Constraint family as a planner calls its cost."""
    component = COMPONENTS.get(str(name))
    return words(name) if component is None else component.title


def month(value: date | None) -> str:
    """A date as year and month."""
    return f"{value:%Y-%m}" if value else EMPTY


def power(megawatts: float) -> str:
    """Power in the unit that reads best."""
    return f"{megawatts / GW:,.1f} GW" if abs(megawatts) >= GW else f"{megawatts:,.0f} MW"


def money(usd: float) -> str:
    """Dollars with one decimal."""
    return amount(usd, 1)


def headline(plan: Plan) -> str:
    """The answer in one sentence."""
    sites = rows_in(plan, "sites")
    built = [row for row in sites if row["is_chosen"]]
    kind = "federal sites" if sites and all(row["agency"] for row in sites) else "sites"
    parts = [f"{len(built)} of {len(sites)} {kind} {_load(plan, len(built))}"]
    energised = [d for row in built if (d := day(row, "first_energised_date"))]
    parts.append(f"first power {month(min(energised))}" if energised else "no site gets power")
    return f"{'; '.join([*parts, _proof(plan)])}."


def _load(plan: Plan, site_count: int) -> str:
    """How much load is carried from when on."""
    served = by_period(plan, "served_mw")
    if not served:
        return "are built"
    target = list(by_period(plan, "target_mw").values())[-1]
    starts, final = list(served), list(served.values())[-1]
    verb = "carry" if site_count != 1 else "carries"
    if final < SAME_MW:
        return f"{verb} no load at the end of the horizon"
    late = [i for i, start in enumerate(starts) if abs(served[start] - final) > SAME_MW]
    since = starts[late[-1] + 1] if late else starts[0]
    text = f"{verb} {power(final)} of IT load from {month(since)} on"
    if target > final + SAME_MW:
        text += f", {final / target:.0%} of the {power(target)} asked for"
    return text


def _proof(plan: Plan) -> str:
    """How good the plan is proven to be."""
    if plan.findings:
        return f"the audit found {len(plan.findings)} faults, so do not rely on this plan"
    return proof_text(plan)


def goal_lines(plan: Plan) -> list[tuple[str, str]]:
    """What came of each goal, as label and value; nothing where the cost is the only one."""
    if len(plan.goals) <= 1:
        return []
    return [
        (f"Goal {number}: {goal_text(result.goal)}", result_text(result))
        for number, result in enumerate(plan.goals, 1)
    ]


def by_period(plan: Plan, column: str) -> dict[date, float]:
    """Sum of a timeline column by start of period, in order."""
    total: dict[date, float] = {}
    for row in rows_in(plan, "timeline"):
        start = day(row, "period_start")
        if start is not None:
            total[start] = total.get(start, 0.0) + number(row, column)
    return dict(sorted(total.items()))


def period_of(plan: Plan, at: date | None, where: str) -> date:
    """Start of the period that holds a date; of the last one where none is asked for.

    Args:
        where: how a message calls the date.

    Raises:
        InputError: a date outside the horizon, or a plan without periods.
    """
    rows = rows_in(plan, "timeline")
    starts = sorted({start for row in rows if (start := day(row, "period_start"))})
    if not starts:
        raise InputError(
            [Issue("timeline", "no periods", "the tables of a plan", "Solve it again")]
        )
    end = max(until for row in rows if (until := day(row, "period_end")))
    if at is None:
        return starts[-1]
    if not starts[0] <= at < end:
        expected = f"a date from {starts[0]} to before {end}"
        raise InputError([Issue(where, f"{at} lies outside the horizon", expected, "")])
    return max(start for start in starts if start <= at)


def key_numbers(plan: Plan) -> list[tuple[str, str]]:
    """Five numbers that say most."""
    return [
        (money(plan.objective_usd), "discounted cost, delay included"),
        _all_served(plan),
        _lateness(plan),
        _first_order(plan),
        _firm(plan),
    ]


def _all_served(plan: Plan) -> tuple[str, str]:
    """Peak of the load served."""
    served = by_period(plan, "served_mw")
    return power(max(served.values(), default=0.0)), "of IT load served at the peak"


def _lateness(plan: Plan) -> tuple[str, str]:
    """MW-months of load later than asked for, and how much of it no plan avoids."""
    late, least = late_mw_months(plan), plan.settings.get(UNAVOIDABLE)
    unit, words = (GW, "GW-months") if late >= GW else (1.0, "MW-months")
    decimals = 1 if late >= GW else 0
    what = f"{words} of load served late or not at all"
    if isinstance(least, int | float) and least >= 1:
        what += f", {least / unit:,.{decimals}f} of them in any plan: no site is ready before"
    return f"{late / unit:,.{decimals}f}", what


def late_mw_months(plan: Plan) -> float:
    """MW-months of load later than asked for."""
    late = 0.0
    for row in rows_in(plan, "timeline"):
        begin, end = day(row, "period_start"), day(row, "period_end")
        if begin and end:
            months = (end.year - begin.year) * MONTHS_PER_YEAR + end.month - begin.month
            late += months * number(row, "unserved_mw")
    return late


def _first_order(plan: Plan) -> tuple[str, str]:
    """First date by which a transformer must be ordered."""
    orders = [row for row in rows_in(plan, "orders") if day(row, "order_date")]
    count = sum(int(number(row, "quantity")) for row in orders)
    dates = [d for row in orders if (d := day(row, "order_date"))]
    if not dates:
        return f"{count:,}", "transformers and breakers to order"
    return f"{min(dates)}", f"order the first of {count:,} transformers and breakers by then"


def _firm(plan: Plan) -> tuple[str, str]:
    """Firm capacity of what the plan builds, revives or keeps."""
    firm = sum(number(row, "firm_mw") for row in rows_in(plan, "plants"))
    return power(firm), "of firm power built, revived or kept"
