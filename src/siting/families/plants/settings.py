"""Settings of ``plants``: technologies bought in whole units, and named plants."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal

from pydantic import Field

from siting.core.calendar import add_months
from siting.core.finance import interest_factor
from siting.core.records import Place, Record, Zone
from siting.core.strict import (
    Count,
    Identifier,
    MonthDate,
    NonNegative,
    Positive,
    Share,
    StrictModel,
    Text,
)
from siting.core.units import KW_PER_MW, M3_PER_GALLON

GAS = "natural gas"
"""``energy_source`` of what burns gas from the pipeline."""
DEFERRAL = "retirement deferral"
"""``kind`` of a plant that is kept past its retirement."""
Delivery = Literal["on_site", "grid"]


class EquipmentLead(StrictModel):
    """Lead time of main equipment ordered from a date on."""

    ordered_from: MonthDate
    """First order date for which the row holds, until that of the next one."""
    months: NonNegative
    """From order to arrival [months]."""


class Technology(Record):
    """A kind of plant bought in whole units."""

    unit_mw: Positive
    """Nameplate of one unit [MW]."""
    energy_source: Text = ""
    """What it runs on, in one or two words; strategies choose new supply by it."""
    delivery: list[Delivery] = Field(default_factory=list)
    """Where units may be built; empty for a technology that only named plants use."""
    connection: Literal["high_voltage", "medium_voltage"] = "high_voltage"
    """On site, medium-voltage units feed the halls without the main transformer banks."""
    overnight_usd_per_kw: NonNegative = 0.0
    """Overnight cost of a unit [USD per kW of nameplate]."""
    is_interest_included: bool = True
    """Whether that cost holds interest during construction; if not, it is added over
    ``construction_months``."""
    spend_fracs: list[Share] = Field(default_factory=list)
    """Shares of the cost spent in equal parts of construction, first to last; none means the same
    in each year."""
    lifetime_years: Positive = 30.0
    """Years over which a unit is paid off."""
    fixed_om_usd_per_kw_year: NonNegative = 0.0
    """Operation and maintenance that do not depend on output [USD per kW and year]."""
    variable_om_usd_per_mwh: NonNegative = 0.0
    """Operation and maintenance that depend on output, without fuel [USD per MWh]."""
    heat_rate_mmbtu_per_mwh: NonNegative = 0.0
    """Fuel for each MWh of output [MMBtu per MWh]."""
    fuel_usd_per_mmbtu: NonNegative = 0.0
    """Price of its fuel [USD per MMBtu]."""
    capacity_factor_frac: Share = 1.0
    """Most energy a unit gives, share of nameplate times hours."""
    capacity_credit_frac: Share = 1.0
    """Firm share of nameplate (ELCC) that is the same in every zone."""
    on_site_credit_frac: Share | None = None
    """Firm share of nameplate at a site, where it differs from that in a zone: 0 of sun with a few
    hours of storage, which counts for a system and carries no load alone."""
    islanded_credit_frac: Share | None = None
    """Firm share of nameplate at a site without a grid: the load over the units that carry it with
    the availability wanted."""
    solar_weight: NonNegative = 0.0
    """Times the zone's solar capacity credit, added to ``capacity_credit_frac``."""
    battery_weight: NonNegative = 0.0
    """Times the zone's four-hour battery capacity credit, added likewise."""
    wind_weight: NonNegative = 0.0
    """Times the zone's wind capacity credit, added likewise."""
    default_solar_credit_frac: Share = 0.0
    """Solar capacity credit of sites outside every zone."""
    default_battery_credit_frac: Share = 0.0
    """Four-hour battery capacity credit of sites outside every zone."""
    default_wind_credit_frac: Share = 0.0
    """Wind capacity credit of sites outside every zone."""
    permitting_months: NonNegative = 0.0
    """Permits after the unit is started [months]; the site's own review runs beside them."""
    equipment_lead_months: NonNegative = 0.0
    """From ordering the main equipment, at the start, to its arrival [months]."""
    equipment_leads: list[EquipmentLead] = Field(default_factory=list)
    """The same for orders from later dates on, in place of ``equipment_lead_months``."""
    equipment_overlap_months: NonNegative = 0.0
    """Months of construction that need no main equipment."""
    construction_months: NonNegative = 0.0
    """From the beginning of construction to service [months]."""
    acres_per_mw: NonNegative = 0.0
    """Land that a unit takes on site [acres per MW of nameplate]."""
    emissions_t_per_mwh: NonNegative = 0.0
    """Emissions of its output [t CO2 per MWh]."""
    water_gal_per_mwh: NonNegative = 0.0
    """Water consumed for its output [gallons per MWh]."""
    step_up_class: Identifier | None = None
    """Equipment class of the generator step-up transformers, if units need one."""
    step_up_per_unit: Count = 0
    """Step-up transformers that a unit needs."""
    max_units_per_place: Count | None = None
    """Most units at one site or in one zone; none means no limit."""
    max_starts_per_year: Positive | None = None
    """Units that the whole country can start in a year for this plan."""
    states: list[str] | None = None
    """States in which units may be built; none means anywhere."""
    available_from: MonthDate | None = None
    """First date on which a unit may be started."""
    after: Identifier | None = None
    """Technology of which some units come first: n-th of a kind after first of a kind."""
    after_units: Count = 1
    """How many of its units, named plants included, before the first unit of this one starts."""
    after_milestone: Literal["start", "in_service"] = "in_service"
    """Whether those units must have been started, or run."""

    def permit_date(self, start: date) -> date:
        """When the permits are signed."""
        return add_months(start, self.permitting_months)

    def equipment_date(self, start: date) -> date:
        """When the main equipment arrives."""
        past = [row for row in self.equipment_leads if row.ordered_from <= start]
        latest = max(past, key=lambda row: row.ordered_from, default=None)
        return add_months(start, self.equipment_lead_months if latest is None else latest.months)

    def begin_date(self, start: date) -> date:
        """When construction begins: permits signed, not more than ``equipment_overlap_months``
        before the main equipment arrives."""
        equipment = add_months(self.equipment_date(start), -self.equipment_overlap_months)
        return max(self.permit_date(start), equipment)

    def built_date(self, start: date) -> date:
        """When construction ends."""
        return add_months(self.begin_date(start), self.construction_months)

    def ready_date(self, start: date, queue_months: float = 0.0) -> date:
        """When a unit started on a date can run: built, and for a unit that delivers to the grid
        through the generation queue."""
        return max(self.built_date(start), add_months(start, queue_months))

    def credit_frac(self, zone: Zone | None) -> float:
        """Firm share of nameplate in a zone."""
        solar = zone.capacity_credit_solar_frac if zone else self.default_solar_credit_frac
        battery = zone.capacity_credit_battery_frac if zone else self.default_battery_credit_frac
        wind = zone.capacity_credit_wind_frac if zone else self.default_wind_credit_frac
        weighted = self.solar_weight * solar + self.battery_weight * battery
        return min(1.0, self.capacity_credit_frac + weighted + self.wind_weight * wind)

    def site_credit_frac(self, zone: Zone | None) -> float:
        """Firm share of nameplate at a site, in a zone or without a grid."""
        if zone is None and self.islanded_credit_frac is not None:
            return self.islanded_credit_frac
        on_site = self.on_site_credit_frac
        return self.credit_frac(zone) if on_site is None else on_site

    @property
    def overnight_usd(self) -> float:
        """Overnight cost of one unit [USD]."""
        return self.overnight_usd_per_kw * KW_PER_MW * self.unit_mw

    def capital_usd(self, rate_frac: float) -> float:
        """Overnight cost of one unit with interest during construction [USD]."""
        if self.is_interest_included:
            return self.overnight_usd
        months = self.construction_months
        return self.overnight_usd * interest_factor(rate_frac, months, self.spend_fracs)

    @property
    def fixed_om_usd(self) -> float:
        """Fixed operation of one MW a year [USD]."""
        return self.fixed_om_usd_per_kw_year * KW_PER_MW

    @property
    def water_m3_per_mwh(self) -> float:
        """Water of one MWh [m3]."""
        return self.water_gal_per_mwh * M3_PER_GALLON

    def output_usd_at(self, gas_usd_per_mmbtu: float | None) -> float:
        """Cost of one MWh of output where gas has a price of its own [USD]."""
        if gas_usd_per_mmbtu is None or self.energy_source != GAS:
            return self.output_usd_per_mwh
        return self.variable_om_usd_per_mwh + self.heat_rate_mmbtu_per_mwh * gas_usd_per_mmbtu

    @property
    def output_usd_per_mwh(self) -> float:
        """Fuel and variable operation [USD per MWh]."""
        return self.variable_om_usd_per_mwh + self.heat_rate_mmbtu_per_mwh * self.fuel_usd_per_mmbtu


