"""Why a site is in a plan or not, and what it would take.

For a chosen site: its critical path, the limits it uses up, and what the best plan without it
costs. For one that is not chosen: what the best plan with it costs, and by how many weeks its
connection would have to be shorter for that to pay. Both are solved again, so every cost is an
interval: between what is proven and what the plans differ by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from siting.core.audit import SAME_ABSOLUTE, number, rows_of
from siting.core.study import Change
from siting.core.table import Cell, Row, Table
from siting.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK
from siting.instance.build import Instance
from siting.instance.changes import changed
from siting.model.assemble import USD_PER_OBJECTIVE, LinearModel, assemble
from siting.timeline.solves import Solver

COMMIT = "core.commit"
WEEKS_PER_MONTH = DAYS_PER_MONTH / DAYS_PER_WEEK


@dataclass(frozen=True)
class SiteReasons:
    """What a site means to a plan.

    Attributes:
        is_chosen: whether the plan commits it.
        path: rows of the critical path. limits: what it uses up, in words.
        other_usd: least, planned and most by which the best plan is dearer with the opposite
            choice: without a chosen site, with one that is not; None if there is no such plan.
        entry_mw: IT load that a site not chosen carries at the end of the best plan with it.
        entry_weeks: weeks by which its connection would have to be shorter for it to pay; None if
            no shortening is enough, or the site is chosen.
    """

    site: str
    is_chosen: bool
    path: tuple[Row, ...]
    limits: tuple[str, ...]
    other_usd: tuple[float, float, float] | None
    entry_mw: float | None
    entry_weeks: int | None

    @property
    def entry_usd_per_mw(self) -> float | None:
        """What bringing the site in costs for each MW that it carries."""
        if self.other_usd is None or not self.entry_mw:
            return None
        return self.other_usd[1] / self.entry_mw


def reasons_for(
    instance: Instance,
    tables: Mapping[str, Table],
    cost_usd: tuple[float, float],
    site: str,
    solver: Solver,
) -> SiteReasons:
    """Reasons for or against a site of the scenario.

    Args:
        tables: of the plan. cost_usd: its bound and its cost.
    """
    linear = assemble(instance).linear
    is_chosen = any(row["site"] == site for row in tables["commitments"])
    held = _held(linear, instance, site, 0.0 if is_chosen else 1.0)
    name = f"{'without' if is_chosen else 'with'} {site}"
    outcome = solver.solve(name, instance, held).outcome
    other = None
    mw: float | None = None
    weeks = None
    if outcome.x is not None:
        cost, bound = outcome.objective * USD_PER_OBJECTIVE, outcome.bound * USD_PER_OBJECTIVE
        other = (max(0.0, bound - cost_usd[1]), cost - cost_usd[1], max(0.0, cost - cost_usd[0]))
        if not is_chosen:
            last = len(instance.system.calendar) - 1
            column = linear.columns.get(("core.it_mw", (site, last)))
            mw = 0.0 if column is None else float(outcome.x[column])
            weeks = _entry_weeks(instance, site, cost_usd[1], solver)
    path = tuple(row for row in tables["critical_path"] if row["site"] == site)
    limits = tuple(_limits(instance, tables, site))
    return SiteReasons(site, is_chosen, path, limits, other, mw, weeks)


def _held(linear: LinearModel, instance: Instance, site: str, value: float) -> LinearModel:
    """The commitment of a site by the end held at 1, or at 0 throughout."""
    last = len(instance.system.calendar) - 1
    lower, upper = linear.lower.copy(), linear.upper.copy()
    for (name, key), column in linear.columns.items():
        if name == COMMIT and key[0] == site:
            if not value:
                upper[column] = 0.0
            elif key[1] == last:
                lower[column] = 1.0
    return replace(linear, lower=lower, upper=upper)


def _entry_weeks(instance: Instance, site: str, cost_usd: float, solver: Solver) -> int | None:
    """Fewest weeks by which a shorter connection makes a plan with the site no dearer."""
    if instance.system.sites[site].zone is None:
        return None
    months = instance.system.connection_months(site)

    def pays(weeks: int) -> bool:
        left = max(0.0, months - weeks / WEEKS_PER_MONTH)
        path = f"sites.{site}.connection_months"
        sooner = changed(instance, [Change(path=path, set=left, is_new=True)], site)
        assert sooner is not None
        held = _held(assemble(sooner).linear, sooner, site, 1.0)
        outcome = solver.solve(f"{site} {weeks} weeks sooner", sooner, held).outcome
        return outcome.objective * USD_PER_OBJECTIVE <= cost_usd + 1.0

    low, high = 0, int(months * WEEKS_PER_MONTH) + 1
    if not pays(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if pays(middle) else (middle, high)
    return high


def _limits(instance: Instance, tables: Mapping[str, Table], site: str) -> Iterator[str]:
    """What is used up at the site, at its node and in its zone."""
    system = instance.system
    node, zone = system.node_of.get(site, ""), system.sites[site].zone
    for level, place in (("node", node), ("zone", zone)):
        full = [
            row["period_start"]
            for _, row in rows_of(tables, "headroom")
            if row["level"] == level
            and row["place"] == place
            and number(row, "used_mw") > SAME_ABSOLUTE
            and number(row, "left_mw") <= SAME_ABSOLUTE
        ]
        if full:
            yield f"headroom of {level} {place} is used up from {full[0]}"
    for _, row in rows_of(tables, "sites"):
        if row["site"] == site and number(row, "acres_used") > 0:
            left = number(row, "buildable_acres") - number(row, "acres_used")
            if row["buildable_acres"] is not None and left <= SAME_ABSOLUTE:
                yield f"all {number(row, 'buildable_acres'):,.0f} buildable acres are used"
    spare = _reserve(tables, str(zone))
    if spare is not None:
        yield f"accredited supply of zone {zone} just meets the reserve margin from {spare}"


def _reserve(tables: Mapping[str, Table], zone: str) -> Cell:
    """First period in which a zone has no accredited capacity to spare."""
    for _, row in rows_of(tables, "adequacy"):
        required = number(row, "required_mw")
        left = number(row, "surplus_mw") + number(row, "new_supply_mw") - required
        if row["zone"] == zone and required > SAME_ABSOLUTE and left <= SAME_ABSOLUTE:
            return row["period_start"]
    return None
