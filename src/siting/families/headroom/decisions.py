"""Decisions of ``headroom``: what its states commit to, and when."""

from __future__ import annotations

from collections.abc import Mapping

from siting.families.declarations import Decision, Shown

DECISIONS: Mapping[str, Decision] = {
    "connect": Decision(
        "a request for connection",
        "at its start",
        shown=Shown("connections", "start_date", items=("site",)),
        bought="by_period",
        is_needed=True,
    ),
    "upgrade": Decision(
        "an upgrade of the grid",
        "at its start",
        shown=Shown("upgrades", "start_date", items=("upgrade",)),
        bought="by_period",
    ),
}
