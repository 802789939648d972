"""Settings of ``land``: review paths, who takes which, and the policies that replace them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import combinations

from pydantic import Field

from siting.core.calendar import add_months
from siting.core.dollars import Priced
from siting.core.errors import Issue
from siting.core.records import Record, Site, SiteStatus
from siting.core.strict import (
    Count,
    Identifier,
    MonthDate,
    NonNegative,
    Positive,
    Text,
)
from siting.core.system import System
from siting.core.warnings import listed
from siting.families.land.options import LeaseOptions
from siting.families.provides import Frame

NO_ACTION = "default"
"""Key of the path of sites that state no action."""


class ReviewPath(Record):
    """A review before construction, for instance an environmental assessment."""

    months: NonNegative
    """From commitment to a signed decision [months]."""
    least_months: NonNegative | None = None
    """The same where the agency has begun already, at the least; none gives no credit for it."""
    cost_usd: NonNegative = 0.0
    """Paid when the site is committed [USD]."""

    def done(self, day: date, begun: date | None) -> date:
        """When a review is complete of a commitment on a day, which the agency has begun before."""
        late = add_months(day, self.months)
        if begun is None or self.least_months is None or begun >= day:
            return late
        return min(late, max(add_months(begun, self.months), add_months(day, self.least_months)))


class Policy(Record):
    """A rule that puts other review paths in the place of the usual ones while it holds."""

    is_on: bool = False
    """Whether the policy holds."""
    agencies: list[Text] | None = None
    """Agencies it covers; none means all."""
    replaces: dict[Identifier, Identifier] = Field(min_length=1)
    """Usual path -> the path taken instead; a path put in place is not replaced again."""
    from_date: MonthDate | None = None
    """First date of a commitment that it covers; none means the start of the horizon."""
    until: MonthDate | None = None
    """It covers commitments made from ``from_date`` on and before ``until``."""

    def covers(self, agency: str, day: date) -> bool:
        """Whether a commitment of an agency's site on a date falls under it."""
        return (
            self.is_on
            and (self.agencies is None or agency in self.agencies)
            and (self.from_date is None or self.from_date <= day)
            and (self.until is None or day < self.until)
        )

    def meets(self, other: Policy) -> bool:
        """Whether some commitment could fall under both."""
        agencies = self.agencies is None or other.agencies is None
        later = max(self.from_date or date.min, other.from_date or date.min)
        return (
            self.is_on
            and other.is_on
            and (agencies or bool(set(self.agencies or ()) & set(other.agencies or ())))
            and later < min(self.until or date.max, other.until or date.max)
        )


class ProgrammaticReview(Record):
    """One review for many sites, from which each may tier a short review of its own."""

    agency: Text | None = None
    """Agency whose sites it covers."""
    sites: list[Identifier] | None = None
    """It covers the sites of the agency, or those listed."""
    months: NonNegative
    """From its start to a signed decision [months]."""
    cost_usd: NonNegative = 0.0
    """Paid when it is started [USD]."""
    tiered_path: Identifier
    """Review path of a site that tiers from it."""

    def covers(self, name: str, site: Site) -> bool:
        """Whether a site may tier from it."""
        return name in (self.sites or ()) or (
            self.agency is not None and self.agency == site.agency
        )


