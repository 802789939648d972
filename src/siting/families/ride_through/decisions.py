"""Decisions of ``ride_through``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision, Shown

DECISIONS: Mapping[str, Decision] = {
    "equipped_mw": Decision(
        "ride-through equipment of a load",
        "recourse",
        shown=Shown("ride_through", "start_date", items=("site",), count="equipped_mw"),
        bought="by_period",
        agrees="by_period",
    ),
}
