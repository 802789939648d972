"""Settings of ``ride_through``: which sites trip together, and what holds their load."""

from __future__ import annotations

from pydantic import Field

from siting.core.records import Record
from siting.core.strict import Identifier, MonthDate, NonNegative, Positive, StrictModel


class TripLimit(Record):
    """Sites that a voltage dip reaches together, and how much of their load may trip."""

    zones: list[Identifier] = Field(default_factory=list)
    nodes: list[Identifier] = Field(default_factory=list)
    """Points of interconnection; a site without one of the scenario's has one of its own name."""
    max_trip_mw: NonNegative


class RideThroughConfig(StrictModel):
    """Settings of ``ride_through``."""

    limits: dict[Identifier, TripLimit] = Field(default_factory=dict)
    max_trip_mw_per_zone: NonNegative | None = None
    """Limit of every zone with a site that no limit names among its zones [MW]."""
    overnight_usd_per_mw: NonNegative = 0.0
    """Equipment that keeps a MW of load on the grid through a dip [USD per MW]."""
    lifetime_years: Positive = 15.0
    lead_months: NonNegative = 0.0
    """From the order, at a committed site, to service [months]."""
    available_from: MonthDate | None = None
    """First date on which equipment may be ordered."""
