"""The public surface: what it shows, that its examples hold, and that it is quick to import."""

from __future__ import annotations

import doctest
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile
from types import ModuleType

import pytest

import siting
from siting import api
from support.engine import BUILTIN, TOY

FUNCTIONS = ["compare", "hedge", "load", "pyomo_model", "read_plan", "solve"]


def test_dir_shows_what_is_public_and_nothing_else() -> None:
    names = dir(siting)
    errors = [name for name in names if name.endswith("Error") or name == "Issue"]
    assert sorted(set(names) - set(errors)) == [
        "Comparison",
        "Hedge",
        "Plan",
        "__version__",
        *FUNCTIONS,
    ]
    assert names == sorted(siting.__all__)
    assert {n for n in names if isinstance(getattr(siting, n), type)} == {
        "Comparison",
        "Hedge",
        "Plan",
        *errors,
    }
    assert siting.__version__ == version("siting")


@pytest.mark.parametrize("module", [siting, api], ids=["siting", "api"])
def test_the_examples_hold(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BUILTIN)
    found = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert found.attempted
    assert not found.failed


def test_a_path_and_what_was_loaded_give_the_same_plan() -> None:
    """79.9 million USD, as the comments of the toy scenario reckon."""
    plans = [siting.solve(TOY), siting.solve(str(TOY)), siting.solve(siting.load(TOY))]
    for plan in plans:
        assert isinstance(plan, siting.Plan)
        assert plan.status == "OPTIMAL"
        assert plan.objective_usd == pytest.approx(79.9e6, rel=1e-6)


def test_options_take_the_place_of_those_of_the_scenario() -> None:
    plan = siting.solve(TOY, gap_frac=0.25, time_limit_seconds=60, threads=1)
    stated = {key: plan.settings[key] for key in ("gap_frac", "time_limit_seconds", "threads")}
    assert stated == {"gap_frac": 0.25, "time_limit_seconds": 60, "threads": 1}


def test_a_plan_and_a_comparison_are_written_and_the_plan_read_back(tmp_path: Path) -> None:
    said: list[str] = []
    study = siting.compare(TOY, ["wait_until"], on_done=said.append)
    study.write(tmp_path / "study")
    assert (tmp_path / "study" / "compare.html").is_file()
    assert any(line.startswith("wait_until: ") for line in said)
    plan = study.plans["wait_until"]
    plan.write(tmp_path / "plan")
    again = siting.read_plan(tmp_path / "plan")
    assert again.objective_usd == plan.objective_usd
    assert again.settings["strategy"] == "wait_until"


def test_the_same_program_in_pyomo_by_path_and_by_what_was_loaded() -> None:
    one, other = siting.pyomo_model(TOY), siting.pyomo_model(siting.load(TOY).instance)
    assert one.nconstraints() == other.nconstraints() > 0


@pytest.mark.parametrize("document", ["README.md", "docs/guide/commands.md"])
def test_the_code_of_documents_runs(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    copyfile(TOY, tmp_path / "models" / "toy.yaml")
    monkeypatch.chdir(tmp_path)
    readme = (BUILTIN / "README.md").read_text(encoding="utf-8")
    code = readme.partition("```python\n")[2].partition("```")[0]
    assert "siting.solve" in code
    exec(code, {"siting": siting})
    assert (tmp_path / "out" / "toy" / "report.html").is_file()


def test_import_loads_nothing_that_is_slow() -> None:
    heavy = {"pyomo", "highspy", "numpy", "pandas", "pydantic", "geopandas", "plotly", "yaml"}
    script = f"import siting, sys; assert not {heavy!r} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_file_that_is_wrong_is_told_by_line(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(
        TOY.read_text(encoding="utf-8").replace("shell_months:", "shell_month:"), encoding="utf-8"
    )
    with pytest.raises(siting.InputError, match=r"wrong\.yaml"):
        siting.solve(file)
