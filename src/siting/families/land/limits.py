"""Limits of ``land``: which numbers of a scenario set them, and what they would have to be."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Given, Key, Limit, Measure, Rank, larger, setting, sooner


def cap_on_sites(given: Given, key: Key) -> str:
    """Cap on sites: of an agency, of a state, or of all."""
    kind, _, name = str(key[0]).partition(" ")
    by = {"agency": "max_sites_by_agency", "state": "max_sites_by_state"}
    return f"components.land.{by[kind]}.{name}" if name else "components.land.max_sites"


LIMITS: Mapping[str, Limit] = {
    "group_limit": Limit(Rank.RULE, cap_on_sites, is_count=True),
    "yearly_limit": Limit(Rank.RULE, setting("components.land.max_commitments_per_year")),
}

MEASURES: tuple[Measure, ...] = (
    sooner("review", "reviews", "components.land.review_paths.*.months"),
    larger(
        "site", "buildable land of sites", "sites.*.buildable_acres", unit="acres", most=1 << 17
    ),
    larger(
        "site", "acres that agencies offer", "sites.*.offered_acres", unit="acres", most=1 << 17
    ),
    larger("site", "largest load of sites", "sites.*.max_it_mw", unit="MW", most=1 << 14),
)
