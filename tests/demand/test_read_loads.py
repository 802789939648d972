"""Layouts of hourly demand, clock changes, repeated rows, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas
import pytest

from siting.core.errors import InputError
from siting.demand.read import read_loads


def csv(folder: Path, text: str, name: str = "load.csv") -> Path:
    """A file with some text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


EIA = """Balancing Authority,Data Date,Hour Number,Local Time at End of Hour,UTC Time at End of Hour,Demand (MW)
PJM,01/01/2023,1,01/01/2023 1:00:00 AM,01/01/2023 6:00:00 AM,"90,001"
PJM,01/01/2023,2,01/01/2023 2:00:00 AM,01/01/2023 7:00:00 AM,
ERCO,01/01/2023,1,01/01/2023 1:00:00 AM,01/01/2023 7:00:00 AM,"40,000"
"""


def test_eia_layout(tmp_path: Path) -> None:
    """Hours begin an hour before the time stated, in UTC; codes become those of the zones."""
    loads = read_loads([csv(tmp_path, EIA)])
    assert list(loads.demand_mw.columns) == ["ERCOT", "PJM"]
    assert loads.demand_mw.index[0] == pandas.Timestamp("2023-01-01 05:00")
    assert loads.demand_mw.PJM.iloc[0] == 90_001 and np.isnan(loads.demand_mw.PJM.iloc[1])
    assert np.isnan(loads.demand_mw.ERCOT.iloc[0]) and loads.demand_mw.ERCOT.iloc[1] == 40_000
    assert loads.offset_hours == {"PJM": -5, "ERCOT": -6}


def test_long_wide_and_parquet_are_the_same(tmp_path: Path) -> None:
    long = csv(
        tmp_path,
        "time,zone,demand_mw\n2023-01-01 00:00,A,1\n2023-01-01 01:00,A,2\n"
        "2023-01-01 00:00,B,3\n2023-01-01 02:00,B,5\n",
        "long.csv",
    )
    wide = csv(
        tmp_path,
        "timestamp,A,B\n2023-01-01T00:00,1,3\n2023-01-01T01:00,2,\n2023-01-01T02:00,,5\n",
        "wide.csv",
    )
    one, two = read_loads([long]), read_loads([wide])
    pandas.testing.assert_frame_equal(one.demand_mw, two.demand_mw, check_freq=False)
    frame = pandas.read_csv(wide, parse_dates=["timestamp"])
    frame.to_parquet(tmp_path / "wide.parquet")
    three = read_loads([tmp_path / "wide.parquet"])
    pandas.testing.assert_frame_equal(one.demand_mw, three.demand_mw, check_freq=False)
    halves = [csv(tmp_path, wide.read_text(), "x.csv")]
    assert read_loads(halves, unit="kW").demand_mw.A.iloc[0] == 0.001


def test_open_data_layout_keeps_demand_only(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "period,respondent,type,value\n2023-01-01T05,CISO,D,20000\n2023-01-01T05,CISO,NG,19000\n",
    )
    assert read_loads([path]).demand_mw.CAISO.tolist() == [20_000]


def test_clock_changes_without_an_offset(tmp_path: Path) -> None:
    """The hour from 1 o'clock comes twice on the first Sunday of November; 2 o'clock in March never."""
    path = csv(
        tmp_path,
        "time,A\n2023-11-05 00:00,100\n2023-11-05 01:00,90\n2023-11-05 01:00,80\n2023-11-05 02:00,70\n",
    )
    loads = read_loads([path])
    assert loads.demand_mw.A.tolist() == [100, 85, 70]
    assert loads.notes == ("1 hours that come twice when clocks go back were averaged",)
    path = csv(tmp_path, "time,A\n2023-03-12 01:00,100\n2023-03-12 03:00,120\n")
    assert np.isnan(read_loads([path]).demand_mw.A.iloc[1])


def test_clock_changes_with_an_offset_are_in_order(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "time,A\n2023-11-05 01:00-04:00,90\n2023-11-05 01:00-05:00,80\n2023-11-05 02:00-05:00,70\n",
    )
    loads = read_loads([path])
    assert loads.demand_mw.A.tolist() == [90, 80, 70] and loads.notes == ()
    assert loads.offset_hours == {"A": -5}


