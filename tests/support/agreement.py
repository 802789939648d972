"""Everything that a plan folder and the terminal show, read back and compared number by number.

The CSV tables are the reference; each other output that shows a number, a date or a name of theirs
must show the same one, to the digits it shows.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import icalendar
import openpyxl
import pandas
import pyogrio

from outputs.report_page import Page

Rows = list[dict[str, str]]
Tables = dict[str, Rows]
STAGES = {
    "review": "Review",
    "programmatic review": "Programmatic review",
    "connection": "Connection",
    "upgrade": "Grid upgrade",
    "transformers": "Transformers",
    "ride-through": "Ride-through",
    "halls": "Halls",
    "plant": "Power plants",
    "rental": "Rented power",
    "demand": "Demand",
    "limit": "A limit",
}
DAY_MS = 86_400_000


def disagreements(folder: Path, terminal: str) -> list[str]:
    """Every number of an output that differs from that of the tables.

    Args:
        terminal: what ``siting solve`` printed.
    """
    tables: Tables = {}
    for path in sorted((folder / "tables").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    summary = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("tables", _among_tables(tables)),
        ("plan.json", _summary(summary, tables)),
        ("terminal", _terminal(terminal, summary, tables)),
        ("plan.xlsx", _workbook(folder / "plan.xlsx", tables)),
        ("plan.geojson", _geojson(folder / "plan.geojson", tables)),
        ("plan.gpkg", _geopackage(folder / "plan.gpkg", tables)),
        ("orders.ics", _calendar(folder / "orders.ics", tables)),
        ("report.html", _report(page, summary, tables)),
    )
    return [f"{name}: {what}" for name, found in parts for what in found]


def _differs(shown: Any, cell: str, digits: float = 1e-9) -> bool:
    """Whether a shown value is another than that of a CSV cell."""
    if shown is None or shown == "":
        return cell != ""
    if isinstance(shown, bool):
        return str(shown).lower() != cell.lower()
    if isinstance(shown, int | float):
        if cell == "":
            return True
        return abs(shown - float(cell)) > digits * max(1.0, abs(float(cell)))
    if isinstance(shown, date):
        return str(shown)[:10] != cell
    # text of a table that a spreadsheet could take for a formula is written with a quote
    return str(shown) != cell.removeprefix("'")


def _rows_differ(
    where: str, shown: dict[str, Any], row: dict[str, str], digits: float = 1e-9
) -> Iterator[str]:
    """Cells of one thing under names that both know."""
    for name in sorted(shown.keys() & row.keys()):
        if _differs(shown[name], row[name], digits):
            yield f"{where}.{name} is {shown[name]!r}, the table has {row[name]!r}"


def _sum(rows: Rows, value: str, **where: str) -> float:
    """Sum of a column over some rows."""
    return sum(float(r[value] or 0) for r in rows if all(r[k] == v for k, v in where.items()))


def _is_near(left: float, right: float, digits: float = 1e-6) -> bool:
    """Whether two sums agree."""
    return abs(left - right) <= digits * max(1.0, abs(left), abs(right))


def _among_tables(tables: Tables) -> Iterator[str]:
    """Load, dates and supply that several tables state."""
    last = max(row["period_start"] for row in tables["timeline"])
    for row in tables["timeline"]:
        start, workload = row["period_start"], row["workload"]
        served = _sum(tables["service"], "it_mw", period_start=start, workload=workload)
        if not _is_near(served, float(row["served_mw"])):
            yield f"timeline {start} {workload}: {row['served_mw']} MW, service {served}"
    committed = {row["site"]: row for row in tables["commitments"]}
    for row in tables["sites"]:
        site = row["site"]
        load = _sum(tables["service"], "it_mw", site=site, period_start=last)
        if not _is_near(load, float(row["it_mw"])):
            yield f"sites {site}: {row['it_mw']} MW, service {load}"
        if (row["is_chosen"].lower() == "true") != (site in committed):
            yield f"sites {site}: chosen {row['is_chosen']}, committed {site in committed}"
        if site in committed:
            yield from _rows_differ(f"sites {site}", dict(committed[site]), row)
        energised = [r["energised_date"] for r in tables["critical_path"] if r["site"] == site]
        if min(energised, default="") != row["first_energised_date"]:
            yield f"sites {site}: energised {row['first_energised_date']}, path {min(energised)}"
        if max(energised, default="") != row["full_energised_date"]:
            yield f"sites {site}: full {row['full_energised_date']}, path {max(energised)}"
        power = [
            r for r in tables.get("power", []) if r["site"] == site and r["period_start"] == last
        ]
        if power:
            shown = {key: power[0][key] for key in ("it_mw", "facility_mw", "grid_mw")}
            yield from _rows_differ(f"power of {site}", shown, row, 1e-6)


def _summary(summary: dict[str, Any], tables: Tables) -> Iterator[str]:
    """The objective is the sum of the costs, and the value of the last goal."""
    cost = _sum(tables["costs"], "usd")
    for name, usd in (
        ("sum of costs", cost),
        ("last goal", summary["goals"][-1]["value"]),
    ):
        if not _is_near(usd, summary["objective_usd"], 1e-9):
            yield f"objective_usd {summary['objective_usd']}, {name} {usd}"
    least = summary["bound_usd"]
    if least is not None and cost and summary["gap"] is not None:
        gap = (summary["objective_usd"] - least) / abs(summary["objective_usd"])
        if not _is_near(gap, summary["gap"], 1e-6):
            yield f"gap {summary['gap']}, objective and bound give {gap}"


def _terminal(text: str, summary: dict[str, Any], tables: Tables) -> Iterator[str]:
    """Cost and sites as printed."""
    found = re.search(r"([\d,]+\.\d{3}) ([MB]) USD, ", text.split("site ", maxsplit=1)[0] + " ")
    unit = {"M": 1e6, "B": 1e9}
    shown = None if found is None else float(found[1].replace(",", "")) * unit[found[2]]
    if found is None or shown is None:
        yield "no cost"
    elif abs(shown - summary["objective_usd"]) > 0.00051 * unit[found[2]]:
        yield f"cost {found[0]}, plan.json {summary['objective_usd']}"
    number = r"-?[\d,]+"
    lines = re.findall(
        rf"^ ?(\S+) +(\S{{10}}) +(\S{{10}}|-) +({number}) +({number}) +({number})\s*$", text, re.M
    )
    printed = {line[0]: line[1:] for line in lines}
    chosen = {row["site"]: row for row in tables["sites"] if row["is_chosen"].lower() == "true"}
    if set(printed) != set(chosen):
        yield f"sites {sorted(printed)}, the table {sorted(chosen)}"
    for site in sorted(set(printed) & set(chosen)):
        row, cells = chosen[site], printed[site]
        expected = (
            row["commit_date"],
            row["first_energised_date"] or "-",
            *(f"{float(row[c]):,.0f}" for c in ("it_mw", "grid_mw", "onsite_mw")),
        )
        if tuple(cells) != expected:
            yield f"{site} {cells}, the table {expected}"


def _workbook(path: Path, tables: Tables) -> Iterator[str]:
    """Each sheet is its table."""
    book = openpyxl.load_workbook(path)
    for name, rows in tables.items():
        head, *body = book[name].iter_rows(values_only=True)
        if len(body) != len(rows):
            yield f"{name}: {len(body)} rows of {len(rows)}"
        for place, (cells, row) in enumerate(zip(body, rows, strict=False)):
            shown = dict(zip(map(str, head), cells, strict=True))
            yield from _rows_differ(f"{name} row {place + 2}", shown, row)


KEYS = {"site": ("sites", "site"), "upgrade": ("upgrades", "upgrade")}


def _row_of(kind: str, name: str, tables: Tables) -> dict[str, str] | None:
    """The row of a thing on the map."""
    if kind == "plant":
        return tables["plants"][int(name.rpartition("#")[2]) - 1]
    table, column = KEYS[kind]
    return next((row for row in tables[table] if row[column] == name), None)


def _geojson(path: Path, tables: Tables) -> Iterator[str]:
    """Sites, plants and upgrades."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    for feature in features:
        shown = feature["properties"]
        kind = "site" if shown["kind"] == "candidate" else shown["kind"]
        row = _row_of(kind, shown["id"], tables)
        where = f"{shown['kind']} {shown['id']}"
        cells = {k: v for k, v in shown.items() if k not in ("source", "confidence", "estimated")}
        yield from (
            [f"{where} is in no table"] if row is None else _rows_differ(where, cells, row, 1e-6)
        )


