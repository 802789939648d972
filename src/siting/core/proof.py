"""How good a plan is proven to be, in words: one wording for terminal, report and pictures."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10

from siting.core.goals import PROVEN
from siting.core.money import unit_of
from siting.core.plan import Plan

HOPELESS = 1.0
"""Gap from which on a bound says nothing: a plan that costs nothing is not ruled out."""


NOTHING = 1e-9
"""Gap that is rounding alone."""
EVEN_PERCENT = 1e-5
"""By how much a gap may exceed what was asked for and count as proven."""
EVEN_SHARE = 1e-3
"""The same as a share of a gap so small that it would count."""


def share(fraction: float) -> str:
    """A gap in percent, with the digits it needs: never less than it is."""
    if not isfinite(fraction):
        return "not known"
    if fraction <= NOTHING:
        return "0 %"
    decimals = 1 if 100 * fraction >= 1 else 1 - floor(log10(100 * abs(fraction)))
    percent = f"{percent_up(fraction, decimals):.{decimals}f}"
    return f"{percent} %" if 100 * fraction >= 1 else f"{float(percent):g} %"


def asked_share(fraction: float) -> str:
    """A gap that was asked for, as it was asked for."""
    return f"{100 * fraction:g} %"


def percent_up(fraction: float, decimals: int = 2) -> float:
    """A gap in percent, rounded up: at its digits one above what was asked for is not the same."""
    size, percent = 10.0**decimals, 100 * fraction
    return ceil((percent - min(EVEN_PERCENT, EVEN_SHARE * percent)) * size) / size


def beside(usd: float, whole_usd: float) -> str:
    """Dollars in the unit of what they are a part of."""
    unit = unit_of(whole_usd)
    return f"{unit.shown(usd, 2)} {unit.name}"


def proof_text(plan: Plan) -> str:
    """How far from the optimum a plan may be: of several goals the widest gap."""
    gap = max([plan.gap, *(result.gap for result in plan.goals)])
    each = "" if len(plan.goals) <= 1 else f" in each of its {len(plan.goals)} goals"
    if not gap < HOPELESS:
        return f"how far from the optimum{each} is not known"
    if gap <= PROVEN:
        return f"proven optimal{each}"
    usd = beside(plan.objective_usd - plan.bound_usd, plan.objective_usd)
    amount = "" if each else f" ({usd})"
    return f"proven within {share(gap)}{amount} of the optimum{each}"


def ending_text(plan: Plan) -> str:
    """Why the search ended before its proof; empty where it did not."""
    if not plan.ended_by:
        return ""
    asked = plan.settings.get("gap_frac")
    goal = (
        f" to the {asked_share(asked)} asked for" if isinstance(asked, float) and asked > 0 else ""
    )
    return f"Not proven{goal}: ended by {plan.ended_by}; a better plan may exist."


def choice_text(plan: Plan) -> str:
    """How much of the cost depends on the choice of sites and supply at all."""
    if not plan.any_plan_usd > 0:
        return ""
    rest, whole = plan.objective_usd - plan.any_plan_usd, plan.objective_usd
    return (
        f"{beside(plan.any_plan_usd, whole)} of it are paid by every plan that serves the same load at the "
        f"same time, for halls and for lateness; the choice is about the other {beside(rest, whole)}."
    )
