"""Read what large libraries in C read in a process of its own, with limits of time and memory.

Shapefile, FlatGeobuf and Parquet are read by ``room_main``, other formats by modules like it.
Their readers are large programs in C++; a file made to exhaust or break them ends that process and is
an input error here. In it GDAL knows no driver but the one that the content calls for, every other is
taken out before GDAL starts; nothing can be written (``RLIMIT_FSIZE``), GDAL's access to the network is
off, and no file but the chosen one is named to it. Rows come back as Arrow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from typing import Any

import pyarrow

from siting.core.errors import InputError, Issue
from siting.layers.safety import MIB, growth, refused

DRIVERS = {".shp": "ESRI Shapefile", ".fgb": "FlatGeobuf"}
SECONDS, SECONDS_PER_MIB = 6, 2
"""Processor time of a file of no size, and for each of its MiB."""
PATIENCE = 60
"""Seconds on the clock for each of processor time, after which what waits for something is given up."""
MEMORY = 512 * MIB
"""Memory beside that of the libraries, for a file of no size."""
ISSUES = "issues"
"""Key of a head that says what is wrong with the file."""
MAX_MESSAGE = 2000
WHOLE = "a whole and plain file"
LIMITS = "it takes more time or memory than its size allows, or breaks its reader"


@dataclass(frozen=True)
class Asked:
    """What the process is to read.

    Attributes:
        path, kind: the file. columns: to send, None for all. is_head: whether rows are left out.
        rows: of a batch.
    """

    path: str
    kind: str
    columns: Sequence[str] | None = None
    is_head: bool = False
    rows: int = 4096


@contextmanager
def reading(asked: Asked, name: str) -> Iterator[tuple[dict[str, Any], Iterator[Any]]]:
    """Metadata and batches of a file.

    Raises:
        InputError: a file that cannot be read within the limits.
    """
    task = {**asdict(asked), "driver": DRIVERS.get(asked.kind)}
    with answering("siting.layers.room_main", task, Path(asked.path), name) as answer:
        yield answer


@contextmanager
def answering(
    module: str, task: Mapping[str, Any], path: Path, name: str
) -> Iterator[tuple[dict[str, Any], Iterator[Any]]]:
    """What a module run as a process of its own answers about a file: a head, and batches.

    Args:
        module: calls ``room_main.serve``. task: its argument, beside the limits of a file of this size.
        path: the file. name: how messages call it.

    Raises:
        InputError: what the process found wrong, or a file that cannot be read within the limits.
    """
    size = path.stat().st_size
    seconds = SECONDS + SECONDS_PER_MIB * size // MIB
    limits = {
        "seconds": seconds,
        "patience": ceil(PATIENCE * seconds),
        "memory": MEMORY + 2 * growth(size),
        "most_bytes": growth(size),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", module, json.dumps({**task, **limits})],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            raise refused(name, _reason(process), WHOLE)
        head = json.loads(line)
        if ISSUES in head:
            raise InputError([Issue(*issue) for issue in head[ISSUES]])
        yield head, _batches(process, name)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def _batches(process: subprocess.Popen[bytes], name: str) -> Iterator[Any]:
    """Batches as they come."""
    try:
        with pyarrow.ipc.open_stream(process.stdout) as stream:
            yield from stream
    except (pyarrow.ArrowException, OSError) as error:
        raise refused(name, _reason(process), WHOLE) from error
    if process.wait():
        raise refused(name, _reason(process), WHOLE)


def _environment() -> dict[str, str]:
    """Environment of the process: nothing that the user set for GDAL, no network for PROJ."""
    prefixes = ("GDAL_", "OGR_", "CPL_", "PROJ_NETWORK", "AWS_", "AZURE_", "GS_", "SHAPE_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(prefixes)}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
    }


def _reason(process: subprocess.Popen[bytes]) -> str:
    """Why the process gave nothing more."""
    assert process.stderr is not None
    said = process.stderr.read(MAX_MESSAGE).decode("utf-8", "replace").strip()
    return f"cannot be read: {said[:200] if process.wait() == 2 and said else LIMITS}"
