"""Commands killed at any moment: old or new is there whole, nothing proven is lost, no litter stays."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from siting.cli.audit_plan import audit_whole
from siting.outputs.folder import settle
from siting.pipeline import MAYBE_IDLE
from siting.timeline.solves import read_ranked
from support.killed import INPUTS, make_inputs

ABOUT = (
    "solve, compare, hedge, sweep, replan, screen, headroom ended by KILL, TERM, INT at any moment"
)
COUNT = 500
ROUND = 5
"""Kills of one input in one place, after which a whole run finds what they left."""
ORDER = (
    "solve", "hedge", "compare", "sweep", "screen", "loads", "replan",
    "solve", "hedge", "compare", "sweep", "screen", "queue", "replan", "network",
)  # fmt: skip
"""Commands, round by round; a network takes as long as the others together."""
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
PATIENCE = 120
"""Seconds on the clock that a command may take to end, for machines that are busy."""
ORPHAN_SECONDS = 10
"""Seconds on the clock in which processes that a killed one started have ended."""
MARK = "SITING_KILLS"
"""Variable by which processes of the campaign are known."""
STORE = ".out.solves"
KEPT = (".out.runs",)
"""Finished runs of a sweep, which stay so that it can be continued."""
Files = dict[str, str]
"""Digest by name."""


def run(seed: int, count: int, names: Sequence[str] = ORDER) -> Iterator[str]:
    """Failures: what was wrong after a kill, or after the whole run that came next."""
    with TemporaryDirectory() as made:
        base = Path(made)
        make_inputs(base / "inputs")
        places: dict[str, Place] = {}
        for number in range(0, count, ROUND):
            rng = random.Random(f"{seed}/{number}")
            name = names[number // ROUND % len(names)]
            if name not in places:
                places[name] = Place(name, base)
                yield from (f"{name}: {what}" for what in places[name].prepared())
            kills = min(ROUND, count - number)
            for what in places[name].killed(rng, kills):
                yield f"seed {seed}, kills from {number}, {name}: {what}"


@dataclass
class Ended:
    """How a command ended.

    Attributes:
        code: exit status. said: on stderr. is_early: whether the signal came before any could be taken.
    """

    code: int
    said: str
    is_early: bool = False


@dataclass
class Place:
    """Where one command writes, with what it writes from each of its two inputs.

    Attributes:
        whole: names and digests of a whole run, by input. seconds: that the last one took.
        now: input of the last whole run.
    """

    name: str
    base: Path
    whole: dict[str, Files] = field(default_factory=dict)
    seconds: float = 0.0
    now: str = "b"

    @property
    def folder(self) -> Path:
        """Everything that the command writes is in here."""
        return self.base / self.name

    @property
    def scratch(self) -> Path:
        """Its folder for temporary files."""
        return self.base / f"{self.name}-tmp"

    def prepared(self) -> Iterator[str]:
        """Run it whole with both inputs."""
        self.folder.mkdir()
        self.scratch.mkdir()
        for one in ("a", "b"):
            ended = self._finished(one)
            self.whole[one] = files_of(self.folder)
            if ended.code:
                yield f"a whole run ended with {ended.code}: {ended.said[-300:]}"
            yield from self._litter(one)
        if self.whole["a"] == self.whole["b"]:
            yield "both inputs give the same"

    def killed(self, rng: random.Random, kills: int) -> Iterator[str]:
        """Kill runs of the other input, then run it whole."""
        before = self.whole[self.now]
        self.now = "a" if self.now == "b" else "b"
        if rng.random() < 0.2:
            for path in self.folder.glob("[!.]*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            before = {}
        for _ in range(kills):
            number, is_group = rng.choice(SIGNALS), rng.random() < 0.5
            moment = rng.uniform(0, self.seconds)
            ended = self._ended_by(number, is_group, moment)
            now = self._settled()
            where = f"{number.name}{' to all' if is_group else ''} after {moment:.2f} s"
            for what in self._faults(number, ended, before, now):
                yield f"{where} (exit {ended.code}): {what}"
            if now == self.whole[self.now] or ended.code == 4 or self._is_untidied(ended):
                before = now
        proven = self._proven()
        ended = self._finished(self.now)
        if ended.code:
            yield f"the next run ended with {ended.code}: {ended.said[-300:]}"
        if files_of(self.folder) != self.whole[self.now]:
            yield f"the next run left {_difference(files_of(self.folder), self.whole[self.now])}"
        yield from self._litter(self.now)
        kept = {path.name: path.read_bytes() for path in self.folder.glob("out/solves/*.npz")}
        lost = sorted(name for name, content in proven.items() if kept.get(name) != content)
        if lost:
            yield f"solves that were finished were not taken up: {lost}"

    def _start(self, one: str) -> subprocess.Popen[str]:
        """Start the command in a process group of its own."""
        words = INPUTS[self.name](self.base / "inputs", one, self.folder)
        environment = {**os.environ, "TMPDIR": str(self.scratch), MARK: str(self.folder)}
        return subprocess.Popen(
            [sys.executable, "-m", "siting.cli", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )

    def _finished(self, one: str) -> Ended:
        """Run it to its end."""
        began = time.monotonic()
        process = self._start(one)
        said = process.communicate(timeout=PATIENCE)[1]
        self.seconds = time.monotonic() - began
        return Ended(process.returncode, said)

    def _ended_by(self, number: signal.Signals, is_group: bool, moment: float) -> Ended:
        """Run it and send a signal after so many seconds, to it alone or to all it started too."""
        process = self._start(self.now)
        try:
            said = process.communicate(timeout=moment)[1]
        except subprocess.TimeoutExpired:
            is_early = not _takes(process.pid, signal.SIGTERM)
            (os.killpg if is_group else os.kill)(process.pid, number)
            try:
                said = process.communicate(timeout=PATIENCE)[1]
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return Ended(process.wait(), f"went on for {PATIENCE} s")
            return Ended(process.returncode, said, is_early)
        return Ended(process.returncode, said)

    def _settled(self) -> Files:
        """What is there once the next command has looked."""
        for name in ("out", "out.gpkg", "out.png", "out.yaml"):
            settle(self.folder / name)
        return files_of(self.folder)

    def _faults(
        self, number: signal.Signals, ended: Ended, before: Files, now: Files
    ) -> Iterator[str]:
        """What is wrong after one kill."""
        new, is_untidied = self.whole[self.now], self._is_untidied(ended)
        if left := _left(str(self.folder)):
            yield f"processes go on: {left}"
        if ended.code == 4 or is_untidied:
            yield from self._feasible()
        elif now not in (before, new):
            yield f"neither old nor new: {_difference(now, new)}"
        if number == signal.SIGKILL or ended.is_early:
            return
        if ended.code not in (0, 4, 5) or "Traceback" in ended.said:
            yield f"ended badly: {ended.said[-300:]!r}"
        if ended.code == 0 and now != new and not is_untidied:
            yield "exit 0, and it is not there"
        if ended.code == 5 and now == new and before != new:
            yield f"exit 5, and it is there: {ended.said[-300:]!r}"

    def _is_untidied(self, ended: Ended) -> bool:
        """Whether it ended with a proven plan and was stopped while it looked for idle purchases."""
        plans = self.folder.glob("**/plan.json") if ended.code == 0 else ()
        return any(str(MAYBE_IDLE) in json.loads(path.read_bytes())["warnings"] for path in plans)

    def _feasible(self) -> Iterator[str]:
        """What is wrong with plans of a run that was stopped with one."""
        for path in self.folder.glob("**/plan.json"):
            audited = audit_whole(path.parent)
            for what in (*audited.findings, *audited.changed):
                yield f"{path.parent.name}: {what}"

    def _proven(self) -> dict[str, bytes]:
        """Finished solves that killed runs kept."""
        found = {path.name: path for path in self.folder.glob(f"{STORE}/[!.]*.npz")}
        for path in found.values():
            read_ranked(path)
        return {name: path.read_bytes() for name, path in found.items()}

    def _litter(self, one: str) -> Iterator[str]:
        """What is there beside the output after a whole run."""
        names = sorted({name.split("/")[0] for name in self.whole[one]})
        found = sorted(path.name for path in self.folder.iterdir() if path.name not in KEPT)
        if found != names:
            yield f"litter: {sorted(set(found) - set(names))}"
        if left := sorted(path.name for path in self.scratch.iterdir()):
            yield f"litter in the folder for temporary files: {left}"


def files_of(folder: Path) -> Files:
    """Digests of all that is written but for hidden names, the seconds it took, and finished solves.

    A file of a plan that is not as its seal says is marked as such.
    """
    found: Files = {}
    for path in sorted(folder.glob("**/*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(".") and path.suffix != ".npz":
            content = path.read_bytes()
            if path.name == "plan.json":
                stated = json.loads(content)
                seals = _broken_seals(path.parent, stated["seals"])
                content = json.dumps([_timeless(stated), seals]).encode()
            elif path.name in ("compare.json", "hedge.json", "replan.json"):
                content = json.dumps(_timeless(json.loads(content))).encode()
            found[name] = hashlib.sha256(content).hexdigest()
    return found


def _timeless(stated: Mapping[str, Any]) -> dict[str, Any]:
    """A summary without seconds and what follows from them; solves are named by their content."""
    files = [name for name in stated.get("files", ()) if not name.startswith("solves/")]
    left_out = ("solve_seconds", "seals")
    return {**{k: v for k, v in stated.items() if k not in left_out}, "files": files}


def _broken_seals(folder: Path, seals: Mapping[str, str]) -> list[str]:
    """Files of a plan that are not what was sealed."""
    return [
        name
        for name, seal in seals.items()
        if name != "plan.json" and hashlib.sha256((folder / name).read_bytes()).hexdigest() != seal
    ]


def _difference(found: Files, expected: Files) -> str:
    """In words."""
    missing = sorted(set(expected) - set(found))[:3]
    more = sorted(set(found) - set(expected))[:3]
    other = sorted(n for n in set(found) & set(expected) if found[n] != expected[n])[:3]
    return f"missing {missing}, more {more}, other {other}"


def _takes(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal, or ignores it."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    masks = [int(line.split()[1], 16) for line in lines if line.startswith(("SigCgt", "SigIgn"))]
    return any(mask >> (number - 1) & 1 for mask in masks)


def _left(mark: str) -> list[str]:
    """Commands of processes with a mark that have not ended in time; they are ended here."""
    until = time.monotonic() + ORPHAN_SECONDS
    while (found := _marked(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return list(found.values())


def _marked(mark: str) -> dict[int, str]:
    """Command lines of living processes with a mark."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(folder.name)] = words[-120:]
        except OSError:
            continue
    return found
