"""Each how-to, followed to the letter: its files are written, its commands typed, its answers compared."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from siting.cli.main import main
from support.engine import BUILTIN
from support.shown import follows

PAGES = sorted((BUILTIN / "docs" / "howto").glob("*.md"))
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


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem != "README"], ids=lambda page: page.stem
)
def test_a_how_to_does_what_it_says(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = ""
    typed = 0
    for heading, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if named := re.search(r'file="(.*?)"', heading):
            (tmp_path / named[1]).write_text(text, encoding="utf-8")
        elif not heading and text.startswith("siting "):
            for line in text.splitlines():
                printed += answer(shlex.split(line)[1:], capfd)
                typed += 1
        elif not heading:
            follows(text, printed)
    assert typed


def test_every_how_to_is_listed() -> None:
    listed = (BUILTIN / "docs" / "howto" / "README.md").read_text(encoding="utf-8")
    assert [
        page.name for page in PAGES if page.name != "README.md" and page.name not in listed
    ] == []
