"""Settings and shared data of ``land`` to the numbers of its formulas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from siting.core.audit import Finding
from siting.core.bill import NO_PLACE, Bearer, Bill, charge
from siting.core.calendar import Calendar, Lag, add_months
from siting.core.finance import add_to
from siting.core.system import System
from siting.families.land.options import OptionData, prepare_options
from siting.families.land.settings import LandConfig, ProgrammaticReview


@dataclass(frozen=True)
class Commitment:
    """What a commitment of a site in a period brings."""

    path: str
    """Review path; empty text for none."""
    commit_usd: float
    """Preparation and review [USD]."""
    done: date
    """When the review is complete."""


@dataclass(frozen=True)
class LandData:
    """Numbers of the formulas; sites are sorted."""

    system: System
    commit_periods: tuple[tuple[str, int], ...]
    own: Mapping[tuple[str, int], Commitment]
    """A site committed in a period with a review of its own."""
    tiered: Mapping[tuple[str, int], Commitment]
    """The same tiered, from the first period that can."""
    programmatic: Mapping[str, ProgrammaticReview]
    """Programmatic reviews that some site can use."""
    programmatic_of: Mapping[str, str]
    programmatic_lag: Mapping[str, Lag]
    programmatic_starts: tuple[tuple[str, int], ...]
    buildable_acres: Mapping[str, float]
    lease_usd_per_acre_year: float
    lease_phases: int
    phase_acres: Mapping[str, float]
    """Acres of a phase, of sites leased in phases."""
    group_limits: Mapping[str, tuple[tuple[str, ...], int]]
    """Constraint name -> (sites, most of them that may be committed)."""
    year_ends: tuple[tuple[int, int | None], ...]
    max_per_year: float | None
    options: OptionData


def prepare(system: System, config: LandConfig) -> LandData:
    """Select costs, acres and caps; pair each calendar year with its last period."""
    own, tiered = _commitments(system, config)
    acres = {
        s: site.buildable_acres
        for s, site in system.sites.items()
        if site.buildable_acres is not None
    }
    phases = config.lease_phases
    covers = {s: config.programmatic_of(s, system.sites[s]) for s in system.tiered_review}
    reviews = {a: r for a, r in sorted(config.programmatic.items()) if a in covers.values()}
    lags = {
        a: system.calendar.lag(partial(add_months, months=review.months))
        for a, review in reviews.items()
    }
    years = [day.year for day in system.calendar.starts]
    ends = {year: period for period, year in enumerate(years)}
    ordered = [ends[year] for year in sorted(ends)]
    return LandData(
        system=system,
        commit_periods=system.commit_periods,
        own=own,
        tiered=tiered,
        programmatic=reviews,
        programmatic_of={s: a for s, a in covers.items() if a is not None},
        programmatic_lag=lags,
        programmatic_starts=tuple((a, p) for a in lags for p in range(lags[a].starts[-1] + 1)),
        buildable_acres=acres,
        lease_usd_per_acre_year=config.lease_usd_per_acre_year,
        lease_phases=phases,
        phase_acres={s: held / phases for s, held in acres.items() if phases and held > 0},
        group_limits=_groups(system, config),
        year_ends=tuple(zip(ordered, [None, *ordered[:-1]], strict=True)),
        max_per_year=config.max_commitments_per_year,
        options=prepare_options(system, config.options),
    )


def _commitments(
    system: System, config: LandConfig
) -> tuple[dict[tuple[str, int], Commitment], dict[tuple[str, int], Commitment]]:
    """Own and tiered commitments by site and period."""
    own, tiered = {}, {}
    for s, site in system.sites.items():
        stated = site.preparation_usd
        usd = config.preparation_usd if stated is None else stated
        review = config.programmatic_of(s, site)
        dates = system.tiered_dates.get(s, {})
        for p, day in enumerate(system.calendar.starts):
            if day not in system.review_dates[s]:
                continue
            path = config.path_on(site, day)
            cost = usd + config.review_usd(path)
            own[s, p] = Commitment(path or "", cost, system.review_done(s, day))
            if review is not None and day in dates:
                path = config.tiered_path_on(review, site, day)
                tiered[s, p] = Commitment(path or "", usd + config.review_usd(path), dates[day])
    return own, tiered


def _groups(system: System, config: LandConfig) -> dict[str, tuple[tuple[str, ...], int]]:
    """Caps on the number of sites."""
    groups: dict[str, tuple[tuple[str, ...], int]] = {}
    if config.max_sites is not None:
        groups["all"] = (tuple(system.sites), config.max_sites)
    for agency, limit in sorted(config.max_sites_by_agency.items()):
        members = tuple(s for s, site in system.sites.items() if site.agency == agency)
        groups[f"agency {agency}"] = (members, limit)
    for state, limit in sorted(config.max_sites_by_state.items()):
        members = tuple(s for s, site in system.sites.items() if site.state == state)
        groups[f"state {state}"] = (members, limit)
    return groups


@dataclass
class Ledger:
    """What the audit gathers: findings, cost and spending by period."""

    findings: list[Finding] = field(default_factory=list)
    cost_usd: Bill = field(default_factory=dict)
    spending_usd: dict[int, float] = field(default_factory=dict)

    def charge(
        self, calendar: Calendar, period: int, usd: float, bearers: Collection[Bearer]
    ) -> None:
        """Overnight cost of a start, which its bearers share alike."""
        for bearer in bearers or (NO_PLACE,):
            share = 1 / max(1, len(bearers))
            charge(self.cost_usd, bearer, {period: calendar.discount(period) * usd}, share)
        add_to(self.spending_usd, {period: usd})

    def find(self, rule: str, row: str, what: str) -> None:
        """A finding."""
        self.findings.append(Finding(rule, row, what))
