"""Spreadsheets as planners keep them: read right, or refused with the sentence that mends them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from siting.core.errors import InputError
from siting.families.workloads.settings import Target
from siting.pipeline import load
from support.engine import toy, write_scenario

TRAINING = "components.workloads.kinds.training"
LONG = "region,from_date,it_mw\nanywhere,2027-07,100\nanywhere,2028-01,1200.5\n"
Book = Callable[[openpyxl.Workbook], None]


def referring(path: str, reference: object) -> dict[str, Any]:
    """The toy with a reference at a dotted path."""
    scenario = deepcopy(toy())
    *parents, last = path.split(".")
    place: Any = scenario
    for key in parents:
        place = place[key]
    place[last] = reference
    return scenario


def written(folder: Path, scenario: dict[str, Any]) -> Path:
    """A scenario in a folder."""
    return write_scenario(scenario, folder / "scenario.json")


def targets(folder: Path, **reference: object) -> list[tuple[str, str, float]]:
    """(region, date, MW) of the targets that a file states."""
    scenario = referring(f"{TRAINING}.targets", reference)
    loaded = load(written(folder, scenario))
    config = loaded.instance.scenario.families()["workloads"]
    found: list[Target] = config.kinds["training"].targets
    return [(t.region, str(t.from_date), t.it_mw) for t in found]


def refusal(folder: Path, **reference: object) -> str:
    """What is said of targets in a file that is refused."""
    with pytest.raises(InputError) as caught:
        targets(folder, **reference)
    (issue,) = caught.value.issues
    return str(issue)


def workbook(folder: Path, *rows: Sequence[object], change: Book = lambda book: None) -> str:
    """A workbook of one sheet; its name."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    book.save(folder / "demand.xlsx")
    return "demand.xlsx"


def text(folder: Path, content: str, encoding: str = "utf-8") -> str:
    """A CSV; its name."""
    (folder / "demand.csv").write_text(content, encoding=encoding)
    return "demand.csv"


EXPECTED = [("anywhere", "2027-07-01", 100.0), ("anywhere", "2028-01-01", 1200.5)]


def test_a_row_a_target(tmp_path: Path) -> None:
    assert targets(tmp_path, file=text(tmp_path, LONG)) == EXPECTED


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_one_column_a_year(kind: str, tmp_path: Path) -> None:
    """A year is its January; an empty cell states nothing for its year."""
    if kind == "csv":
        name = text(tmp_path, "region,2027,2028\nanywhere,100,1200.5\n")
        assert targets(tmp_path, file=name) == [
            ("anywhere", "2027-01-01", 100.0),
            ("anywhere", "2028-01-01", 1200.5),
        ]
        return
    name = workbook(tmp_path, ["region", 2027, "2027-07", 2028], ["anywhere", None, 100, 1200.5])
    assert targets(tmp_path, file=name) == EXPECTED


def test_workloads_of_one_sheet_are_told_apart(tmp_path: Path) -> None:
    name = text(tmp_path, "workload,2027,2028\ntraining,100,200\nserving,7,8\n")
    found = targets(
        tmp_path, file=name, where={"workload": ["training"]}, ignore_columns=["workload"]
    )
    assert [mw for *_, mw in found] == [100.0, 200.0]
    with pytest.raises(InputError, match="a second target of 'anywhere' from 2027-01-01"):
        targets(tmp_path, file=name)


def test_lists_below_a_list_or_an_id_come_from_files_too(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("2027,2028\n52,26\n", encoding="utf-8")
    path = "components.transformers.classes.main_bank.lead_times"
    loaded = load(written(tmp_path, referring(path, {"file": "leads.csv"})))
    config = loaded.instance.scenario.families()["transformers"]
    rows = config.classes["main_bank"].lead_times
    assert [(row.ordered_from, row.weeks) for row in rows] == [
        (date(2027, 1, 1), 52.0),
        (date(2028, 1, 1), 26.0),
    ]


def test_every_mapping_of_records_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "paths.csv").write_text('id,months,cost_usd\nea,6,"$1,200"\n', encoding="utf-8")
    path = "components.land.review_paths"
    loaded = load(written(tmp_path, referring(path, {"file": "paths.csv"})))
    review = loaded.instance.scenario.families()["land"].review_paths["ea"]
    assert (review.months, review.cost_usd) == (6.0, 1200.0)


