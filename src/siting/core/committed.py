"""Decisions that are made already: what a scenario states of them."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, model_validator

from siting.core.records import Record
from siting.core.strict import MonthDate, NonNegative, Text, planner_error

NAME = "committed"
"""Key of the table in a scenario, and name of its rows and costs."""


class Committed(Record):
    """A decision of some family that is made, or bounded: from a date on at least, or at most, so many.

    What counts up to a date, such as units started, holds from then on; what may fall again, such as
    units on rent, is held until ``until``.
    """

    decision: Text
    """The decision as ``family.variable``, for instance ``core.commit`` or ``plants.units``."""
    item: Text = Field(min_length=1)
    """What it is about, its parts with a space between, for instance technology and place."""
    date: MonthDate | None = None
    """From when it holds; none means the whole horizon."""
    until: MonthDate | None = None
    """Until when it holds; none means the end of the horizon."""
    quantity: NonNegative | None = None
    """Exactly so many."""
    at_least: NonNegative | None = None
    """At least so many."""
    at_most: NonNegative | None = None
    """At most so many."""
    cancellation_usd: NonNegative | None = None
    """Price of each one that is dropped [USD]; none means that nothing can be dropped."""

    @model_validator(mode="after")
    def _says_something(self) -> Committed:
        """A quantity or a bound, and bounds that do not cross."""
        is_twice = self.quantity is not None and (
            self.at_least is not None or self.at_most is not None
        )
        faults = (
            (is_twice, "a quantity and a bound", "either quantity, or at_least and at_most"),
            (
                self.least is None and self.most is None,
                "neither a quantity nor a bound",
                "quantity, at_least or at_most",
            ),
            (
                self.most is not None and (self.least or 0.0) > self.most,
                f"at least {self.least} and at most {self.most}",
                "bounds that do not cross",
            ),
            (
                self.date is not None and self.until is not None and self.until <= self.date,
                f"until {self.until}, which is not after {self.date}",
                "a month after date",
            ),
            (
                self.cancellation_usd is not None and not self.least,
                "a price of cancelling what need not be there",
                "at_least or quantity with cancellation_usd",
            ),
        )
        for is_fault, what, expected in faults:
            if is_fault:
                raise planner_error(what, expected, "Correct one of them")
        return self

    @property
    def least(self) -> float | None:
        """At least so many; None where that is not said."""
        return self.at_least if self.quantity is None else self.quantity

    @property
    def most(self) -> float | None:
        """At most so many; None where that is not said."""
        return self.at_most if self.quantity is None else self.quantity

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the item."""
        return tuple(self.item.split())

    def holds(self, day: dt.date) -> bool:
        """Whether it holds in a period that starts on a day."""
        return self.begins(day) and (self.until is None or day < self.until)

    def begins(self, day: dt.date) -> bool:
        """Whether it holds in a period that starts on a day, or held before it."""
        return self.date is None or self.date <= day
