r"""What every plan pays that serves the same load in each period, wherever it builds.

    halls   sum_p  (a + o) * y[p] * ceil(max_{q <= p} L[q] / B)      L: load of all sites, B: a hall
    late    sum_p  d[p] * m[p] * sum_w D[w] * u[w,p]

Load runs in energised halls, halls cost the same at every site and stay, so that no plan has fewer than
the largest load so far fills; what is late is late in each of these plans. The sum is therefore a lower
bound of what any of them pays for the two, and at most the rest of a plan's cost depends on the choice.
Energy is left out, since supply on site may replace it.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from siting.core.audit import NOISE, SAME_RELATIVE, day, number, rows_of, sum_by
from siting.core.finance import capital_recovery, present_years
from siting.core.table import Table
from siting.families.campus.data import CampusData
from siting.families.workloads.data import WorkloadsData
from siting.instance.build import Instance


def any_plan_usd(instance: Instance, tables: Mapping[str, Table]) -> float:
    """Discounted cost that no plan with the same load in each period avoids [USD]."""
    return _late_usd(instance, tables) + _hall_usd(instance, tables)


def _late_usd(instance: Instance, tables: Mapping[str, Table]) -> float:
    """Cost of load that is late."""
    data: WorkloadsData = instance.data["workloads"]
    calendar = instance.system.calendar
    total = 0.0
    for _, row in rows_of(tables, "timeline"):
        start = day(row, "period_start")
        period = None if start is None else calendar.period_at(start)
        if period is not None:
            mw_months = calendar.months(period) * number(row, "unserved_mw")
            usd = data.delay_usd[str(row["workload"])] * mw_months
            total += calendar.discount(period) * usd
    return total


def _hall_usd(instance: Instance, tables: Mapping[str, Table]) -> float:
    """Cost of the halls that the load of all sites fills."""
    if "campus" not in instance.data:
        return 0.0
    data: CampusData = instance.data["campus"]
    calendar = instance.system.calendar
    load = [0.0] * len(calendar)
    for (_, period), mw in sum_by(tables, "service", ("site",), "it_mw", calendar).items():
        load[period] += mw
    rate = capital_recovery(calendar.discount_rate_frac, data.lifetime_years)
    yearly_usd = data.overnight_usd * rate + data.fixed_om_usd
    halls, total = 0, 0.0
    for period, years in present_years(calendar).items():
        filled = load[period] * (1 - SAME_RELATIVE) - NOISE
        halls = max(halls, ceil(filled / data.hall_it_mw))
        total += yearly_usd * years * halls
    return total
