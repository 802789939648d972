"""How long the first commands take, beside a Python that does nothing: pairs, best and median of some.

``python benchmarks/first_contact.py [RUNS]``; it prints, it asserts nothing about time. Processor time is that
of the command alone, whatever else the machine does. As on a user's machine Python keeps what it has compiled:
the first run of each command, which compiles, is not counted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

TOY = Path(__file__).parents[1] / "models" / "toy.yaml"
COMMANDS = {
    "siting --help": ["-m", "siting.cli", "--help"],
    "siting check toy": ["-m", "siting.cli", "check", str(TOY)],
    "siting schema --table sites": ["-m", "siting.cli", "schema", "--table", "sites"],
}
NOTHING = ["-c", "pass"]


def seconds(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Duration and processor time of one run."""
    begun, before = perf_counter(), os.times()
    subprocess.run(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=environment
    )
    after = os.times()
    spent = after.children_user + after.children_system
    return perf_counter() - begun, spent - before.children_user - before.children_system


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    print("| command | best s | median s | processor, median s | Python alone, median s |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for name, arguments in COMMANDS.items():
            seconds(arguments, environment)
            pairs = [
                (seconds(arguments, environment), seconds(NOTHING, environment))
                for _ in range(runs)
            ]
            own = [pair[0][0] for pair in pairs]
            spent = median(pair[0][1] for pair in pairs)
            alone = median(pair[1][0] for pair in pairs)
            print(f"| `{name}` | {min(own):.2f} | {median(own):.2f} | {spent:.2f} | {alone:.2f} |")


if __name__ == "__main__":
    main()
