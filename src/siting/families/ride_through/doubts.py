"""What is doubted about the settings of ``ride_through``."""

from __future__ import annotations

from siting.families.doubts import Begins, Doubts

DOUBTS = Doubts(
    begins=(Begins("available_from", "equipment may be had"),),
    leads=("lead_months",),
)
