"""Tables of the report: orders, sites, plants, upgrades, connections, costs, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from siting.core.audit import number
from siting.core.plan import Plan
from siting.core.table import Cell, Row
from siting.outputs.features import rows_in
from siting.outputs.report.words import (
    BILLION,
    EMPTY,
    MILLION,
    estimates_of,
    family,
    is_weak,
    words,
)

Show = Callable[[Cell], str]
SITE_NOTE = (
    "MW at the end of the horizon. Grid and on-site MW feed the whole facility, cooling included."
)


@dataclass(frozen=True)
class Column:
    """A column: key of the row, heading with unit, and how a cell is shown."""

    key: str
    label: str
    show: Show
    is_number: bool = False
    is_long: bool = False


@dataclass(frozen=True)
class Mark:
    """Confidence of a row, how many of its values are estimates, and its source entry."""

    confidence: str
    estimates: int
    is_weak: bool
    source: int | None


@dataclass(frozen=True)
class Line:
    """A row of a report table."""

    cells: tuple[str, ...]
    mark: Mark | None = None


@dataclass(frozen=True)
class ReportTable:
    """A table ready for the template; closed ones are folded."""

    id: str
    title: str
    note: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    has_marks: bool = False
    is_folded: bool = False
    total: tuple[str, ...] = ()


def _text(cell: Cell) -> str:
    """A cell as it is."""
    return EMPTY if cell is None or cell == "" else str(cell)


def _words(cell: Cell) -> str:
    """A library identifier as words."""
    return words(cell) or EMPTY


def _amount(decimals: int, unit: float = 1.0) -> Show:
    """Numbers with a fixed count of decimals."""

    def show(cell: Cell) -> str:
        is_amount = isinstance(cell, int | float) and not isinstance(cell, bool)
        return f"{cell / unit + 0.0:,.{decimals}f}" if is_amount else EMPTY  # type: ignore[operator]

    return show


def text(key: str, label: str) -> Column:
    """A column of text or dates."""
    return Column(key, label, _text)


def kind(key: str, label: str) -> Column:
    """A column of library identifiers."""
    return Column(key, label, _words, is_long=True)


def amount(key: str, label: str, decimals: int = 0, unit: float = 1.0) -> Column:
    """A column of numbers."""
    return Column(key, label, _amount(decimals, unit), is_number=True)


def named(plan: Plan, key: str, label: str, empty: str = EMPTY) -> Column:
    """A column of place ids, shown by the place's name."""

    def show(cell: Cell) -> str:
        record = plan.places.get(str(cell), {})
        return str(record.get("name") or cell or empty)

    return Column(key, label, show, is_long=True)


class Sources:
    """Where in the table of sources a thing stands."""

    def __init__(self, plan: Plan) -> None:
        self._numbers: dict[str, int] = {}
        for position, row in enumerate(rows_in(plan, "sources")):
            self._numbers.setdefault(str(row["id"]), position)

    def mark(self, row: Row, keys: Iterable[str]) -> Mark:
        """Mark of a row whose source entry has one of some ids."""
        ids = (str(row[key]) for key in keys)
        found = next((self._numbers[name] for name in ids if name in self._numbers), None)
        return Mark(
            str(row.get("confidence") or "not stated"), len(estimates_of(row)), is_weak(row), found
        )


def order_table(plan: Plan) -> ReportTable:
    """Transformers and breakers to order, soonest first."""
    columns = (
        text("order_date", "Order by"),
        kind("equipment_class", "Class"),
        amount("quantity", "Quantity"),
        named(plan, "site", "For", empty="Pool, not assigned"),
        kind("procurement", "Bought for"),
        text("delivery_date", "Delivery"),
        text("in_service_date", "In service"),
    )
    rows = sorted(
        rows_in(plan, "orders"), key=lambda row: (str(row["order_date"]), str(row["item"]))
    )
    note = "Soonest first. An order placed later delays what it serves."
    return _plain("orders", "Transformers to order", note, columns, rows)


def site_tables(plan: Plan) -> list[ReportTable]:
    """Sites that are built, then those left alone."""
    sources, head = Sources(plan), (text("name", "Site"), text("agency", "Agency"))
    where = (text("state", "State"), text("zone", "Zone"))
    built = (
        *head,
        *where,
        kind("review_path", "Review path"),
        text("commit_date", "Commit"),
        text("review_done_date", "Review done"),
        text("first_energised_date", "First power"),
        amount("it_mw", "IT load [MW]"),
        amount("grid_mw", "Grid [MW]"),
        amount("onsite_mw", "On site [MW]"),
        amount("acres_used", "Land used [acres]"),
        amount("buildable_acres", "Buildable [acres]"),
    )
    rows = rows_in(plan, "sites")
    chosen = sorted(
        (row for row in rows if row["is_chosen"]),
        key=lambda row: (-number(row, "it_mw"), str(row["site"])),
    )
    others = [row for row in rows if not row["is_chosen"]]
    candidates = (*head, *where, amount("buildable_acres", "Buildable [acres]"))
    return [
        _marked("sites", "Sites that are built", SITE_NOTE, built, chosen, sources, ["site"]),
        _marked(
            "candidates",
            f"Candidates not built ({len(others)})",
            "",
            candidates,
            others,
            sources,
            ["site"],
            is_folded=True,
        ),
    ]


