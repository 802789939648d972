"""``siting replan`` and ``siting sweep`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from siting.api import read_plan
from siting.cli.main import main
from support.engine import TOY
from support.sweeps import CHEAP, write_study

NEWS = "item,ordered,date,price,note\nmain_bank,2027-07,2028-09-01,,=HYPERLINK(1)<script>\n"


def run(*arguments: object) -> int:
    """Exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(str(ended.value.code))


def test_a_plan_is_planned_again_and_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, first, second = (tmp_path / name for name in ("plan", "first", "second"))
    (tmp_path / "news.csv").write_text(NEWS, encoding="utf-8")
    assert run("solve", TOY, "-o", plan) == 0
    news = ("--facts", tmp_path / "news.csv")
    assert run("replan", plan, "--as-of", "2027-10", *news, "-o", first) == 0
    capsys.readouterr()
    assert run("replan", first, "--as-of", "2028-03-01", "-o", second, "--json") == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["objective_usd"] == pytest.approx(97.37e6, abs=1.0)
    assert told["keep_usd"] == pytest.approx(97.37e6, abs=1.0)
    assert told["changes"].keys() == {"kept"}
    assert read_plan(second / "plan").objective_usd == told["objective_usd"]
    assert run("audit", second / "plan") == 0
    page = (first / "replan.html").read_text(encoding="utf-8")
    assert "<script>" not in page.split("HYPERLINK(1)", 1)[1][:20]
    table = (first / "tables" / "news.csv").read_text(encoding="utf-8")
    assert ",'=HYPERLINK" in table


@pytest.mark.parametrize("as_of", ["soon", "2027-13", "2040-01"])
def test_dates_that_are_none(as_of: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    assert run("solve", TOY, "-o", plan) == 0
    assert run("replan", plan, "--as-of", as_of, "-o", tmp_path / "out") == 2
    assert not (tmp_path / "out").exists()


def test_a_sweep_is_continued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(
        tmp_path, {"cheap": CHEAP}, {"kind": "one_at_a_time", "points": 2}, regret={"plans": 0}
    )
    assert run("sweep", study, "-o", tmp_path / "out", "--jobs", 1) == 0
    assert "3 runs solved, 0 taken" in capsys.readouterr().out
    assert run("sweep", study, "-o", tmp_path / "out", "--jobs", 1) == 0
    assert "0 runs solved, 3 taken" in capsys.readouterr().out
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"sweep.html", "sweep.json", "tables"}