class LandConfig(Priced):
    """Settings of ``land``."""

    usable_statuses: list[SiteStatus] = Field(default=["solicited", "listed", "own_initiative"])
    """Statuses of the sites that may be committed, beside sites that state none and those that the
    scenario commits to: what is neither taken nor meant for another use."""
    is_offer_binding: bool = True
    """Whether a site has no more acres than its agency offers."""
    is_progress_counted: bool = True
    """Whether a review that the agency has begun, or done, counts from then."""
    review_paths: dict[Identifier, ReviewPath] = Field(default_factory=dict)
    """Kinds of review, by id."""
    path_by_agency: dict[str, Identifier | dict[str, Identifier]] = Field(default_factory=dict)
    """Review path of each agency, or of each of its actions with ``default`` for sites that state
    none; a site's own ``review_path`` comes first."""
    default_path: Identifier | None = None
    """Path of the other sites; none means no review."""
    policies: dict[Identifier, Policy] = Field(default_factory=dict)
    """Policies that put other review paths in the place of the usual ones, by id; each can be
    switched on."""
    programmatic: dict[Identifier, ProgrammaticReview] = Field(default_factory=dict)
    """Reviews that may be made once for many sites, by id."""
    preparation_usd: NonNegative = 0.0
    """One-off cost of committing a site [USD]; a site's own figure comes first."""
    lease_usd_per_acre_year: NonNegative = 0.0
    """Rent of the acres in use, or leased in phases [USD per acre and year]."""
    lease_phases: Count = 0
    """Equal parts in which the buildable acres of a site are leased; 0 leases the acres in use."""
    options: LeaseOptions | None = None
    """Options on sites that are committed after offers end; none means that offers stay open."""
    max_sites: Count | None = None
    """Most sites that are ever committed; none means no limit."""
    max_sites_by_agency: dict[str, Count] = Field(default_factory=dict)
    """Most sites of an agency that are ever committed, by agency."""
    max_sites_by_state: dict[str, Count] = Field(default_factory=dict)
    """Most sites in a state that are ever committed, by state."""
    max_commitments_per_year: Positive | None = None
    """Most sites that are committed in a year; none means no limit."""

    def usual_path(self, site: Site) -> str | None:
        """Review path of a site where no policy interferes, or None."""
        if site.review_path:
            return site.review_path
        listed = self.path_by_agency.get(site.agency)
        if isinstance(listed, dict):
            return listed.get(site.action or NO_ACTION)
        return listed or self.default_path

    def replaced_path(self, agency: str, path: str | None, day: date) -> str | None:
        """The path a commitment on a date takes instead of the usual one."""
        for _, policy in sorted(self.policies.items()):
            if path in policy.replaces and policy.covers(agency, day):
                return policy.replaces[path]
        return path

    def path_on(self, site: Site, day: date) -> str | None:
        """Review path of a site that is committed on a date, or None."""
        return self.replaced_path(site.agency, self.usual_path(site), day)

    def programmatic_of(self, name: str, site: Site) -> str | None:
        """The programmatic review that covers a site, or None."""
        return next((a for a, r in self.programmatic.items() if r.covers(name, site)), None)

    def tiered_path_on(self, review: str, site: Site, day: date) -> str | None:
        """Review path of a site that is committed on a date and tiers."""
        return self.replaced_path(site.agency, self.programmatic[review].tiered_path, day)

    def tiered_dates(self, name: str, site: Site, starts: Iterable[date]) -> dict[date, date]:
        """Commitment dates that can tier, each with the end of the tiered review; the programmatic
        review is started with the horizon at the earliest."""
        days = sorted(starts)
        review = self.programmatic_of(name, site)
        if review is None:
            return {}
        first = add_months(days[0], self.programmatic[review].months)
        return {
            day: self.review_done(self.tiered_path_on(review, site, day), day)
            for day in days
            if day >= first
        }

    def review_done(self, path: str | None, day: date, site: Site | None = None) -> date:
        """When the review of a commitment on a date is complete; of a site, with what is done of it."""
        known = self.review_paths.get(path or "")
        begun = decided = None
        if site is not None and self.is_progress_counted:
            begun, decided = site.review_started, site.review_done
        if known is None or (decided is not None and decided <= day):
            return day
        return known.done(day, begun)

    def commit_days(
        self, name: str, site: Site, committed: Collection[str], starts: Iterable[date]
    ) -> list[date]:
        """Starts of periods in which a site may be committed."""
        is_meant = name in committed
        is_closed = (
            site.land_status is not None and site.land_status not in self.usable_statuses
        ) or (self.is_offer_binding and site.offered_acres == 0)
        if is_closed and not is_meant:
            return []
        return [day for day in starts if site.open_from is None or site.open_from <= day]

    def review_usd(self, path: str | None) -> float:
        """What a review costs [USD]."""
        return self.review_paths[path].cost_usd if path else 0.0


def review_dates(frame: Frame, config: LandConfig) -> dict[str, dict[date, date]]:
    """When the review of a commitment is complete, by site and date of commitment; of a site that may
    not be used there is none."""
    return {
        s: {
            day: config.review_done(config.path_on(site, day), day, site)
            for day in config.commit_days(s, site, frame.committed_items, frame.calendar.starts)
        }
        for s, site in frame.sites.items()
    }


def usable_acres(frame: Frame, config: LandConfig) -> dict[str, float]:
    """Acres that agencies offer, where that binds."""
    if not config.is_offer_binding:
        return {}
    offered = {s: site.offered_acres for s, site in frame.sites.items()}
    return {s: acres for s, acres in offered.items() if acres is not None}


def tiered_dates(frame: Frame, config: LandConfig) -> dict[str, dict[date, date]]:
    """The same of commitments that can tier from a programmatic review."""
    starts = frame.calendar.starts
    found = {}
    for s, site in frame.sites.items():
        days = set(config.commit_days(s, site, frame.committed_items, starts))
        dates = config.tiered_dates(s, site, starts)
        found[s] = {day: done for day, done in dates.items() if day in days}
    return found


def check(system: System, config: LandConfig) -> list[Issue]:
    """Review paths, actions, agencies and states that exist; policies that do not collide."""
    return [
        *_check_usable(system, config),
        *_check_paths(system, config),
        *_check_actions(system, config),
        *_check_policies(system, config),
        *_check_programmatic(system, config),
        *_check_groups(system, config),
    ]


def _check_usable(system: System, config: LandConfig) -> Iterator[Issue]:
    """Some site may be committed."""
    if not system.open_sites:
        statuses = sorted({str(site.land_status) for site in system.sites.values()})
        yield Issue(
            "components.land.usable_statuses",
            f"no site may be committed: their statuses are {statuses}",
            "a site whose status is usable, of which something is offered",
            "Add a status, or set is_offer_binding to false",
        )


