r"""The value of a month at which the best plan stops being the best one.

With every delay cost times a share f of what it is, a plan costs a line in f: C + f * D, where D is its
delay cost as stated and C all else. The best plan A (f = 1) is beaten at f by a plan B that leaves more late
(D_B > D_A) where

    f < f(B) = (C_A - C_B) / (D_B - D_A)

and so is not built below the largest f(B). That is found as Dinkelbach does: f = 0 gives the first B; the
scenario is solved at f(B), and what it finds there, where it is cheaper than A, gives a larger f(B); until
nothing is. Each B is a plan, so A is not the best below f(B) for certain; that it is the best above holds
within the gap of the solves. The marginal campuses are those of A that serve less in the last B.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from siting.core.errors import NoPlanError
from siting.core.study import Change
from siting.core.table import Cell, Table
from siting.families.workloads.data import WorkloadsData
from siting.families.workloads.value import delay_usd_per_month
from siting.instance.build import Instance
from siting.instance.changes import changed
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.pipeline import Loaded
from siting.solver.completion import named
from siting.timeline.compare import Solved
from siting.timeline.solves import Point, Solver

PATHS = (
    "components.workloads.kinds.*.delay_cost_usd_per_mw_month",
    "components.workloads.perspectives.*.low_usd_per_mw_month",
    "components.workloads.perspectives.*.typical_usd_per_mw_month",
    "components.workloads.perspectives.*.high_usd_per_mw_month",
)
"""Every number that is a level of delay cost."""
ROUNDS = 12
"""Solves after which the search ends, proven or not."""
SAME_FRAC = 1e-6
"""Shares of the delay cost that count as one, and relative differences of cost that count as none."""
COLUMNS = ("workload", "perspective", "stated_usd", "least_usd", "low_usd", "high_usd", "sites")


@dataclass(frozen=True)
class Level:
    """The delay cost of a workload, and what is published of it [USD per MW and month]."""

    workload: str
    perspective: str
    usd: float
    low_usd: float | None
    high_usd: float | None


@dataclass(frozen=True)
class Line:
    """A plan as a line in the share of the delay cost.

    Attributes:
        other_usd, delay_usd: cost without delay, and delay as stated, both discounted.
        mw: most IT load that each site ever serves.
    """

    other_usd: float
    delay_usd: float
    mw: Mapping[str, float]

    def at(self, share: float) -> float:
        """Cost at a share of the delay cost [USD]."""
        return self.other_usd + share * self.delay_usd


@dataclass(frozen=True)
class MonthValue:
    """What came of the search.

    Attributes:
        share: of the stated delay cost, below which the best plan is not the best one; None where no plan
            that leaves more late was found.
        sites: that serve less below it, with what they serve less [IT MW].
        late_usd: delay cost, as stated, that the plan below it leaves more.
    """

    share: float | None
    sites: Mapping[str, float]
    late_usd: float
    levels: tuple[Level, ...]


def levels_of(instance: Instance) -> tuple[Level, ...]:
    """Delay cost of each workload, in dollars of the price year."""
    config = instance.scenario.families()["workloads"]
    found = []
    for name, kind in sorted(config.kinds.items()):
        view = config.perspectives.get(kind.perspective or "")
        low, high = (None if view is None else view.level_usd(end) for end in ("low", "high"))
        label = "" if view is None else view.name or str(kind.perspective)
        found.append(Level(name, label, config.delay_usd(name), low, high))
    return tuple(found)


def find_lines(
    loaded: Loaded, best: Solved, solver: Solver, on_done: Callable[[str], None]
) -> tuple[Line, ...]:
    """Plans that are the best at lower values, until none beats the best plan there.

    Raises:
        NoPlanError: a solve stopped before it had a plan.
    """
    instance = loaded.instance
    first = _line_of(instance, _point(best), best.ranked.outcome.objective * USD_PER_OBJECTIVE)
    lines: list[Line] = []
    share = 0.0
    for _ in range(ROUNDS):
        line = _solved_at(instance, share, solver)
        on_done(f"value of a month: solved at {share:.4f} of what is stated")
        lines.append(line)
        higher = _share(first, lines)
        if higher is None or higher <= share + SAME_FRAC or higher > 1:
            break
        share = higher
    return tuple(lines)


def least_value(loaded: Loaded, best: Solved, lines: Sequence[Line]) -> MonthValue:
    """The value below which the best plan is not the best one, and what is then not built."""
    instance = loaded.instance
    first = _line_of(instance, _point(best), best.ranked.outcome.objective * USD_PER_OBJECTIVE)
    share = _share(first, lines)
    levels = levels_of(instance)
    if share is None:
        return MonthValue(None, {}, 0.0, levels)
    more = [line for line in lines if _beats(first, line)]
    last = max(more, key=lambda line: (_crossing(first, line), -line.delay_usd))
    fewer = {site: mw - last.mw.get(site, 0.0) for site, mw in first.mw.items()}
    sites = {site: mw for site, mw in sorted(fewer.items()) if mw > SAME_FRAC * first.mw[site]}
    return MonthValue(share, sites, last.delay_usd - first.delay_usd, levels)


def _share(first: Line, lines: Sequence[Line]) -> float | None:
    """The largest share at which a plan that leaves more late costs as little as the first."""
    return max((_crossing(first, line) for line in lines if _beats(first, line)), default=None)


def _beats(first: Line, line: Line) -> bool:
    """Whether a plan leaves more late than the first, and saves something for it."""
    is_later = line.delay_usd > first.delay_usd + SAME_FRAC * abs(first.at(1.0))
    return is_later and line.other_usd < first.other_usd


def _crossing(first: Line, line: Line) -> float:
    """The share at which two plans cost the same."""
    return (first.other_usd - line.other_usd) / (line.delay_usd - first.delay_usd)


def _solved_at(instance: Instance, share: float, solver: Solver) -> Line:
    """The best plan at a share of the delay cost."""
    changes = [Change(path=path, multiply=share) for path in PATHS]
    there = changed(instance, changes, f"value of a month times {share:g}")
    assert there is not None
    linear = assemble(there).linear
    ranked = solver.solve(f"month value {share:.9g}", there, linear)
    if ranked.outcome.x is None:
        raise NoPlanError(f"value of a month times {share:g}: no plan was found in its time.")
    point = named(linear, ranked.outcome.x)
    delay = _delay_usd(instance, point)
    cost = ranked.outcome.objective * USD_PER_OBJECTIVE
    return Line(cost - share * delay, delay, _mw(instance, point))


def _point(solved: Solved) -> Point:
    """The plan of a solve by name and index."""
    x = solved.ranked.outcome.x
    assert x is not None
    return named(solved.linear, x)


def _line_of(instance: Instance, point: Point, cost_usd: float) -> Line:
    """The line of a plan of the scenario as it is."""
    delay = _delay_usd(instance, point)
    return Line(cost_usd - delay, delay, _mw(instance, point))


def _delay_usd(instance: Instance, point: Point) -> float:
    """Discounted delay cost of a plan, as the scenario states it [USD]."""
    data: WorkloadsData = instance.data["workloads"]
    calendar, total = data.system.calendar, 0.0
    for key in data.late_periods:
        late = point.get(("workloads.unserved_mw", key), 0.0)
        usd = delay_usd_per_month(data.bands[key], late)
        total += calendar.discount(key[2]) * calendar.months(key[2]) * usd
    return total


def _mw(instance: Instance, point: Point) -> dict[str, float]:
    """Most IT load that each site ever serves [MW]."""
    most: dict[str, float] = {}
    for site, period in instance.system.service_periods:
        mw = point.get(("core.it_mw", (site, period)), 0.0)
        if mw > max(SAME_FRAC, most.get(site, 0.0)):
            most[site] = mw
    return dict(sorted(most.items()))


def tables(found: MonthValue) -> dict[str, Table]:
    """``month_value``, one row a workload: what is stated, what is least, what is published."""
    sites = ", ".join(found.sites)
    rows: list[dict[str, Cell]] = []
    for level in found.levels:
        least = None if found.share is None else found.share * level.usd
        cells = (level.perspective, level.usd, least, level.low_usd, level.high_usd, sites)
        rows.append(dict(zip(COLUMNS, (level.workload, *cells), strict=True)))
    return {"month_value": Table.of(COLUMNS, rows)}
