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

from siting.core.table import Table
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance


def any_plan_usd(instance: Instance, tables: Mapping[str, Table]) -> float:
    """Discounted cost that no plan with the same load in each period avoids [USD]."""
    return sum(COMPONENTS[name].any_plan_usd(data, tables) for name, data in instance.data.items())