def _check_paths(system: System, config: LandConfig) -> Iterator[Issue]:
    """Every path that is named is one of ``review_paths``."""
    named: list[tuple[str, str]] = []
    for agency, stated in config.path_by_agency.items():
        where = f"components.land.path_by_agency.{agency}"
        if isinstance(stated, dict):
            named += [(f"{where}.{action}", path) for action, path in stated.items()]
        else:
            named.append((where, stated))
    if config.default_path:
        named.append(("components.land.default_path", config.default_path))
    for name, policy in config.policies.items():
        where = f"components.land.policies.{name}.replaces"
        for usual, path in policy.replaces.items():
            named += [(where, usual), (f"{where}.{usual}", path)]
    for name, review in config.programmatic.items():
        where = f"components.land.programmatic.{name}.tiered_path"
        named.append((where, review.tiered_path))
    for name, site in system.sites.items():
        if site.review_path:
            named.append((f"sites.{name}.review_path", site.review_path))
    known = sorted(config.review_paths)
    for place, path in sorted(named):
        if path not in config.review_paths:
            yield Issue(
                place,
                f"unknown review path '{path}'",
                f"one of {known}",
                "Correct it or add it to components.land.review_paths",
            )


def _check_actions(system: System, config: LandConfig) -> Iterator[Issue]:
    """The agency of a site lists a path for the site's action."""
    for name, site in system.sites.items():
        listed = config.path_by_agency.get(site.agency)
        if not isinstance(listed, dict) or site.review_path:
            continue
        if (site.action or NO_ACTION) not in listed:
            what = f"unknown action '{site.action}'" if site.action else "no action is stated"
            yield Issue(
                f"sites.{name}.action",
                f"{what}, and '{site.agency}' has a review path for each action",
                f"one of {sorted(listed)}",
                f"Correct it or add '{site.action or NO_ACTION}' to "
                f"components.land.path_by_agency.{site.agency}",
            )


def _check_policies(system: System, config: LandConfig) -> Iterator[Issue]:
    """A policy has a time and sites; no two put different paths in the place of one."""
    present = {site.agency for site in system.sites.values()}
    for name, policy in config.policies.items():
        where = f"components.land.policies.{name}"
        if policy.from_date and policy.until and policy.until <= policy.from_date:
            yield Issue(
                f"{where}.until",
                f"it ends on {policy.until}, before it begins on {policy.from_date}",
                "a month after from_date",
                "Correct one of the two",
            )
        if policy.is_on and policy.agencies is not None and not present & set(policy.agencies):
            yield Issue(
                f"{where}.agencies",
                f"no site belongs to any of {sorted(policy.agencies)}",
                f"some of {sorted(present)}",
                "Correct them or switch the policy off",
            )
    for (first, one), (second, other) in combinations(sorted(config.policies.items()), 2):
        both = sorted(set(one.replaces) & set(other.replaces)) if one.meets(other) else ()
        for path in both:
            if one.replaces[path] != other.replaces[path]:
                yield Issue(
                    f"components.land.policies.{second}.replaces.{path}",
                    f"'{first}' and '{second}' put different paths in the place of '{path}'",
                    "one path for a commitment of an agency on a date",
                    f"Switch '{first}' or '{second}' off, or part their dates or agencies",
                )


def _check_programmatic(system: System, config: LandConfig) -> Iterator[Issue]:
    """A programmatic review covers some known sites, and none that another covers."""
    for name, review in config.programmatic.items():
        where = f"components.land.programmatic.{name}"
        if (review.agency is None) == (review.sites is None):
            yield Issue(
                where,
                "neither an agency nor sites" if review.sites is None else "an agency and sites",
                "exactly one of agency and sites",
                "State which sites it covers, one way",
            )
        for unknown in sorted(set(review.sites or ()) - set(system.sites)):
            yield Issue(
                f"{where}.sites",
                f"unknown site '{unknown}'",
                f"some of {listed(sorted(system.sites), 8)}",
                "Correct it or add it to sites",
            )
        if not any(review.covers(s, site) for s, site in system.sites.items()):
            yield Issue(
                where,
                "it covers no site",
                f"an agency of {sorted({site.agency for site in system.sites.values()})}, or sites",
                "Correct agency or sites, or remove the review",
            )
    for s, site in system.sites.items():
        both = [name for name, review in config.programmatic.items() if review.covers(s, site)]
        if len(both) > 1:
            yield Issue(
                f"components.land.programmatic.{both[1]}",
                f"'{both[0]}' and '{both[1]}' both cover the site '{s}'",
                "at most one programmatic review for a site",
                "List the sites of each, or remove one",
            )


def _check_groups(system: System, config: LandConfig) -> Iterator[Issue]:
    """Caps by agency and state concern some site."""
    agencies = {site.agency for site in system.sites.values()}
    states = {site.state for site in system.sites.values()}
    for setting, limits, present in (
        ("max_sites_by_agency", config.max_sites_by_agency, agencies),
        ("max_sites_by_state", config.max_sites_by_state, states),
    ):
        for group in sorted(set(limits) - present):
            yield Issue(
                f"components.land.{setting}.{group}",
                f"no site belongs to '{group}'",
                f"one of {sorted(present)}",
                "Correct it or remove the cap",
            )
