r"""Core: what holds in every family: dates, discounting, whole units, goals.

Question: what does a reader of any formulation have to know of time, money and goals?

Dates
-----
A duration is added to a real date: whole months as calendar months, a part of a month as so many of
its 30.4375 days, weeks as days; both are rounded to the day. What is done on a day is of use from the
first period that starts on or after it, so a period longer than a lead time makes that lead time as
long as the period. Decisions are taken at the starts of periods.
Targets and rivals count from the next period start: a target of 15 March holds, with half-years, from
1 July. A target holds until the next one of its region; it is a total, no addition.
Nothing is started that would serve only after the horizon: such orders, halls, units, upgrades and
connections are no variables. A date that falls after the last period start never takes effect.

Money
-----
    d[p] = (1 + rate) ^ -(years from the start of the horizon to the middle of period p)
    annuity = overnight cost * rate * (1 + rate)^life / ((1 + rate)^life - 1)

Every cost of a period is discounted at its middle, also one that is paid once, such as review,
preparation, mobilisation and what moves: it counts with d[p] of the period in which it is decided.
Capital is an annuity from the first period in service to the end of the horizon; what is owed after
it does not count. Dollars are those of ``price_year``: amounts of another ``dollar_year`` are brought
to it with the deflator of the gross domestic product; the rate is real. ``capital_rates`` gives the
rate of an annuity by owner: grid (upgrades), power (plants and their step-ups), campus (all else).
Interest during construction is added to costs that do not hold it (``is_interest_included``):

    I = sum of share[i] * (1 + rate) ^ (years from the middle of part i of construction to its end)

Goals
-----
``earliest`` looks for the first period start from which the load is served and stays served to the
end of the horizon; a load that is served and lost again is not reached. A date that no plan reaches
counts as the end of the horizon: every plan is then equally good for that goal, and the next one decides.
``most_mw`` counts the period that holds its date. Where ``least_cost`` is not named it comes last.

Sources: ``core/calendar.py``, ``core/finance.py``, ``core/dollars.py``, ``core/goals.py``. Limits: no
partial periods.
"""

from __future__ import annotations

from collections.abc import Mapping

from siting.core.committed import NAME
from siting.families.base import Total
from siting.families.declarations import Decision, Shown

DECISIONS: Mapping[str, Mapping[str, Decision]] = {
    "core": {
        "commit": Decision(
            "a site",
            "at its start",
            shown=Shown("commitments", "commit_date", items=("site",)),
            bought="by_period",
            is_needed=True,
        )
    },
    NAME: {"dropped": Decision("what is dropped of what was committed to", "recourse")},
    "goals": {"reach": Decision("whether a goal is reached", "recourse")},
}
"""States that belong to no family, by ``core``, ``committed`` or ``goals`` and variable."""

TOTALS = (
    Total("overnight_usd", ("period",), "USD", "overnight cost of what is started or ordered"),
)
"""Ledger totals that no family owns."""
