"""Whether what a scenario commits to are decisions that a plan shows, within the horizon."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.committed import NAME
from siting.core.errors import Issue
from siting.core.system import System
from siting.core.warnings import nearest
from siting.families.declared import decisions
from siting.scenario import Scenario


def check_committed(scenario: Scenario, system: System) -> Iterator[Issue]:
    """Decisions that exist and are shown, items with as many parts as they have, dates in the horizon."""
    declared = decisions()
    shown = {name: of.shown for name, of in declared.items() if of.shown and of.shown.items}
    on = {name for name in shown if name.partition(".")[0] in {"core", *system.families}}
    for name, one in sorted(scenario.committed.items()):
        where = f"{NAME}.{name}"
        of = shown.get(one.decision)
        if of is None or one.decision not in on:
            yield _no_decision(where, one.decision, on)
            continue
        if not of.is_joined and len(one.parts) != len(of.items):
            yield Issue(
                f"{where}.item",
                f"'{one.item}' has {len(one.parts)} parts",
                f"{' and '.join(of.items)}, with a space between",
                f"Write the {' and the '.join(of.items)} of what is committed to",
            )
        if not any(one.holds(day) for day in system.calendar.starts):
            yield Issue(
                f"{where}.date",
                f"no period starts between {one.date} and {one.until or system.calendar.end}",
                f"a date up to the last period, which starts on {system.calendar.starts[-1]}",
                "Correct it or the horizon",
            )


def _no_decision(where: str, decision: str, on: set[str]) -> Issue:
    """Something that is no decision of a family that is on, or that no plan shows."""
    near = nearest(decision, sorted(on))
    is_declared = decision in decisions()
    family = decision.partition(".")[0]
    what = f"unknown decision '{decision}'"
    if is_declared:
        what = f"'{decision}' follows from other decisions: no table of a plan shows it by date"
        if decision in {name for name, of in decisions().items() if of.shown}:
            what = f"'{decision}' belongs to the family '{family}', which is off"
    return Issue(
        f"{where}.decision",
        what,
        f"one of {sorted(on)}",
        f"Write '{near}'"
        if near and not is_declared
        else "Name another decision or remove the row",
    )


def committed_sites(scenario: Scenario) -> frozenset[str]:
    """Sites at which a scenario holds up some decision."""
    held = [one.parts for one in scenario.committed.values() if one.least]
    return frozenset(part for parts in held for part in parts if part in scenario.sites)
