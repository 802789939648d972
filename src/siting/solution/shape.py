"""The shape of a plan's tables: that each is there with its columns, and that it names what exists.

Families look the rules of a site or a technology up by its name. Rows that name nothing of the scenario
are found here and left out of what families see, so that no rule has to ask whether a name exists.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from siting.core.audit import Finding, label
from siting.core.committed import NAME
from siting.core.names import known
from siting.core.table import Cells, Row, Table, Tables
from siting.families.columns import Columns
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.solution.committed import COLUMNS as COMMITTED_COLUMNS
from siting.solution.critical_path import COLUMNS as CRITICAL_COLUMNS
from siting.solution.derive import FOOTPRINT_COLUMNS, SITE_COLUMNS, TIMELINE_COLUMNS, has_footprint
from siting.solution.provenance import SOURCE_COLUMNS
from siting.solution.site_costs import COLUMNS as SITE_COST_COLUMNS
from siting.solution.site_costs import NAME as SITE_COSTS

COST_COLUMNS = ("family", "period_start", "usd")
SPENDING_COLUMNS = ("family", "year", "overnight_usd")
SHOWN = 40
"""Characters of a cell that findings show."""
SITES = Columns(SITE_COLUMNS, blank=frozenset({"node", "zone"}))
"""Sites off the grid have neither."""
COSTED_SITES = Columns(SITE_COST_COLUMNS, blank=frozenset({"site"}))
"""What no site bears has none."""
JOINT = {
    "costs": COST_COLUMNS,
    "spending": SPENDING_COLUMNS,
    "sources": SOURCE_COLUMNS,
    "critical_path": CRITICAL_COLUMNS,
    SITE_COSTS: SITE_COST_COLUMNS,
    "timeline": TIMELINE_COLUMNS,
    "sites": SITE_COLUMNS,
    "footprint": FOOTPRINT_COLUMNS,
    NAME: COMMITTED_COLUMNS,
}
"""Columns of the tables that no family reports alone."""


def family_columns(instance: Instance) -> dict[str, Columns]:
    """Tables that the families of a scenario report."""
    return {
        name: columns
        for family, data in instance.data.items()
        for name, columns in COMPONENTS[family].columns.items()
        if columns.when(data)
    }


def declared(tables: Mapping[str, Table]) -> Tables:
    """Tables in which to ask for a table or column that nobody declares is an error."""
    own = {n: columns for c in COMPONENTS.values() for n, columns in c.columns.items()}
    return Tables(
        tables,
        {**JOINT, **{name: columns.names for name, columns in own.items()}},
        supplies={n: c.supply.cover for n, c in own.items() if c.supply is not None},
        acres_at=tuple((name, c.acres_at) for name, c in own.items() if c.acres_at),
    )


def check_report(family: str, data: Any, tables: Mapping[str, Table]) -> None:
    """Raise where a family reports other tables or columns than it declares.

    Raises:
        UnknownNameError: a table or column that it does not declare. ValueError: one that is missing.
    """
    own = {n: c.names for n, c in COMPONENTS[family].columns.items() if c.when(data)}
    for name, table in tables.items():
        known(name, own, f"table of '{family}'")
        for column in table.columns:
            known(column, own[name], f"column of table '{name}'")
        if table.columns != own[name]:
            raise ValueError(f"columns of table '{name}' are {table.columns}, not {own[name]}")
    if missing := own.keys() - tables:
        raise ValueError(f"'{family}' declares and does not report {', '.join(sorted(missing))}")


def well_formed(
    instance: Instance, tables: Mapping[str, Table]
) -> tuple[dict[str, Table], tuple[Finding, ...]]:
    """Tables that any rule can read, and what had to be left out or filled with blanks for it."""
    own = family_columns(instance)
    wanted = {**{name: columns.names for name, columns in own.items()}, **_joint(instance)}
    names = _names(instance)
    rules = {**own, "timeline": Columns(TIMELINE_COLUMNS), "sites": SITES, SITE_COSTS: COSTED_SITES}
    kept: dict[str, Table] = {}
    findings: list[Finding] = []
    for name in sorted(set(tables) - set(wanted)):
        findings.append(Finding("table.extra", f"tables/{name}.csv", "no table of this scenario"))
    for name, columns in wanted.items():
        if name not in tables:
            findings.append(Finding("table.missing", f"tables/{name}.csv", "no such table"))
        table = tables.get(name, Table(columns, ()))
        findings += _columns(name, table, columns)
        rows, positions = [], []
        for position, row in table.numbered():
            full = Cells((column, row.get(column)) for column in columns)
            unknown = list(_unknown(rules[name], full, names)) if name in rules else []
            findings += [Finding("table.name", label(name, position, row), w) for w in unknown]
            if not unknown:
                rows.append(full)
                positions.append(position)
        kept[name] = Table(columns, tuple(rows), tuple(positions))
    return kept, tuple(findings)


def _joint(instance: Instance) -> dict[str, tuple[str, ...]]:
    """Columns of the tables of a scenario that no family reports alone."""
    is_there = {"footprint": has_footprint(instance), NAME: bool(instance.scenario.committed)}
    return {n: columns for n, columns in JOINT.items() if is_there.get(n, True)}


def _columns(name: str, table: Table, wanted: tuple[str, ...]) -> Iterator[Finding]:
    """Columns that a table lacks, or that do not belong to it."""
    for column in wanted:
        if column not in table.columns:
            yield Finding("table.columns", f"tables/{name}.csv", f"no column '{column}'")
    for column in dict.fromkeys(table.columns):
        if column not in wanted or table.columns.count(column) > 1:
            what = "a second column" if column in wanted else "no column of this table:"
            yield Finding("table.columns", f"tables/{name}.csv", f"{what} '{column[:40]}'")


def _names(instance: Instance) -> dict[str, Collection[str]]:
    """What the cells of a column may name, by column."""
    system, data = instance.system, instance.data
    places = {*system.sites, *system.zones}
    names: dict[str, Collection[str]] = {
        "site": system.sites,
        "location": places,
        "place": {*places, *system.nodes, *system.node_of.values()},
        "node": {*system.nodes, *system.node_of.values()},
        **dict.fromkeys(("zone", "from_zone", "to_zone"), system.zones),
    }
    for family, own in data.items():
        names |= COMPONENTS[family].names(own)
    return names


def _unknown(columns: Columns, row: Row, names: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Names in a row that are none."""
    for column, cell in row.items():
        known = names.get("location" if column in columns.at_zones else column)
        if known is None or (cell in (None, "") and column in columns.blank):
            continue
        if cell not in known:
            shown = "blank" if cell in (None, "") else f"'{str(cell)[:SHOWN]}'"
            yield f"{column} is {shown}, which is none of the scenario"
