"""Queues to rivals: probabilities counted by hand, dates, and what is left out or refused."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from siting.core.errors import InputError
from siting.layers.queue import read_queue
from support.engine import SHARED

CAISO = SHARED / "data" / "queue_caiso" / "public_queue_clean_combined.csv.gz"
HEADER = (
    "sheet_outcome,queue_id,project_name,tech_1,mw_poi,poi,date_received,date_queue,"
    "date_cod_requested,date_cod_current_or_actual,date_withdrawn"
)


def queue(folder: Path, *rows: str) -> Path:
    """A queue file."""
    path = folder / "queue.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def resolved(technology: str, completed: int, withdrawn: int) -> list[str]:
    """Rows of projects that ended."""
    rows = ["completed"] * completed + ["withdrawn"] * withdrawn
    return [
        f"{outcome},{technology}{i},x,{technology},5,P,,2020-01-01,,,"
        for i, outcome in enumerate(rows)
    ]


def test_probabilities_dates_and_places_on_paper(tmp_path: Path) -> None:
    """Solar: 5 of 20. Fusion: too few of its own, so 6 of 22 of all."""
    path = queue(
        tmp_path,
        *resolved("Solar", 5, 15),
        *resolved("fusion", 1, 1),
        "active,7,Sunny,solar,80,North 230 kV,,2021-06-30,2024-01-01,2027-03-01 08:00:00,",
        "active,8,Late,solar,20,South,,2021-06-30,2019-01-01,,",
        "active,9a/b,=cmd(),fusion,10,South,,2021-06-30,2030-05-05,,",
        "active,10,no MW,solar,,South,,2021-06-30,2030-05-05,,",
        "active,11,no date,solar,9,South,,2021-06-30,,,",
        ",,,,,,,,,,",
        "active,,The contents of these pages,,,,,,,,",
    )
    found = read_queue(path, "CAISO", {"North 230 kV": "NODE-1"})
    assert found.as_of == date(2021, 6, 30)
    rows = {str(row["id"]): row for row in found.rivals}
    assert list(rows) == ["Q-7", "Q-8", "Q-9a_b"]
    assert [row["probability_frac"] for row in rows.values()] == [0.25, 0.25, round(6 / 22, 6)]
    assert [row["draw_mw"] for row in rows.values()] == [80, 20, 10]
    assert [row["in_service"] for row in rows.values()] == [
        date(2027, 3, 1),
        date(2021, 6, 30),
        date(2030, 5, 5),
    ]
    assert (rows["Q-7"]["node"], rows["Q-7"]["zone"]) == ("NODE-1", None)
    assert (rows["Q-8"]["node"], rows["Q-8"]["zone"]) == (None, "CAISO")
    assert found.notes == (
        "1 active projects whose date has passed are dated 2021-06-30",
        "2 active projects without MW or date are left out",
        "1 rows without a queue id are left out",
    )
    certain = read_queue(path, "CAISO", probability_frac=0.5)
    assert {row["probability_frac"] for row in certain.rivals} == {0.5}


def test_refused_in_words(tmp_path: Path) -> None:
    path = queue(
        tmp_path,
        "active,7,a,solar,much,P,,2021-06-30,2024-01-01,,",
        "active,8,a,solar,5,P,,30.06.2021,2024-01-01,,",
    )
    with pytest.raises(InputError, match=r"date_queue: '30\.06\.2021'.*YYYY-MM-DD"):
        read_queue(path, "CAISO")
    path = queue(
        tmp_path,
        "active,7,a,solar,much,P,,2021-06-30,2024-01-01,,",
        "active,8,a,solar,5,P,,2021-06-30,2024-01-01,,",
        "active,8,a,solar,5,P,,2021-06-30,2024-01-01,,",
    )
    with pytest.raises(InputError) as caught:
        read_queue(path, "CAISO")
    assert "mw_poi: 'much'" in str(caught.value) and "'Q-8' again" in str(caught.value)
    with pytest.raises(InputError, match="--zone"):
        read_queue(path, "<b>")
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column 'sheet_outcome'"):
        read_queue(path, "CAISO")


@pytest.mark.skipif(not CAISO.is_file(), reason="the queue is not beside the checkout")
def test_the_published_queue(tmp_path: Path) -> None:
    """Counts of its README; MW and shares counted here from the file."""
    path = tmp_path / "queue.csv"
    path.write_bytes(gzip.decompress(CAISO.read_bytes()))
    found = read_queue(path, "CAISO")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["queue_id"]]
    active = [row for row in rows if row["sheet_outcome"] == "active"]
    assert "12 rows without a queue id are left out" in found.notes
    assert len(found.rivals) == len(active) == 335 - 8
    total = sum(float(str(row["draw_mw"])) for row in found.rivals)
    assert total == pytest.approx(sum(float(row["mw_poi"]) for row in active))
    ended = Counter(
        (row["tech_1"].lower(), row["sheet_outcome"])
        for row in rows
        if row["sheet_outcome"] != "active"
    )
    wind = ended["wind", "completed"] / (ended["wind", "completed"] + ended["wind", "withdrawn"])
    shares = {row["technology"]: row["probability_frac"] for row in found.rivals}
    assert shares["wind"] == pytest.approx(wind, abs=1e-6)


def workbook(folder: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """A workbook with some sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    path = folder / "queue.xlsx"
    book.save(path)
    return path


