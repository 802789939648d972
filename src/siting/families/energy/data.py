"""Settings and shared data of ``energy`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.system import System
from siting.core.units import DAYS_PER_YEAR, HOURS_PER_YEAR, KG_PER_TONNE
from siting.families.energy.settings import EnergyConfig, ZonePrice
from siting.families.energy.tariffs import TariffData, prepare_tariffs

ZonePeriod = tuple[str, int]


@dataclass(frozen=True)
class EnergyData:
    """Numbers of the formulas."""

    system: System
    load_factor: float
    mean_pue: float
    zone_of: Mapping[str, str]
    zone_periods: tuple[tuple[str, int], ...]
    sites_in: Mapping[str, tuple[str, ...]]
    energy_usd_per_mw_year: Mapping[ZonePeriod, float]
    surplus_frac: float
    network_usd_per_mw_year: Mapping[ZonePeriod, float]
    capacity_usd_per_mw_year: Mapping[ZonePeriod, float]
    """Of zones and periods in which capacity has a price."""
    accredited_frac: Mapping[ZonePeriod, float]
    """Accredited capacity that a MW of firm load buys."""
    tariffs: TariffData
    emissions_t_per_mwh: Mapping[str, float]

    @property
    def sold_periods(self) -> tuple[tuple[str, int], ...]:
        """Zones and periods in which surplus energy earns something."""
        return self.zone_periods if self.surplus_frac else ()

    def sites_of(self, zone: str) -> tuple[str, ...]:
        """Sites of a zone; none of one that only sends power to others."""
        return self.sites_in.get(zone, ())

    def needed_mw(self, zone: str, period: int, drawn_mw: float, own_mw: float) -> float:
        """Accredited capacity that a zone buys for a firm draw, beside what the plan supplies there [MW]."""
        return max(0.0, self.accredited_frac[zone, period] * drawn_mw - own_mw)

    def most_drawn_mw(self, zone: str, period: int) -> float:
        """Most that the sites of a zone can contract [MW]."""
        return sum(self.system.draw_limit_mw(s, period) for s in self.sites_in[zone])


def prepare(system: System, config: EnergyConfig) -> EnergyData:
    """Group sites by zone; turn prices into dollars per MW and year."""
    zone_of = {s: str(system.sites[s].zone) for s in system.node_of if s in system.first_service}
    members: dict[str, list[str]] = {}
    for site, zone in zone_of.items():
        members.setdefault(zone, []).append(site)
    first = {z: min(system.first_service[s] for s in sites) for z, sites in members.items()}
    pairs = [(z, p) for z in members for p in system.calendar.periods]
    linked = [(z, p) for z in system.zones_used(zone_of) for p in system.calendar.periods]
    stated = _stated(config)
    prices = {key: _price(system, stated, *key) for key in dict.fromkeys((*pairs, *linked))}
    network_usd = {
        key: prices[key].network_usd_per_mw_year + config.network_usd_per_mw_year for key in pairs
    }
    return EnergyData(
        system=system,
        load_factor=config.load_factor_frac,
        mean_pue=config.pue,
        zone_of=zone_of,
        zone_periods=tuple(
            (z, p) for z in sorted(members) for p in system.calendar.periods if p >= first[z]
        ),
        sites_in={z: tuple(sites) for z, sites in sorted(members.items())},
        energy_usd_per_mw_year={
            key: HOURS_PER_YEAR * prices[key].energy_usd_per_mwh for key in pairs
        },
        surplus_frac=config.surplus_price_frac,
        network_usd_per_mw_year=network_usd,
        tariffs=prepare_tariffs(system, config, network_usd),
        capacity_usd_per_mw_year={
            key: DAYS_PER_YEAR * price.capacity_usd_per_mw_day
            for key, price in prices.items()
            if price.capacity_usd_per_mw_day > 0
        },
        accredited_frac={key: _accredited(system, *key) for key in prices},
        emissions_t_per_mwh={z: system.zones[z].carbon_kg_per_mwh / KG_PER_TONNE for z in members},
    )


def _stated(config: EnergyConfig) -> dict[str, dict[int, ZonePrice]]:
    """Prices that are stated, by zone and year."""
    stated: dict[str, dict[int, ZonePrice]] = {}
    for _, price in sorted(config.prices.items()):
        stated.setdefault(price.zone, {})[price.year] = price
    return stated


def _price(
    system: System, stated: Mapping[str, Mapping[int, ZonePrice]], zone: str, period: int
) -> ZonePrice:
    """Price of a zone in a period: the latest that is stated until then, else that of its record."""
    years = stated.get(zone)
    if years:
        past = [year for year in years if year <= system.calendar.starts[period].year]
        return years[max(past) if past else min(years)]
    record = system.zones[zone]
    return ZonePrice(
        zone=zone,
        year=system.calendar.starts[period].year,
        energy_usd_per_mwh=record.energy_usd_per_mwh,
        capacity_usd_per_mw_day=record.capacity_usd_per_mw_day,
    )


def _accredited(system: System, zone: str, period: int) -> float:
    """Accredited capacity that a MW of firm load buys: the most that a season requires where that is
    stated by season, else one MW."""
    stated = system.needs.get((zone, period))
    return max(need.requirement_frac for need in stated) if stated else 1.0
