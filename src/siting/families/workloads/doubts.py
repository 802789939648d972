"""What is doubted about the settings of ``workloads``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from siting.core.errors import Issue
from siting.core.goals import Earliest, FewestLateMwMonths, MostMw
from siting.core.yaml_source import Path_
from siting.families.doubts import PER_KW, Asked, Begins, Doubts, Usual
from siting.families.workloads.settings import Workload, WorkloadsConfig

TABLE: Path_ = ("components", "workloads", "kinds")


def more(asked: Asked, config: WorkloadsConfig, data: object) -> Iterator[Issue]:
    """Targets that are none or fall, loads that nothing makes a plan serve, sites without position."""
    for name, kind in config.kinds.items():
        yield from _targets(asked, name, kind)
        yield from _far(asked, name, kind, config)
    yield from _delay(asked, config)


def _targets(asked: Asked, name: str, kind: Workload) -> Iterator[Issue]:
    """A target of less than one hall, or of nothing; one that is less than that before it."""
    most, hall_mw = _most_mw(kind), asked.system.hall_it_mw
    where = asked.where((*TABLE, name, "targets"))
    if 0 < most < hall_mw:
        what = f"the target of '{name}' is {most:g} MW, less than one hall of {hall_mw:g} MW"
        yield Issue(where, what, "", "A GW is 1,000 MW; check the unit")
    if most == 0:
        what = f"every target of '{name}' is 0 MW: nothing is built for it"
        yield Issue(where, what, "", "State it_mw")
    for region in sorted({target.region for target in kind.targets}):
        yield from _falls(asked, name, kind, region)


def _most_mw(kind: Workload) -> float:
    """Largest target of a workload, of all regions together [MW]."""
    regions = {target.region for target in kind.targets}
    return max(
        sum(kind.target_mw(region, target.from_date) for region in regions)
        for target in kind.targets
    )


def _falls(asked: Asked, name: str, kind: Workload, region: str) -> Iterator[Issue]:
    """A target that is less than the one before."""
    rows = sorted(
        (t.from_date, t.it_mw, n) for n, t in enumerate(kind.targets) if t.region == region
    )
    for (_, before, _), (day, after, number) in pairwise(rows):
        if after < before:
            what = f"the target of '{name}' falls from {before:,g} to {after:,g} MW on {day}"
            fix = "Targets are totals, not additions; state the whole load from each date on"
            yield Issue(asked.where((*TABLE, name, "targets", number)), what, "", fix)


def _far(asked: Asked, name: str, kind: Workload, config: WorkloadsConfig) -> Iterator[Issue]:
    """Sites without a position, where latency is limited."""
    listed = {link.workload for link in config.links.values()}
    far: list[Path_] = [
        ("sites", s)
        for s, site in asked.system.sites.items()
        if kind.max_latency_ms is not None and None in (site.longitude, site.latitude)
    ]
    what = "{names} have no position: max_latency_ms of '" + name + "' "
    what += "cannot be checked" if name in listed else "keeps it away from there"
    yield from asked.warn(far, what, "State longitude and latitude")


def _delay(asked: Asked, config: WorkloadsConfig) -> Iterator[Issue]:
    """Workloads that nothing makes a plan serve."""
    if any(isinstance(goal, FewestLateMwMonths) for goal in asked.goals):
        return
    goals = [goal for goal in asked.goals if isinstance(goal, MostMw | Earliest)]
    for name, kind in config.kinds.items():
        is_goal = any(goal.workload in (None, name) for goal in goals)
        is_due = kind.must_serve or kind.must_serve_from is not None
        if config.delay_usd(name) == 0 and not is_due and not is_goal:
            what = f"being late costs nothing for '{name}': the cheapest plan never serves it"
            fix = (
                "State delay_cost_usd_per_mw_month, a perspective or must_serve, or another goal "
                "in objectives"
            )
            yield Issue(asked.where((*TABLE, name)), what, "", fix)


DOUBTS = Doubts(
    usual=(
        Usual("kinds.*.delay_cost_usd_per_mw_month", 1_000, 1e8, PER_KW),
        Usual("perspectives.*.typical_usd_per_mw_month", 1_000, 1e8, PER_KW),
        Usual("kinds.*.targets.*.it_mw", 0, 200_000, "a kW is a thousandth of a MW"),
    ),
    begins=(
        Begins("kinds.*.targets.*.from_date", "the target holds"),
        Begins("kinds.*.campus_floors.*.from_date", "the floor holds"),
    ),
    more=more,
)
