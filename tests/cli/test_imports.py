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


HELP_OF_ALL = """
import sys
from typer.main import get_command
from siting.cli.main import app, main
# the options of a comparison are those that its studies declare, which have to be imported
for name in set(get_command(app).commands) - {"compare"}:
    try:
        main([name, "--help"])
    except SystemExit as end:
        assert not end.code, name
print("modules:", *sorted(sys.modules), file=sys.stderr)
"""


def test_no_help_needs_what_its_command_needs() -> None:
    command = [sys.executable, "-c", HELP_OF_ALL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.count("Usage:") >= 13
    found = set(done.stderr.rpartition("modules:")[2].split())
    assert found & HEAVY <= {"pydantic"}


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = "import siting, sys; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & HEAVY == set()


def test_a_check_needs_no_network_tools_of_scipy() -> None:
    found = imported("check", str(TOY))
    assert not {"scipy.sparse.csgraph", "scipy.sparse.linalg", "scipy.optimize"} & found
    assert not [
        name for name in found if name.startswith(("siting.solver", "siting.outputs.report"))
    ]
