"""Outputs appear whole or not at all; folders keep what their owner put into them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from siting.core import stop
from siting.core.claim import SUFFIX as LOCK
from siting.core.claim import claim, claimed, clear_lock
from siting.core.errors import InputError, Issue
from siting.core.scratch import HAS_LOCKS, SUFFIX, held_folder, hold, release
from siting.outputs.writable import prove_writable

PLAN, COMPARISON, HEADROOM, LAYERS = "plan.json", "compare.json", "headroom.json", "layers.json"
HEDGE, REPLAN, SWEEP = "hedge.json", "replan.json", "sweep.json"
"""Files that tell what wrote a folder: only the same may replace it."""
MARK = "siting"
"""First word of ``generated_by`` in a marker."""
FILES = "files"
"""Key of a marker: every file that was written with it. Others in the folder are its owner's."""
WORK = rf"\.[a-z0-9_]{{8}}{re.escape(SUFFIX)}"
"""How the name of a working folder ends."""
LONGEST_NAME = 230
"""Bytes of a name to which a working folder can add what it needs."""
NEW, OLD = "new", "old"
"""What a working folder holds: the folder that is being written, and the one whose place it takes."""
MOVES = "moves.json"
"""In a working folder, once several files are ready: where each is, and the place that it takes."""


MARKERS = (PLAN, COMPARISON, HEADROOM, LAYERS, HEDGE, REPLAN, SWEEP)


def take_target(target: Path, marker: str) -> None:
    """Refuse a target that is not ours to write, and keep other runs from it until this process ends.

    Raises:
        InputError: as ``check_target``, or another run is writing it.
    """
    prove_writable(target)
    claim(target)
    check_target(target, marker)


def check_target(target: Path, marker: str) -> None:
    """Refuse a target that is not ours to write.

    Args:
        marker: file by which the folder of an earlier run of the same kind is known.

    Raises:
        InputError: a symlink, a file, a folder with other content, a place below a file, or one that
            cannot be written.
    """
    prove_writable(target)
    settle(target)
    what = _refusal(target, marker)
    if what is not None:
        expected = f"a new folder, or one that siting wrote before with {marker} in it"
        raise InputError([Issue(str(target), what, expected, "Choose another name for -o")])


def _refusal(target: Path, marker: str) -> str | None:
    """Why a target is refused."""
    if target.is_symlink():
        return "a symbolic link"
    if target.exists() and not target.is_dir():
        return "a file"
    if target.is_dir():
        is_free = not any(target.iterdir()) or _written(target / marker) is not None
        return None if is_free else "a folder with other content"
    above = next((p for p in target.absolute().parents if p.exists() or p.is_symlink()), None)
    return f"below {above}, which is not a folder" if above and not above.is_dir() else None


def _written(marker: Path) -> dict[str, object] | None:
    """What a marker says, if an earlier run wrote it."""
    if marker.is_symlink() or not marker.is_file():
        return None
    try:
        written = json.loads(marker.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    by = written.get("generated_by") if isinstance(written, dict) else None
    return written if isinstance(by, str) and by.split(" ")[0] == MARK else None


@contextmanager
def whole_folder(target: Path, marker: str) -> Iterator[Path]:
    """A temporary folder beside the target that takes its place once everything is in it.

    Files of the target that no earlier run wrote are kept.

    Raises:
        InputError: the target is not ours to write; raised before any work starts.
    """
    prove_writable(target)
    with claimed(target):
        check_target(target, marker)
        target = Path(os.path.abspath(target))
        target.parent.mkdir(parents=True, exist_ok=True)
        # beside it, where it was claimed in a folder above before
        with claimed(target), _filled(target, marker) as fresh:
            yield fresh


@contextmanager
def _filled(target: Path, marker: str) -> Iterator[Path]:
    """A new folder that takes the place of the target."""
    with working_folder(target) as work:
        fresh = work / NEW
        fresh.mkdir()
        yield fresh
        fresh.chmod(0o755)
        _list_files(fresh, fresh / marker)
        check_target(target, marker)
        if target.exists():
            _keep_others(target, fresh, marker)
        _put_in_place(work, target)
        stop.finish()


def _list_files(folder: Path, marker: Path) -> None:
    """Add the names of all files to the marker."""
    if marker.is_file():
        told = json.loads(marker.read_text(encoding="utf-8"))
        told[FILES] = [path.relative_to(folder).as_posix() for path in _files(folder)]
        text = json.dumps(told, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False)
        marker.write_text(text + "\n", encoding="utf-8", newline="\n")


def _files(folder: Path) -> list[Path]:
    """Everything in a folder and below that is no folder itself, sorted; no working folders or locks."""
    found: list[Path] = []
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not re.fullmatch(rf"\..+{WORK}", name)]
        files[:] = [name for name in files if not name.endswith(LOCK)]
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        found += [Path(here) / name for name in (*files, *links)]
    return sorted(found)


