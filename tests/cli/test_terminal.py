"""What a terminal shows: eighty columns, no escape from a name, progress only for people."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rich.cells import cell_len

from siting.cli.main import main
from siting.cli.show import UNPRINTABLE, Show, printable

HOSTILE = "\u202ereversed [red]markup[/red] " + "long " * 60 + "\N{ROCKET}"
LONG_ID = "site-" + "x" * 55


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy with a hostile title and a long id."""
    data = yaml.safe_load(Path("models/toy.yaml").read_text(encoding="utf-8"))
    text = json.dumps({**data, "title": HOSTILE}).replace('"near"', json.dumps(LONG_ID))
    path = tmp_path_factory.mktemp("terminal") / "hostile.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def on_terminal(arguments: list[str], columns: int, **extra: str) -> str:
    """What a command shows on a pseudo-terminal."""
    own, child = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **extra}
    process = subprocess.Popen(
        [sys.executable, "-m", "siting.cli", *arguments],
        stdin=child,
        stdout=child,
        stderr=child,
        env=environment,
    )
    os.close(child)
    shown = b""
    while True:
        ready, _, _ = select.select([own], [], [], 1.0)
        if ready:
            try:
                part = os.read(own, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        elif process.poll() is not None:
            break
    os.close(own)
    assert process.wait() == 0, shown
    return shown.decode("utf-8", "replace")


def lines_of(shown: str) -> list[str]:
    """Lines that stay on the screen, without colours and what progress erased."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    return [line.split("\r")[-1] for line in text.replace("\r\n", "\n").split("\n")]


@pytest.mark.parametrize("command", ["check", "solve"])
def test_summary_fits_eighty_columns(command: str, scenario: Path, tmp_path: Path) -> None:
    output = ["-o", "out"] if command == "solve" else []
    environment = {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    arguments = [command, str(scenario), *output]
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        shown = on_terminal(arguments, 80, **environment)
    finally:
        os.chdir(before)
    assert "\u202e" not in shown and "[red]markup" in shown
    assert max(cell_len(line) for line in lines_of(shown)) <= 80
    assert UNPRINTABLE in shown


@pytest.mark.parametrize("columns", [60, 80])
def test_dates_and_numbers_are_never_cut(columns: int, scenario: Path, tmp_path: Path) -> None:
    shown = on_terminal(["solve", str(scenario), "-o", str(tmp_path / "out")], columns)
    # near: committed at once, 100 MW from 2028 on; its id is 60 characters long
    assert re.search(r"2027-01-01 +2028-01-01 +100 +100 +0", "\n".join(lines_of(shown)))
    assert (
        "".join(re.findall(r"^ ?(?:site-)?x+", "\n".join(lines_of(shown)), re.M)).count("x") == 55
    )


def test_progress_is_for_people(scenario: Path, tmp_path: Path) -> None:
    arguments = ["solve", str(scenario), "-o", str(tmp_path / "out")]
    assert "\x1b[?25l" in on_terminal(arguments, 80)
    done = subprocess.run(
        [sys.executable, "-m", "siting.cli", *arguments], capture_output=True, check=True
    )
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"gap" in done.stderr


def test_json_is_one_document(scenario: Path, tmp_path: Path) -> None:
    arguments = ["solve", str(scenario), "-o", str(tmp_path / "out"), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "siting.cli", *arguments], capture_output=True, check=True
    )
    assert json.loads(done.stdout)["status"] == "OPTIMAL"
    assert done.stderr == b""


def test_no_color_is_respected(scenario: Path, tmp_path: Path) -> None:
    arguments = ["solve", str(scenario), "-o", str(tmp_path / "out")]
    shown = on_terminal(arguments, 80, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", shown)


def test_printable() -> None:
    assert printable("a\x1b[2Jb") == f"a{UNPRINTABLE}[2Jb"
    assert printable("two\n lines") == "two  lines"
    assert printable("y" * 10, 5) == "yyyy…"
    assert printable("日本 ok") == "日本 ok"


def test_a_formulation_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["explain", "--family", "network"])
    lines = capsys.readouterr().out.splitlines()
    assert "Formulation" in lines
    assert any(line.startswith("    (flow_limit)") for line in lines)


def test_json_has_no_infinite_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """As the gap of a plan whose bound proves nothing."""
    Show(is_json=True).result({"gap": float("inf"), "rows": [{"a": float("nan"), "b": 1.5}]}, [])
    assert json.loads(capsys.readouterr().out) == {"gap": None, "rows": [{"a": None, "b": 1.5}]}