def _geopackage(path: Path, tables: Tables) -> Iterator[str]:
    """Layers of the same things, of load by period, and of points of interconnection."""
    for layer, _ in pyogrio.list_layers(path):
        frame = pyogrio.read_dataframe(path, layer=layer, read_geometry=False)
        for shown in frame.to_dict("records"):
            cells = {
                str(k): v
                for k, v in shown.items()
                if k not in ("source", "confidence", "estimated") and not _is_blank(v)
            }
            row: dict[str, str] | None = {}
            if layer in ("sites", "site_areas"):
                row = _row_of("site", str(shown["site"]), tables)
            elif layer == "plants":
                row = _row_of("plant", str(shown["feature_id"]), tables)
            elif layer == "upgrades":
                row = _row_of("upgrade", str(shown["upgrade"]), tables)
            elif layer == "timeline":
                keys = ("period_start", "workload")
                row = _found(tables["timeline"], cells, keys)
            elif layer in ("nodes", "zones", "node_periods", "zone_periods"):
                level = layer.split("_")[0].removesuffix("s")
                start = cells.pop("start_date", None) or cells["period_start"]
                at = {**cells, "place": cells[level], "level": level, "period_start": start}
                row = _found(tables["headroom"], at, ("period_start", "place", "level"))
            elif layer == "site_periods":
                start, site = str(shown["start_date"])[:10], str(shown["site"])
                mw = _sum(tables["service"], "it_mw", period_start=start, site=site)
                row = {"it_mw": str(mw)}
            if row is None:
                yield f"{layer}: {shown} is in no table"
            else:
                yield from _rows_differ(f"{layer} {next(iter(shown.values()))}", cells, row, 1e-6)


