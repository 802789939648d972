"""What a command does not use it does not import: the first answer comes at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.engine import TOY

HEAVY = {
    "numpy", "scipy", "pandas", "geopandas", "shapely", "pyproj", "pyarrow", "pyogrio", "pyomo",
    "highspy", "openpyxl", "jinja2", "plotly", "matplotlib", "icalendar", "pydantic", "yaml",
}  # fmt: skip
PROGRAM = """
import sys
from siting.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print("modules:", *sorted(sys.modules), file=sys.stderr)
"""
# typer takes pydantic for the arguments of a command
MODEL = {"numpy", "scipy", "pydantic", "yaml"}


def imported(*arguments: str) -> set[str]:
    """Modules that a command line has imported when it is done."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stderr.rpartition("modules:")[2].split())


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["--version"], set()),
        (["solve", "--help"], {"pydantic"}),
        (["schema", "--help"], {"pydantic"}),
        (["check", str(TOY)], MODEL),
    ],
    ids=["help", "version", "solve", "schema", "check"],
)
def test_heavy_packages_are_imported_when_they_are_used(
    arguments: list[str], allowed: set[str]
) -> None:
    assert imported(*arguments) & HEAVY == allowed


def test_a_check_needs_no_network_tools_of_scipy() -> None:
    found = imported("check", str(TOY))
    assert not {"scipy.sparse.csgraph", "scipy.sparse.linalg", "scipy.optimize"} & found
    assert not [
        name for name in found if name.startswith(("siting.solver", "siting.outputs.report"))
    ]
