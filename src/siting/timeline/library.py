"""Libraries of a scenario and built in, by name; the strategies among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from siting.core.calendar import months_between
from siting.core.errors import InputError, Issue
from siting.core.resources import builtin_path, builtin_root
from siting.core.strict import StrictModel, validate
from siting.core.study import Strategy
from siting.core.yaml_source import read_document
from siting.instance.build import Instance

OPTIMAL = "optimal"
"""The strategy without any restriction, which every comparison has."""
DATED = re.compile(r"(?P<name>[^:]+):(?P<year>\d{4})-(?P<month>\d{2})")
"""A strategy with another date, for instance ``wait_until:2031-01``."""

M = TypeVar("M", bound=StrictModel)


def strategies_for(
    instance: Instance,
    names: Sequence[str] = (),
    left_out: Callable[[str], None] = lambda name: None,
) -> dict[str, Strategy]:
    """The strategies asked for by name, ``optimal`` first; all of them if none is named.

    Args:
        left_out: called with each strategy of the library that nobody named and that does not apply.

    Raises:
        InputError: names that are not known, a date that does not fit, energy sources nobody has.
    """
    own = instance.scenario.strategies
    known = library("strategies", Strategy) | dict(own)
    chosen = {OPTIMAL: known[OPTIMAL]}
    issues = []
    for name in names or sorted(known):
        dated = DATED.fullmatch(name)
        plain = dated["name"] if dated else name
        if plain not in known:
            issues.append(unknown("strategy", plain, known))
        elif dated:
            months = _months(instance, int(dated["year"]), int(dated["month"]))
            if months is None or known[plain].decided_from_months is None:
                issues.append(_bad_date(instance, name))
            else:
                chosen[name] = _dated(known[plain], months, f"{dated['year']}-{dated['month']}")
        elif wrong := _sources(instance, plain, known[plain]):
            if names or plain in own:
                issues += wrong
            else:
                left_out(plain)
        else:
            chosen[plain] = known[plain]
    if issues:
        raise InputError(issues)
    return chosen


def _dated(strategy: Strategy, months: int, date_text: str) -> Strategy:
    """A strategy that waits until another date, and what it is in words."""
    waits = f"No decision before {date_text}."
    only = Strategy(about=strategy.about, decided_from_months=strategy.decided_from_months)
    about = waits if strategy == only else f"{strategy.about} In place of its own date: {waits}"
    return strategy.model_copy(update={"decided_from_months": months, "about": about})


def no_path(where: str, what: str) -> Issue:
    """A path that names nothing."""
    fix = "scenario.json of a solved plan shows every key"
    return Issue(where, what, "a path of the scenario", fix)


def library(name: str, model: type[M]) -> dict[str, M]:
    """Entries of a built-in library."""
    document = read_document(builtin_path(f"models/libraries/{name}.yaml"), builtin=builtin_root())
    assert isinstance(document.data, dict)
    return {key: validate(model, document, (key,)) for key in document.data}


def chosen_of(what: str, known: Mapping[str, M], names: Sequence[str]) -> dict[str, M]:
    """Entries by name."""
    issues = [unknown(what, name, known) for name in names if name not in known]
    if issues:
        raise InputError(issues)
    return {name: known[name] for name in names}


def unknown(what: str, name: str, known: Mapping[str, object]) -> Issue:
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
