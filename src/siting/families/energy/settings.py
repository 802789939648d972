"""Settings of ``energy``, and what they must agree with."""

from __future__ import annotations

from pydantic import Field

from siting.core.strict import NonNegative, StrictModel


class EnergyConfig(StrictModel):
    """Settings of ``energy``."""

    pue: float = Field(default=1.0, ge=1.0)
    """Power usage effectiveness: facility MW per IT MW."""
    load_factor_frac: float = Field(default=1.0, gt=0.0, le=1.0)
    """Average over peak facility load."""
    network_usd_per_mw_year: NonNegative = 0.0
    """Network charge on contracted draw [USD per MW and year]."""