def _is_blank(value: Any) -> bool:
    """Whether a cell of a frame is empty."""
    return bool(value is None or value == "" or pandas.isna(value))


def _found(rows: Rows, cells: dict[str, Any], keys: tuple[str, ...]) -> dict[str, str] | None:
    """The row with the same keys."""
    for row in rows:
        if all(not _differs(_as_date(cells[key]), row[key]) for key in keys):
            return row
    return None


def _as_date(value: Any) -> Any:
    """A time stamp as its date."""
    return value.date() if isinstance(value, datetime) else value


def _calendar(path: Path, tables: Tables) -> Iterator[str]:
    """An event for each order that is placed, with its numbers, and what waits for it."""
    events = {
        str(event["uid"]).split(".")[0]: event
        for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    }
    orders = {row["item"]: row for row in tables.get("orders", []) if row["order_date"]}
    if set(events) != set(orders):
        yield f"events {sorted(events)}, orders {sorted(orders)}"
    for item in sorted(set(events) & set(orders)):
        row, event = orders[item], events[item]
        text = str(event["description"])
        place = row["site"] or "pool"
        expected = [
            f"Order {row['quantity']} x {row['equipment_class'].replace('_', ' ')} for {place}",
            row["order_date"],
        ]
        shown = [str(event["summary"]), str(event.decoded("dtstart"))]
        for word, column in (("Delivery", "delivery_date"), ("In service", "in_service_date")):
            expected.append(f"{word}: {row[column] or 'not stated'}")
            shown.append(next((line for line in text.split("\n") if line.startswith(word)), ""))
        expected += sorted(
            f"Critical for the energisation of {place} on {step['energised_date']}"
            for step in tables["critical_path"]
            if step["step"] == "transformers"
            and step["is_critical"].lower() == "true"
            and (step["site"], step["item"], step["started_date"], step["finished_date"])
            == (row["site"], row["equipment_class"], row["order_date"], row["in_service_date"])
        )
        shown += sorted(line for line in text.split("\n") if line.startswith("Critical"))
        if shown != expected:
            yield f"{item} {shown}, the tables {expected}"


REPORT_TABLES: dict[str, tuple[str, dict[str, tuple[str, float]]]] = {
    "site-table": (
        "sites",
        {
            "Commit": ("commit_date", 0),
            "Review done": ("review_done_date", 0),
            "First power": ("first_energised_date", 0),
            "IT load [MW]": ("it_mw", 1),
            "Grid [MW]": ("grid_mw", 1),
            "On site [MW]": ("onsite_mw", 1),
            "Land used [acres]": ("acres_used", 1),
        },
    ),
    "order-table": (
        "orders",
        {
            "Order by": ("order_date", 0),
            "Quantity": ("quantity", 1),
            "Delivery": ("delivery_date", 0),
            "In service": ("in_service_date", 0),
        },
    ),
    "plant-table": (
        "plants",
        {
            "Quantity": ("quantity", 1),
            "Capacity [MW]": ("capacity_mw", 1),
            "Firm [MW]": ("firm_mw", 1),
            "Start": ("start_date", 0),
            "Permit": ("permit_date", 0),
            "Equipment": ("equipment_date", 0),
            "In service": ("in_service_date", 0),
        },
    ),
    "upgrade-table": (
        "upgrades",
        {
            "Added [MW]": ("added_mw", 1),
            "Overnight cost [M USD]": ("overnight_usd", 1e6),
            "Start": ("start_date", 0),
            "In service": ("in_service_date", 0),
        },
    ),
    "connection-table": (
        "connections",
        {
            "Gen-tie [km]": ("gen_tie_km", 1),
            "Overnight cost [M USD]": ("overnight_usd", 1e6),
            "Start": ("start_date", 0),
            "In service": ("in_service_date", 0),
            "Firm from": ("firm_date", 0),
        },
    ),
}
"""Table of the page -> table, and column of each heading with the unit it is shown in; 0 is a date."""


