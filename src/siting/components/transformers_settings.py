"""Settings of ``transformers``: classes with lead times by order date, and how they are bought."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from siting.core.calendar import add_months, add_weeks
from siting.core.records import Record
from siting.core.strict import (
    Count,
    Identifier,
    MonthDate,
    NonNegative,
    Positive,
    Share,
    StrictModel,
)


class LeadTime(StrictModel):
    """Lead time of orders placed from a date on."""

    ordered_from: MonthDate
    weeks: NonNegative


class EquipmentClass(Record):
    """A class of transformer."""

    role: Literal["main_bank", "step_up"]
    """Steps the grid down to the halls, or a generator up to the grid."""
    unit_mva: Positive
    power_factor_frac: Share = 1.0
    lead_times: list[LeadTime] = Field(min_length=1)
    install_months: NonNegative = 0.0
    """From delivery at the place to service [months]."""
    overnight_usd_per_unit: NonNegative = 0.0
    lifetime_years: Positive = 40.0
    slots_per_year: NonNegative | None = None
    """Factory slots this plan can book [units a year]; none means no limit."""
    stock_units: Count = 0
    is_available: bool = True
    """Whether any can be had at all."""

    def delivery_date(self, ordered: date) -> date:
        """When a unit ordered on a date is delivered; before the first row its weeks hold."""
        rows = sorted(self.lead_times, key=lambda row: row.ordered_from)
        past = [row for row in rows if row.ordered_from <= ordered]
        return add_weeks(ordered, (past[-1] if past else rows[0]).weeks)

    def installed_date(self, delivered: date) -> date:
        """When a unit that is on the place is in service."""
        return add_months(delivered, self.install_months)


class TransformersConfig(StrictModel):
    """Settings of ``transformers``."""

    classes: dict[Identifier, EquipmentClass] = Field(min_length=1)
    procurement: Literal["pool", "site", "both"] = "both"
    """Orders before the site is fixed, for a committed site, or either."""
    pool_premium_frac: NonNegative = 0.0
    """Extra price of a pool order, for a specification that fits any site."""
    spare_banks: Count = 0
    """Spare main banks of each class at each site that has any (N+1 is 1)."""
