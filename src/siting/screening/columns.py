"""Which columns of a file a layer takes: by the file's layout, its settings, and its filters."""

from __future__ import annotations

from siting.core.errors import InputError, Issue
from siting.core.warnings import listed
from siting.layers.source import Source
from siting.screening.layouts import LAYOUTS, Layout, by_name, recognised
from siting.screening.settings import COLUMNS, LayerSettings


def layout_of(name: str, settings: LayerSettings, source: Source) -> Layout | None:
    """The stated layout, or the one recognised."""
    if settings.layout is None:
        return recognised(settings.role, source.columns)
    layout = by_name(settings.layout)
    if layout is None or settings.role not in layout.roles:
        known = [entry.name for entry in LAYOUTS if settings.role in entry.roles]
        raise InputError(
            [
                Issue(
                    f"layers.{name}.layout",
                    f"no layout '{settings.layout}' for the role '{settings.role}'",
                    f"one of {known}",
                    "Correct it, or leave it out and state columns",
                )
            ]
        )
    return layout


def columns_of(
    name: str, settings: LayerSettings, source: Source, layout: Layout | None
) -> dict[str, str]:
    """Our column -> the file's, as the file spells it."""
    found = {column.lower(): column for column in source.columns}
    usual = dict(layout.columns) if layout else {}
    if layout is None:
        usual = {ours: ours for ours in COLUMNS[settings.role] if ours in found}
    columns = {
        ours: found[theirs.lower()] for ours, theirs in usual.items() if theirs.lower() in found
    }
    issues = []
    for ours, theirs in settings.columns.items():
        if theirs.lower() not in found:
            issues.append(
                Issue(
                    f"layers.{name}.columns.{ours}",
                    f"no column '{theirs}' in {settings.file}",
                    f"one of {listed(sorted(source.columns), 20)}",
                    "Correct it",
                )
            )
            continue
        columns[ours] = found[theirs.lower()]
    given = {*columns, *settings.values, *(layout.values if layout else ())}
    needed = {"land": "agency"}.get(settings.role)
    if needed and needed not in given and not issues:
        issues.append(
            Issue(
                f"layers.{name}",
                f"no known layout has the columns of {settings.file}, and no '{needed}' is stated",
                f"columns.{needed}: one of {listed(sorted(source.columns), 20)}",
                "State it under columns, or under values for all features",
            )
        )
    if issues:
        raise InputError(issues)
    return columns


def filter_columns(settings: LayerSettings, source: Source, columns: dict[str, str]) -> list[str]:
    """Columns of the file that filters look at."""
    found = {column.lower(): column for column in source.columns}
    names = []
    issues = []
    for setting in ("only", "leave_out", "at_least", "at_most"):
        for column in getattr(settings, setting):
            if column not in columns and column.lower() not in found:
                issues.append(
                    Issue(
                        f"{settings.file}: {setting}.{column}",
                        f"no column '{column}'",
                        f"one of {listed(sorted(source.columns), 20)}",
                        "Correct it",
                    )
                )
                continue
            names.append(columns.get(column) or found[column.lower()])
    if issues:
        raise InputError(issues)
    return names
