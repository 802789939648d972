"""Nothing that was worked out is lost: places are proven before, plans are kept after, signals wait."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from siting.cli.main import main
from siting.core.errors import InputError, OutputError
from siting.core.plan import Plan
from siting.outputs.folder import PLAN, check_target
from siting.outputs.report import page
from siting.outputs.report.page import write_report
from siting.outputs.stored import read_plan
from siting.outputs.workbook import write_workbook
from siting.outputs.writable import LEAST_FREE_BYTES, prove_writable
from siting.outputs.write import write_plan, write_plan_somewhere
from support.engine import BUILTIN, TOY
from support.hostile_series import QUEUE

SITING = [sys.executable, "-m", "siting.cli"]


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def refusal(target: Path) -> str:
    """Why a target is refused."""
    with pytest.raises(InputError) as caught:
        check_target(target, PLAN)
    return str(caught.value)


def test_names_that_no_system_takes_are_refused_before_solving(tmp_path: Path) -> None:
    assert "control characters" in refusal(tmp_path / "a\nb")
    assert "the root of the file system" in refusal(Path(tmp_path.anchor))
    assert "the root of the file system" in refusal(Path(tmp_path.anchor) / "a" / "..")
    assert "too long" in refusal(tmp_path / ("x" * 256))
    assert "too long" in refusal(tmp_path.joinpath(*["x" * 200] * 20))
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "file" in refusal(tmp_path / "file" / "out")
    assert not [p for p in tmp_path.iterdir() if p.name != "file"]


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 120, "q?#%20:x y", "-o", "a.b.", "'\"$(id)"])
def test_names_that_are_odd_but_right_hold_a_plan(
    tmp_path: Path, toy_plan: Plan, name: str
) -> None:
    for _ in range(2):
        check_target(tmp_path / name, PLAN)
        write_plan(toy_plan, tmp_path / name)
    assert read_plan(tmp_path / name).objective_usd == toy_plan.objective_usd
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_disk_without_space_is_refused_before_solving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.statvfs(tmp_path)

    class Full:
        f_blocks, f_frsize = real.f_blocks, 1
        f_bavail = LEAST_FREE_BYTES - 1

    monkeypatch.setattr(os, "statvfs", lambda path: Full)
    assert "no space left on the disk" in refusal(tmp_path / "out")
    Full.f_bavail = LEAST_FREE_BYTES
    check_target(tmp_path / "out", PLAN)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without permission")
def test_a_place_without_permission_is_refused_before_solving(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    pid = os.fork()
    if not pid:
        os.setuid(65534)
        try:
            prove_writable(tmp_path / "out")
        except InputError as error:
            os._exit(0 if "no permission" in str(error) else 3)
        os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_plan_that_its_place_cannot_hold_is_kept_elsewhere(
    tmp_path: Path, toy_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    write_plan(toy_plan, target)
    before = {p: p.read_bytes() for p in target.rglob("*") if p.is_file()}

    def fails(plan: Plan, path: Path) -> None:
        if path.is_relative_to(tmp_path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write_report(plan, path)

    monkeypatch.setattr(page, "write_report", fails)
    with pytest.raises(OutputError) as caught:
        write_plan_somewhere(toy_plan, target)
    said = str(caught.value)
    assert f"{target}: no space left on the disk" in said
    kept = Path(said.rpartition("kept in ")[2].rstrip("."))
    assert read_plan(kept).objective_usd == toy_plan.objective_usd
    assert {p: p.read_bytes() for p in target.rglob("*") if p.is_file()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]

    monkeypatch.setattr(page, "write_report", lambda plan, path: fails(plan, tmp_path))
    with pytest.raises(OutputError, match="Nor can the plan be kept"):
        write_plan_somewhere(toy_plan, target)


def test_what_the_system_refuses_is_no_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*given: Any, **named: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "secret.csv"))

    monkeypatch.setattr("siting.loading.read_document", fails)
    assert run(["check", str(TOY)]) == 2
    said = capfd.readouterr().err
    assert "secret.csv: no permission" in said and "bug" not in said


def command(*arguments: str) -> subprocess.Popen[str]:
    """A process of the command line."""
    return subprocess.Popen(
        [*SITING, *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def code_of(line: str, *arguments: str) -> tuple[int, str]:
    """Exit code and errors of a command line that a shell starts as ``line``."""
    words = ["sh", "-c", line, "sh", *SITING, *arguments]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("closed", ["1", "2", "1 2"])
def test_closed_streams_lose_no_plan(tmp_path: Path, closed: str) -> None:
    line = f'exec "$@" {" ".join(f"{n}>&-" for n in closed.split())}'
    assert code_of(line, "solve", str(TOY), "-o", str(tmp_path / "out"))[0] == 0
    assert read_plan(tmp_path / "out").status == "OPTIMAL"


def test_full_and_broken_streams_lose_no_plan(tmp_path: Path) -> None:
    words = ("solve", str(TOY), "-o", str(tmp_path / "out"))
    code, said = code_of('exec "$@" > /dev/full', *words)
    assert code == 0 and "Not all could be printed: no space left" in said
    assert read_plan(tmp_path / "out").status == "OPTIMAL"
    assert code_of('exec "$@" 2> /dev/full', *words)[0] == 0
    # where printing was all, nothing is there
    assert code_of('exec "$@" > /dev/full', "schema")[0] == 2
    line = '{ "$@"; echo "code $?" >&2; } | head -n 1 > /dev/null'
    assert code_of(line, "schema") == (0, "code 0\n")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    words = [*SITING, "solve", str(TOY), "-o", "out"]
    line = f'cd "{gone}" && rmdir "{gone}" && exec "$@"'
    done = subprocess.run(["sh", "-c", line, "sh", *words], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"the current folder" in done.stderr


def test_a_clock_before_1980(
    tmp_path: Path, toy_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_workbook(toy_plan, tmp_path / "right.xlsx")
    early = time.struct_time((1975, 1, 1, 0, 0, 0, 2, 1, 0))
    monkeypatch.setattr(time, "localtime", lambda *seconds: early)
    write_workbook(toy_plan, tmp_path / "wrong.xlsx")
    assert (tmp_path / "right.xlsx").read_bytes() == (tmp_path / "wrong.xlsx").read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("model", "line"),
    [("restart-pjm", ""), ("restart-pjm", "search"), ("federal-2035", "first plan")],
)
def test_a_signal_keeps_what_there_is(
    tmp_path: Path, number: signal.Signals, model: str, line: str
) -> None:
    """At the start, and once the log says that a search goes on: never a traceback, nor half a folder."""
    out = tmp_path / "out"
    scenario = BUILTIN / "models" / f"{model}.yaml"
    process = command("solve", str(scenario), "-o", str(out), "--gap", "0")
    assert process.stderr is not None
    said = ""
    while line and line not in said:
        said = process.stderr.readline()
        assert said, "the search ended before the signal"
    if not line:
        time.sleep(0.2)
    process.send_signal(number)
    rest = process.communicate()[1]
    code = process.returncode
    assert "Traceback" not in rest
    assert code in (4, 5), rest
    assert out.exists() == (code == 4)
    if code == 4:
        plan = read_plan(out)
        assert plan.status == "FEASIBLE" and plan.ended_by
    assert [p.name for p in tmp_path.iterdir()] == (["out"] if code == 4 else [])


def test_a_plan_being_written_is_finished(tmp_path: Path) -> None:
    """The signal comes from within the writing, so no clock decides."""
    script = tmp_path / "run.py"
    script.write_text(
        "import os, signal, sys\n"
        "import siting.outputs.geojson as write\n"
        "real = write.write_geojson\n"
        "def slow(plan, path):\n"
        "    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):\n"
        "        os.kill(os.getpid(), number)\n"
        "    real(plan, path)\n"
        "write.write_geojson = slow\n"
        "from siting.cli.entry import main\n"
        "sys.argv = ['siting', 'solve', *sys.argv[1:]]\n"
        "main()\n",
        encoding="utf-8",
    )
    words = [sys.executable, str(script), str(TOY), "-o", str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, check=False)
    assert done.returncode == 0
    assert read_plan(tmp_path / "out").status == "OPTIMAL"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("siting.cli.show.Show.result", ("solve", "TOY", "-o", "OUT")),
        ("siting.cli.show.Show.result", ("compare", "TOY", "-o", "OUT", "--strategies", "build_now")),
        ("siting.outputs.folder._put_in_place", ("headroom", "queue", "QUEUE", "--zone", "Z", "-o", "OUT")),
        ("siting.cli.show.Show.result", ("headroom", "queue", "QUEUE", "--zone", "Z", "-o", "OUT")),
        ("siting.outputs.tables.write_json", ("headroom", "queue", "QUEUE", "--zone", "Z", "-o", "OUT")),
    ],
)  # fmt: skip
def test_signals_once_it_is_written_change_nothing(
    tmp_path: Path, place: str, words: tuple[str, ...]
) -> None:
    """Whatever is written is finished, and the exit code says so; the signals come from within."""
    (tmp_path / "queue.csv").write_text(QUEUE, encoding="utf-8")
    module, _, name = place.rpartition(".")
    holder, _, owner = module.rpartition(".")
    is_class = owner[0].isupper()
    script = tmp_path / "run.py"
    script.write_text(
        "import atexit, importlib, os, signal, sys\n"
        f"holder = importlib.import_module({holder if is_class else module!r})\n"
        + (f"holder = holder.{owner}\n" if is_class else "")
        + f"real = holder.{name}\n"
        "def signals():\n"
        "    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):\n"
        "        os.kill(os.getpid(), number)\n"
        "def wrapped(*given, **named):\n"
        "    signals()\n"
        "    found = real(*given, **named)\n"
        "    signals()\n"
        "    return found\n"
        f"holder.{name} = wrapped\n"
        "atexit.register(signals)\n"
        "from siting.cli.entry import main\n"
        "sys.argv = ['siting', *sys.argv[1:]]\n"
        "main()\n",
        encoding="utf-8",
    )
    given = {"TOY": str(TOY), "OUT": str(tmp_path / "out"), "QUEUE": str(tmp_path / "queue.csv")}
    line = [sys.executable, str(script), *(given.get(word, word) for word in words)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").is_dir()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "queue.csv", "run.py"]


def test_a_signal_while_modules_are_loaded(tmp_path: Path) -> None:
    """Modules in C turn what is raised in them into errors of their own; this one swallows it."""
    (tmp_path / "loading.py").write_text(
        "import os, signal\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    signal.raise_signal(signal.SIGTERM)\n"
        "except BaseException:\n"
        "    pass\n",
        encoding="utf-8",
    )
    script = "from siting.core.stop import listen; listen(); import loading; print('goes on')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == "Stopped; nothing was written.\n"


def test_a_stop_that_passed_through_code_made_from_text_keeps_its_exit_code(tmp_path: Path) -> None:
    """Python marks such an interrupt as unhandled, caught or not, and would end itself by SIGINT."""
    (tmp_path / "stopped.py").write_text(
        "import signal, sys\n"
        "from siting.core.stop import finish, listen\n"
        "listen()\n"
        "try:\n"
        "    exec('signal.raise_signal(signal.SIGTERM)')\n"
        "except KeyboardInterrupt:\n"
        "    finish()\n"
        "    sys.exit(5)\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, "-m", "stopped"], cwd=tmp_path, check=False)
    assert done.returncode == 5
