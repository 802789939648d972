"""Queues to rivals: probabilities counted by hand, dates, and what is left out or refused."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date
from pathlib import Path

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