def test_repeated_rows(tmp_path: Path) -> None:
    path = csv(tmp_path, "time,A\n2023-05-01 00:00,5\n2023-05-01 00:00,5\n2023-05-01 01:00,6\n")
    assert read_loads([path]).notes == ("1 repeated rows were dropped",)
    path = csv(tmp_path, "time,A\n2023-05-01 00:00,5\n2023-05-01 00:00,7\n")
    with pytest.raises(InputError, match=r"another value too.*A at 2023-05-01 00:00"):
        read_loads([path])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no column of times"),
        ("time,zone,power\n2023-01-01,A,1\n", "no column of demand"),
        ("time,A\n2023-01-01 00:00,x1\n", "cells that are not numbers, the first 'x1'"),
        ("time,A\nyesterday,1\n", "times that cannot be read, the first 'yesterday'"),
        ("time,A\n2023-01-01 00:15,1\n", "not whole hours"),
        ("time,=A1+1\n2023-01-01 00:00,1\n", "no id that a scenario can name"),
        ("time,<img src=x>\n2023-01-01 00:00,1\n", "no id that a scenario can name"),
        ("time,A\n0001-01-01 00:00,1\n2023-01-01 00:00,1\n", "sixty years at most"),
        ("time,A\n", "no rows"),
    ],
)
def test_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_loads([csv(tmp_path, text)])


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_loads([tmp_path / "none.csv"])
    (tmp_path / "b.csv").write_bytes(b"time,A\n\xff\xfe,1\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_loads([tmp_path / "b.csv"])
    (tmp_path / "p.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(InputError, match="cannot be read"):
        read_loads([tmp_path / "p.parquet"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no \.csv or \.parquet"):
        read_loads([tmp_path / "empty"])
    with pytest.raises(InputError, match="no zone 'B'"):
        read_loads([csv(tmp_path, "time,A\n2023-01-01,1\n")], zones=["B"])


HOURS = "time,A\n2023-01-01 00:00,1\n2023-01-01 01:00,2\n"


@pytest.mark.parametrize(
    "titles",
    [
        "",
        "Hourly demand of the area\n",
        "Demand,Area A\nFrom 2022-12-31 to 2023-01-02,\n,\n",
        '"Report, of hours"\nUnits: MW\n\n',
        "\ufeffHourly demand\n",
    ],
)
def test_titles_above_the_header(tmp_path: Path, titles: str) -> None:
    """In CSV and in workbooks, whatever the titles hold."""
    import openpyxl

    loads = read_loads([csv(tmp_path, titles + HOURS)])
    assert list(loads.demand_mw.A) == [1.0, 2.0]
    book = openpyxl.Workbook()
    for line in (titles + HOURS).splitlines():
        book.active.append(line.strip("\ufeff").split(","))
    book.save(tmp_path / "load.xlsx")
    loads = read_loads([tmp_path / "load.xlsx"])
    assert list(loads.demand_mw.A) == [1.0, 2.0]


def test_labels_of_hours_are_no_zones(tmp_path: Path) -> None:
    """A fiscal year of 2024 is no area of 2,024 MW."""
    text = (
        "Date,Hour Ending,Fiscal Year,FY,Day of Week,Month,A\n"
        "2023-10-01,1,2024,FY2024,Sunday,10,7\n2023-10-01,2,2024,FY2024,Sunday,10,8\n"
    )
    loads = read_loads([csv(tmp_path, text)])
    assert list(loads.demand_mw.columns) == ["A"]
    assert loads.demand_mw.A[pandas.Timestamp("2023-10-01 00:00")] == 7
    assert loads.notes == (
        "columns that only label the hours are left out: Fiscal Year, FY, Day of Week, Month",
    )


@pytest.mark.parametrize(("first", "hour"), [(1, "HE"), (0, "Hour")])
def test_dates_in_columns_of_year_month_and_day(tmp_path: Path, first: int, hour: str) -> None:
    """Hours are numbered by their end, 1 to 24, or by their start, 0 to 23."""
    rows = [f"2024,2023,10,1,{first + i},{100 + i}" for i in range(24)]
    text = "\n".join([f"Fiscal Year,Year,Month,Day,{hour},A", *rows])
    loads = read_loads([csv(tmp_path, text)])
    assert loads.demand_mw.A[pandas.Timestamp("2023-10-01 00:00")] == 100
    assert loads.demand_mw.A[pandas.Timestamp("2023-10-01 23:00")] == 123


def test_a_fiscal_year_alone_dates_nothing(tmp_path: Path) -> None:
    text = "Fiscal Year,Month,Day,Hour,A\n2024,10,1,1,7\n2024,10,1,2,8\n"
    with pytest.raises(InputError, match="the only year is the fiscal one of column 'Fiscal Year'"):
        read_loads([csv(tmp_path, text)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time;zone;demand_mw\n2023-01-01 00:00;A;1,5\n", "cells separated by semicolons"),
        ("Loads\ntime\tA\n2023-01-01 00:00\t1\n", "cells separated by tabs"),
        ('time,A\n2023-01-01 00:00,"1,250"\n2023-01-01 01:00,"0,998"\n', "the first '0,998'"),
        ("Date,Hour Ending,A\n2023-01-01,100,1\n", "Hour Ending: '100' is no hour"),
        ("Date,Hour,A\n2023-01-01,0,1\n2023-01-01,24,1\n", "Hour: '0' is no hour"),
        ("time,demand_mw,forecast_mw\n2023-01-01,1,2\n", "'demand_mw' beside 'forecast_mw'"),
        ("time,A\n2023-01-01 00:00,1,2,3\n", "cannot be read"),
    ],
)
def test_tables_of_other_forms_are_refused_in_words(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read_loads([csv(tmp_path, text)])


@pytest.mark.parametrize(
    "text",
    [
        "Date,HE,A\n01/31/2023,HE01,7\n01/31/2023,HE 24,8\n",
        "Interval Start,A\n01/31/2023 12:00 AM,7\n01/31/2023 11:00 PM,8\n",
    ],
)
def test_hours_as_people_write_them(text: str, tmp_path: Path) -> None:
    found = read_loads([csv(tmp_path, text)]).demand_mw
    assert len(found) == 24
    assert (found.iloc[0, 0], found.iloc[-1, 0]) == (7.0, 8.0)
