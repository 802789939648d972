"""How long the first commands take, beside a Python that does nothing: pairs, best and median of some.

``python benchmarks/first_contact.py [RUNS]``; it prints, it asserts nothing about time.
"""

from __future__ import annotations

import subprocess
import sys
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


def seconds(arguments: list[str]) -> float:
    """Duration of one run."""
    begun = perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - begun


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    print("| command | best s | median s | Python alone, median s |")
    print("|---|---|---|---|")
    for name, arguments in COMMANDS.items():
        pairs = [(seconds(arguments), seconds(NOTHING)) for _ in range(runs)]
        own = [pair[0] for pair in pairs]
        alone = median(pair[1] for pair in pairs)
        print(f"| `{name}` | {min(own):.2f} | {median(own):.2f} | {alone:.2f} |")


if __name__ == "__main__":
    main()
