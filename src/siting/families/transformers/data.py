"""Settings and shared data of ``transformers`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import ceil

from siting.core.calendar import Calendar, Lag, add_months, add_weeks
from siting.core.system import System
from siting.families.transformers.settings import EquipmentClass, TransformersConfig

Classes = Mapping[str, EquipmentClass]


@dataclass(frozen=True)
class TransformersData:
    """Numbers of the formulas."""

    system: System
    classes: Mapping[str, EquipmentClass]
    spare_banks: int
    spare_lag: Lag
    pool_usd: Mapping[str, float]
    site_usd: Mapping[str, float]
    order_lag: Mapping[str, Lag]
    install_lag: Mapping[str, Lag]
    site_lag: Mapping[str, Lag]
    reserve_lag: Mapping[str, Lag]
    limit: Mapping[tuple[str, str], int]
    places: Mapping[str, tuple[str, ...]]
    pool_index: tuple[tuple[str, int], ...]
    order_index: tuple[tuple[str, str, int], ...]
    assign_index: tuple[tuple[str, str, int], ...]
    reserve_index: tuple[tuple[str, int], ...]
    slot_period: Mapping[tuple[str, int], int]
    """Period from which a booked slot, numbered within its class, is in hand."""
    bank_index: tuple[tuple[str, str, int], ...]
    slots: Mapping[tuple[str, int], float]
    roles: Mapping[str, tuple[str, ...]]
    """Available classes of each role that any class has, available or not."""
    step_up_classes: tuple[str, ...]
    breaker_needs: tuple[int, int]
    """Breakers of a main bank and of a step-up."""

    @property
    def counts_banks(self) -> bool:
        """Whether banks in use are told from those installed."""
        return self.spare_banks > 0 or "breaker" in self.roles

    @property
    def main_classes(self) -> tuple[str, ...]:
        """Available classes of main banks."""
        return self.roles.get("main_bank", ())


def _in_service(kind: EquipmentClass, ordered: date) -> date:
    """When a unit ordered for a place is in service."""
    return kind.installed_date(kind.delivery_date(ordered))


def _drawn(kind: EquipmentClass, on: date) -> date:
    """When a unit drawn from the reserve is delivered."""
    return add_weeks(on, kind.reserve_weeks)


def last_start(lag: Lag) -> int:
    """Last start that arrives within the horizon; -1 if none does."""
    return lag.starts[-1] if lag.starts else -1


def places_of(system: System, classes: Classes) -> dict[str, tuple[str, ...]]:
    """Places that a class may serve: sites, and zones for what goes with step-ups."""
    sites = sorted(system.first_service)
    everywhere = sorted([*sites, *system.zones])
    return {
        e: tuple(
            place
            for place in (everywhere if c.role == "step_up" or c.units_per_step_up else sites)
            if c.fits(system.sites[place].poi_kv if place in system.sites else None)
        )
        for e, c in classes.items()
    }


def limits_of(
    system: System, config: TransformersConfig, classes: Classes
) -> dict[tuple[str, str], int]:
    """Most units of a class that a site's own load can use; step-ups are not among them."""
    limits: dict[tuple[str, str], int] = {}
    for s in system.first_service:
        fitting = {e: c for e, c in classes.items() if c.fits(system.sites[s].poi_kv)}
        main = [c for c in fitting.values() if c.role == "main_bank"]
        load_mw = system.pue * system.it_limit_mw[s]
        most_banks = max((ceil(load_mw / c.rated_mw - 1e-9) for c in main), default=0)
        most_banks += config.spare_banks * len(main)
        for e, c in fitting.items():
            if c.role == "breaker":
                limits[e, s] = c.units_per_bank * most_banks
            elif c.role != "step_up":
                spare = config.spare_banks if c.role == "main_bank" else 0
                limits[e, s] = ceil(load_mw / c.rated_mw - 1e-9) + spare
    return limits


def reserve_periods(calendar: Calendar, kind: EquipmentClass, lag: Lag) -> range:
    """Periods in which a draw on the reserve is allowed and still arrives."""
    first = 0 if kind.reserve_from is None else calendar.period_from(kind.reserve_from)
    if kind.reserve_units == 0 or first is None:
        return range(0)
    return range(first, last_start(lag) + 1)


