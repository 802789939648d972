"""Which strategies, break-evens and bottlenecks a study runs: built in, of the scenario, by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from siting.core.calendar import months_between
from siting.core.errors import InputError, Issue
from siting.core.resources import builtin_path, builtin_root
from siting.core.strict import StrictModel, validate
from siting.core.study import Bottleneck, BreakEven, Strategy
from siting.core.yaml_source import read_document
from siting.instance.build import Instance
from siting.instance.changes import ANY, items

OPTIMAL = "optimal"
"""The strategy without any restriction, which every comparison has."""
DATED = re.compile(r"(?P<name>[^:]+):(?P<year>\d{4})-(?P<month>\d{2})")
"""A strategy with another date, for instance ``wait_until:2031-01``."""

M = TypeVar("M", bound=StrictModel)


def strategies_for(instance: Instance, names: Sequence[str] = ()) -> dict[str, Strategy]:
    """The strategies asked for by name, ``optimal`` first; all of them if none is named.

    Raises:
        InputError: names that are not known, a date that does not fit, energy sources nobody has.
    """
    known = _library("strategies", Strategy) | dict(instance.scenario.strategies)
    chosen = {OPTIMAL: known[OPTIMAL]}
    issues = []
    for name in names or sorted(known):
        dated = DATED.fullmatch(name)
        plain = dated["name"] if dated else name
        if plain not in known:
            issues.append(_unknown("strategy", plain, known))
        elif dated:
            months = _months(instance, int(dated["year"]), int(dated["month"]))
            if months is None or known[plain].decided_from_months is None:
                issues.append(_bad_date(instance, name))
            else:
                chosen[name] = known[plain].model_copy(update={"decided_from_months": months})
        else:
            chosen[plain] = known[plain]
    issues += [
        issue for name, strategy in chosen.items() for issue in _sources(instance, name, strategy)
    ]
    if issues:
        raise InputError(issues)
    return chosen


def break_evens_for(instance: Instance, names: Sequence[str]) -> dict[str, BreakEven]:
    """The break-evens asked for by name.

    Raises:
        InputError: names that are not known, or strategies that they name.
    """
    known = _library("break_evens", BreakEven) | dict(instance.scenario.break_evens)
    return _chosen("break-even", known, names)


def bottlenecks_for(instance: Instance, names: Sequence[str] = ()) -> dict[str, Bottleneck]:
    """The steps asked for by name; all of families that are on if none is named.

    Raises:
        InputError: names that are not known.
    """
    known = _library("bottlenecks", Bottleneck) | dict(instance.scenario.bottlenecks)
    chosen = _chosen("bottleneck", known, names)
    if not names:
        chosen = {n: step for n, step in sorted(known.items()) if step.family in instance.data}
    return {n: s for name, step in chosen.items() for n, s in _each(instance, name, step)}


def _each(instance: Instance, name: str, step: Bottleneck) -> Iterator[tuple[str, Bottleneck]]:
    """A step, or one for each key that the first ``*`` of its paths stands for."""
    holder, star, _ = step.changes[0].path.partition(f".{ANY}")
    if not step.is_each or not star:
        yield name, step
        return
    for item in items(instance, holder):
        changes = [
            c.model_copy(update={"path": c.path.replace(ANY, item, 1)}) for c in step.changes
        ]
        about = f"{step.about}: {item}"
        yield f"{name} {item}", step.model_copy(update={"changes": changes, "about": about})


def _library(name: str, model: type[M]) -> dict[str, M]:
    """Entries of a built-in library."""
    document = read_document(builtin_path(f"models/libraries/{name}.yaml"), builtin=builtin_root())
    assert isinstance(document.data, dict)
    return {key: validate(model, document, (key,)) for key in document.data}


def _chosen(what: str, known: Mapping[str, M], names: Sequence[str]) -> dict[str, M]:
    """Entries by name."""
    issues = [_unknown(what, name, known) for name in names if name not in known]
    if issues:
        raise InputError(issues)
    return {name: known[name] for name in names}


def _unknown(what: str, name: str, known: Mapping[str, object]) -> Issue:
    """A name that nothing has."""
    expected = f"one of {', '.join(sorted(known))}"
    return Issue(f"{what} '{name}'", "not known", expected, "Correct it, or add it to the scenario")


def _months(instance: Instance, year: int, month: int) -> int | None:
    """Months from the start of the horizon to a date in it."""
    calendar = instance.system.calendar
    try:
        day = date(year, month, 1)
    except ValueError:
        return None
    return (
        months_between(calendar.starts[0], day) if calendar.starts[0] < day < calendar.end else None
    )


def _bad_date(instance: Instance, name: str) -> Issue:
    """A dated strategy that makes no sense."""
    calendar = instance.system.calendar
    return Issue(
        f"strategy '{name}'",
        "its date does not fit",
        f"a strategy that waits, and a month after {calendar.starts[0]} and before {calendar.end}",
        "Write for instance wait_until:2030-01",
    )


def _sources(instance: Instance, name: str, strategy: Strategy) -> list[Issue]:
    """Energy sources that no technology of the scenario has, where it states any."""
    plants = instance.data.get("plants")
    if plants is None:
        return []
    known = sorted({tech.energy_source for tech in plants.technologies.values()} - {""})
    unknown = sorted(set(strategy.new_supply or ()) - set(known)) if known else []
    return [
        Issue(
            f"strategies.{name}.new_supply",
            f"no technology has the energy source '{source}'",
            f"one of {known}",
            "Correct it, or state energy_source in the technologies",
        )
        for source in unknown
    ]
