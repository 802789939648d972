"""What was under way when at each site, and what each energisation waited for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from siting.core.audit import day, number
from siting.core.labels import words
from siting.core.plan import Plan
from siting.core.table import Row
from siting.families.registry import COMPONENTS
from siting.families.steps import Stage
from siting.outputs.features import rows_in
from siting.outputs.report.words import SAME_MW, by_period

LIMIT = {"limit": "A limit"}
"""The step of the table ``critical_path`` that is of no family."""


def stages_shown() -> tuple[Stage, ...]:
    """Stages on the way to power, in the order in which they are shown."""
    stages = (stage for component in COMPONENTS.values() for stage in component.stages)
    return tuple(sorted(stages, key=lambda stage: stage.order))


def stage_titles() -> dict[str, str]:
    """What planners call each step of the table ``critical_path``."""
    return {stage.step: stage.title for stage in stages_shown()} | LIMIT


@dataclass(frozen=True)
class Bar:
    """A stage under way from ``start`` to ``end`` at a site (``s:ID``), or of a plant or upgrade that
    feeds the grid and of what stands in its zone (``p:ID``), which is called by its ``name``."""

    row: str
    stage: str
    start: date
    end: date
    words: str
    item: str = ""
    name: str = ""


@dataclass(frozen=True)
class Energisation:
    """A date on which the IT load of a site rises above all it had before.

    Attributes:
        last: steps that came last before it. critical: those of them that it waited for.
        is_waiting: whether load asked for was not served in the period before.
    """

    site: str
    date: date
    added_mw: float
    last: tuple[Row, ...]
    critical: tuple[Row, ...]
    is_waiting: bool


@dataclass(frozen=True)
class Schedule:
    """Bars in a stable order, energisations by date, and what they mark.

    Attributes:
        critical: what each energisation waited for, and what that began with the end of.
        late: those of them for which load waited, of stages that show them apart.
    """

    bars: tuple[Bar, ...]
    energisations: tuple[Energisation, ...]
    critical: frozenset[Bar]
    late: frozenset[Bar]


def schedule_of(plan: Plan) -> Schedule:
    """Stages of a plan, and energisations as the table ``critical_path`` has them."""
    counted = Counter(_bars(plan))
    bars = tuple(
        bar if count == 1 else replace(bar, words=f"{count} times {bar.words}")
        for bar, count in counted.items()
    )
    rises = tuple(_energisations(plan))
    path = [row for row in rows_in(plan, "critical_path") if row["is_critical"]]
    critical = {bar for row in path for bar in _bars_of(bars, row)}
    apart = {stage.title for stage in stages_shown() if stage.late}
    late = {
        bar
        for rise in rises
        if rise.is_waiting
        for row in rise.critical
        for bar in _bars_of(bars, row)
        if bar.stage in apart
    }
    return Schedule(bars, rises, frozenset(critical), frozenset(late))


def stage_of(row: Row) -> str:
    """Stage of a step of the critical path."""
    return stage_titles().get(str(row["step"]), words(row["step"]))


def _bars_of(bars: Iterable[Bar], row: Row) -> Iterator[Bar]:
    """Bars of a step: of its dates, at the site or apart."""
    wanted = stage_of(row), row["started_date"], row["finished_date"]
    for bar in bars:
        if (bar.stage, bar.start, bar.end) == wanted:
            kind, _, name = bar.row.partition(":")
            if name == row["site"] if kind == "s" else bar.item == row["item"]:
                yield bar


def _energisations(plan: Plan) -> Iterator[Energisation]:
    """Every energisation, in order of date and site."""
    unserved = by_period(plan, "unserved_mw")
    starts = list(unserved)
    before = dict(zip(starts[1:], starts[:-1], strict=True))
    rows: dict[tuple[date, str], list[Row]] = {}
    for row in rows_in(plan, "critical_path"):
        when = day(row, "energised_date")
        if when is not None:
            rows.setdefault((when, str(row["site"])), []).append(row)
    for (when, site), steps in sorted(rows.items()):
        last = tuple(row for row in steps if row["is_last"])
        critical = tuple(row for row in last if row["is_critical"])
        waited = when in before and unserved[before[when]] > SAME_MW
        yield Energisation(site, when, number(steps[0], "added_it_mw"), last, critical, waited)


def load_by_site(plan: Plan) -> dict[str, dict[date, float]]:
    """IT load of each site by start of period [MW]."""
    load: dict[str, dict[date, float]] = {}
    for row in rows_in(plan, "service"):
        start = day(row, "period_start")
        if start is not None:
            series = load.setdefault(str(row["site"]), {})
            series[start] = series.get(start, 0.0) + number(row, "it_mw")
    return dict(sorted(load.items()))


def _bars(plan: Plan) -> Iterator[Bar]:
    """Everything with two dates between which time passes, at its site or on a row of its own."""
    sites = {str(row["site"]) for row in rows_in(plan, "sites")}
    for name, component in COMPONENTS.items():
        for stage in component.stages:
            for span in stage.spans(plan.tables, setting(plan, name) or {}):
                row = f"s:{span.site}" if span.site in sites else f"p:{span.apart}"
                start, end = span.start, span.end
                is_shown = span.site in sites or span.apart
                if is_shown and start is not None and end is not None and end > start:
                    what = f"{span.words}, {start} to {end}"
                    yield Bar(row, stage.title, start, end, what, span.item, span.name)


def setting(plan: Plan, *keys: str) -> Any:
    """A setting of a family in the scenario; None where there is none."""
    found: Any = plan.scenario.get("components")
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