def plant_table(plan: Plan) -> ReportTable:
    """Units on site and in zones, and named plants."""
    columns = (
        text("name", "Plant"),
        kind("technology", "Technology"),
        kind("delivery", "Delivery"),
        named(plan, "location", "At"),
        amount("quantity", "Quantity"),
        amount("capacity_mw", "Capacity [MW]"),
        amount("firm_mw", "Firm [MW]"),
        text("start_date", "Start"),
        text("permit_date", "Permit"),
        text("equipment_date", "Equipment"),
        text("in_service_date", "In service"),
    )
    rows = rows_in(plan, "plants")
    keys = ["item", "technology"]
    return _marked(
        "plants",
        "Power plants",
        "Units on site and in zones, and named plants.",
        columns,
        rows,
        Sources(plan),
        keys,
    )


def upgrade_table(plan: Plan) -> ReportTable:
    """Grid upgrades."""
    columns = (
        text("name", "Upgrade"),
        named(plan, "place", "At"),
        amount("added_mw", "Added [MW]"),
        amount("overnight_usd", "Overnight cost [M USD]", 1, MILLION),
        text("start_date", "Start"),
        text("in_service_date", "In service"),
    )
    rows = [{**row, "place": row["node"] or row["zone"]} for row in rows_in(plan, "upgrades")]
    return _marked("upgrades", "Grid upgrades", "", columns, rows, Sources(plan), ["upgrade"])


def connection_table(plan: Plan) -> ReportTable:
    """Connections of sites to the grid."""
    columns = (
        named(plan, "site", "Site"),
        named(plan, "node", "Node"),
        amount("gen_tie_km", "Gen-tie [km]", 1),
        amount("overnight_usd", "Overnight cost [M USD]", 1, MILLION),
        text("start_date", "Start"),
        text("in_service_date", "In service"),
    )
    rows = rows_in(plan, "connections")
    return _plain("connections", "Grid connections", "", columns, rows)


def cost_table(plan: Plan) -> ReportTable:
    """Discounted cost and overnight spending by family, largest first."""
    usd, overnight = costs_by_family(plan), spending_by_family(plan)
    whole = sum(usd.values())
    columns = (
        Column("family", "Part", family),
        amount("usd", "Discounted cost [B USD]", 2, BILLION),
        amount("share", "Share [%]", 1),
        amount("overnight_usd", "Overnight spending [B USD]", 2, BILLION),
    )
    names = sorted({*usd, *overnight}, key=lambda name: (-usd.get(name, 0.0), name))
    rows: list[Row] = [
        {
            "family": name,
            "usd": usd.get(name, 0.0),
            "share": 100 * usd.get(name, 0.0) / whole if whole else None,
            "overnight_usd": overnight.get(name),
        }
        for name in names
    ]
    last = {
        "family": "Total",
        "usd": whole,
        "share": 100.0,
        "overnight_usd": sum(overnight.values()),
    }
    total = ("Total", *(column.show(last[column.key]) for column in columns[1:]))
    lines = tuple(_line(columns, row) for row in rows)
    return ReportTable("cost-table", "Cost by part", "", columns, lines, total=total)


def costs_by_family(plan: Plan) -> dict[str, float]:
    """Discounted cost of each family [USD]."""
    return _sums(rows_in(plan, "costs"), "usd")


def spending_by_family(plan: Plan) -> dict[str, float]:
    """Overnight spending of each family [USD]."""
    return _sums(rows_in(plan, "spending"), "overnight_usd")


def _sums(rows: Iterable[Row], column: str) -> dict[str, float]:
    """Sum of a column by family."""
    total: dict[str, float] = {}
    for row in rows:
        total[str(row["family"])] = total.get(str(row["family"]), 0.0) + number(row, column)
    return total


def source_table(plan: Plan) -> ReportTable:
    """Every row of input with its source, confidence and estimates."""
    columns = (
        text("id", "Id"),
        text("kind", "Kind"),
        text("name", "Name"),
        text("confidence", "Confidence"),
        Column("estimated", "Estimated", lambda cell: ", ".join(str(cell or EMPTY).split(";"))),
        Column("source", "Source", lambda cell: str(cell or "Scenario file")),
    )
    rows = rows_in(plan, "sources")
    return _plain("sources", f"{len(rows)} rows of input", "", columns, rows)


def _line(columns: Sequence[Column], row: Row, mark: Mark | None = None) -> Line:
    """A row as text; a column that the row lacks is blank."""
    return Line(tuple(column.show(row.get(column.key)) for column in columns), mark)


def _plain(
    name: str, title: str, note: str, columns: tuple[Column, ...], rows: Iterable[Row]
) -> ReportTable:
    """A table whose rows carry no provenance."""
    return ReportTable(name, title, note, columns, tuple(_line(columns, row) for row in rows))


def _marked(
    name: str,
    title: str,
    note: str,
    columns: tuple[Column, ...],
    rows: Iterable[Row],
    sources: Sources,
    keys: Sequence[str],
    is_folded: bool = False,
) -> ReportTable:
    """A table whose rows carry confidence and a link to their source."""
    lines = tuple(_line(columns, row, sources.mark(row, keys)) for row in rows)
    return ReportTable(name, title, note, columns, lines, has_marks=True, is_folded=is_folded)
