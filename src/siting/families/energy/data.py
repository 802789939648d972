"""Settings and shared data of ``energy`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.system import System
from siting.core.units import DAYS_PER_YEAR, HOURS_PER_YEAR, KG_PER_TONNE
from siting.families.energy.settings import EnergyConfig


@dataclass(frozen=True)
class EnergyData:
    """Numbers of the formulas."""

    system: System
    load_factor: float
    mean_pue: float
    zone_of: Mapping[str, str]
    zone_periods: tuple[tuple[str, int], ...]
    sites_in: Mapping[str, tuple[str, ...]]
    energy_usd_per_mw_year: Mapping[str, float]
    surplus_frac: float
    draw_usd_per_mw_year: Mapping[str, float]
    emissions_t_per_mwh: Mapping[str, float]

    @property
    def sold_periods(self) -> tuple[tuple[str, int], ...]:
        """Zones and periods in which surplus energy earns something."""
        return self.zone_periods if self.surplus_frac else ()

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
            z: HOURS_PER_YEAR * system.zones[z].energy_usd_per_mwh for z in members
        },
        surplus_frac=config.surplus_price_frac,
        draw_usd_per_mw_year={
            z: DAYS_PER_YEAR * system.zones[z].capacity_usd_per_mw_day
            + config.network_usd_per_mw_year
            for z in members
        },
        emissions_t_per_mwh={z: system.zones[z].carbon_kg_per_mwh / KG_PER_TONNE for z in members},
    )
