"""What is doubted about the settings of ``curtailment``."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.errors import Issue
from siting.families.curtailment.data import CurtailmentData
from siting.families.curtailment.settings import CurtailmentConfig
from siting.families.doubts import READS_HEADROOM, READS_SURPLUS, Asked, Doubts


def _tier(asked: Asked, config: CurtailmentConfig, data: CurtailmentData) -> Iterator[Issue]:
    """One tier for firm load, where every zone has all of them."""
    used = [zone for zone in asked.zones_used if zone is not None]
    if used and all(map(config.is_offered, used)):
        paths = [path for path, value in asked.own("components.headroom.tier") if value]
        what = "tier is ignored beside components.curtailment"
        yield from asked.warn(paths, what, "Remove it, or components.curtailment")


DOUBTS = Doubts(
    reads=(
        *READS_HEADROOM,
        "zones.*.headroom_mw_0pct",
        *READS_SURPLUS,
    ),
    more=_tier,
)
