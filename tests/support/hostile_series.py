"""Queues and hourly loads made to break a reader, as CSV, workbook and Parquet."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas

from support.hostile_tables import (
    archive_changed,
    bytes_changed,
    cells_changed,
    perhaps_bytes,
    picked,
    workbook,
)

QUEUE = (
    "sheet_outcome,queue_id,project_name,tech_1,mw_poi,poi,date_cod_requested,"
    "date_cod_current_or_actual,date_received,date_queue,date_withdrawn\n"
    "active,Q1,p,Solar,100,Sub,2027-01-01,2028-01-01,2020-01-01,2020-02-01,\n"
    "completed,Q2,p,Solar,50,Sub,2017-01-01,2018-01-01,2010-01-01,2010-02-01,\n"
    "withdrawn,Q3,p,Wind,50,Sub,2017-01-01,,2010-01-01,2010-02-01,2012-01-01\n"
)
LOADS = (
    "Balancing Authority,Local Time at End of Hour,UTC Time at End of Hour,Demand (MW)\n"
    + "".join(
        f"A,01/{d:02d}/2024 {h:02d}:00:00 AM,01/{d:02d}/2024 {h + 5:02d}:00:00 AM,{1000 + 7 * h}\n"
        for d in range(1, 20)
        for h in range(1, 7)
    )
)
START = datetime(2023, 1, 1)
HEADERS = {
    "long": "zone,time,demand_mw",
    "pjm": "datetime_beginning_utc,datetime_beginning_ept,nerc_region,mkt_region,zone,load_area,mw,is_verified",
    "nyiso": "Time Stamp,Time Zone,Name,PTID,Integrated Load",
    "caiso": "OPR_DT,OPR_HR,TAC_AREA_NAME,MW",
    "ercot": "Hour Ending,COAST,EAST",
    "isone": "Date,Hr_End,DA_Demand,RT_Demand",
    "period": "period,respondent,type,value",
}  # fmt: skip


def _row(layout: str, hour: int) -> list[Any]:
    """A row of a published layout."""
    at, mw = START + timedelta(hours=hour), 1000 + 200 * (hour % 24 in range(14, 20)) + hour % 7
    match layout:
        case "long":
            return ["A", f"{at:%Y-%m-%dT%H:%M}", mw]
        case "pjm":
            ept = f"{at - timedelta(hours=5):%m/%d/%Y %I:%M:%S %p}"
            return [f"{at:%m/%d/%Y %I:%M:%S %p}", ept, "RFC", "PJM", "AE", "AE", mw, "True"]
        case "nyiso":
            return [f"{at:%m/%d/%Y %H:%M:%S}", "EST", "CAPITL", 61757, mw]
        case "caiso":
            return [f"{at:%Y-%m-%d}", at.hour + 1, "CA ISO-TAC", mw]
        case "ercot":
            return [f"{at:%m/%d/%Y} {at.hour + 1:02d}:00", mw, 2 * mw]
        case "isone":
            return [f"{at:%Y-%m-%d}", at.hour + 1, mw, mw]
        case _:
            return [f"{at:%Y-%m-%dT%H}", "PJM", "D", mw]


@cache
def _rows(layout: str, hours: int) -> tuple[tuple[Any, ...], ...]:
    """Header and rows of a layout."""
    header = tuple(HEADERS[layout].split(","))
    return (header, *(tuple(_row(layout, hour)) for hour in range(hours)))


@cache
def _csv_of(layout: str, hours: int) -> str:
    """The same as text."""
    out = io.StringIO()
    csv.writer(out).writerows(_rows(layout, hours))
    return out.getvalue()


def _out(folder: Path) -> list[str]:
    return ["-o", str(folder / "out")] if folder.name else []


def _queue(rng: random.Random, folder: Path, url: str) -> list[str]:
    (folder / "q.csv").write_bytes(cells_changed(rng, QUEUE, url))
    return ["headroom", "queue", str(folder / "q.csv"), "--zone", "Z", *_out(folder)]


@cache
def _queue_book() -> bytes:
    return workbook(list(csv.reader(io.StringIO(QUEUE))))


def _queue_xlsx(rng: random.Random, folder: Path, url: str) -> list[str]:
    raw = perhaps_bytes(rng, archive_changed(rng, _queue_book()))
    (folder / "q.xlsx").write_bytes(raw)
    return ["headroom", "queue", str(folder / "q.xlsx"), "--zone", "Z", *_out(folder)]


def _loads_of(folder: Path, name: str) -> list[str]:
    return ["headroom", "loads", str(folder / name), *_out(folder)]


def _loads(rng: random.Random, folder: Path, url: str) -> list[str]:
    """A few days of a layout, a line of which is before its header at times."""
    layout = rng.choice(sorted({*HEADERS, "eia"}))
    text = LOADS if layout == "eia" else _csv_of(layout, 60)
    if rng.random() < 0.1:
        text = f"{picked(rng, url)}\n".replace("\ud800", "") + text
    (folder / "l.csv").write_bytes(cells_changed(rng, text, url))
    return _loads_of(folder, "l.csv")


def _year(rng: random.Random, folder: Path, url: str) -> list[str]:
    """A whole year, which is computed if it can be read."""
    lines = _csv_of(rng.choice(sorted(HEADERS)), 8760).splitlines()
    for _ in range(rng.choice((1, 1, 3, 30))):
        place = rng.choice((0, rng.randrange(len(lines))))
        cells = lines[place].split(",")
        cells[rng.randrange(len(cells))] = str(picked(rng, url)).replace("\n", " ")
        lines[place] = ",".join(cells)
    raw = "\n".join(lines).encode("utf-8", "replace")
    (folder / "l.csv").write_bytes(bytes_changed(rng, raw) if rng.random() < 0.1 else raw)
    return _loads_of(folder, "l.csv")


@cache
def _loads_book(layout: str) -> bytes:
    return workbook(_rows(layout, 40))


def _loads_xlsx(rng: random.Random, folder: Path, url: str) -> list[str]:
    raw = archive_changed(rng, _loads_book(rng.choice(sorted(HEADERS))))
    (folder / "l.xlsx").write_bytes(perhaps_bytes(rng, raw))
    return _loads_of(folder, "l.xlsx")


def _loads_parquet(rng: random.Random, folder: Path, url: str) -> list[str]:
    header, *rows = _rows(rng.choice(sorted(HEADERS)), 40)
    frame = pandas.DataFrame(rows, columns=list(header))
    if rng.random() < 0.5:
        column = rng.choice(header)
        frame[column] = str(picked(rng, url)).encode("utf-8", "replace").decode()
    if rng.random() < 0.2:
        frame = frame.set_index(header[0])
    file = io.BytesIO()
    frame.to_parquet(file)
    (folder / "l.parquet").write_bytes(perhaps_bytes(rng, file.getvalue()))
    return _loads_of(folder, "l.parquet")


SERIES: dict[str, Callable[[random.Random, Path, str], list[str]]] = {
    "queue": _queue, "queue-xlsx": _queue_xlsx, "loads": _loads, "loads-year": _year,
    "loads-xlsx": _loads_xlsx, "loads-parquet": _loads_parquet,
}  # fmt: skip
