"""What is doubted about the settings of ``curtailment``."""

from __future__ import annotations

from siting.families.doubts import READS_HEADROOM, READS_SURPLUS, Doubts

DOUBTS = Doubts(
    reads=(
        *READS_HEADROOM,
        "zones.*.headroom_mw_0pct",
        *READS_SURPLUS,
    ),
    overrules=("components.headroom.tier",),
)
