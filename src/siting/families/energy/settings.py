"""Settings of ``energy``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.strict import NonNegative, Share
from siting.core.system import System
from siting.families.provides import Frame


class EnergyConfig(Priced):
    """Settings of ``energy``."""

    pue: float = Field(default=1.0, ge=1.0)
    """Power usage effectiveness, mean of the year: facility MW per IT MW. It sets energy."""
    peak_pue: float | None = Field(default=None, ge=1.0)
    """The same in the hottest hour; it sizes draw, transformers and power on site. None means ``pue``."""
    load_factor_frac: float = Field(default=1.0, gt=0.0, le=1.0)
    """Average over peak facility load."""
    network_usd_per_mw_year: NonNegative = 0.0
    """Network charge on contracted draw [USD per MW and year]."""
    surplus_price_frac: Share = 0.0
    """What energy of the plan's plants earns that its sites do not use, as a share of the zone's
    energy price; no more of it than the sites of the zone take less than their peak load."""


def pue(frame: Frame, config: EnergyConfig) -> float:
    """The PUE of every site in the hottest hour."""
    return config.pue if config.peak_pue is None else config.peak_pue


def load_factor_frac(frame: Frame, config: EnergyConfig) -> float:
    """Average over peak load of every site."""
    return config.load_factor_frac


def check(system: System, config: EnergyConfig) -> list[Issue]:
    """Where another family has options with a PUE each, it is stated nowhere else; the hottest hour
    takes no less than the mean one."""
    issues = []
    if config.peak_pue is not None and config.peak_pue < config.pue:
        what = f"a peak PUE of {config.peak_pue:g} below the mean of {config.pue:g}"
        place = "components.energy.peak_pue"
        issues.append(Issue(place, what, "at least pue", "Correct one of them"))
    stated = {"pue": config.pue, "peak_pue": config.peak_pue}
    for other in system.others_that_provide("pue", "energy"):
        issues += [
            Issue(
                f"components.energy.{name}",
                f"a PUE of {value:g} beside components.{other}, whose options have their own",
                f"the PUE of each option under components.{other}.options",
                f"Remove components.energy.{name} or the family '{other}'",
            )
            for name, value in stated.items()
            if value not in (1, None)
        ]
    return issues
