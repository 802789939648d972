"""Two runs never write one place at the same time; a lock of a killed run holds nobody up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import siting.cli
from siting.cli.main import main
from siting.core.claim import claim, give_up_all
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.outputs.write import write_plan
from support.killed import INPUTS, make_inputs

SITING = [sys.executable, "-m", "siting.cli"]
HOLD = """
import sys
from pathlib import Path
from siting.core.claim import claim
claim(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")


@contextmanager
def held(target: Path, *, is_killed: bool = False) -> Iterator[int]:
    """Another process that writes a target; its number."""
    words = [sys.executable, "-c", HOLD, str(target)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        yield other.pid
        if is_killed:
            other.send_signal(signal.SIGKILL)


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Inputs of all commands, and a plan."""
    made = tmp_path_factory.mktemp("made") / "inputs"
    make_inputs(made)
    return made


def test_folders_that_a_run_makes_do_not_hide_its_lock(tmp_path: Path) -> None:
    """The first run locks a target before the folders on its way are there, the next one after."""
    target = tmp_path / "new" / "deep" / "plan"
    with held(target) as pid:
        target.parent.mkdir(parents=True)
        with pytest.raises(InputError, match=f"process {pid}"):
            claim(target)
        claim(target.with_name("another"))
        give_up_all()
    claim(target)
    give_up_all()
    assert names(tmp_path) == ["new"]
    assert names(target.parent) == []


@pytest.mark.parametrize("name", INPUTS)
def test_a_second_run_is_told_of_the_first_before_it_begins(
    made: Path, tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    words = INPUTS[name](made, "a", tmp_path)
    target = Path(words[words.index("-o") + 1])
    with held(target, is_killed=True) as pid:
        before = names(tmp_path)
        assert run(words) == 2
        said = " ".join(capfd.readouterr().err.split())
        assert f"another run of siting (process {pid}) is writing here" in said
        assert "Wait for it, or choose another name" in said
        assert names(tmp_path) == before == [f".{target.name}.siting-lock"]
    assert names(tmp_path) == before, "what a killed run leaves"
    assert run(words) == 0
    assert target.exists()
    kept = {f".{target.name}.runs"}  # runs of a sweep, so that it can go on and grow
    assert not [left for left in set(names(tmp_path)) - kept if left.startswith(".")]


def test_commands_that_write_beside_a_plan_wait_too(
    tmp_path: Path, toy_plan: Plan, capfd: pytest.CaptureFixture[str]
) -> None:
    plan, layers, picture = (tmp_path / name for name in ("plan", "layers", "map.png"))
    write_plan(toy_plan, plan)
    site = next(iter(toy_plan.places))
    before = {path: path.read_bytes() for path in plan.rglob("*") if path.is_file()}
    for words, target in (
        (["export", str(plan), "-o", str(layers)], layers),
        (["map", str(plan), "-o", str(picture)], picture),
        (["map", str(plan)], plan),
        (["explain", str(plan), site, "--write"], plan),
        (["init", str(tmp_path / "new")], tmp_path / "new"),
    ):
        with held(target):
            assert run(words) == 2
            assert "another run of siting" in " ".join(capfd.readouterr().err.split())
    assert {path: path.read_bytes() for path in plan.rglob("*") if path.is_file()} == before
    assert not [name for name in names(tmp_path) if "new" in name or "layers" in name]
    with held(plan), pytest.raises(InputError, match="another run of siting"):
        write_plan(toy_plan, plan)


def test_a_place_below_folders_that_are_not_there_yet(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "one" / "two" / "out"
    words = ["headroom", "loads", str(made / "loads-a.csv"), "-o", str(out)]
    with held(out):
        assert run(words) == 2
        assert len(names(tmp_path)) == 1 and not out.parent.exists()
    assert run(words) == 0
    assert (names(tmp_path), names(out.parent)) == (["one"], ["out"])


def test_of_runs_that_start_together_each_is_whole_or_told(made: Path, tmp_path: Path) -> None:
    words = ["headroom", "queue", str(made / "queue-a.csv"), "--zone", "Z"]
    runs = [
        subprocess.Popen([*SITING, *words, "-o", str(tmp_path / "out")], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    said = [process.communicate()[1].decode() for process in runs]
    codes = [process.returncode for process in runs]
    assert 0 in codes and set(codes) <= {0, 2}
    for code, told in zip(codes, said, strict=True):
        assert (code == 2) == ("another run of siting" in " ".join(told.split()))
    assert names(tmp_path) == ["out"]
    assert run([*words, "-o", str(tmp_path / "alone")]) == 0
    for path in (tmp_path / "alone").rglob("*.csv"):
        same = tmp_path / "out" / path.relative_to(tmp_path / "alone")
        assert same.read_bytes() == path.read_bytes()


def test_every_command_takes_its_target_and_does_not_only_look_at_it() -> None:
    for path in Path(str(siting.cli.__path__[0])).glob("*.py"):
        assert "check_target(" not in path.read_text(encoding="utf-8"), path.name


def test_a_lock_is_a_plain_file_of_our_own(tmp_path: Path) -> None:
    """A link in its place leads nowhere, and what another process has removed is not taken for held."""
    (tmp_path / "other").write_text("kept", encoding="utf-8")
    (tmp_path / ".out.siting-lock").symlink_to(tmp_path / "other")
    with pytest.raises(OSError):
        claim(tmp_path / "out")
    assert (tmp_path / "other").read_text(encoding="utf-8") == "kept"
    os.unlink(tmp_path / ".out.siting-lock")
    (tmp_path / ".out.siting-lock").touch(mode=0o444)
    claim(tmp_path / "out")
    claim(tmp_path / "out")
    (tmp_path / ".out.siting-lock").unlink()
    (tmp_path / ".out.siting-lock").write_text("of the next", encoding="utf-8")
    give_up_all()
    assert names(tmp_path) == [".out.siting-lock", "other"]