class NamedPlant(Place):
    """A plant with a name and a date of its own: a restart, a completion, a deferred retirement."""

    technology: Identifier
    """Gives operation, fuel, capacity factor and credit."""
    kind: Text = ""
    """What the plant is in words, for instance restart or repowering."""
    state: Text = ""
    """State as its two letters."""
    zone: Identifier
    """Zone that it delivers to."""
    capacity_mw: Positive
    """Nameplate [MW]."""
    overnight_usd: NonNegative = 0.0
    """Overnight cost of bringing it into service [USD]."""
    earliest_in_service: MonthDate
    """Never in service before this date."""
    lead_time_months: NonNegative = 0.0
    """From the decision to service [months]."""
    rights_mw: NonNegative | None = None
    """Deliverable under its own interconnection rights [MW]; the default is its capacity."""
    rights_from: Identifier | None = None
    """Plant whose rights it shares until ``own_rights_from``."""
    own_rights_from: MonthDate | None = None
    """Date from which it has interconnection rights of its own; none means never."""
    decide_by: MonthDate | None = None
    """Last date on which it can be started: a plant about to retire is extended before it does."""
    retires_on: MonthDate | None = None
    """Out of service from this date on; its capital stays owed."""
    sold_to: Text = ""
    """Who has bought the output."""
    sold_until: MonthDate | None = None
    """When that contract ends; none means that it outlasts the horizon."""
    uncommitted_mw: NonNegative | None = None
    """What is not sold [MW]; the default is its capacity."""
    exclusive_group: Identifier | None = None
    """At most one plant of a group is ever started, for instance on one interconnection right."""

    def ready_date(self, start: date) -> date:
        """When the plant runs if it is started on a date."""
        return max(add_months(start, self.lead_time_months), self.earliest_in_service)

    def free_mw(self, on: date, buyers: Collection[str]) -> float:
        """What of the plant may serve on a date [MW]: all where it was sold to a buyer of the plan or
        the contract has ended, else what is not sold."""
        is_ended = self.sold_until is not None and on >= self.sold_until
        if self.uncommitted_mw is None or is_ended or self.sold_to in buyers:
            return self.capacity_mw
        return min(self.uncommitted_mw, self.capacity_mw)

    @property
    def own_rights_mw(self) -> float:
        """Deliverable under its own rights [MW]."""
        return self.capacity_mw if self.rights_mw is None else min(self.rights_mw, self.capacity_mw)

    def is_retired(self, on: date) -> bool:
        """Whether the plant is out of service on a date."""
        return self.retires_on is not None and on >= self.retires_on

    def borrows(self, on: date) -> bool:
        """Whether the plant still shares another's rights on a date."""
        if self.rights_from is None:
            return False
        return self.own_rights_from is None or on < self.own_rights_from


