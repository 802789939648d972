"""What is doubted about the settings of ``adequacy``."""

from __future__ import annotations

from siting.families.doubts import READS_SURPLUS, SHARE, Doubts, Usual

DOUBTS = Doubts(
    usual=(
        Usual("surplus_share_frac", 0, 1, SHARE),
        Usual("surplus_of_peak_frac", 0, 1, SHARE),
    ),
    reads=READS_SURPLUS,
)
