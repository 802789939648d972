"""Settings of ``adequacy``, and what they must agree with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from siting.core.errors import Issue
from siting.core.needs import SeasonNeed
from siting.core.records import Record, Zone
from siting.core.strict import Identifier, NonNegative, Positive, StrictModel, Text
from siting.core.system import System
from siting.core.warnings import listed
from siting.families.provides import Frame


class Need(Record):
    """What a zone must hold for its load in a season of a year, and what it holds beyond that."""

    zone: Identifier
    """Zone that must hold it."""
    season: Literal["year", "summer", "fall", "winter", "spring"] = "year"
    """Season in which it binds; ``year`` for the whole year."""
    year: int = Field(ge=1990, le=2200)
    """Calendar year from which it holds, until the next one that is stated for the season."""
    requirement_frac: Positive
    """Accredited MW required for each MW of peak load."""
    surplus_mw: float
    """Accredited capacity beyond the requirement of all other load [MW]; negative where short."""
    peak_mw: NonNegative | None = None
    """Peak load that the surplus counts on [MW]."""
    basis: Text = ""
    """How capacity is counted, as UCAP."""


class AdequacyConfig(StrictModel):
    """Settings of ``adequacy``."""

    needs: dict[Identifier, Need] = Field(default_factory=dict)
    """Requirement and surplus by zone, season and year, in place of the margin and surplus of the
    zone's own record. A season counts from its first year on; all seasons bind."""
    deficit: Literal["carried", "cured"] = "carried"
    """What becomes of a zone that is short without the plan: others carry its deficit and new load
    brings what it needs itself, or the first new load in the zone must cure it too."""
    surplus_share_frac: NonNegative = 1.0
    """Share of each zone's accredited surplus that the plan may use."""
    surplus_of_peak_frac: NonNegative | None = None
    """What-if: every zone's surplus as a share of its peak, in place of the stated one."""

    def usable_mw(self, zone: Zone, need: SeasonNeed) -> float:
        """Surplus that the plan may use in a zone and season [MW]; negative where it is short."""
        if self.surplus_of_peak_frac is not None:
            return self.surplus_share_frac * self.surplus_of_peak_frac * zone.peak_mw
        short = need.surplus_mw < 0
        return need.surplus_mw if short else self.surplus_share_frac * need.surplus_mw


def needs(frame: Frame, config: AdequacyConfig) -> dict[tuple[str, int], tuple[SeasonNeed, ...]]:
    """Requirement and surplus by season of each zone for which they are stated, by period."""
    years: dict[tuple[str, str], dict[int, tuple[str, Need]]] = {}
    for name, need in sorted(config.needs.items()):
        years.setdefault((need.zone, need.season), {})[need.year] = (name, need)
    found: dict[tuple[str, int], tuple[SeasonNeed, ...]] = {}
    for (zone, season), stated in sorted(years.items()):
        for p, start in enumerate(frame.calendar.starts):
            past = [year for year in stated if year <= start.year]
            name, need = stated[max(past) if past else min(stated)]
            one = SeasonNeed(season, need.requirement_frac, need.surplus_mw, name)
            found[zone, p] = (*found.get((zone, p), ()), one)
    return found


def check(system: System, config: AdequacyConfig) -> list[Issue]:
    """Needs of zones that exist, once a zone, season and year; connections where deficits are cured."""
    issues = []
    seen: dict[tuple[str, str, int], str] = {}
    for name, need in config.needs.items():
        where = f"components.adequacy.needs.{name}"
        if need.zone not in system.zones:
            what, known = f"unknown zone '{need.zone}'", f"one of {listed(sorted(system.zones), 8)}"
            fix = "Correct it, remove the row, or keep rows by zone: where: {zone: [...]}"
            issues.append(Issue(f"{where}.zone", what, known, fix))
        key = (need.zone, need.season, need.year)
        if key in seen:
            what = f"a second row of {need.zone}, {need.season} {need.year}, beside '{seen[key]}'"
            issues.append(Issue(where, what, "one row a zone, season and year", "Remove one"))
        seen.setdefault(key, name)
    if config.deficit == "cured" and "headroom" not in system.families:
        what = "deficits are cured by load that is connected, and 'headroom' is off"
        fix = "Add components.headroom, or write carried"
        issues.append(Issue("components.adequacy.deficit", what, "connections", fix))
    return issues