def test_the_workbook_of_caiso(tmp_path: Path) -> None:
    """Three sheets, header in row 4, line breaks in headers, a disclaimer as the last row."""
    top: list[list[object]] = [["Report"], [], ["as of 2024"]]
    head: list[object] = [
        "Project Name", "Queue Position", "Interconnection Request\nReceive Date", "Queue Date",
        "Application Status", "Fuel-1", "MW-1", "Net MWs to Grid",
        "Station or Transmission Line", "Proposed\nOn-line Date\n(as filed with IR)",
        "Current\nOn-line Date",
    ]  # fmt: skip
    ended: list[object] = ["x", "1", datetime(2019, 1, 1), datetime(2019, 1, 2), None, "Wind", 9, 9]
    path = workbook(
        tmp_path,
        {
            "Grid GenerationQueue": [
                *top, head,
                ["Sunny", 7, datetime(2023, 4, 1), datetime(2023, 5, 1), "ACTIVE", "Solar", 200,
                 180.5, "North 230 kV", datetime(2027, 1, 1), datetime(2029, 6, 1)],
                ["The contents of these pages are subject to change without notice."],
            ],
            "Completed Generation Projects": [*top, head, ended],
            "Withdrawn Generation Projects": [*top, head, ended, ended, ended],
        },
    )  # fmt: skip
    found = read_queue(path, "CAISO")
    (row,) = found.rivals
    assert (row["id"], row["draw_mw"], row["in_service"]) == ("Q-7", 180.5, date(2029, 6, 1))
    assert row["probability_frac"] == 0.25
    assert found.as_of == date(2023, 5, 1)
    assert found.notes == ("1 rows without a queue id are left out",)


LAYOUTS = {
    "PJM": (
        "Project ID,Name,Commercial Name,State,County,Status,MFO,MW Energy,Fuel,Submitted Date,"
        "Projected In Service Date,Revised In Service Date,Actual In Service Date,Withdrawal Date\n"
        "AB1-1,Hill 230kV,Sun,VA,X,Active,120,120,Solar,3/31/2022,6/1/2026,12/1/2027,,\n"
        "AB1-2,Hill 230kV,Sun,VA,X,Partially in Service - Under Construction,50,50,Solar,3/31/2022,"
        "6/1/2026,,,\n"
        "AB1-3,Hill 230kV,Sun,VA,X,In Service,50,50,Solar,3/31/2021,6/1/2024,,6/1/2024,\n"
        "AB1-4,Hill 230kV,Sun,VA,X,Withdrawn,50,50,Solar,3/31/2021,6/1/2024,,,1/1/2023\n",
        {"Q-AB1-1": (120.0, date(2027, 12, 1), 0.5), "Q-AB1-2": (50.0, date(2026, 6, 1), 0.5)},
    ),
    "MISO": (
        "Project #,Request Status,Queue Date,Withdrawn Date,Appl In Service Date,County,State,"
        "Summer Net MW,Fuel,POI Name\n"
        "J1,Active,2022-05-09T04:00:00Z,,2027-09-01T04:00:00Z,X,IA,300,Wind,Sub\n"
        "J2,Done,2015-05-09T04:00:00Z,,2018-09-01T04:00:00Z,X,IA,300,Wind,Sub\n",
        {"Q-J1": (300.0, date(2027, 9, 1), 1.0)},
    ),
    "SPP": (
        "Last Updated On,1/2/2024\n"
        "Generation Interconnection Number, Nearest Town or County,State,Capacity,Fuel Type,"
        "Request Received,Substation or Line,Commercial Operation Date,Status,Date Withdrawn\n"
        'GEN-1,X,KS,"1,200",Wind,2/1/2021,Line,12/31/2028,DISIS STAGE,\n'
        "GEN-2,X,KS,200,Wind,2/1/2011,Line,12/31/2014,IA FULLY EXECUTED/COMMERCIAL OPERATION,\n"
        "GEN-3,X,KS,200,Wind,2/1/2011,Line,12/31/2014,TERMINATED,\n"
        "GEN-4,X,KS,80,Wind,2/1/2019,Line,12/31/2027,IA FULLY EXECUTED/ON SUSPENSION,\n",
        {"Q-GEN-1": (1200.0, date(2028, 12, 31), 0.5), "Q-GEN-4": (80.0, date(2027, 12, 31), 0.5)},
    ),
    "NYISO": (
        "Queue Pos.,Developer Name,Project Name,Date of IR,SP (MW),WP (MW),Type/ Fuel,County,State,Z,"
        "Interconnection Point,Utility,S,Proposed COD\n"
        "500,D,Lake,1/5/2021,100.5,99,W,X,NY,C,Sub 115kV,NG,9,12/2027\n"
        "501,D,Sea,1/5/2018,10,9,W,X,NY,K,Sub,LIPA,14,5/2020\n",
        {"Q-500": (100.5, date(2027, 12, 1), 1.0)},
    ),
    "ISO-NE": (
        "Position,Updated,Type,Requested,Alternative Name,Fuel Type,Net MW,County,State,Op Date,"
        "W/ D Date,Zone,Interconnection Location,Status\n"
        "1100,1/1/2024,G,5/1/2022,Bay,BAT,150,X,MA,6/1/2028,,SEMA,Sub 345,A\n"
        "1101,1/1/2024,G,5/1/2020,Gone,WND,150,X,MA,6/1/2026,2/2/2022,SEMA,Sub 345,W\n"
        "1102,1/1/2024,G,5/1/2016,Built,SUN,20,X,MA,6/1/2018,,SEMA,Sub 115,C\n",
        {"Q-1100": (150.0, date(2028, 6, 1), 0.5)},
    ),
    "ERCOT": (
        "GIS Report\n\nINR,Project Name,GIM Study Phase,Interconnecting Entity,POI Location,County,"
        "Projected COD,Fuel,Technology,Capacity (MW),Screening Study Started,Status\n"
        "25INR1,Star,FIS,E,4000 Sub 345kV,X,2026-06-30,SOL,PV,240.1,2022-02-02,Active\n",
        {"Q-25INR1": (240.1, date(2026, 6, 30), 1.0)},
    ),
    "West": (
        "q_id,q_status,q_date,prop_date,on_date,wd_date,region,type_clean,mw1,poi_name\n"
        "Z1,active,44197,46388,,,West,Solar,80,Sub\n"
        "Z2,active,44197,46388,,,PJM,Solar,90,Sub\n",
        {"Q-Z1": (80.0, date(2027, 1, 1), 1.0)},
    ),
}


