"""``plan.xlsx`` in openpyxl and ``orders.ics`` in an iCalendar parser."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from outputs.sample import HOSTILE, full_plan
from siting.core.audit import day
from siting.core.plan import Plan
from siting.core.table import Table
from siting.outputs.order_calendar import write_order_calendar
from siting.outputs.workbook import write_workbook


@pytest.fixture
def plan() -> Plan:
    """Twenty sites with hostile names."""
    return full_plan()


def test_every_cell_is_what_the_table_holds(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(plan, path)
    book = load_workbook(path)
    assert set(book.sheetnames) == {"index", "provenance", "dictionary", *plan.tables}
    for name, table in plan.tables.items():
        sheet = book[name]
        assert tuple(cell.value for cell in sheet[1]) == table.columns
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        for line, row in enumerate(table, start=2):
            for position, column in enumerate(table.columns, start=1):
                cell, value = sheet.cell(line, position), row[column]
                if isinstance(value, date):
                    assert isinstance(cell.value, datetime) and cell.is_date
                    assert cell.value.date() == value
                elif isinstance(value, bool | int | float):
                    assert cell.value == value
                elif isinstance(value, str) and value.strip():
                    assert cell.data_type == "s"
                    assert str(cell.value).strip() == value.replace("\r", "\n").strip()


def test_numbers_are_shown_by_their_unit(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(plan, path)
    book = load_workbook(path)
    costs = {cell.value: cell.column for cell in book["spending"][1]}
    assert book["spending"].cell(2, costs["overnight_usd"]).number_format == "#,##0"
    sites = {cell.value: cell.column for cell in book["sites"][1]}
    assert book["sites"].cell(2, sites["it_mw"]).number_format == "#,##0.0"
    assert book["sites"].cell(2, sites["commit_date"]).number_format == "yyyy-mm-dd"
    assert book["sites"].cell(2, sites["name"]).number_format == "General"


def test_no_formula_and_no_link_whatever_the_name(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(plan, path)
    book = load_workbook(path)
    names = {cell.value for cell in book["sites"]["B"]}
    assert any(name in names for name in HOSTILE if name.startswith("="))
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_same_plan_same_bytes(plan: Plan, tmp_path: Path) -> None:
    write_workbook(plan, tmp_path / "a.xlsx")
    write_workbook(plan, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    write_order_calendar(plan, tmp_path / "a.ics")
    write_order_calendar(plan, tmp_path / "b.ics")
    assert (tmp_path / "a.ics").read_bytes() == (tmp_path / "b.ics").read_bytes()


def test_control_characters_do_not_break_the_file(plan: Plan, tmp_path: Path) -> None:
    odd = Table.of(("name", "mw"), [{"name": "a\x00b\x0bc" + "x" * 40_000, "mw": 1.5}])
    write_workbook(replace(plan, tables={"odd": odd}), tmp_path / "o.xlsx")
    text = load_workbook(tmp_path / "o.xlsx")["odd"]["A2"].value
    assert isinstance(text, str) and text.startswith("abcx") and len(text) <= 32_767


def test_an_event_for_each_order(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "orders.ics"
    write_order_calendar(plan, path)
    raw = path.read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    events = Calendar.from_ical(raw).walk("VEVENT")
    dated = [row for row in plan.tables["orders"] if day(row, "order_date") is not None]
    assert dated and len(events) == len(dated)
    assert len({str(event["uid"]) for event in events}) == len(events)
    for event, row in zip(events, dated, strict=True):
        assert event.decoded("dtstart") == row["order_date"]
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        text = str(event["description"])
        for column in ("item", "equipment_class", "quantity"):
            assert str(row[column]) in text
