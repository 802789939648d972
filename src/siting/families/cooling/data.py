"""Settings and shared data of ``cooling`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.system import System
from siting.core.units import HOURS_PER_YEAR
from siting.families.cooling.settings import CoolingConfig, CoolingOption


@dataclass(frozen=True)
class CoolingData:
    """Numbers of the formulas; every tuple is sorted."""

    system: System
    options: Mapping[str, CoolingOption]
    water_m3_per_mw_year: Mapping[str, float]
    choices: tuple[tuple[str, str], ...]
    loads: tuple[tuple[str, str, int], ...]
    densities: tuple[tuple[str, float, int], ...]
    """(site, rack kW, period) of each level that some option cannot cool."""


def prepare(system: System, config: CoolingConfig) -> CoolingData:
    """Choices of the sites that can carry load, and the rack densities that matter."""
    options = dict(sorted(config.options.items()))
    levels = [
        kw
        for kw in sorted(set(system.rack_kw.values()))
        if not all(option.can_cool(kw) for option in options.values())
    ]
    return CoolingData(
        system=system,
        options=options,
        water_m3_per_mw_year={
            c: HOURS_PER_YEAR * system.load_factor_frac * option.water_m3_per_it_mwh
            for c, option in options.items()
        },
        choices=tuple((s, c) for s in sorted(system.first_service) for c in options),
        loads=tuple((s, c, p) for s, p in system.service_periods for c in options),
        densities=tuple((s, kw, p) for s, p in system.service_periods for kw in levels),
    )
