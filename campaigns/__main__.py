"""Run campaigns: ``python -m campaigns [NAME ...] [--seed N] [--count N]``; without a name all of them.

A campaign is a module of this package with ``ABOUT``, one line; ``COUNT``, how many cases it takes;
and ``run(seed, count)``, which yields one line for each case that failed, with what makes it again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from time import perf_counter
from typing import Protocol, cast


class Campaign(Protocol):
    """What a module of this package offers."""

    ABOUT: str
    COUNT: int

    def run(self, seed: int, count: int) -> Iterator[str]:
        """Failures, a line each."""


def main() -> int:
    """Run what was asked for; 1 if any case failed."""
    names = sorted(m.name for m in iter_modules([str(Path(__file__).parent)]) if m.name[0] != "_")
    parser = argparse.ArgumentParser(prog="python -m campaigns", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="cases of each campaign, in place of its own")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.names) - set(names)):
        parser.error(f"unknown campaign {unknown[0]}; known: {', '.join(names)}")
    failed = 0
    for name in asked.names or names:
        campaign = cast(Campaign, import_module(f"campaigns.{name}"))
        count = campaign.COUNT if asked.count is None else asked.count
        print(f"{name}: {campaign.ABOUT}; seed {asked.seed}, {count} cases", flush=True)
        began, lines = perf_counter(), 0
        for line in campaign.run(asked.seed, count):
            lines += 1
            print(f"  FAILED {line}", flush=True)
        print(
            f"{name}: {lines} failures in {count} cases, {perf_counter() - began:.0f} s", flush=True
        )
        failed += lines
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
