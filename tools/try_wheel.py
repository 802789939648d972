"""Install a wheel into an empty environment and use it: ``python tools/try_wheel.py WHEEL [PYTHON ...]``.

For each Python, by default the one that runs this, an environment with nothing but the wheel and what it
requires is made in a temporary folder, and a scenario is started, checked, solved, audited and drawn from an
empty folder. The first thing that fails ends it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

COMMANDS = (
    "--version",
    "doctor",
    "init demo --scenario toy",
    "check demo/scenario.yaml --strict",
    "solve demo/scenario.yaml -o out",
    "audit out",
    "map out -o map.svg",
    "init sheet --template spreadsheet",
    "check sheet/scenario.yaml",
)


def try_wheel(wheel: Path, python: str) -> None:
    """Install a wheel for a Python and use it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        bin_folder = place / "env" / ("Scripts" if os.name == "nt" else "bin")
        subprocess.run([python, "-m", "venv", str(place / "env")], check=True)
        install = [str(bin_folder / "python"), "-m", "pip", "install", "-q", str(wheel.resolve())]
        subprocess.run(install, check=True)
        empty = place / "empty"
        empty.mkdir()
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        for words in COMMANDS:
            command = [str(bin_folder / "siting"), *words.split()]
            subprocess.run(command, check=True, cwd=empty, env=environment)


if __name__ == "__main__":
    for each in sys.argv[2:] or [sys.executable]:
        print(f"--- {each}", flush=True)
        try_wheel(Path(sys.argv[1]), each)
