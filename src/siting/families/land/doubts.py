"""What is doubted about the settings of ``land``."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.errors import Issue
from siting.core.warnings import nearest
from siting.core.yaml_source import Path_
from siting.families.doubts import Asked, Begins, Doubts, Ends
from siting.families.land.settings import LandConfig

TABLE: Path_ = ("components", "land")


def more(asked: Asked, config: LandConfig, data: object) -> Iterator[Issue]:
    """Leases that cost nothing, sites without a review, agencies and paths without a site."""
    if config.lease_phases and not config.lease_usd_per_acre_year:
        what = "leases in phases that cost nothing"
        yield from asked.warn([(*TABLE, "lease_phases")], what, "State lease_usd_per_acre_year")
    yield from _not_reviewed(asked, config)
    yield from _idle_agencies(asked, config)
    yield from _idle_paths(asked, config)


def _not_reviewed(asked: Asked, config: LandConfig) -> Iterator[Issue]:
    """Sites that no review holds, where others are reviewed."""
    free: dict[str, list[Path_]] = {}
    for name, site in asked.sites.items() if config.review_paths else ():
        if config.usual_path(site) is None:
            free.setdefault(site.agency, []).append(("sites", name))
    for agency, paths in sorted(free.items()):
        near = nearest(agency, config.path_by_agency)
        who = f"the agency '{agency}' has no review path" if agency else "no agency is stated"
        add = "Add the agency to components.land.path_by_agency, or state default_path"
        yield from asked.warn(
            paths, f"{who}: {{names}} start without a review", f"Write '{near}'" if near else add
        )


def _idle_agencies(asked: Asked, config: LandConfig) -> Iterator[Issue]:
    """Agencies of the user's that no site belongs to."""
    agencies = {site.agency for site in asked.sites.values()}
    table: Path_ = (*TABLE, "path_by_agency")
    lost = sorted(set(config.path_by_agency) - agencies)
    lost = [agency for agency in lost if asked.is_own((*table, agency))]
    near = nearest(lost[0], sorted(agencies)) if lost else None
    fix = f"Write '{near}'" if near else "Correct it or remove the line"
    what = "no site belongs to {names}: the review path changes nothing"
    yield from asked.warn([(*table, agency) for agency in lost], what, fix)


def _idle_paths(asked: Asked, config: LandConfig) -> Iterator[Issue]:
    """Review paths that no site takes."""
    named = {site.review_path for site in asked.sites.values()} | {config.default_path}
    for listed in config.path_by_agency.values():
        named |= set(listed.values()) if isinstance(listed, dict) else {listed}
    named |= {p for policy in config.policies.values() for p in policy.replaces.values()}
    named |= {review.tiered_path for review in config.programmatic.values()}
    idle = set(config.review_paths) - named
    what = "no site takes the review path {names}"
    yield from asked.warn_rows((*TABLE, "review_paths"), idle, what)


DOUBTS = Doubts(
    begins=(Begins("policies.*.from_date", "the policy holds"),),
    ends=(Ends("policies.*.until", "it covers no commitment"),),
    leads=("review_paths.*.months",),
    more=more,
)
