"""What is doubted about the settings of ``energy``."""

from __future__ import annotations

from siting.families.doubts import PER_KW, Doubts, Usual

DOUBTS = Doubts(
    usual=(
        Usual("network_usd_per_mw_year", 500, 1e6, PER_KW),
        Usual("pue", 1, 3, "facility MW per IT MW"),
        Usual("peak_pue", 1, 3, "facility MW per IT MW"),
    ),
    reads=("zones.*.energy_usd_per_mwh", "zones.*.capacity_usd_per_mw_day"),
)
