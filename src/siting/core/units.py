"""Named conversion factors; no other number may stand in a formula."""

from __future__ import annotations

MONTHS_PER_YEAR = 12
DAYS_PER_WEEK = 7
DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / MONTHS_PER_YEAR
HOURS_PER_DAY = 24
HOURS_PER_YEAR = 8760
KW_PER_MW = 1000
KG_PER_TONNE = 1000
M3_PER_GALLON = 0.003785411784
