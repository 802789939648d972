"""What is doubted about the settings of ``ratepayer``."""

from __future__ import annotations

from siting.families.doubts import READS_SURPLUS, Doubts

DOUBTS = Doubts(
    reads=READS_SURPLUS,
)
