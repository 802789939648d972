"""Settings of ``transformers``, and what they must agree with."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Literal

from pydantic import Field

from siting.core.calendar import Owner, add_months, add_weeks
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
from siting.families.provides import Frame


def check(system: System, config: TransformersConfig) -> list[Issue]:
    """Classes that are whole and do not contradict each other, and a main bank for each site."""
    return [*issues_of(config), *_unfit(system, config)]


def _unfit(system: System, config: TransformersConfig) -> list[Issue]:
    """Sites at whose voltage no main bank may stand."""
    banks = config.of_role("main_bank").values()
    sites = {s: system.sites[s].poi_kv for s in system.node_of if s in system.first_service}
    return [
        Issue(
            f"{PLACE}.classes",
            f"no main bank for {kv:g} kV, at which '{site}' is connected",
            "a class of role main_bank whose from_kv and to_kv hold it",
            "Add one, or widen the range of another",
        )
        for site, kv in sites.items()
        if kv is not None and banks and not any(c.fits(kv) for c in banks)
    ]


Level = Literal["low", "typical", "high"]


class LeadTime(StrictModel):
    """Lead time of orders placed from a date on."""

    ordered_from: MonthDate
    """First order date for which the lead time holds, until that of the next row."""
    weeks: NonNegative
    """From order to delivery [weeks]."""
    low_weeks: NonNegative | None = None
    """Shortest lead time that is stated [weeks]."""
    high_weeks: NonNegative | None = None
    """Shortest and longest that is stated; none means as ``weeks``."""

    def at(self, level: Level) -> LeadTime:
        """The lead time at a level."""
        stated = {"low": self.low_weeks, "typical": None, "high": self.high_weeks}[level]
        return self if stated is None else self.model_copy(update={"weeks": stated})


class BookedSlot(StrictModel):
    """A factory slot booked before the horizon: kept, or given up at its start."""

    delivered: MonthDate
    """When the units of the slot are delivered."""
    units: Count
    """Units of the slot."""
    paid_frac: Share = 0.0
    """Part of the price that is paid already, whatever becomes of the slot."""
    resale_frac: NonNegative = 0.0
    """What giving the slot up brings back, as a share of the whole price; more than was paid where
    slots are scarce."""


class EquipmentClass(Record):
    """A class of transformer, breaker or switchgear."""

    role: Literal["main_bank", "step_up", "breaker", "switchgear"]
    """Steps the grid down to the halls, a generator up to the grid, switches a bank or a step-up,
    or distributes what the halls draw."""
    unit_mva: Positive | None = None
    """Rating of a unit [MVA]; a breaker has none."""
    power_factor_frac: Share = 1.0
    """MW that each MVA of rating carries."""
    from_kv: NonNegative | None = None
    """Lowest voltage at which it may stand [kV]."""
    to_kv: NonNegative | None = None
    """Voltages at which it may stand: sites whose ``poi_kv`` lies between, or which state none. Units
    of another voltage, impedance or size cannot stand in for each other."""
    units_per_bank: Count = 0
    """Breakers that a main bank needs, a spare one too."""
    units_per_step_up: Count = 0
    """Breakers that a generator step-up transformer needs."""
    lead_times: list[LeadTime] = Field(min_length=1)
    """Lead times by order date."""
    install_months: NonNegative = 0.0
    """From delivery at the place to service [months]."""
    overnight_usd_per_unit: NonNegative = 0.0
    """Overnight cost of a unit [USD]."""
    lifetime_years: Positive = 40.0
    """Years over which a unit is paid off."""
    slots_per_year: NonNegative | None = None
    """Factory slots this plan can book [units a year]; none means no limit."""
    max_units: Count | None = None
    """Most units that can be bought over the horizon, as of refurbished ones; none means no limit."""
    stock_units: Count = 0
    """Units in stock at the start of the horizon, delivered at once."""
    reserve_units: Count = 0
    """Units that the plan may draw from a strategic reserve."""
    reserve_from: MonthDate | None = None
    """First date of a draw; none means the start of the horizon."""
    reserve_weeks: NonNegative = 0.0
    """From a draw to delivery."""
    reserve_usd_per_unit: NonNegative = 0.0
    """Price of a unit that is drawn from the reserve [USD]."""
    booked: list[BookedSlot] = Field(default_factory=list)
    """Slots held already; they use no factory slot of the horizon."""
    is_available: bool = True
    """Whether any can be had at all."""

    def fits(self, kv: float | None) -> bool:
        """Whether a unit may stand at a voltage; unknown ones fit all."""
        above = kv is None or self.from_kv is None or self.from_kv <= kv
        return above and (kv is None or self.to_kv is None or kv <= self.to_kv)

    def at_level(self, level: Level) -> EquipmentClass:
        """The class with the lead times of a level."""
        return self.model_copy(update={"lead_times": [row.at(level) for row in self.lead_times]})

    @property
    def owner(self) -> Owner:
        """Who pays for it: step-ups belong to a plant, all else to a campus."""
        return "power" if self.role == "step_up" else "campus"

    @property
    def rated_mw(self) -> float:
        """What a unit carries [MW]; 0 of a class without a rating."""
        return (self.unit_mva or 0.0) * self.power_factor_frac

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
    """Classes of transformer, breaker or switchgear, by id."""
    procurement: Literal["pool", "site", "both"] = "both"
    """Orders before the site is fixed, for a committed site, or either."""
    lead_time_level: Level = "typical"
    """Which of the stated lead times holds."""
    pool_premium_frac: NonNegative = 0.0
    """Extra price of a pool order, for a specification that fits any site."""
    spare_banks: Count = 0
    """Spare main banks of each class at each site that has any (N+1 is 1)."""
    spare_grace_months: NonNegative = 0.0
    """How long after a site's banks carry load its spare may follow."""

    def of_role(self, role: str) -> dict[str, EquipmentClass]:
        """Classes of a role, sorted by name, available or not."""
        return {e: c for e, c in sorted(self.classes.items()) if c.role == role}


