"""The studies, one line each, in the order in which they are solved. ``register`` adds one of your own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from siting.core.errors import SitingError
from siting.studies import (
    alternatives,
    bottlenecks,
    break_evens,
    frontier,
    month_value,
    myopic,
    site_timing,
    stability,
    strategies,
    under_futures,
)
from siting.studies.base import Study
from siting.studies.option import Option

_studies: dict[str, Study[Any, Any, Any]] = {
    study.name: study
    for study in (
        strategies.STUDY,
        under_futures.STUDY,
        frontier.STUDY,
        site_timing.STUDY,
        bottlenecks.STUDY,
        alternatives.STUDY,
        stability.STUDY,
        break_evens.STUDY,
        month_value.STUDY,
        myopic.STUDY,
    )
}
STUDIES: Mapping[str, Study[Any, Any, Any]] = _studies
RESERVED = {
    "name", "title", "answer", "notes", "warnings", "inputs", "settings", "versions", "generated_by",
    "files",
}  # fmt: skip
"""Keys of ``compare.json`` that are of no study."""
TAKEN = {
    "self", "scenario", "gap_frac", "time_limit_seconds", "threads", "on_done", "--output", "-o", "--set",
    "--time-limit", "--gap", "--threads", "--scheduler", "--allow-outside", "--strict", "--json", "--debug",
    "--help",
}  # fmt: skip
"""Arguments and options of ``compare`` that are of no study."""


FLAG = re.compile(r"--[a-z][a-z0-9-]*")


def options() -> tuple[Option[Any], ...]:
    """Everything that can be asked, in the order in which studies are shown."""
    shown = sorted(STUDIES.values(), key=lambda study: study.place)
    return tuple(option for study in shown for option in study.options)


def register(study: Study[Any, Any, Any]) -> None:
    """Make a study known, as if it stood above: its options, solves, tables, words and sections.

    Raises:
        SitingError: a study of that name is known, or one of its options is; a name is no plain one, or
            one that ``compare.json`` uses itself.
    """
    if not study.name.isidentifier() or study.name in RESERVED:
        raise SitingError(f"'{study.name}' cannot be the name of a study: letters, digits and _")
    if study.name in STUDIES:
        raise SitingError(f"a study '{study.name}' is known already")
    taken = TAKEN | {name for one in options() for name in (one.argument, one.flag)}
    for option in study.options:
        if not option.argument.isidentifier() or not FLAG.fullmatch(option.flag):
            what = f"'{option.argument}' or '{option.flag}'"
            raise SitingError(f"{what} cannot be an option: a name, and --words-with-dashes")
        for name in (option.argument, option.flag):
            if name in taken:
                raise SitingError(f"the study '{study.name}' has the option '{name}' that is taken")
            taken.add(name)
    _studies[study.name] = study


@contextmanager
def registered(study: Study[Any, Any, Any]) -> Iterator[None]:
    """A study that is known as long as the block lasts."""
    register(study)
    try:
        yield
    finally:
        del _studies[study.name]
