"""What every plan with the same load pays for halls."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from siting.core.audit import NOISE, SAME_RELATIVE, sum_by
from siting.core.finance import present_years, yearly_usd
from siting.core.table import Table
from siting.families.campus.data import CampusData


def any_plan_usd(data: CampusData, tables: Mapping[str, Table]) -> float:
    """Discounted cost of the halls that the load of all sites fills [USD]."""
    calendar = data.system.calendar
    load = [0.0] * len(calendar)
    for (_, period), mw in sum_by(tables, "service", ("site",), "it_mw", calendar).items():
        load[period] += mw
    capital_usd = yearly_usd(calendar, data.capital_usd, data.lifetime_years, "campus")
    per_hall = capital_usd + data.fixed_om_usd
    halls, total = 0, 0.0
    for period, years in present_years(calendar).items():
        filled = load[period] * (1 - SAME_RELATIVE) - NOISE
        halls = max(halls, ceil(filled / data.hall_it_mw))
        total += per_hall * years * halls
    return total
