"""What ``siting --show-completion`` prints, typed at: a bash of its own completes commands and options."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

BASH = shutil.which("bash")
BIN = Path(sys.executable).parent
SECONDS = 300
"""After which a bash that says nothing has failed; none takes as long, however busy the machine."""
CLEAR_LINE = "\x15"

pytestmark = pytest.mark.skipif(
    BASH is None or not (BIN / "siting").exists(), reason="no bash, or siting is not installed"
)


class Bash:
    """An interactive bash behind a terminal."""

    def __init__(self, home: Path) -> None:
        self.terminal, inside = pty.openpty()
        environment = {
            "HOME": str(home),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PS1": "> ",
            "SHELL": str(BASH),
            "TERM": "dumb",
            "COLUMNS": "200",
        }
        self.process = subprocess.Popen(
            [str(BASH), "--norc", "--noprofile", "-i"],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=environment,
            start_new_session=True,
        )
        os.close(inside)

    def types(self, keys: str, until: str) -> str:
        """What is on the terminal after some keys, once it holds what is waited for."""
        os.write(self.terminal, keys.encode())
        seen = ""
        while until not in seen:
            ready, _, _ = select.select([self.terminal], [], [], SECONDS)
            if not ready:
                pytest.fail(f"bash never showed {until!r}, but {seen!r}")
            seen += os.read(self.terminal, 4096).decode(errors="replace")
        return seen

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


@pytest.fixture
def bash(tmp_path: Path) -> Iterator[Bash]:
    """A bash that has read what siting prints for it."""
    shell = Bash(tmp_path)
    # the quotes keep the echo of the line itself from being taken for the answer
    shell.types('eval "$(siting --show-completion bash)"; echo re""ady\n', until="ready")
    yield shell
    shell.close()


def test_tab_completes_a_command_and_an_option(bash: Bash) -> None:
    bash.types("siting headr\t", until="siting headroom ")
    bash.types(f"{CLEAR_LINE}siting solve --outp\t", until="siting solve --output ")
    bash.types(f"{CLEAR_LINE}siting init --scenario restart-pj\t", until="restart-pjm ")
