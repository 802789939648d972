"""The process that reads the files of campaign ``reading``; two lines of JSON for each.

Started with seed, first number, count, folder and address. The command line runs in this process, so
that hundreds of thousands of files take an hour; the first line says what is read next, the second how
it ended and what it took. Connections, and files opened for writing elsewhere, are noted as Python
tells of them.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import random
import resource
import shutil
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import typer.main

from siting.cli import main as command_line
from siting.cli.main import main as command
from support.hostile import kind_of, make

MEMORY = 3_000_000_000
"""Memory of the process [bytes]; more ends as an error."""
ASKS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"}
CHANGES = {
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
    "shutil.rmtree", "shutil.copyfile",
}  # fmt: skip
RUNS = {"os.system", "os.exec", "os.posix_spawn", "pty.spawn"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """Notes what is asked of the network, and what is changed outside the output."""

    def __init__(self, base: Path) -> None:
        self.noted: list[str] | None = None
        self._own = tuple(str(base / name) for name in ("case/out", "case/.out", "tmp"))
        # a proof that a place can be written opens its folder
        self._plain = (os.devnull, str(base / "case"))
        sys.addaudithook(self._hear)

    def _hear(self, event: str, given: tuple[Any, ...]) -> None:
        if self.noted is None:
            return
        if event in ASKS or event in RUNS:
            self.noted.append(f"{event} {str(given)[:100]}")
        elif event == "open":
            if isinstance(given[2], int) and given[2] & WRITES:
                self._change(event, given[0])
        elif event in CHANGES and not any(isinstance(one, int) and one > 2 for one in given[1:]):
            self._change(event, given[0])  # not where the folder is given as a number

    def _change(self, event: str, path: object) -> None:
        """Note a change outside the output."""
        if self.noted is None or not isinstance(path, str | bytes | os.PathLike):
            return
        where = os.path.abspath(os.fsdecode(path))
        if not where.startswith(self._own) and where not in self._plain:
            self.noted.append(f"{event} {where[-100:]}")


def main() -> None:
    """Read each file."""
    seed, first, count = (int(text) for text in sys.argv[1:4])
    base, url = Path(sys.argv[4]), sys.argv[5]
    (base / "tmp").mkdir(exist_ok=True)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(base)
    warnings.simplefilter("ignore")
    for_all = cache(typer.main.get_command)
    vars(command_line)["get_command"] = for_all  # built once, half of the time of a small file
    watch = Watch(base)
    for number in range(first, first + count):
        folder = base / "case"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        kind = kind_of(number)
        line = make(kind, random.Random(f"{seed}/{number}"), folder, url)
        print(json.dumps({"number": number, "kind": kind}), flush=True)
        print(json.dumps(_taken(line, base, watch)), flush=True)


def _taken(line: list[str], base: Path, watch: Watch) -> dict[str, object]:
    """Exit code, output, time, memory and files of one command."""
    before = sorted(str(p) for p in base.rglob("*"))
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    logging.getLogger().handlers.clear()
    began, watch.noted = _seconds(), []
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            command(line)
        except SystemExit as end:
            code = end.code
    seconds, noted, watch.noted = _seconds() - began, watch.noted, None
    after = sorted(str(p) for p in base.rglob("*"))
    said = out.getvalue() + err.getvalue()
    return {
        "code": code,
        "said": said[-300:],
        "has_traceback": "Traceback (most" in said,
        "is_clean": all(c.isprintable() or c == "\n" for c in said),
        "seconds": round(seconds, 3),
        "mib": max(_mib(resource.RUSAGE_SELF), _mib(resource.RUSAGE_CHILDREN)),
        "written": [p for p in after if p not in before and "/case/out" not in p][:3],
        "noted": noted[:3],
    }


def _seconds() -> float:
    """Processor time of this process and those it started."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _mib(who: int) -> int:
    """Peak of memory so far [MiB]."""
    return resource.getrusage(who).ru_maxrss // 1024


if __name__ == "__main__":
    main()