@pytest.mark.parametrize("zone", sorted(LAYOUTS))
def test_published_layouts(zone: str, tmp_path: Path) -> None:
    """As their headers are documented; expectations read off the rows."""
    text, expected = LAYOUTS[zone]
    path = tmp_path / "q.csv"
    path.write_text(text, encoding="utf-8")
    found = read_queue(path, zone)
    rows = {
        str(r["id"]): (r["draw_mw"], r["in_service"], r["probability_frac"]) for r in found.rivals
    }
    assert rows == expected


@pytest.mark.parametrize("cell", ["NaN", "inf", "-Infinity", "1e999", "1_000", "\u0661\u0662"])
def test_no_number_is_no_number(cell: str, tmp_path: Path) -> None:
    path = queue(tmp_path, f"active,7,a,solar,{cell},P,,2021-06-30,2024-01-01,,")
    with pytest.raises(InputError, match=r"queue\.csv:2: mw_poi"):
        read_queue(path, "CAISO")


def test_a_slip_in_a_year_dates_no_rival(tmp_path: Path) -> None:
    path = queue(
        tmp_path,
        "withdrawn,1,a,solar,10,P,,2109-01-01,2015-01-01,,",
        "active,2,a,solar,100,P,,2022-01-01,2028-01-01,,",
    )
    found = read_queue(path, "Z", today=date(2026, 1, 1))
    (row,) = found.rivals
    assert (found.as_of, row["in_service"]) == (date(2022, 1, 1), date(2028, 1, 1))
    assert any("queue.csv:2: date_queue 2109-01-01" in note for note in found.notes)


def test_unknown_words_are_shown_and_nothing_is_dropped(tmp_path: Path) -> None:
    path = queue(
        tmp_path, *resolved("wind", 0, 30), "mothballed,2,a,wind,100,P,,2022-01-01,2028-01-01,,"
    )
    found = read_queue(path, "Z")
    (row,) = found.rivals
    assert row["probability_frac"] == 1.0
    assert found.notes == (
        "1 active projects count as certain, since the file shows 30 withdrawals but no completion",
        "1 projects of unknown status 'mothballed' count as active",
    )


@pytest.mark.parametrize(
    "word",
    ["Not Completed", "Incomplete", "Non-Operational", "Withdrawal Rescinded", "Not Withdrawn"],
)
def test_a_word_that_is_turned_is_not_its_opposite(word: str, tmp_path: Path) -> None:
    """It counts as active and is shown; the share stays 5 of 20."""
    row = f"{word},77,x,solar,80,P,,2021-06-30,2027-01-01,,"
    found = read_queue(queue(tmp_path, *resolved("Solar", 5, 15), row), "CAISO")
    assert [(r["id"], r["probability_frac"]) for r in found.rivals] == [("Q-77", 0.25)]
    assert any(word in note for note in found.notes)
