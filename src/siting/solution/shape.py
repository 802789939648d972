"""The shape of a plan's tables: that each is there with its columns, and that it names what exists.

Families look the rules of a site or a technology up by its name. Rows that name nothing of the scenario
are found here and left out of what families see, so that no rule has to ask whether a name exists.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from siting.core.audit import Finding, label
from siting.core.table import Row, Table
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.solution.critical_path import COLUMNS as CRITICAL_COLUMNS
from siting.solution.derive import FOOTPRINT_COLUMNS, SITE_COLUMNS, TIMELINE_COLUMNS
from siting.solution.provenance import sources_table

COST_COLUMNS = ("family", "period_start", "usd")
SPENDING_COLUMNS = ("family", "year", "overnight_usd")
SHOWN = 40
"""Characters of a cell that findings show."""
NAMED_BY = (
    ("plants", "technology", "technologies"),
    ("bridge", "product", "products"),
    ("cooling", "option", "options"),
    ("transformers", "equipment_class", "classes"),
    ("headroom", "upgrade", "upgrades"),
)
"""Family, column, and which of its data knows the names in it."""
BLANK = {
    ("orders", "site"),
    ("upgrades", "node"),
    ("upgrades", "zone"),
    ("sites", "node"),
    ("sites", "zone"),
}
"""Table and column of names that a row may do without: units in stock, upgrades of one of the two, sites
off the grid."""


class _Nothing:
    """The values of a solution in which nothing is done."""

    def get(self, name: str, index: tuple[object, ...]) -> float:
        """Value of a variable."""
        return 0.0

    def total(self, total: str, key: tuple[object, ...]) -> float:
        """Value of a ledger total."""
        return 0.0


def family_columns(instance: Instance) -> dict[str, tuple[str, ...]]:
    """Columns of each table that a family reports, by the report of a plan that does nothing."""
    return {
        name: table.columns
        for family, data in instance.data.items()
        for name, table in COMPONENTS[family].report(_Nothing(), data).items()
    }


def well_formed(
    instance: Instance, tables: Mapping[str, Table]
) -> tuple[dict[str, Table], tuple[Finding, ...]]:
    """Tables that any rule can read, and what had to be left out or filled with blanks for it."""
    own = family_columns(instance)
    wanted = {**own, **_joint_columns(instance)}
    names = _names(instance)
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
            full = {column: row.get(column) for column in columns}
            unknown = (
                list(_unknown(name, full, names))
                if name in own or name in ("timeline", "sites")
                else []
            )
            findings += [Finding("table.name", label(name, position, row), w) for w in unknown]
            if not unknown:
                rows.append(full)
                positions.append(position)
        kept[name] = Table(columns, tuple(rows), tuple(positions))
    return kept, tuple(findings)


def _joint_columns(instance: Instance) -> dict[str, tuple[str, ...]]:
    """Columns of the tables that no family reports alone."""
    has_footprint = bool(instance.system.families & {"emissions", "water"})
    return {
        "costs": COST_COLUMNS,
        "spending": SPENDING_COLUMNS,
        "sources": sources_table(instance).columns,
        "critical_path": CRITICAL_COLUMNS,
        "timeline": TIMELINE_COLUMNS,
        "sites": SITE_COLUMNS,
        **({"footprint": FOOTPRINT_COLUMNS} if has_footprint else {}),
    }


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
    served = data["workloads"].serve_index
    names["workload"] = data["workloads"].delay_usd
    names["region"] = {region for _, region, _, _ in served}
    for family, column, known in NAMED_BY:
        if family in data:
            names[column] = getattr(data[family], known)
    return names


def _unknown(name: str, row: Row, names: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Names in a row that are none."""
    for column, cell in row.items():
        # what is ordered for plants stands at a zone
        known = names.get("location" if (name, column) == ("orders", "site") else column)
        if known is None or (cell in (None, "") and (name, column) in BLANK):
            continue
        if cell not in known:
            shown = "blank" if cell in (None, "") else f"'{str(cell)[:SHOWN]}'"
            yield f"{column} is {shown}, which is none of the scenario"
