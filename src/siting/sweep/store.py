"""Finished runs in a folder, each under the SHA-256 of all that it depends on.

A record is JSON and stays; the start that it leaves for others (plan and basis) is a file of its own, of
which the oldest go where they take more than they may. A run is done under a lock, so that no two
processes do the same one, and appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from siting.families.base import Index
from siting.solver.basis import Basis

try:
    import fcntl
except ImportError:  # Windows: two clients may do the same run, and both write the same
    fcntl = None  # type: ignore[assignment]

MEGABYTE = 1e6
NAMED = tuple[str, Index]
START = "start"
"""Ending of the files of starts."""
LOG = "solved.log"
"""A line for each run that was solved: its key, then who solved it, when, and the memory that took."""


@dataclass(frozen=True)
class Effort:
    """What a run took.

    Attributes:
        worker: process. began_seconds, ended_seconds: of its clock.
        peak_mib: most memory that the process had until then; 0 where the system does not say.
    """

    worker: int = 0
    began_seconds: float = 0.0
    ended_seconds: float = 0.0
    peak_mib: float = 0.0


NO_EFFORT = Effort()


@dataclass(frozen=True)
class Start:
    """What a run leaves for others: the values of its plan by name, and the basis of its relaxation."""

    point: Mapping[NAMED, float]
    basis: Basis | None


@dataclass(frozen=True)
class Store:
    """A folder of finished runs."""

    folder: Path

    def has(self, key: str) -> bool:
        """Whether a run is finished."""
        return self._record(key).is_file()

    def read(self, key: str) -> dict[str, Any]:
        """The record of a finished run."""
        found: dict[str, Any] = json.loads(self._record(key).read_text(encoding="utf-8"))
        return found

    def write(
        self, key: str, record: Mapping[str, Any], start: Start | None, effort: Effort = NO_EFFORT
    ) -> None:
        """Keep a run: the start first, so that what is recorded is complete."""
        if start is not None:
            self._write_start(key, start)
        text = json.dumps(record, sort_keys=True, allow_nan=False)
        self._put(self._record(key), text.encode())
        with (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(" ".join(map(str, (key, *astuple(effort)))) + "\n")

    def efforts(self) -> list[tuple[str, Effort]]:
        """What each run took that was solved, in their order."""
        try:
            lines = (self.folder / LOG).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [
            (key, Effort(int(worker), float(began), float(ended), float(peak)))
            for key, worker, began, ended, peak in map(str.split, lines)
        ]

    def start(self, key: str) -> Start | None:
        """What a run has left; None where it was let go, or cannot be read."""
        try:
            stored = json.loads(zlib.decompress(self._place(key, START).read_bytes()))
            rows, *statuses = (stored[name] for name in ("point", "column", "row"))
            column, row = (np.array(one, dtype=np.int8) for one in statuses)
            point = {(name, tuple(index)): float(value) for name, index, value in rows}
        except (
            OSError,
            ValueError,
            LookupError,
            TypeError,
            OverflowError,
            RecursionError,
            zlib.error,
        ):
            return None
        return Start(point, Basis(column, row) if column.size else None)

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """The lock of a run; it goes with the process that holds it, however that ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._place(key, "lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def shrink(self, most_mb: float) -> None:
        """Let the oldest starts go until the rest take no more than they may."""
        taken = 0.0
        for _, size, path in sorted(self._starts(), reverse=True):
            taken += size
            if taken > most_mb * MEGABYTE:
                path.unlink(missing_ok=True)

    def _starts(self) -> Iterator[tuple[int, int, Path]]:
        """Files of starts: when each was written [ns], its bytes, and where it is."""
        for path in self.folder.glob(f"*/*.{START}"):
            with suppress(FileNotFoundError):  # another client has let it go
                found = path.stat()
                yield found.st_mtime_ns, found.st_size, path

    def _record(self, key: str) -> Path:
        """File of a record."""
        return self._place(key, "json")

    def _place(self, key: str, kind: str) -> Path:
        """File of a run."""
        return self.folder / key[:2] / f"{key}.{kind}"

    def _write_start(self, key: str, start: Start) -> None:
        """Plan and basis as JSON, compressed as fast as may be: it is written between two solves."""
        basis = start.basis
        data = {
            "point": [[name, index, value] for (name, index), value in start.point.items()],
            "column": [] if basis is None else basis.column.tolist(),
            "row": [] if basis is None else basis.row.tolist(),
        }
        text = json.dumps(data, separators=(",", ":"))
        self._put(self._place(key, START), zlib.compress(text.encode(), level=1))

    def _put(self, path: Path, data: bytes) -> None:
        """A file that appears whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_bytes(data)
        os.replace(fresh, path)
