"""Files made to break a reader: each is read or refused in words, in time, and nothing else happens."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ABOUT = "changed scenarios, tables, map layers, rasters, loads, queues, networks and plan folders"
COUNT = 20_000
CODES = (0, 2, 3, 6)
"""Read, refused, no feasible plan or dispatch, an audit that found something."""
PROGRESS = 10_000
BATCH = 2000
"""Files read by one process."""
SECONDS, MIB = 10.0, 1024
"""Processor time and memory that a file of less than 1 MB may take."""
PATIENCE = 300
"""Seconds on the clock after which a file is given up, for machines that are busy."""
ROOT = Path(__file__).parent.parent
PYTHONPATH = os.pathsep.join(str(ROOT / name) for name in ("src", "tests", "."))


def run(seed: int, count: int) -> Iterator[str]:
    """Failures; ``make(kind_of(N), Random("SEED/N"), ...)`` of ``support.hostile`` makes a file again."""
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryDirectory() as made:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/asked"
        number = 0
        tally: dict[str, Counter[str]] = defaultdict(Counter)
        while number < count:
            size = min(BATCH, count - number)
            done = 0
            for head, found in _answers(seed, number, size, Path(made), url):
                done += 1
                _count(tally[head["kind"]], found)
                for what in _faults(found, listener):
                    yield f"seed {seed}, number {head['number']}, {head['kind']}: {what}"
            number += max(done, 1)
            if number % PROGRESS < BATCH:
                print(f"  {number:,} of {count:,}", flush=True)
    for kind, counts in sorted(tally.items()):
        print(f"  {kind:14s} {_words(counts)}", flush=True)


def _count(counts: Counter[str], found: dict[str, Any]) -> None:
    """Add one answer."""
    counts["files"] += 1
    counts["read"] += found["code"] == 0
    counts["milliseconds"] += round(1000 * found.get("seconds", 0))
    counts["slowest"] = max(counts["slowest"], round(1000 * found.get("seconds", 0)))


def _words(counts: Counter[str]) -> str:
    """What came of the files of one kind."""
    mean = counts["milliseconds"] / counts["files"]
    return (
        f"{counts['files']:7,} files, {counts['read']:6,} read, the others refused, "
        f"{mean:5.0f} ms each, at most {counts['slowest']:,} ms"
    )


def _answers(
    seed: int, first: int, count: int, base: Path, url: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What came of each file; the process is started again after one that ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "campaigns._reader", *map(str, (seed, first, count, base, url))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,  # so that what is there can be waited for
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "TMPDIR": str(base / "tmp")},
    )
    assert process.stdout is not None
    try:
        for number in range(first, first + count):
            head = _line(process)
            if head is None:
                yield {"number": number, "kind": "start"}, {"code": "the process did not start"}
                return
            found = _line(process)
            yield head, found if found is not None else {"code": "the process ended or went on"}
            if found is None:
                return
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _line(process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    """The next line, or None where none comes."""
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], PATIENCE)[0]:
        return None
    text = process.stdout.readline()
    return dict(json.loads(text)) if text.endswith(b"\n") else None


def _faults(found: dict[str, Any], listener: socket.socket) -> Iterator[str]:
    """What was wrong with how one file was read."""
    if found["code"] not in CODES:
        yield f"exit {found['code']}: {found.get('said', '')!r}"
    if found.get("has_traceback"):
        yield f"a traceback: {found['said']!r}"
    if not found.get("is_clean", True):
        yield f"control characters on the terminal: {found['said']!r}"
    if found.get("seconds", 0) > SECONDS or found.get("mib", 0) > MIB:
        yield f"{found['seconds']} s, {found['mib']} MiB"
    if found.get("written") or found.get("noted"):
        yield f"files written or addresses asked for: {found['written']} {found['noted']}"
    if select.select([listener], [], [], 0)[0]:
        listener.accept()[0].close()
        yield "a connection was made"
