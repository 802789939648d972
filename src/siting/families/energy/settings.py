"""Settings of ``energy``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.strict import NonNegative
from siting.core.system import System
from siting.families.provides import Frame


class EnergyConfig(Priced):
    """Settings of ``energy``."""

    pue: float = Field(default=1.0, ge=1.0)
    """Power usage effectiveness: facility MW per IT MW."""
    load_factor_frac: float = Field(default=1.0, gt=0.0, le=1.0)
    """Average over peak facility load."""
    network_usd_per_mw_year: NonNegative = 0.0
    """Network charge on contracted draw [USD per MW and year]."""


def pue(frame: Frame, config: EnergyConfig) -> float:
    """The PUE of every site."""
    return config.pue


def load_factor_frac(frame: Frame, config: EnergyConfig) -> float:
    """Average over peak load of every site."""
    return config.load_factor_frac


def check(system: System, config: EnergyConfig) -> list[Issue]:
    """Where another family has options with a PUE each, it is stated nowhere else."""
    others = system.others_that_provide("pue", "energy") if config.pue != 1 else ()
    return [
        Issue(
            "components.energy.pue",
            f"a PUE of {config.pue:g} beside components.{other}, whose options have their own",
            f"the PUE of each option under components.{other}.options",
            f"Remove components.energy.pue or the family '{other}'",
        )
        for other in others
    ]
