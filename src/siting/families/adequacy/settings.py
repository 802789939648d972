"""Settings of ``adequacy``, and what they must agree with."""

from __future__ import annotations

from datetime import date

from siting.core.records import Zone
from siting.core.strict import NonNegative, StrictModel


class AdequacyConfig(StrictModel):
    """Settings of ``adequacy``."""

    surplus_share_frac: NonNegative = 1.0
    """Share of each zone's accredited surplus that the plan may use."""
    surplus_of_peak_frac: NonNegative | None = None
    """What-if: every zone's surplus as a share of its peak, in place of the stated one."""

    def zone_surplus_mw(self, zone: Zone, on: date) -> float:
        """Surplus that the plan may use in a zone at a date [MW]."""
        stated = zone.surplus_mw(on) or 0.0
        if self.surplus_of_peak_frac is not None:
            stated = self.surplus_of_peak_frac * zone.peak_mw
        return self.surplus_share_frac * stated
