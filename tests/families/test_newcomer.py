"""The exercises of CONTRIBUTING, done word by word in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.engine import BUILTIN

CONTRIBUTING = BUILTIN / "CONTRIBUTING.md"
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COPIED = ("src", "data", "models", "tests", "tools", "docs", "pyproject.toml", "CONTRIBUTING.md")


HEADINGS = ("## Add a family", "## Add a study", "## Add an output")


def exercises() -> list[tuple[str, str]]:
    """Heading and text of each block of the exercises."""
    parts = CONTRIBUTING.read_text(encoding="utf-8").split("\n## ")
    wanted = [part for part in parts if f"## {part}".startswith(HEADINGS)]
    assert len(wanted) == len(HEADINGS)
    return [(block[1], block[2]) for part in wanted for block in BLOCK.finditer(part)]


def follow(folder: Path) -> None:
    """Create and change the files that the exercises say."""
    for heading, text in exercises():
        if created := re.search(r'file="(.*?)"', heading):
            (folder / created[1]).write_text(text, encoding="utf-8")
        elif changed := re.search(r'insert="(.*?)" after="(.*)"', heading):
            path = folder / changed[1]
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            place = [line.rstrip("\n") for line in lines].index(changed[2].replace('\\"', '"'))
            path.write_text("".join([*lines[: place + 1], text, *lines[place + 1 :]]), "utf-8")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the repository in which the exercises were done."""
    folder = tmp_path_factory.mktemp("clone")
    for name in COPIED:
        source = BUILTIN / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / name)
    follow(folder)
    yield folder


def python(clone: Path, *arguments: str) -> str:
    """What Python prints in the copy; it must end well."""
    paths = {"PYTHONPATH": os.pathsep.join([str(clone / "src"), str(clone / "tests")])}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=clone,
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_family_solves_and_says_what_the_exercise_says(clone: Path) -> None:
    printed = python(clone, "-m", "siting.cli", "solve", "lateral.yaml", "-o", "out/lateral")
    assert "365.400 M USD" in printed and "Audit passed." in printed
    folder = clone / "out/lateral"
    rows = (folder / "tables/gas_laterals.csv").read_text(encoding="utf-8").splitlines()
    assert rows[1:] == ["ranch,2,120,16000000,2027-01-01,2028-01-01"]
    path = (folder / "tables/critical_path.csv").read_text(encoding="utf-8")
    assert "gas lateral,lines,2027-01-01,2028-01-01" in path
    assert "Gas lateral for 120 MW" in (folder / "report.html").read_text(encoding="utf-8")


def test_its_tests_and_the_contract_of_families_pass(clone: Path) -> None:
    files = ("tests/families/test_gas_lateral.py", "tests/families/test_contract.py")
    assert " passed" in python(clone, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files)


def test_it_is_explained_and_its_mathematics_written(clone: Path) -> None:
    assert "(fed)" in python(clone, "-m", "siting.cli", "explain", "--family", "gas_lateral")
    for tool in ("docs_mathematics", "docs_tables"):
        python(clone, f"tools/{tool}.py")
    assert "(fed)" in (clone / "docs/mathematics/gas_lateral.md").read_text(encoding="utf-8")
    assert "`fed_mw`" in (clone / "docs/guide/columns.md").read_text(encoding="utf-8")


def test_the_code_of_the_exercises_passes_the_linters(clone: Path) -> None:
    made = [path for heading, _ in exercises() for path in re.findall(r'file="(.*\.py)"', heading)]
    assert len(made) == 5
    registries = [f"src/siting/{of}/registry.py" for of in ("families", "studies", "outputs")]
    made += registries
    python(clone, "-m", "ruff", "check", *made)
    python(clone, "-m", "ruff", "format", "--check", *made)


def test_the_study_answers_what_the_exercise_says(clone: Path) -> None:
    asked = ["--strategies", "optimal", "--what-if", "zones.dear.energy_usd_per_mwh=20"]
    words = ["compare", "models/toy.yaml", "-o", "out/what-if", *asked]
    printed = python(clone, "-m", "siting.cli", *words)
    assert "zones.dear.energy_usd_per_mwh=20: 37.6 M USD cheaper." in printed
    assert (clone / "out/what-if/tables/what_if.csv").exists()
    page = (clone / "out/what-if/compare.html").read_text(encoding="utf-8")
    assert 'id="what-if-table"' in page
    made = ("tests/studies/test_what_if.py",)
    assert " passed" in python(clone, "-m", "pytest", "-q", "-p", "no:cacheprovider", *made)


def test_the_output_is_written_sealed_and_named(clone: Path) -> None:
    python(clone, "-m", "siting.cli", "solve", "models/toy.yaml", "-o", "out/toy")
    file = clone / "out/toy/first_power.csv"
    # ``far`` from July 2027 on, ``near`` from 2028 on, as the comments of the toy reckon
    assert file.read_text(encoding="utf-8").splitlines() == [
        "first_energised_date,site",
        "2027-07-01,far",
        "2028-01-01,near",
    ]
    file.unlink()
    printed = python(clone, "-m", "siting.cli", "audit", "out/toy")
    assert "first_power.csv: the file is missing" in printed
