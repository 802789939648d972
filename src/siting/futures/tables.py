"""Tables of a plan under uncertainty: futures, regret, dates, and what knowing earlier is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from siting.core.audit import day
from siting.core.plan import Plan
from siting.core.table import Cell, Table
from siting.futures.found import Found
from siting.futures.tree import Tree
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.timeline.milestones import end_it_mw, late_mw_months, milestone_dates

FUTURE_COLUMNS = (
    "future",
    "probability",
    "outcomes",
    "cost_usd",
    "known_cost_usd",
    "known_bound_usd",
    "regret_usd",
    "late_mw_months",
    "end_it_mw",
    "first_date",
    "half_date",
    "full_date",
)
REGRET_COLUMNS = ("plan", "future", "probability", "cost_usd", "regret_usd")
DATE_COLUMNS = (
    "site",
    "name",
    "built_share_frac",
    "first_power_p50_date",
    "first_power_p90_date",
    "full_power_p50_date",
    "full_power_p90_date",
)
INFORMATION_COLUMNS = ("what", "about", "lower_usd", "upper_usd")
HEDGE = "hedge"
"""Name of the plan that is made for all futures."""
MEDIAN, MOST = 0.5, 0.9


def futures_table(tree: Tree, plans: Sequence[Plan], found: Found) -> Table:
    """What the plan comes to in each future, beside the best plan if that one were known."""
    rows = []
    for future, plan, seen in zip(tree.futures, plans, found.seen, strict=True):
        dates = milestone_dates(plan, None)
        known, least = (USD_PER_OBJECTIVE * usd for usd in (seen.cost, min(seen.bound, seen.cost)))
        rows.append(
            {
                "future": future.name,
                "probability": future.probability,
                "outcomes": "; ".join(f"{fact}: {key}" for fact, key in future.outcomes.items()),
                "cost_usd": plan.objective_usd,
                "known_cost_usd": known,
                "known_bound_usd": least,
                "regret_usd": max(0.0, plan.objective_usd - known),
                "late_mw_months": late_mw_months(plan),
                "end_it_mw": end_it_mw(plan),
                **{f"{name}_date": dates[name] for name in ("first", "half", "full")},
            }
        )
    return Table.of(FUTURE_COLUMNS, rows)


def regret_table(tree: Tree, plans: Sequence[Plan], found: Found) -> Table:
    """Cost in each future of this plan and of those for a single future, held; and what each costs
    more there than the best plan that any search has found for it."""
    costs: dict[str, np.ndarray] = {
        HEDGE: np.array([plan.objective_usd for plan in plans]) / USD_PER_OBJECTIVE
    }
    held = {name: each.costs for name, each in found.held.items()}
    best = np.minimum.reduce(
        [np.array([seen.cost for seen in found.seen]), *costs.values(), *held.values()]
    )
    costs |= {future.name: held[future.name] for future in tree.futures if future.name in held}
    rows = [
        {
            "plan": name,
            "future": future.name,
            "probability": future.probability,
            "cost_usd": USD_PER_OBJECTIVE * float(values[n]) if np.isfinite(values[n]) else None,
            "regret_usd": USD_PER_OBJECTIVE * float(values[n] - best[n])
            if np.isfinite(values[n])
            else None,
        }
        for name, values in costs.items()
        for n, future in enumerate(tree.futures)
    ]
    return Table.of(REGRET_COLUMNS, rows)


def dates_table(tree: Tree, plans: Sequence[Plan]) -> Table:
    """How often each site is built, and when it has its first and its full load: the date that is met
    with a probability of half and nine tenths, empty where the site is not built so often."""
    return Table.of(DATE_COLUMNS, _dates(tree, plans))


def _dates(tree: Tree, plans: Sequence[Plan]) -> Iterator[dict[str, Cell]]:
    """The rows of the table; sites that are built in no future are left out."""
    rows: dict[str, list[Mapping[str, Cell]]] = {}
    for plan in plans:
        for row in plan.tables["sites"]:
            rows.setdefault(str(row["site"]), []).append(row)
    for site, of_site in sorted(rows.items()):
        built = [bool(row["is_chosen"]) for row in of_site]
        share = float(tree.probabilities @ np.array(built, dtype=float))
        if not any(built):
            continue
        cells: dict[str, Cell] = {
            "site": site,
            "name": of_site[0]["name"],
            "built_share_frac": share,
        }
        for power, column in (("first", "first_energised_date"), ("full", "full_energised_date")):
            days = [day(row, column) for row in of_site]
            for word, level in (("p50", MEDIAN), ("p90", MOST)):
                cells[f"{power}_power_{word}_date"] = reached(days, tree.probabilities, level)
        yield cells


def reached(days: Sequence[date | None], probabilities: np.ndarray, level: float) -> date | None:
    """First date by which as much of the probability has come; None if it never does."""
    known = sorted((d, float(p)) for d, p in zip(days, probabilities, strict=True) if d is not None)
    total = 0.0
    for when, probability in known:
        total += probability
        if total >= level - 1e-9:
            return when
    return None


Interval = tuple[float, float]
"""Least and most [USD]."""


Earlier = Mapping[tuple[str, str], tuple[float, float]]
"""Plan and bound [million USD] if a fact, by name, were known at another time, in words."""


def evpi(found: Found, earlier: Earlier) -> Interval:
    """What it would be worth to know every fact at once: between what is certain and what is possible. To
    know them all is worth no less than to know one at another time."""
    best = min((value for value, _ in earlier.values()), default=np.inf)
    known = found.bound_known, min(found.value_known, best)
    return _interval(found.bound - known[1], found.value - known[0])


def vss(tree: Tree, found: Found) -> dict[str, Interval]:
    """What the plan is worth over each plan for a single future that is held; common states that the
    search held too are no such plan."""
    singles = {future.name for future in tree.futures}
    return {
        name: _interval(held.bound - found.value, held.value - found.bound)
        for name, held in found.held.items()
        if held.x is not None and name in singles
    }


def _interval(least: float, most: float) -> Interval:
    """Dollars of a value that is never negative."""
    return max(0.0, least) * USD_PER_OBJECTIVE, max(0.0, most) * USD_PER_OBJECTIVE


def information_table(tree: Tree, found: Found, earlier: Earlier) -> Table:
    """What knowing is worth, and what the plan is worth over plans that look at one future."""
    rows: list[dict[str, Cell]] = []
    least, most = evpi(found, earlier)
    rows.append(_row("evpi", "every fact known at once", least, most))
    for (fact, words), (value, bound) in earlier.items():
        least, most = _interval(found.bound - value, found.value - bound)
        rows.append(_row("earlier", f"{fact} {words}", least, most))
    for name, (least, most) in vss(tree, found).items():
        rows.append(_row("vss", f"over the plan for {name}, held", least, most))
    return Table.of(INFORMATION_COLUMNS, rows)


def _row(what: str, about: str, least: float, most: float) -> dict[str, Cell]:
    """A row of the table."""
    return {"what": what, "about": about, "lower_usd": least, "upper_usd": most}
