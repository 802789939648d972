"""Warnings about what changes nothing: settings of families that are off, rows that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from siting.core.calendar import months_between
from siting.core.errors import Issue
from siting.core.paths import ANY, unknown
from siting.core.study import Strategy
from siting.core.yaml_source import Path_
from siting.families.doubts import MARGIN_YEARS
from siting.families.registry import COMPONENTS
from siting.instance.asked import Asked

SURPLUS = "accredited_surplus_mw"
RESTART = "restart"
"""``kind`` of a named plant that is restarted."""


def warn_idle(asked: Asked) -> Iterator[Issue]:
    """Settings, rows and studies without effect."""
    yield from _settings(asked)
    yield from _overruled(asked)
    yield from _unused_rows(asked)
    yield from _studies(asked)


def _settings(asked: Asked) -> Iterator[Issue]:
    """Settings that only families that are off would read, by the user's own rows; of several families
    that which reads least else is named first."""
    readers: dict[str, list[str]] = {}
    by_reads = sorted(COMPONENTS.items(), key=lambda item: len(item[1].doubts.reads))
    for name, component in by_reads:
        for path in component.doubts.reads:
            readers.setdefault(path, []).append(name)
    for path, names in readers.items():
        if not set(names) & set(asked.families):
            why = f"changes nothing without components.{' or components.'.join(names)}"
            yield from _ignored(asked, path, why, f"Add components.{names[0]}, or remove it")


def _ignored(asked: Asked, pattern: str, why: str, fix: str) -> list[Issue]:
    """One warning for the values that the user stated of a setting that nothing reads."""
    paths = [path for path, value in asked.own(pattern) if value not in (None, "")]
    row = pattern.split(".").index(ANY) if ANY in pattern else -1
    of = " of {names}" if ANY in pattern else ""
    return asked.warn(paths, f"{paths[0][-1]}{of} {why}", fix, row) if paths else []


def _overruled(asked: Asked) -> Iterator[Issue]:
    """Settings that another one of the same row or family takes the place of."""
    years = MARGIN_YEARS
    for one, others in (
        (
            "headroom_mw",
            [f"headroom_mw_{t}" for t in ("0pct", "0_25pct", "0_5pct", "1pct", "5pct")],
        ),
        (SURPLUS, [f"{SURPLUS}_{year}" for year in years]),
        ("reserve_margin_frac", [f"reserve_margin_frac_{year}" for year in years]),
    ):
        paths = []
        for path, row in asked.own("zones.*"):
            stated = isinstance(row, dict) and row.get(one) is not None
            if stated and any(row.get(other) is not None for other in others):
                paths.append(path)
        what = f"{{names}} state {one}, which holds instead of {others[0]} to {others[-1]}"
        yield from asked.warn(paths, what, f"Remove {one} or the others")


def _unused_rows(asked: Asked) -> Iterator[Issue]:
    """The user's zones and nodes that no site can use."""
    scenario = asked.instance.scenario
    names = set(scenario.zones) - asked.zones_used
    yield from asked.warn_rows(("zones",), names, "no site lies in {names}")
    names = set(scenario.nodes) - asked.nodes_used
    yield from asked.warn_rows(("nodes",), names, "no site connects at {names}")


def _studies(asked: Asked) -> Iterator[Issue]:
    """Strategies that restrict nothing, and paths of studies that name nothing."""
    scenario = asked.instance.scenario
    calendar = asked.instance.system.calendar
    plain = Strategy().model_dump(exclude={"about"})
    for name, strategy in scenario.strategies.items():
        place: Path_ = ("strategies", name)
        if strategy.model_dump(exclude={"about"}) == plain and name != "optimal":
            yield from asked.warn([place], "{names} restricts nothing", "State a restriction")
        months = months_between(calendar.starts[0], calendar.end)
        waits = (strategy.decided_from_months, strategy.committed_from_months)
        if 0 in waits or (strategy.decided_within_months or 0) >= months:
            what = f"{{names}}: it leaves the whole horizon of {months} months to decide in"
            yield from asked.warn([place], what, "Correct the months")
        held_back = _held_back(asked, strategy)
        if held_back and not any(held_back.values()):
            what = f"{{names}} changes nothing: nothing to hold back by {', '.join(held_back)}"
            yield from asked.warn([place], what, "Remove it, or compare it in another scenario")
    data = asked.document.data
    studies: list[tuple[Path_, list[str]]] = [
        (("bottlenecks", name), [change.path for change in step.changes if not change.is_new])
        for name, step in scenario.bottlenecks.items()
    ]
    studies += [(("break_evens", n), list(b.paths)) for n, b in scenario.break_evens.items()]
    for place, paths in studies:
        for path in paths:
            if not asked.stated(path):
                yield unknown(data, path, asked.document.where(place))


def _held_back(asked: Asked, strategy: Strategy) -> dict[str, bool]:
    """Restrictions that a strategy states, and whether the scenario has what each holds back."""
    families = asked.families
    plants: Any = families.get("plants")
    restarts = plants is not None and any(p.kind == RESTART for p in plants.named.values())
    stated = strategy.model_dump(exclude={"about"}, exclude_defaults=True)
    has = {
        "new_supply": plants is not None,
        "supply_ready_months": plants is not None,
        "is_rental_allowed": any(
            decision.is_rented
            for name in families
            for decision in COMPONENTS[name].decisions.values()
        ),
        "is_grid_asked_at_once": "headroom" in families,
        "is_restart_first": restarts,
    }
    return {setting: has.get(setting, True) for setting in stated}
