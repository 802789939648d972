"""What is wrong with the facts of a scenario, before any future is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from siting.core.calendar import Calendar
from siting.core.errors import Issue
from siting.core.futures import Fact, Futures
from siting.core.paths import value_at
from siting.core.yaml_scan import Path_
from siting.instance.apply import moved, places_of


def check_futures(
    settings: Futures, resolved: Mapping[str, Any], calendar: Calendar
) -> list[Issue]:
    """Dates outside the horizon, changes of nothing, outcomes that are the same, numbers of two facts."""
    issues: list[Issue] = []
    owner: dict[Path_, str] = {}
    for name, fact in settings.used.items():
        where = f"futures.facts.{name}"
        day = fact.known.latest
        if day is not None and not calendar.starts[0] <= day < calendar.end:
            expected = f"a date from {calendar.starts[0]} to before {calendar.end}"
            fix = "Correct it, or the horizon"
            issues.append(Issue(f"{where}.known", f"{day} is not in the horizon", expected, fix))
        issues += _check_outcomes(where, fact, resolved)
        for path in sorted(_touched(fact, resolved), key=str):
            if owner.setdefault(path, name) != name:
                what = f"it changes {'.'.join(map(str, path))}, which '{owner[path]}' changes too"
                fix = "Join the two facts into one, with an outcome for each combination"
                issues.append(Issue(where, what, "numbers that no other fact changes", fix))
                break
    return issues


def _touched(fact: Fact, resolved: Mapping[str, Any]) -> set[Path_]:
    """Places that any outcome of a fact changes."""
    return {
        path
        for outcome in fact.outcomes.values()
        for change in outcome.changes
        for path in places_of(resolved, change)
    }


def _check_outcomes(where: str, fact: Fact, resolved: Mapping[str, Any]) -> Iterator[Issue]:
    """Changes that change nothing, and outcomes that are the same."""
    found: dict[str, str] = {}
    for key, outcome in fact.outcomes.items():
        after: dict[Path_, Any] = {}
        for number, change in enumerate(outcome.changes):
            place = f"{where}.outcomes.{key}.changes.{number}"
            issues: list[Issue] = []
            new = moved(resolved, change, place, issues)
            yield from issues
            other = {
                path: value for path, value in new.items() if value != value_at(resolved, path)
            }
            after.update(other)
            if not other and not issues:
                what = "the value is there already" if new else "the path names nothing"
                fix = "Correct it, or leave the change out"
                yield Issue(place, f"{change.path} changes nothing: {what}", "a change", fix)
        same = found.setdefault(repr(sorted(after.items(), key=repr)), key)
        if same != key:
            what = f"it is the same as '{same}'"
            fix = "Join the two and add their probabilities"
            yield Issue(f"{where}.outcomes.{key}", what, "outcomes that differ", fix)
