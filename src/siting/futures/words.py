"""The result of planning under uncertainty in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from siting.core.audit import number
from siting.core.goals import PROVEN
from siting.core.money import money as amount
from siting.core.proof import beside, share
from siting.futures.policy import NOW
from siting.futures.tables import Interval

if TYPE_CHECKING:
    from siting.futures.study import Hedge


def money(usd: float) -> str:
    """Dollars with one decimal."""
    return amount(usd, 1)


def span(found: Interval) -> str:
    """An interval of dollars."""
    least, most = found
    return money(most) if most - least < 1 else f"{money(least)} to {money(most)}"


def answer(hedge: Hedge) -> Iterator[str]:
    """What a planner wants to know first."""
    count = len(hedge.plans)
    futures = "one future" if count == 1 else f"{count} futures"
    yield f"{money(hedge.expected_cost_usd)} expected over {futures}{_proof(hedge)}."
    now = [row for row in hedge.tables["policy"] if row["when"] == NOW]
    words: dict[str, float] = {}
    for row in now:
        words[str(row["commits"])] = words.get(str(row["commits"]), 0.0) + number(row, "quantity")
    if words:
        listed = "; ".join(f"{what} ({quantity:g})" for what, quantity in words.items())
        yield f"To be decided now, whatever comes: {listed}."
    else:
        yield "Nothing has to be decided now."
    costs = sorted(hedge.tables["futures"], key=lambda row: number(row, "cost_usd"))
    if count > 1:
        best, worst = costs[0], costs[-1]
        yield (
            f"It costs {money(number(best, 'cost_usd'))} in the best future, {best['future']}, and "
            f"{money(number(worst, 'cost_usd'))} in the worst, {worst['future']}."
        )
        yield f"Knowing every fact at once would be worth {span(hedge.evpi_usd)}."
    if hedge.vss_usd is not None:
        yield f"Over the best plan for a single future, held, it is worth {span(hedge.vss_usd)}."
    sites = hedge.tables["dates"]
    always = sum(number(row, "built_share_frac") > 1 - 1e-9 for row in sites)
    if len(sites):
        sites_are = "1 site is" if always == 1 else f"{always} sites are"
        others = len(sites) - always
        yield f"{sites_are} built in every future, {others or 'none'} in some alone."


def _proof(hedge: Hedge) -> str:
    """How near the plan is to its bound."""
    if hedge.status == "AUDIT_FAILED":
        return ", but the audit failed, so do not rely on it"
    ended = f"; the search was ended by {hedge.ended_by}" if hedge.ended_by else ""
    if hedge.gap <= PROVEN:
        return f", proven optimal{ended}"
    left = beside(hedge.value_usd - hedge.bound_usd, hedge.value_usd)
    return f", proven within {share(hedge.gap)} ({left}) of the optimum{ended}"