PLACE = "components.transformers"


def issues_of(config: TransformersConfig) -> list[Issue]:
    """What is wrong with classes that each pass the schema."""
    issues = []
    if not config.of_role("main_bank"):
        what = "no class has role main_bank"
        issues.append(Issue(f"{PLACE}.classes", what, "at least one", "Add a main bank class"))
    if config.spare_grace_months and not config.spare_banks:
        what = "a grace for spare banks, but no spare banks"
        place = f"{PLACE}.spare_grace_months"
        issues.append(
            Issue(place, what, "spare_banks of 1 or more", "Set spare_banks or remove it")
        )
    breakers = config.of_role("breaker")
    if len({(c.units_per_bank, c.units_per_step_up) for c in breakers.values()}) > 1:
        what = f"breaker classes {sorted(breakers)} are needed in different numbers"
        expected = "one units_per_bank and units_per_step_up, since they stand in for each other"
        issues.append(Issue(f"{PLACE}.classes", what, expected, "State the same numbers"))
    for name, kind in config.classes.items():
        issues += _class_issues(f"{PLACE}.classes.{name}", kind)
    return issues


def _class_issues(place: str, kind: EquipmentClass) -> list[Issue]:
    """What is wrong with one class."""
    issues = []

    def refuse(field: str, what: str, expected: str, fix: str) -> None:
        issues.append(Issue(f"{place}.{field}", what, expected, fix))

    dates = [row.ordered_from for row in kind.lead_times]
    if len(set(dates)) < len(dates):
        refuse(
            "lead_times",
            "two lead times from the same date",
            "one row a date",
            "Remove one of them",
        )
    if (kind.from_kv or 0.0) > (inf if kind.to_kv is None else kind.to_kv):
        refuse("to_kv", f"{kind.to_kv:g} kV below from_kv", "at least from_kv", "Swap them")
    if kind.role == "step_up" and not kind.from_kv == kind.to_kv is None:
        expected = "no voltages: a technology names its step-up class"
        refuse("from_kv", "a range of voltages of a step_up", expected, "Remove it")
    if kind.power_factor_frac == 0:
        refuse("power_factor_frac", "a power factor of 0", "a share above 0", "Correct it")
    needed = kind.units_per_bank + kind.units_per_step_up
    if kind.role == "breaker" and not needed:
        expected = "units_per_bank or units_per_step_up above 0"
        refuse("units_per_bank", "a breaker that nothing needs", expected, "State the number")
    if kind.role != "breaker" and needed:
        expected = "numbers of breakers only in a class with role breaker"
        refuse("units_per_bank", f"a {kind.role} has no such number", expected, "Remove it")
    if kind.role != "breaker" and kind.unit_mva is None:
        refuse("unit_mva", "no rating", "the MVA of a unit", "Add unit_mva")
    if kind.role == "breaker" and kind.unit_mva is not None:
        refuse("unit_mva", "a breaker is counted, not rated", "no unit_mva", "Remove it")
    delivered = [slot.delivered for slot in kind.booked]
    if len(set(delivered)) < len(delivered):
        refuse("booked", "two slots of the same date", "one row a date", "Add up their units")
    return issues


def step_up_classes(frame: Frame, config: TransformersConfig) -> list[str]:
    """Classes of step-up transformers on offer."""
    return [e for e, kind in config.classes.items() if kind.role == "step_up"]
