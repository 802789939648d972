"""Which strategies, break-evens and bottlenecks a study runs: built in, of the scenario, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from siting.core.calendar import months_between
from siting.core.errors import InputError, Issue
from siting.core.resources import builtin_path, builtin_root
from siting.core.strict import StrictModel, validate
from siting.core.study import Bottleneck, BreakEven, Change, Strategy
from siting.core.yaml_source import read_document
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.instance.changes import ANY, changed, has, items

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
    known = _library("strategies", Strategy) | dict(own)
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


def break_evens_for(instance: Instance, names: Sequence[str]) -> dict[str, BreakEven]:
    """The break-evens asked for by name.

    Raises:
        InputError: names that are not known, paths that name no number, values that it cannot take.
    """
    known = _library("break_evens", BreakEven) | dict(instance.scenario.break_evens)
    chosen = _chosen("break-even", known, names)
    for name, study in chosen.items():
        for value in (study.lowest, (study.lowest + study.highest) / 2, study.highest):
            with_value(instance, name, study, value)
    return chosen


def with_value(instance: Instance, name: str, study: BreakEven, value: float) -> Instance:
    """The scenario with a value of the number of a break-even.

    Raises:
        InputError: no path names a number, or the schema refuses the value.
    """
    way = {study.way: value} if study.way == "set" else {study.way: value, "at_least": 0.0}
    changes = [Change.model_validate({"path": path, **way}) for path in study.paths]
    found = changed(instance, changes, f"break-even '{name}'")
    if found is None:
        raise InputError([_no_path(f"break_evens.{name}.paths", "no path names a number")])
    return found


def bottlenecks_for(
    instance: Instance,
    names: Sequence[str] = (),
    left_out: Callable[[str], None] = lambda name: None,
) -> dict[str, tuple[Bottleneck, Instance]]:
    """The steps asked for by name, each with the scenario that has it; all that apply if none is named.

    Args:
        left_out: called with each step that nobody named and that does not apply: its family is off, or
            it is of the library and the scenario has none of its numbers or cannot take them.

    Raises:
        InputError: names that are not known; steps named, or stated by the scenario, that do not apply.
    """
    own = instance.scenario.bottlenecks
    known = _library("bottlenecks", Bottleneck) | dict(own)
    chosen = _chosen("bottleneck", known, names or sorted(known))
    issues: list[Issue] = []
    found: dict[str, tuple[Bottleneck, Instance]] = {}
    for name, step in chosen.items():
        if not names and step.family in COMPONENTS and step.family not in instance.data:
            left_out(name)
            continue
        try:
            found |= _with_step(instance, name, step)
        except InputError as error:
            if names or name in own:
                issues += error.issues
            else:
                left_out(name)
    if issues:
        raise InputError(issues)
    return found


def _with_step(
    instance: Instance, name: str, step: Bottleneck
) -> dict[str, tuple[Bottleneck, Instance]]:
    """A step, or each that it stands for, with the scenario that has it.

    Raises:
        InputError: it does not apply.
    """
    missing = [path for path in step.needs if not has(instance, path)]
    where = f"bottleneck '{name}'"
    if missing:
        raise InputError([_no_path(where, f"the scenario has no {path}") for path in missing])
    found = {}
    for each, one in _each(instance, name, step):
        scenario = changed(instance, one.changes, f"bottleneck '{each}'")
        if scenario is not None:
            found[each] = (one, scenario)
    if not found:
        raise InputError([_no_path(where, "no path names a number of the scenario")])
    return found


def _no_path(where: str, what: str) -> Issue:
    """A path that names nothing."""
    fix = "scenario.json of a solved plan shows every key"
    return Issue(where, what, "a path of the scenario", fix)


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