def test_an_override_changes_a_row_that_was_read(tmp_path: Path) -> None:
    scenario = referring(f"{TRAINING}.targets", {"file": text(tmp_path, LONG)})
    loaded = load(written(tmp_path, scenario), {f"{TRAINING}.targets.1.it_mw": 7})
    config = loaded.instance.scenario.families()["workloads"]
    assert [t.it_mw for t in config.kinds["training"].targets] == [100.0, 7.0]


READ: dict[str, tuple[str, dict[str, object]]] = {
    "semicolons and decimal commas": ("from_date;it_mw\n2027-07;100\n2028-01;1200,5\n", {}),
    "points as thousands": ("from_date;it_mw\n2027-07;100\n2028-01;1.200,5\n", {}),
    "tabs": (LONG.replace(",", "\t"), {}),
    "thousands separators": ('from_date,it_mw\n2027-07,100\n2028-01,"1,200.5"\n', {}),
    "spaces as thousands": ("from_date;it_mw\n2027-07;100\n2028-01;1 200,5\n", {}),
    "header in row 4": (f"Demand of the region\n\nAs of June 2026,,\nMW of IT load\n{LONG}", {}),
    "dates as text": ("from_date,it_mw\nJuly 2027,100\nJan 2028,1200.5\n", {}),
    "European dates": ("from_date;it_mw\n01.07.2027;100\n01.01.2028;1200,5\n", {}),
    "slashes with one meaning": ("from_date,it_mw\n2027/07,100\n1/1/2028,1200.5\n", {}),
    "other names": ("start,mw\n2027-07,100\n2028-01,1200.5\n",
                    {"columns": {"from_date": "start", "it_mw": "mw"}}),
    "a stated decimal mark": ("from_date;it_mw\n2027-07;100\n2028-01;1200,500\n", {"decimal": ","}),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_read_right(case: str, tmp_path: Path) -> None:
    content, more = READ[case]
    assert targets(tmp_path, file=text(tmp_path, content), **more) == EXPECTED


REFUSED: dict[str, tuple[str, str]] = {
    "a comma of two meanings": ("from_date;it_mw\n2028-01;1,200\n", "State decimal: ',' or decimal: '.'"),
    "two decimal marks": ("from_date;it_mw\n2027-07;1,5\n2028-01;1.5\n", "one decimal mark in a file"),
    "a date of two meanings": ("from_date,it_mw\n3/4/2028,1200\n", "may be 2028-03-04 or 2028-04-03"),
    "no such column": ("from_date,mw\n2028-01,1200\n", "Name it with columns, as in columns: {it_mw: NAME}"),
    "another unit": ("from_date,it_mw\n2028-01,1.5 GW\n", "Write 1500, which is 1.5 GW in MW"),
    "years with letters": ("region,FY2028\nanywhere,5\n", "Name columns of years by the year alone"),
    "capitals": ("from_date,IT_MW\n2028-01,1200\n", "as in columns: {it_mw: IT_MW}"),
    "no number in a year": ("region,2028\nanywhere,\n", "no row of demand.csv is left"),
    "a row of totals": ("region,2028\nanywhere,5\nTotal,5\n", "unknown region 'Total'"),
    "a note below": ("region,2028\nanywhere,5\n\nSource: EIA\n", "demand.csv:4: 1 cells"),
    "a quarter": ("from_date,it_mw\nQ1 2028,5\n", "a date as YYYY-MM"),
    "a percent of load": ("from_date,it_mw\n2028-01,15 %\n", "Write 15 without '%'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_remedy(case: str, tmp_path: Path) -> None:
    content, words = REFUSED[case]
    assert words in refusal(tmp_path, file=text(tmp_path, content))


def test_a_misspelt_field_of_years_is_refused(tmp_path: Path) -> None:
    name = text(tmp_path, "region,2028\nanywhere,5\n")
    assert "Write 'it_mw'" in refusal(tmp_path, file=name, by_year="it_mww")


def test_rows_that_are_added_may_name_files_too(tmp_path: Path) -> None:
    (tmp_path / "kinds.csv").write_text(
        "id,delay_cost_usd_per_mw_month\ntraining,300000\n", encoding="utf-8"
    )
    more = {"training": {"targets": {"file": text(tmp_path, LONG)}}}
    kinds = {"file": "kinds.csv", "records": more}
    path = written(tmp_path, referring("components.workloads.kinds", kinds))
    config = load(path).instance.scenario.families()["workloads"]
    assert [t.it_mw for t in config.kinds["training"].targets] == [100.0, 1200.5]


def test_cp1252_is_asked_for(tmp_path: Path) -> None:
    name = text(tmp_path, f"note,{LONG}".replace("\nanywhere", "\nRhône,anywhere"), "cp1252")
    assert "encoding: cp1252" in refusal(tmp_path, file=name)
    found = targets(tmp_path, file=name, encoding="cp1252", ignore_columns=["note"])
    assert found == EXPECTED


def test_merged_titles_above_the_header(tmp_path: Path) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book.active.merge_cells("A1:C1")

    name = workbook(
        tmp_path,
        ["Demand", None, None],
        ["from_date", "it_mw"],
        ["2027-07", 100],
        ["2028-01", 1200.5],
        change=merge,
    )
    assert targets(tmp_path, file=name) == EXPECTED


def test_an_empty_first_sheet_is_passed_over(tmp_path: Path) -> None:
    def add(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("demand")
        for row in (["from_date", "it_mw"], ["2027-07", 100], [date(2028, 1, 1), 1200.5]):
            sheet.append(row)

    assert targets(tmp_path, file=workbook(tmp_path, change=add)) == EXPECTED


def test_percent_cells_are_shares(tmp_path: Path) -> None:
    """Excel shows 0.15 as 15 %; as text it is divided."""

    def percent(book: openpyxl.Workbook) -> None:
        book.active["C2"].number_format = "0 %"

    head = ["id", "draw_mw", "probability_frac", "in_service", "zone"]
    name = workbook(
        tmp_path,
        head,
        ["a", 10, 0.15, "2028-01", "dear"],
        ["b", 10, "15 %", "2028-01", "dear"],
        change=percent,
    )
    scenario = referring("components.headroom", {"rivals": {"file": name}})
    rivals = load(written(tmp_path, scenario)).instance.scenario.families()["headroom"].rivals
    assert {name: row.probability_frac for name, row in rivals.items()} == {"a": 0.15, "b": 0.15}


def test_hidden_rows_are_warned_of(tmp_path: Path) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book.active.row_dimensions[3].hidden = True

    rows = (["from_date", "it_mw"], ["2027-07", 100], ["2028-01", 1200.5])
    scenario = referring(f"{TRAINING}.targets", {"file": workbook(tmp_path, *rows, change=hide)})
    loaded = load(written(tmp_path, scenario))
    assert "hidden rows are read like the others: 3" in " ".join(map(str, loaded.warnings))


def test_a_formula_without_a_value_is_refused(tmp_path: Path) -> None:
    name = workbook(tmp_path, ["from_date", "it_mw"], ["2027-07", "=50+50"])
    assert "open and save the workbook once" in refusal(tmp_path, file=name)


def test_a_day_counted_by_excel_is_refused(tmp_path: Path) -> None:
    name = workbook(tmp_path, ["from_date", "it_mw"], [46204, 100])
    assert "Format the column as date" in refusal(tmp_path, file=name)


ZONES = "id,headroom_mw,connection_months,accredited_surplus_mw\ncheap,500,12,500\ndear,500,6,500\n"


def test_prices_on_a_sheet_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "zones.csv").write_text(ZONES, encoding="utf-8")
    (tmp_path / "prices.csv").write_text(
        "zone,energy_usd_per_mwh\ncheap,20\ndear,60\n", encoding="utf-8"
    )
    join = {"file": "prices.csv", "id_column": "zone"}
    path = written(tmp_path, referring("zones", {"file": "zones.csv", "join": [join]}))
    zones = load(path).instance.scenario.zones
    assert {name: zone.energy_usd_per_mwh for name, zone in zones.items()} == {
        "cheap": 20,
        "dear": 60,
    }
    (tmp_path / "prices.csv").write_text("zone,energy_usd_per_mwh\ncheep,20\n", encoding="utf-8")
    with pytest.raises(InputError, match="Write 'cheap'"):
        load(path)


def test_rows_are_switched_on_and_off(tmp_path: Path) -> None:
    rows = "use,id,headroom_mw,energy_usd_per_mwh\nyes,cheap,500,20\n,dear,500,60\nno,third,500,1\n"
    (tmp_path / "zones.csv").write_text(rows, encoding="utf-8")
    path = written(tmp_path, referring("zones", {"file": "zones.csv", "use_column": "use"}))
    assert sorted(load(path).instance.scenario.zones) == ["cheap", "dear"]
    (tmp_path / "zones.csv").write_text(rows.replace("no,", "perhaps,"), encoding="utf-8")
    with pytest.raises(InputError, match="Write yes or no"):
        load(path)
