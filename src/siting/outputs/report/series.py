"""Sums, spans and stacks of table columns over periods, for charts and tables of families."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from siting.core.audit import day, number
from siting.core.plan import Plan
from siting.core.table import Cell, Row
from siting.outputs.report.blocks import Figure
from siting.outputs.report.charts import area, time_layout
from siting.outputs.report.palette import colour_of

Label = Callable[[Row], str]


def stacked(
    plan: Plan, columns: Sequence[tuple[str, str]], rows: Sequence[Row], axis: str
) -> Figure:
    """Columns of a table summed by period, stacked [MW]."""
    data = [
        area(plan, series(rows, column), label, colour_of(position), 1)
        for position, (column, label) in enumerate(columns)
    ]
    return {"data": _in_mw(data), "layout": time_layout(axis)}


def by_name(plan: Plan, rows: Sequence[Row], label: Label, column: str, axis: str) -> Figure:
    """A column of a table summed by name and period, stacked [MW]."""
    names = sorted({label(row) for row in rows})
    data = [
        area(plan, series([r for r in rows if label(r) == name], column), name, colour_of(i), 1)
        for i, name in enumerate(names)
    ]
    return {"data": _in_mw(data), "layout": time_layout(axis)}


def _in_mw(data: Sequence[Figure]) -> list[Figure]:
    """Traces whose hover text speaks of MW."""
    hover = "%{fullData.name}: %{y:,.0f} MW<extra></extra>"
    return [{**trace, "hovertemplate": hover} for trace in data]


def series(rows: Iterable[Row], column: str) -> dict[date, float]:
    """Sum of a column by start of period."""
    total: dict[date, float] = {}
    for row in rows:
        start = day(row, "period_start")
        if start is not None:
            total[start] = total.get(start, 0.0) + number(row, column)
    return dict(sorted(total.items()))


def spans(
    rows: Sequence[Row], keys: tuple[str, ...], most: tuple[str, ...]
) -> list[dict[str, Cell]]:
    """A row for each value of some keys: first and last period, and the most of some columns."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(str(row[key]) for key in keys), []).append(row)
    spans = []
    for values, mine in sorted(groups.items()):
        dates = [str(row["period_start"]) for row in mine]
        span: dict[str, Cell] = {**dict(zip(keys, values, strict=True)), "first": min(dates)}
        span["last"] = max(dates)
        span.update({column: max(number(row, column) for row in mine) for column in most})
        spans.append(span)
    return spans


def last_rows(rows: Sequence[Row], key: str) -> list[Row]:
    """The row of the last period of each value of a key."""
    last: dict[str, Row] = {}
    for row in sorted(rows, key=lambda r: str(r["period_start"])):
        last[str(row[key])] = row
    return [last[name] for name in sorted(last)]


def largest_rows(rows: Sequence[Row], key: str, column: str) -> list[Row]:
    """The first row with the largest value of a column, up or down, for each value of a key;
    largest increase first."""
    best: dict[str, Row] = {}
    for row in rows:
        name = str(row[key])
        if name not in best or abs(number(row, column)) > abs(number(best[name], column)):
            best[name] = row
    return sorted(best.values(), key=lambda r: (-number(r, column), str(r[key])))
