"""Decisions of ``land``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision, Shown
from siting.families.land.options import RELEASED

DECISIONS: Mapping[str, Decision] = {
    "programmatic": Decision(
        "a programmatic review",
        "recourse",
        shown=Shown("programmatic_reviews", "start_date", items=("id",)),
        bought="by_period",
        agrees="by_period",
    ),
    "tiered": Decision(
        "tiering from that review",
        "recourse",
        shown=Shown("commitments", "commit_date", "is_tiered", True, items=("site",)),
        agrees="by_period",
    ),
    "phases": Decision(
        "phases of a lease",
        "recourse",
        shown=Shown("lease_phases", "start_date", items=("site",), count="count"),
        bought="by_period",
        agrees="by_period",
    ),
    "option": Decision(
        "an option on a site",
        "at order",
        shown=Shown("lease_options", "start_date", items=("site",)),
        bought="by_period",
        is_reserved=True,
    ),
    "released": Decision(
        "giving an option back",
        "recourse",
        shown=Shown("lease_options", "end_date", "ends", RELEASED, items=("site",)),
        agrees="by_period",
    ),
}
