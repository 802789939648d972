"""Settings of ``bridge``, and what they must agree with."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from siting.core.errors import Issue
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
from siting.core.system import System
from siting.core.units import HOURS_PER_YEAR, M3_PER_GALLON


def check(system: System, config: BridgeConfig) -> list[Issue]:
    """Products that give something, and dates in order."""
    issues = []
    for k, product in sorted(config.products.items()):
        where = f"components.bridge.products.{k}"
        if not product.capacity_credit_frac and not product.permit_hours_per_year:
            issues.append(
                Issue(
                    f"{where}.permit_hours_per_year",
                    "no hours and no capacity credit, so a unit gives nothing",
                    "hours of output, or a capacity credit above 0",
                    "State one of them or remove the product",
                )
            )
        first, end = product.available_from, product.available_until
        if first is not None and end is not None and end <= first:
            issues.append(
                Issue(
                    f"{where}.available_until",
                    f"{end} is not after available_from, {first}",
                    "a later date",
                    "Correct one of the two dates",
                )
            )
    return issues


class RentedUnit(Record):
    """A kind of unit that can be rented."""

    unit_mw: Positive
    """Nameplate of one unit [MW]."""
    connection: Literal["high_voltage", "medium_voltage"] = "medium_voltage"
    """Medium-voltage units feed the halls without the main transformer banks."""
    capacity_credit_frac: Share = 1.0
    """Firm share of nameplate."""
    islanded_credit_frac: Share | None = None
    """The same at a site without a grid: the load over the units that carry it with the
    availability wanted."""
    mobilisation_months: NonNegative = 0.0
    """From the decision to rent, at a committed site, to running [months]."""
    mobilisation_usd_per_unit: NonNegative = 0.0
    """Transport, set-up and removal, each time a unit comes [USD]."""
    rent_usd_per_mw_month: NonNegative = 0.0
    """Rent with operation and maintenance that do not depend on output [USD per MW-month]."""
    permit_hours_per_year: float = Field(default=float(HOURS_PER_YEAR), ge=0, le=HOURS_PER_YEAR)
    """Most hours of full output a year; 0 is a battery: firm capacity, no energy of its own, and
    no stand-in for a unit that is out."""
    variable_om_usd_per_mwh: NonNegative = 0.0
    """Operation and maintenance that depend on output [USD per MWh]."""
    heat_rate_mmbtu_per_mwh: NonNegative = 0.0
    """Fuel for each MWh of output [MMBtu per MWh]."""
    fuel_usd_per_mmbtu: NonNegative = 0.0
    """Price of its fuel [USD per MMBtu]."""
    emissions_t_per_mwh: NonNegative = 0.0
    """Emissions of its output [t CO2 per MWh]."""
    water_gal_per_mwh: NonNegative = 0.0
    """Water consumed for its output [gallons per MWh]."""
    max_units_per_site: Count | None = None
    """Most units on rent at one site at once; none means no limit."""
    fleet_units: Count | None = None
    """Most units on rent in the whole country at once; none means no limit."""
    available_from: MonthDate | None = None
    """First date on which a unit may run."""
    available_until: MonthDate | None = None
    """No unit runs from this date on, for instance the end of a permit."""

    def credit_frac(self, is_islanded: bool) -> float:
        """Firm share of nameplate at a site, without a grid or in a zone."""
        if is_islanded and self.islanded_credit_frac is not None:
            return self.islanded_credit_frac
        return self.capacity_credit_frac

    @property
    def output_frac(self) -> float:
        """Most average output, share of nameplate."""
        return self.permit_hours_per_year / HOURS_PER_YEAR

    @property
    def output_usd_per_mwh(self) -> float:
        """Fuel and variable operation [USD per MWh]."""
        return self.variable_om_usd_per_mwh + self.heat_rate_mmbtu_per_mwh * self.fuel_usd_per_mmbtu

    @property
    def water_m3_per_mwh(self) -> float:
        """Water of one MWh [m3]."""
        return self.water_gal_per_mwh * M3_PER_GALLON

    def is_available(self, start: date, finish: date) -> bool:
        """Whether units may run in the whole of a period."""
        begun = self.available_from is None or start >= self.available_from
        return begun and (self.available_until is None or finish <= self.available_until)


class BridgeConfig(StrictModel):
    """Settings of ``bridge``."""

    products: dict[Identifier, RentedUnit] = Field(default_factory=dict)
    """Kinds of units that can be rented, by id."""
