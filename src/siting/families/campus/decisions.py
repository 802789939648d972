"""Decisions of ``campus``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision, Shown

DECISIONS: Mapping[str, Decision] = {
    "halls": Decision(
        "halls, which follow when their power comes",
        "recourse",
        shown=Shown("halls", "start_date", items=("site",), count="count"),
        bought="by_period",
        agrees="by_period",
    ),
}