class ConstructionSlots(Record):
    """Builders that several technologies share."""

    technologies: list[Identifier] = Field(min_length=1)
    """Technologies that share the builders."""
    max_units_under_construction: Count
    """Units of all of them together between beginning and end of construction."""


class GasPrice(Record):
    """What power plants in a zone pay for natural gas from a year on."""

    zone: Identifier
    """Zone whose price it is."""
    year: int = Field(ge=1990, le=2200)
    """Calendar year from which it holds, until the next one that is stated; the first holds before."""
    gas_usd_per_mmbtu: NonNegative
    """Price of natural gas, delivered [USD per MMBtu]."""


class PlantsConfig(StrictModel):
    """Settings of ``plants``."""

    technologies: dict[Identifier, Technology] = Field(default_factory=dict)
    """Kinds of plant that are bought in whole units, by id."""
    named: dict[Identifier, NamedPlant] = Field(default_factory=dict)
    """Plants with a name and a date of their own, by id."""
    buyers: list[Text] = Field(default_factory=list)
    """For whom is planned, as ``sold_to`` names them: what is sold to them serves the plan."""
    is_contract_binding: bool = True
    """Whether named plants serve with no more than what is not sold to others."""
    is_deferral_allowed: bool = False
    """Whether plants may be kept past their retirement (``kind: retirement deferral``)."""
    construction_slots: dict[Identifier, ConstructionSlots] = Field(default_factory=dict)
    """Limits of builders that several technologies share, by id."""
    gas_prices: dict[Identifier, GasPrice] = Field(default_factory=dict)
    """Prices of natural gas by zone and year, in place of the fuel price of technologies whose
    ``energy_source`` is natural gas, where the place of a unit lies in the zone."""
    n_plus_1: Literal["none", "islanded", "all"] = "none"
    """Sites that carry their load with any one unit out, refuelling or forced: those outside every
    zone, or all of them."""

    def free_mw(self, plant: str, on: date) -> float:
        """What of a plant may serve on a date [MW]."""
        record = self.named[plant]
        if record.kind == DEFERRAL and not self.is_deferral_allowed:
            return 0.0
        return record.free_mw(on, self.buyers) if self.is_contract_binding else record.capacity_mw

    def rights_holder(self, plant: str, on: date) -> str:
        """The plant whose rights a plant uses on a date; follows chains, stops at a cycle."""
        seen = {plant}
        holder = plant
        while self.named[holder].borrows(on):
            following = str(self.named[holder].rights_from)
            if following in seen or following not in self.named:
                break
            seen.add(following)
            holder = following
        return holder
