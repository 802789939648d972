"""Grid or own power: a case of two sites whose break-evens are derived on paper.

Time: sixty months from 2028-02 to 2033-02, no discounting. 100 MW are asked for from 2028-08 on;
every month without them costs 100 d, with d the delay cost in million USD per MW-month.

`near` draws from the grid. Review none, connection 12 months, hall 6 months, and a main bank that is
ordered on 2028-02-01 and takes W weeks. 139 weeks are 973 days, and 973 days after 2028-02-01 is
2030-10-01, the first day of a month: with W <= 139 it serves from 2030-10 at the latest, with
139 < W <= 143 (1001 days, 2030-10-29) from 2030-11.
A month of service costs (10 hall + 17.52 energy + 0.1 bank) / 12 = 2.301667, opening 10:

    from 2030-10, 26 months late, 28 served:  10 + 28 * 2.301667 + 2600 d =  74.446667 + 2600 d
    from 2030-11, 27 months late, 27 served:  10 + 27 * 2.301667 + 2700 d =  72.145    + 2700 d

`ranch` has no grid. Three fuel cells of 40 MW take 12 months: 6 months late, 48 served. Opening 2,
hall 40, cells 120 MW * 4,200 USD/kW / 20 years * 4 = 100.8, fuel 27.2 USD/MWh * 876,000 MWh * 4
= 95.3088:
                                              238.1088 + 600 d

They are equal at 26 months for d = (238.1088 - 74.446667) / 2000 = 0.0818310667, and at 27 months
for d = (238.1088 - 72.145) / 2100 = 0.0790303810. With d between the two, say 0.0805, the grid is
better as long as the bank comes within 139 weeks, own power from the first day more.
"""

from __future__ import annotations

from typing import Any

from support.engine import toy

BREAK_EVEN_WEEKS = 973.5 / 7
"""A lead time is rounded to the day, so that a little more than 139 weeks are still 973 days."""
BREAK_EVEN_DELAY_USD = 81_831.0667
"""At 139 weeks [USD per MW-month]."""


def two_sites(weeks: float = 139, delay_usd: float = 80_500) -> dict[str, Any]:
    """The scenario."""
    scenario = toy()
    scenario["horizon"] = {"start": "2028-02", "steps": [{"until": "2033-02", "step": "month"}]}
    del scenario["sites"]["far"], scenario["zones"]["dear"]
    bank = scenario["components"]["transformers"]["classes"]["main_bank"]
    bank["lead_times"] = [{"ordered_from": "2028-02", "weeks": weeks}]
    bank["stock_units"] = 0
    training = scenario["components"]["workloads"]["kinds"]["training"]
    training["targets"] = [{"from_date": "2028-08", "it_mw": 100}]
    training["delay_cost_usd_per_mw_month"] = delay_usd
    scenario["strategies"] = {"own_power": {"is_headroom_used": False}}
    return scenario


def cost_grid_musd(late_months: int, delay_usd: float) -> float:
    """Cost on paper of `near` alone [million USD]."""
    return 10 + (54 - late_months) * 27.62 / 12 + 100 * late_months * delay_usd / 1e6


def cost_own_musd(delay_usd: float) -> float:
    """Cost on paper of `ranch` alone [million USD]."""
    return 238.1088 + 600 * delay_usd / 1e6
