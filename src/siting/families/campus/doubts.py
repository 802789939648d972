"""What is doubted about the settings of ``campus``."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.errors import Issue
from siting.core.yaml_source import Path_
from siting.families.campus.settings import CampusConfig
from siting.families.doubts import PER_KW, Asked, Doubts, Usual


def more(asked: Asked, config: CampusConfig, data: object) -> Iterator[Issue]:
    """Halls that are there on the day on which they are started."""
    place: Path_ = ("components", "campus", "shell_months")
    if not config.shell_months:
        yield from asked.warn([place], "a hall takes 0 months", "State the months of construction")


DOUBTS = Doubts(
    usual=(
        Usual("overnight_usd_per_it_mw", 1e5, 1e8, PER_KW),
        Usual("fixed_om_usd_per_it_mw_year", 1e3, 1e7, PER_KW),
        Usual("shell_months", 0, 120, "months"),
    ),
    leads=("shell_months",),
    more=more,
)