def first_in_hand(
    calendar: Calendar, kind: EquipmentClass, order: Lag | None, reserve: Lag
) -> int | None:
    """First period in which the pool can hold a unit of a class; None if it never can.

    Args:
        calendar: the calendar.
        kind: the class.
        order: lag of its pool orders; None where there are none.
        reserve: lag of its draws on the reserve.
    """
    found = [0] if kind.stock_units else []
    found += _slot_periods(calendar, {"": kind}).values()
    draws = reserve_periods(calendar, kind, reserve)
    found += [arrival for q in draws if (arrival := reserve.arrival[q]) is not None]
    if order is not None and order.first is not None:
        found.append(order.first)
    return min(found, default=None)


def _slot_periods(calendar: Calendar, classes: Classes) -> dict[tuple[str, int], int]:
    """Period from which each booked slot is in hand, of those that arrive within the horizon."""
    return {
        (e, i): first
        for e, c in classes.items()
        for i, slot in enumerate(c.booked)
        if slot.units and (first := calendar.period_from(slot.delivered)) is not None
    }


def _slots(calendar: Calendar, classes: Classes) -> dict[tuple[str, int], float]:
    """Factory slots of each class and period, where they are limited."""
    return {
        (e, p): c.slots_per_year * calendar.years(p)
        for e, c in classes.items()
        if c.slots_per_year is not None
        for p in calendar.periods
    }


def _breaker_needs(config: TransformersConfig) -> tuple[int, int]:
    """Breakers of a main bank and of a step-up, the same for every breaker class."""
    breaker = next(iter(config.of_role("breaker").values()), None)
    return (breaker.units_per_bank, breaker.units_per_step_up) if breaker else (0, 0)


def _classes(config: TransformersConfig) -> dict[str, EquipmentClass]:
    """Classes that can be had, with the lead times of the level that is asked for."""
    return {
        e: c.at_level(config.lead_time_level)
        for e, c in sorted(config.classes.items())
        if c.is_available
    }


def prepare(system: System, config: TransformersConfig) -> TransformersData:
    """Lags of ordering and installing, where units may go, and the most a place can use."""
    calendar = system.calendar
    classes = _classes(config)
    order_lag = {e: calendar.lag(c.delivery_date) for e, c in classes.items()}
    install_lag = {e: calendar.lag(c.installed_date) for e, c in classes.items()}
    reserve_lag = {e: calendar.lag(partial(_drawn, c)) for e, c in classes.items()}
    places = places_of(system, classes)
    pooled, sited = config.procurement != "site", config.procurement != "pool"
    assign: list[tuple[str, str, int]] = []
    for e, kind in classes.items():
        pool_lag = order_lag[e] if pooled else None
        first = first_in_hand(calendar, kind, pool_lag, reserve_lag[e])
        if first is not None:
            periods = range(first, last_start(install_lag[e]) + 1)
            assign += [(e, place, p) for place in places[e] for p in periods]
    premium = 1 + config.pool_premium_frac
    return TransformersData(
        system=system,
        classes=classes,
        spare_banks=config.spare_banks,
        spare_lag=calendar.lag(lambda day: add_months(day, config.spare_grace_months)),
        pool_usd={e: premium * c.overnight_usd_per_unit for e, c in classes.items()},
        site_usd={e: c.overnight_usd_per_unit for e, c in classes.items()},
        order_lag=order_lag,
        install_lag=install_lag,
        site_lag={e: calendar.lag(partial(_in_service, c)) for e, c in classes.items()},
        reserve_lag=reserve_lag,
        limit=limits_of(system, config, classes),
        places=places,
        pool_index=tuple(
            (e, p) for e in classes for p in range(last_start(order_lag[e]) + 1) if pooled
        ),
        order_index=tuple(
            (e, place, p)
            for e in classes
            for place in places[e]
            for p in range(last_start(order_lag[e]) + 1)
            if sited
        ),
        assign_index=tuple(assign),
        reserve_index=tuple(
            (e, p) for e, c in classes.items() for p in reserve_periods(calendar, c, reserve_lag[e])
        ),
        slot_period=_slot_periods(calendar, classes),
        bank_index=tuple(
            (e, s, p)
            for e, c in classes.items()
            if c.role == "main_bank"
            for s, p in system.service_periods
            if c.fits(system.sites[s].poi_kv)
        ),
        slots=_slots(calendar, classes),
        roles={
            c.role: tuple(e for e in config.of_role(c.role) if e in classes)
            for c in config.classes.values()
        },
        step_up_classes=tuple(config.of_role("step_up")),
        breaker_needs=_breaker_needs(config),
    )


@dataclass(frozen=True)
class Lot:
    """Units of one class that are in hand from a period on."""

    procurement: str
    in_hand: int
    count: int
    unit_usd: float
    ordered: date | None
    delivered: date | None