def _keep_others(target: Path, fresh: Path, marker: str) -> None:
    """Put what no run wrote beside the new files, by a second name of the same content: whatever
    happens, one of the two folders holds it.

    Raises:
        InputError: a file that would be in the way of a new one.
    """
    listed = (_written(target / marker) or {}).get(FILES)
    ours = set(map(str, listed)) if isinstance(listed, list) else {marker}
    clashes = []
    for path in _files(target):
        name = path.relative_to(target)
        goal = fresh / name
        is_new = os.path.lexists(goal)
        if name.as_posix() in ours or (is_new and not isinstance(listed, list)):
            continue
        if is_new or any((fresh / above).is_file() for above in name.parents):
            clashes.append(Issue(str(path), "in the way of a file of the new run", "no such file"))
            continue
        goal.parent.mkdir(parents=True, exist_ok=True)
        _second_name(path, goal)
    if clashes:
        raise InputError(clashes)


def _second_name(path: Path, goal: Path) -> None:
    """The same file under another name; a copy where the file system has no second names."""
    try:
        os.link(path, goal, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(path, goal, follow_symlinks=False)


def _put_in_place(work: Path, target: Path) -> None:
    """Rename, with the earlier folder set aside until the new one is there."""
    fresh, old = work / NEW, work / OLD
    if not target.exists():
        os.replace(fresh, target)
        return
    try:
        os.replace(target, old)
        os.replace(fresh, target)
    finally:
        if old.exists() and not target.exists():
            os.replace(old, target)


@contextmanager
def working_folder(target: Path) -> Iterator[Path]:
    """A folder beside a target for what is not finished; one that a killed run left is cleared.

    Signals wait meanwhile: what is being written is finished.
    """
    target = Path(os.path.abspath(target))
    with stop.held(firm=True):
        settle(target)
        work, lock = held_folder(target.parent, f".{short_name(target.name)}.")
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
            release(lock)


@contextmanager
def whole_files(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Names to write files under, which take the places of the targets together once all are written.

    If the run is killed meanwhile, ``settle`` of the first target moves the others after it.
    """
    with ExitStack() as stack:
        for place in _places(targets):
            stack.enter_context(claimed(place))
        works = [stack.enter_context(working_folder(target)) for target in targets]
        moves = [
            (work / f"{NEW}{target.suffix}", Path(os.path.abspath(target)))
            for work, target in zip(works, targets, strict=True)
        ]
        yield [fresh for fresh, _ in moves]
        if len(moves) > 1:
            record = works[0] / f"{NEW}.json.part"
            record.write_text(json.dumps([list(map(str, move)) for move in moves]), "utf-8")
            os.replace(record, works[0] / MOVES)
        for fresh, target in moves:
            os.replace(fresh, target)
        stop.finish()


def _places(targets: Sequence[Path]) -> list[Path]:
    """What no other run may write meanwhile: files, and folders of runs that they stand in."""
    folders = {Path(os.path.abspath(target)).parent for target in targets}
    ours = sorted(f for f in folders if any(_written(f / marker) for marker in MARKERS))
    return [*ours, *targets]


def short_name(name: str) -> str:
    """A name that leaves room for what a working folder adds: longer ones end in a digest."""
    if len(os.fsencode(name)) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return f"{os.fsencode(name)[: LONGEST_NAME - 20].decode(errors='ignore')}-{digest}"


def settle(target: Path) -> None:
    """Put right what killed runs left beside a target: finish a change of places that was begun,
    remove the rest. Folders of runs that go on are left alone."""
    target = Path(os.path.abspath(target))
    clear_lock(target)
    try:
        left = sorted(p for p in target.parent.iterdir() if _is_work(p, target) and p.is_dir())
    except OSError:
        return
    for work in left if HAS_LOCKS else ():
        lock = hold(work)
        if lock is None:
            continue
        fresh, old = work / NEW, work / OLD
        if old.exists() and not os.path.lexists(target):
            # the new folder was complete before the old one was moved
            os.replace(fresh if fresh.exists() else old, target)
        _finish_moves(work / MOVES)
        if not (old.exists() and fresh.exists()):
            shutil.rmtree(work, ignore_errors=True)
        release(lock)


def _is_work(path: Path, target: Path) -> bool:
    """Whether a path has the name of a working folder of a target, and lies beside it."""
    form = rf"\.{re.escape(short_name(target.name))}{WORK}"
    return path.parent == target.parent and re.fullmatch(form, path.name) is not None


def _finish_moves(record: Path) -> None:
    """Move the files that a killed run had ready; only from working folders beside their targets."""
    if record.is_symlink() or not record.is_file():
        return
    try:
        moves = [(Path(fresh), Path(target)) for fresh, target in json.loads(record.read_bytes())]
    except (ValueError, TypeError, RecursionError):
        return
    for fresh, target in moves:
        is_plain = fresh.is_file() and not fresh.is_symlink() and not target.is_dir()
        if is_plain and _is_work(fresh.parent, target):
            os.replace(fresh, target)
