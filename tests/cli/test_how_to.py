"""How-tos, first plan and README, followed to the letter: files written, commands typed, answers compared."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from siting.cli.main import main
from support.engine import BUILTIN
from support.shown import difference

HOW_TO = BUILTIN / "docs" / "howto"
PAGES = [
    *sorted(path for path in HOW_TO.glob("*.md") if path.stem != "README"),
    BUILTIN / "docs" / "guide" / "first-plan.md",
    BUILTIN / "README.md",
]
AMOUNT = re.compile(r"[0-9.]+ M USD")
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


HAS_WORKERS = ("sweep", "headroom")
"""Commands with processes of their own, which begin as the first one did: not with this test."""


def answer(words: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    """What a command prints; it must end well."""
    if words[0] in HAS_WORKERS:
        command = [sys.executable, "-m", "siting.cli", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
    capfd.readouterr()
    with pytest.raises(SystemExit) as stop:
        main(words)
    shown = capfd.readouterr()
    assert not stop.value.code, shown.err
    return shown.out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What is shown is what one of the commands before it prints, or all of them together."""
    monkeypatch.chdir(tmp_path)
    outputs: list[str] = []
    for heading, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if named := re.search(r'file="(.*?)"', heading):
            (tmp_path / named[1]).write_text(text, encoding="utf-8")
        elif not heading and text.startswith("siting "):
            for line in text.splitlines():
                command, _, remark = line.partition("#")
                outputs.append(answer(shlex.split(command)[1:], capfd))
                for amount in AMOUNT.findall(remark):
                    assert amount in outputs[-1]
        elif not heading and outputs:
            found = [difference(text, printed) for printed in (*outputs, "".join(outputs))]
            assert "" in found, found[-1]
    assert outputs


def test_every_how_to_is_listed() -> None:
    listed = (HOW_TO / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in HOW_TO.glob("*.md") if path.name not in listed] == ["README.md"]
