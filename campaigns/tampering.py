"""Whatever is changed in a written plan, its audit finds and names it, and never crashes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from support.tampering import failures, written_plans

ABOUT = "plans with one cell, row, column, key, dual or file changed, half of them sealed anew"
COUNT = 3000


def run(seed: int, count: int) -> Iterator[str]:
    """Failures: a change that crashes the audit, or that it does not find and name."""
    with TemporaryDirectory() as folder:
        yield from failures(written_plans(Path(folder)), seed, count)
