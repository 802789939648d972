"""Decisions of ``plants``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision, Shown

SHOWN = Shown("plants", "start_date", items=("item",), is_joined=True, count="quantity")
"""Units are told from named plants by their item, technology and place."""

DECISIONS: Mapping[str, Decision] = {
    "units": Decision(
        "the start of units of a technology",
        "at its start",
        shown=SHOWN,
        bought="by_period",
    ),
    "start": Decision(
        "the start of a named plant",
        "at its start",
        shown=SHOWN,
        bought="by_period",
    ),
    "unlocked": Decision("whether a technology may follow its predecessor", "recourse"),
    "idle": Decision("units that wait for their step-ups", "recourse"),
    "has": Decision("whether a site has a unit that may fail", "recourse"),
}
