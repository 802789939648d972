"""Settings of ``energy``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.records import Record
from siting.core.strict import Identifier, NonNegative, Share
from siting.core.system import System
from siting.families.provides import Frame


class ZonePrice(Record):
    """What energy, capacity and the network cost in a zone from a year on."""

    zone: Identifier
    """Zone whose price it is."""
    year: int = Field(ge=1990, le=2200)
    """Calendar year from which it holds, until the next one that is stated; the first holds before."""
    energy_usd_per_mwh: NonNegative
    """Price of energy; of a delivered price all of it [USD per MWh]."""
    capacity_usd_per_mw_day: NonNegative = 0.0
    """Price of accredited capacity, 0 where another component holds it [USD per MW-day]."""
    network_usd_per_mw_year: NonNegative = 0.0
    """Charge for the network on contracted draw, 0 where another component holds it."""


class EnergyConfig(Priced):
    """Settings of ``energy``."""

    pue: float = Field(default=1.0, ge=1.0)
    """Power usage effectiveness, mean of the year: facility MW per IT MW. It sets energy."""
    peak_pue: float | None = Field(default=None, ge=1.0)
    """The same in the hottest hour; it sizes draw, transformers and power on site. None means ``pue``."""
    load_factor_frac: float = Field(default=1.0, gt=0.0, le=1.0)
    """Average over peak facility load."""
    network_usd_per_mw_year: NonNegative = 0.0
    """Network charge on contracted draw, of every zone beside its own [USD per MW and year]."""
    prices: dict[Identifier, ZonePrice] = Field(default_factory=dict)
    """Prices by component, zone and year, in place of those of the zone's own record."""
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
    issues = _check_prices(system, config)
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


def _check_prices(system: System, config: EnergyConfig) -> list[Issue]:
    """Prices of zones that exist, once a zone and year."""
    issues = []
    seen: dict[tuple[str, int], str] = {}
    for name, price in config.prices.items():
        where = f"components.energy.prices.{name}"
        if price.zone not in system.zones:
            what, known = f"unknown zone '{price.zone}'", f"one of {sorted(system.zones)[:8]}"
            fix = "Correct it, remove the row, or keep rows by zone: where: {zone: [...]}"
            issues.append(Issue(f"{where}.zone", what, known, fix))
        key = (price.zone, price.year)
        if key in seen:
            what = f"a second price of {price.zone} from {price.year}, beside '{seen[key]}'"
            issues.append(Issue(where, what, "one row a zone and year", "Remove one of them"))
        seen.setdefault(key, name)
    return issues
