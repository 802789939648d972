r"""Which campus of a plan is worth least, and what a month of its load must be worth for it.

Without a campus the plan A becomes a plan B: all that lies at the site is zero, every other integer stays as it
is, and what is left is a linear program. With C the cost without delay and M the discounted MW-months that are
late, the plan is cheaper without the campus below

    v(site) = (C_A - C_B) / (M_B - M_A)

a month. The marginal campus is the one with the largest v. B is a plan, so that A is not the best below v
is certain; a plan that is rebuilt without the campus may beat A at a higher value, which `siting compare
--month-value` looks for. A campus that is committed, or whose load moves elsewhere in time, has none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.model.program import Program
from siting.solver.highs import Limits, solve

DELAY = ("workloads.unserved_mw", "workloads.late_part_mw")
"""Variables whose cost is that of delay; the first is what is late."""
SMALL = 1e-6
"""MW, and MW-months, that count as none."""


def marginal_campus(
    instance: Instance, linear: Program, x: np.ndarray, limits: Limits
) -> dict[str, Any] | None:
    """The campus of a plan that is worth least; None where being late costs nothing or none may go.

    Args:
        x: the plan, by column of the program.
    """
    delay, months = _delay(instance, linear)
    if not delay.any():
        return None
    best: tuple[float, str] | None = None
    served = _served(linear, x)
    for number, (site, _) in served.items():
        without = _without(linear, x, number, limits)
        if without is None:
            continue
        later = float(months @ (without - x))
        saved = float((linear.cost - delay) @ (x - without)) * USD_PER_OBJECTIVE
        if later > SMALL and saved > 0:
            best = max(best or (0.0, site), (saved / later, site))
    if best is None:
        return None
    mw = {site: most for site, most in served.values()}
    value, site = best
    return {"site": site, "it_mw": mw[site], "usd_per_mw_month": value, **_worth(instance)}


def _served(linear: Program, x: np.ndarray) -> dict[int, tuple[str, float]]:
    """Name and most IT load of each site that serves any, by its number."""
    found: dict[int, tuple[str, float]] = {}
    for (name, key), column in linear.columns.items():
        if name == "core.it_mw" and x[column] > SMALL:
            number = int(linear.site[column])
            most = max(float(x[column]), found.get(number, ("", 0.0))[1])
            found[number] = (str(key[0]), most)
    return dict(sorted(found.items()))


def _delay(instance: Instance, linear: Program) -> tuple[np.ndarray, np.ndarray]:
    """By column, the cost of delay, and the discounted months of what is late."""
    calendar = instance.system.calendar
    delay, months = np.zeros(len(linear.cost)), np.zeros(len(linear.cost))
    for (name, key), column in linear.columns.items():
        if name in DELAY:
            delay[column] = linear.cost[column]
        if name == DELAY[0]:
            months[column] = calendar.discount(key[2]) * calendar.months(key[2])
    return delay, months


def _without(linear: Program, x: np.ndarray, number: int, limits: Limits) -> np.ndarray | None:
    """The plan with nothing at a site and every other integer held; None where none is left."""
    gone = (linear.site == number) & (linear.lower <= 0)
    emptied = linear.bounded(upper=np.where(gone, 0.0, linear.upper))
    rest = emptied.held(linear.is_integer & ~gone, np.round(x)).relaxed()
    found = solve(rest, replace(limits, threads=1), None, "marginal campus")
    return found.x if found.status == "OPTIMAL" else None


def _worth(instance: Instance) -> dict[str, list[float]]:
    """Lowest and highest value of a month that is stated, and that is published of it [USD per MW]."""
    config = instance.scenario.families()["workloads"]
    stated = [config.delay_usd(name) for name in config.kinds]
    views = [config.perspectives.get(kind.perspective or "") for kind in config.kinds.values()]
    published = [view.level_usd(end) for view in views if view for end in ("low", "high")]
    return {
        "stated_usd": [min(stated), max(stated)],
        "published_usd": [min(published), max(published)] if published else [],
    }
