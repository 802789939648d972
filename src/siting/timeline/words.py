"""How studies word money and differences of costs."""

from __future__ import annotations

from siting.core.money import BILLIONS
from siting.core.money import money as amount
from siting.timeline.plans import Interval, same_usd


def money(usd: float) -> str:
    """Dollars as sentences have them."""
    return amount(usd, 2 if abs(usd) >= BILLIONS.usd else 1)


def span(usd: Interval) -> str:
    """A difference: one number where it is known to the dollar, else from where to where."""
    if usd.least == usd.most or usd.most - usd.least <= same_usd(usd.least, usd.most):
        return money(usd.plan)
    return f"{end(usd.least)} to {end(usd.most)}"


def end(usd: float) -> str:
    """An end of an interval in words."""
    return "any amount" if abs(usd) == float("inf") else money(usd)


def dearer(usd: Interval) -> str:
    """By how much something is dearer; cheaper where it is so for certain."""
    margin = same_usd(usd.least, usd.most)
    if is_as_good(usd):
        return "as good"
    if usd.most <= margin:
        return f"{span(Interval(-usd.most, -usd.plan, -usd.least))} cheaper"
    return f"{span(usd)} dearer" + (", perhaps as good" if usd.least <= margin else "")


def is_as_good(usd: Interval) -> bool:
    """Whether a difference is nothing for certain."""
    return max(abs(usd.least), abs(usd.most)) <= same_usd(usd.least, usd.most)
