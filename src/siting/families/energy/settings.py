"""Settings of ``energy``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.records import Record
from siting.core.strict import Identifier, NonNegative, Share
from siting.core.system import System
from siting.core.warnings import listed
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


class Tariff(Record):
    """Terms for large loads in a zone: they hold for each site that draws there."""

    zone: Identifier
    """Zone whose large loads it binds."""
    minimum_take_frac: Share = 0.0
    """Share of the largest draw so far for which the network charge is billed at least."""
    contract_years: NonNegative = 0.0
    """Years from the first draw for which a site is bound."""
    exit_fee_frac: Share = 0.0
    """Share of the minimum bills of the years that are left, owed by who leaves."""
    deposit_usd_per_mw: NonNegative = 0.0
    """Security on contracted draw [USD per MW]; it costs the campus its capital rate."""


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
    tariffs: dict[Identifier, Tariff] = Field(default_factory=dict)
    """Tariffs for large loads, one a zone at most."""
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
            what, known = (
                f"unknown zone '{price.zone}'",
                f"one of {listed(sorted(system.zones), 8)}",
            )
            fix = "Correct it, remove the row, or keep rows by zone: where: {zone: [...]}"
            issues.append(Issue(f"{where}.zone", what, known, fix))
        key = (price.zone, price.year)
        if key in seen:
            what = f"a second price of {price.zone} from {price.year}, beside '{seen[key]}'"
            issues.append(Issue(where, what, "one row a zone and year", "Remove one of them"))
        seen.setdefault(key, name)
    return issues + _check_tariffs(system, config)


def _check_tariffs(system: System, config: EnergyConfig) -> list[Issue]:
    """Tariffs of zones that exist, one a zone."""
    issues = []
    seen: dict[str, str] = {}
    for name, tariff in config.tariffs.items():
        where = f"components.energy.tariffs.{name}"
        if tariff.zone not in system.zones:
            what, known = (
                f"unknown zone '{tariff.zone}'",
                f"one of {listed(sorted(system.zones), 8)}",
            )
            fix = "Correct it, remove the row, or keep rows by zone: where: {zone: [...]}"
            issues.append(Issue(f"{where}.zone", what, known, fix))
        if tariff.zone in seen:
            what = f"a second tariff of {tariff.zone}, beside '{seen[tariff.zone]}'"
            fix = "Keep the one that serves the sites: only: [...]"
            issues.append(Issue(where, what, "one tariff a zone", fix))
        seen.setdefault(tariff.zone, name)
    return issues
