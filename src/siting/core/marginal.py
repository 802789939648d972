"""What a month of load must be worth for the marginal campus of a plan to be built, in words."""

from __future__ import annotations

from collections.abc import Mapping

from siting.core.money import money
from siting.core.plan import Plan

MARGINAL = "marginal_campus"
"""Setting of a plan that has it: site, MW, value, and what is stated and published of it."""


def marginal_text(plan: Plan) -> str:
    """One sentence; empty where being late costs nothing or no campus may be left out."""
    found = plan.settings.get(MARGINAL)
    if not isinstance(found, Mapping):
        return ""
    beside = [
        f"{word} {' to '.join(money(float(usd), 2) for usd in dict.fromkeys(found[key]))}"
        for key, word in (("stated_usd", "stated"), ("published_usd", "published"))
        if found[key]
    ]
    more = f" ({'; '.join(beside)})" if beside else ""
    mw, usd = float(found["it_mw"]), float(found["usd_per_mw_month"])
    return (
        f"Marginal campus: {found['site']}, {mw:,.0f} MW. Where a month of its load is worth less "
        f"than {money(usd, 2)} per MW, all else as it is, the plan is cheaper without it{more}."
    )
