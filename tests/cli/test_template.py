"""``siting init --template``: tables to fill in, and the scenario that reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from siting.cli.template import BOOK, create_from_template
from siting.core.errors import InputError
from siting.outputs.planner_book import FIRST, HEADER, write_book
from siting.pipeline import Loaded, load
from siting.reference.sheets import OWN, PRICES, own_sheets
from support.engine import BUILTIN

SHEETS = ["sites", "zones", "prices", "nodes", "demand", "plants", "upgrades"]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workbook and its scenario."""
    folder = tmp_path_factory.mktemp("own") / "plan"
    create_from_template(folder, "spreadsheet", is_federal=False)
    return folder


def tables(loaded: Loaded) -> dict[str, Any]:
    """Rows of the tables of a scenario, without outlines."""
    resolved = loaded.instance.resolved
    parts = resolved["components"]
    kinds = parts["workloads"]["kinds"]
    found = {
        **{name: resolved[name] for name in ("sites", "zones", "nodes")},
        "plants": parts["plants"]["named"],
        "upgrades": parts["headroom"]["upgrades"],
    }
    rows = {
        table: {i: {k: v for k, v in row.items() if k != "geometry"} for i, row in rows.items()}
        for table, rows in found.items()
    }
    return {**rows, "demand": {name: targets(kind["targets"]) for name, kind in kinds.items()}}


def targets(rows: list[dict[str, Any]]) -> set[tuple[str, str, float]]:
    """Targets in no order."""
    return {
        (row.get("region", "anywhere"), str(row["from_date"])[:7], row["it_mw"]) for row in rows
    }


def test_the_workbook_says_what_each_column_means_and_offers_choices(own: Path) -> None:
    book = openpyxl.load_workbook(own / BOOK)
    assert [s.title for s in book if s.sheet_state == "visible"] == SHEETS
    for name in SHEETS:
        sheet = book[name]
        meanings, units, header, *rows = sheet.iter_rows(values_only=True)
        assert all(meanings) and all(units) and all(header)
        assert len(rows) == len(OWN[name]) == 2
        hints = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
        assert len(hints) == len(header)
        assert all(v.prompt and v.showInputMessage for v in hints.values())
    offered = {
        (sheet.title, sheet.cell(HEADER, next(iter(v.sqref.ranges)).min_col).value): v.formula1
        for sheet in book
        for v in sheet.data_validations.dataValidation
        if v.type == "list"
    }
    assert offered["sites", "use"] == '"yes,no"'
    assert offered["sites", "zone"] == f"=zones!$A${FIRST}:$A$2000"
    assert offered["upgrades", "node"] == f"=nodes!$A${FIRST}:$A$2000"
    assert ("plants", "technology") in offered


def test_a_long_choice_stands_on_a_sheet_of_its_own(tmp_path: Path) -> None:
    """A cell may name 255 letters of choices."""
    names = [f"technology_number_{number}" for number in range(40)]
    write_book(own_sheets(names), tmp_path / BOOK)
    book = openpyxl.load_workbook(tmp_path / BOOK)
    assert [cell.value for cell in book["lists"]["A"]] == names
    formulas = [v.formula1 for v in book["plants"].data_validations.dataValidation]
    assert "=lists!$A$1:$A$40" in formulas


def test_workbook_and_csv_give_the_same_scenario_without_warnings(
    own: Path, tmp_path: Path
) -> None:
    create_from_template(tmp_path / "plan", "csv", is_federal=False)
    book, text = load(own / "scenario.yaml"), load(tmp_path / "plan" / "scenario.yaml")
    assert (book.warnings, text.warnings) == ((), ())
    assert tables(book) == tables(text)
    assert tables(book)["demand"]["training"] == {
        ("anywhere", "2029-01", 100),
        ("anywhere", "2030-01", 200),
        ("anywhere", "2031-01", 400),
    }
    assert tables(book)["zones"]["east"]["energy_usd_per_mwh"] == 48


def test_the_same_bytes_each_time(own: Path, tmp_path: Path) -> None:
    create_from_template(tmp_path / "plan", "spreadsheet", is_federal=False)
    assert (tmp_path / "plan" / BOOK).read_bytes() == (own / BOOK).read_bytes()


def test_what_is_typed_into_the_workbook_is_read(own: Path, tmp_path: Path) -> None:
    create_from_template(tmp_path / "plan", "spreadsheet", is_federal=False)
    book = openpyxl.load_workbook(tmp_path / "plan" / BOOK)
    header = [cell.value for cell in book["sites"][HEADER]]
    book["sites"].cell(FIRST, header.index("use") + 1).value = "no"
    header = [cell.value for cell in book["zones"][HEADER]]
    book["zones"].cell(FIRST + 1, header.index("reserve_margin_frac") + 1).value = "17.5 %"
    book.save(tmp_path / "plan" / BOOK)
    found = tables(load(tmp_path / "plan" / "scenario.yaml"))
    assert list(found["sites"]) == ["south"]
    assert found["zones"]["valley"]["reserve_margin_frac"] == 0.175


def test_what_is_wrong_is_named_with_sheet_row_and_column(tmp_path: Path) -> None:
    create_from_template(tmp_path / "plan", "spreadsheet", is_federal=False)
    book = openpyxl.load_workbook(tmp_path / "plan" / BOOK)
    header = [cell.value for cell in book["zones"][HEADER]]
    book["zones"].cell(FIRST + 1, header.index("headroom_mw") + 1).value = "1.5 GW"
    book.save(tmp_path / "plan" / BOOK)
    with pytest.raises(InputError) as caught:
        load(tmp_path / "plan" / "scenario.yaml")
    (issue,) = caught.value.issues
    assert issue.where == f"{BOOK}, sheet zones:5: zones.valley.headroom_mw"
    assert issue.fix == "Write 1500, which is 1.5 GW in MW"


def test_the_federal_sites_in_a_workbook_are_those_of_the_national_case(tmp_path: Path) -> None:
    create_from_template(tmp_path / "plan", "spreadsheet", is_federal=True)
    found = tables(load(tmp_path / "plan" / "scenario.yaml"))
    national = tables(load(BUILTIN / "models" / "federal-2035.yaml"))
    for name, rows in national.items():
        assert found[name] == rows, name
    assert len(found["sites"]) > 50
    assert any(field in row for row in found["zones"].values() for field in PRICES)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something is already there"):
        create_from_template(tmp_path, "csv", is_federal=False)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
