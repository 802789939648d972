"""The process that reads the files of campaign ``reading``; a line of JSON for each.

Started with seed, first number, count, folder and address. The command line runs in this process, so
that thousands of files take minutes; each line says how it ended and what it took.
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
from pathlib import Path

from siting.cli.main import main as command
from support.hostile import kind_of, make

INPUTS = 3_000_000_000
"""Memory of the process [bytes]; more ends as an error."""


def main() -> None:
    """Read each file."""
    seed, first, count = (int(text) for text in sys.argv[1:4])
    base, url = Path(sys.argv[4]), sys.argv[5]
    resource.setrlimit(resource.RLIMIT_AS, (INPUTS, INPUTS))
    os.chdir(base)
    for number in range(first, first + count):
        folder = base / "case"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        kind = kind_of(number)
        line = make(kind, random.Random(f"{seed}/{number}"), folder, url)
        print(json.dumps({"number": number, "kind": kind}), flush=True)
        print(json.dumps(_taken(line, base)), flush=True)


def _taken(line: list[str], base: Path) -> dict[str, object]:
    """Exit code, output, time, memory and files of one command."""
    before = sorted(str(p) for p in base.rglob("*"))
    began = _seconds()
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    logging.getLogger().handlers.clear()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            command(line)
        except SystemExit as end:
            code = end.code
    after = sorted(str(p) for p in base.rglob("*"))
    said = out.getvalue() + err.getvalue()
    return {
        "code": code,
        "said": said[-300:],
        "is_clean": all(c.isprintable() or c == "\n" for c in said),
        "seconds": round(_seconds() - began, 2),
        "mib": max(_mib(resource.RUSAGE_SELF), _mib(resource.RUSAGE_CHILDREN)),
        "written": [p for p in after if p not in before and "/case/out" not in p][:3],
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
