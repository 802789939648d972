"""What is doubted about the settings of ``bridge``."""

from __future__ import annotations

from siting.families.doubts import PER_KW, Begins, Doubts, Ends, Usual, usual_fuel

DOUBTS = Doubts(
    usual=(
        Usual("products.*.rent_usd_per_mw_month", 500, 1e6, PER_KW),
        *usual_fuel("products.*"),
    ),
    begins=(Begins("products.*.available_from", "a unit may run"),),
    ends=(Ends("products.*.available_until", "no unit can run"),),
    leads=("products.*.mobilisation_months",),
)