def _report(page: Page, summary: dict[str, Any], tables: Tables) -> Iterator[str]:
    """Tables, cost, energisations and schedule of the page."""
    for name, (table, columns) in REPORT_TABLES.items():
        rows = tables.get(table, [])
        if table == "sites":
            rows = [row for row in rows if row["is_chosen"].lower() == "true"]
        if name in page.tables or rows:
            yield from _page_table(page, name, rows, columns)
    text = " ".join(" ".join(page.text).split())
    usd = summary["objective_usd"]
    shown = f"{usd / 1e9:,.1f} B USD" if abs(usd) >= 1e9 else f"{usd / 1e6:,.1f} M USD"
    if shown not in text:
        yield f"the cost {shown} stands nowhere"
    yield from _energisations(page, tables)
    yield from _gantt(page, tables)


def _page_table(
    page: Page, name: str, rows: Rows, columns: dict[str, tuple[str, float]]
) -> Iterator[str]:
    """The rows of a table of the page, in any order, against those of a table."""
    head, *body = page.tables.get(name, [[]])
    body = [cells for cells in body if cells[0] != "Total"]
    missing = sorted(set(columns) - set(head)) if body or rows else []
    if missing or len(body) != len(rows):
        yield f"{name}: {len(body)} rows of {len(rows)}, without {missing}"
        return
    left = [tuple(cells[head.index(heading)] for heading in columns) for cells in body]
    for row in rows:
        wanted = tuple(_shown(row[column], unit) for column, unit in columns.values())
        same = [
            one for one in left if all(_reads_as(a, b) for a, b in zip(one, wanted, strict=True))
        ]
        if same:
            left.remove(same[0])
        else:
            yield f"{name}: no row {wanted}, left are {left[:3]}"


def _shown(cell: str, unit: float) -> str:
    """A cell in the unit of the page."""
    return cell if not unit or not cell else f"{float(cell) / unit:.9f}"


def _reads_as(shown: str, cell: str) -> bool:
    """Whether what the page shows is the cell, to the digits shown."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
        return shown == cell
    if shown in ("–", "") or not cell:
        return shown in ("–", "") and not cell
    digits = len(shown.partition(".")[2])
    return bool(abs(float(shown.replace(",", "")) - float(cell)) <= 0.5 * 10**-digits + 1e-9)


def _energisations(page: Page, tables: Tables) -> Iterator[str]:
    """What each energisation waited for."""
    names = {row["site"]: row["name"] for row in tables["sites"]}
    wanted: dict[tuple[str, str], list[str]] = {}
    for row in tables["critical_path"]:
        cells = wanted.setdefault((names[row["site"]], row["energised_date"]), [])
        if row["is_last"].lower() == row["is_critical"].lower() == "true":
            cells += [stage for stage in [STAGES[row["step"]]] if stage not in cells]
    head, *body = page.tables.get("energisation-table", [["Site", "Energised", "Waited for"]])
    at = [head.index(name) for name in ("Site", "Energised", "Waited for")]
    found = {(cells[at[0]], cells[at[1]]): cells[at[2]].split(", ") for cells in body}
    for key in sorted(set(found) | set(wanted)):
        if sorted(found.get(key, [])) != sorted(wanted.get(key, [])):
            yield f"{key} waited for {found.get(key)}, the table {wanted.get(key)}"


def _gantt(page: Page, tables: Tables) -> Iterator[str]:
    """Bars outlined are the critical steps that take time."""
    figures = json.loads(page.scripts[0])["figures"]
    outlined = {
        (trace["name"].split(" for which")[0], start, _end(start, ms))
        for trace in figures.get("gantt", {"data": []})["data"]
        for start, ms, width in zip(
            trace.get("base", []),
            trace["x"],
            trace["marker"]["line"]["width"] if "base" in trace else [],
            strict=False,
        )
        if width == 2
    }
    critical = {
        (STAGES[row["step"]], row["started_date"], row["finished_date"])
        for row in tables["critical_path"]
        if row["is_critical"].lower() == "true"
        and row["started_date"] < row["finished_date"]
        and row["step"] != "programmatic review"
    }
    stock = {
        ("Transformers", row["assign_date"], row["in_service_date"])
        for row in tables.get("orders", [])
        if not row["order_date"]
    }
    for bar in sorted(outlined ^ critical):
        if bar not in stock:
            side = "outlined, not critical" if bar in outlined else "critical, not outlined"
            yield f"{bar} is {side}"


def _end(start: str, ms: float) -> str:
    """End of a bar."""
    return str(date.fromordinal(date.fromisoformat(start).toordinal() + round(ms / DAY_MS)))
