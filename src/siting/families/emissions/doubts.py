"""What is doubted about the settings of ``emissions``."""

from __future__ import annotations

from siting.families.doubts import Doubts, Usual

DOUBTS = Doubts(
    usual=(Usual("price_usd_per_t", 0.5, 5_000, "USD per tonne"),),
)
