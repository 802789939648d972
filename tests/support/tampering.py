"""Tamper with a written plan, one thing at a time, and look whether its audit finds and names it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from siting.cli.audit_plan import audit_whole
from siting.core.errors import InputError
from siting.outputs.plain import sha256_of
from siting.outputs.read import parse_cell
from siting.outputs.registry import outputs
from siting.outputs.seals import SEALS, _sha256
from siting.outputs.write import write_plan
from siting.solution.certificate import CERTIFICATE, LOG, SEAL, sha256_of_rest
from siting.solver.highs import Limits
from support.engine import plan_of
from support.instances_all import any_scenario

SEEDS = (1, 3, 4, 6, 11, 22, 35, 46)
"""Scenarios of ``any_scenario`` whose plans have, together, rows in every table."""
LIMITS = Limits(gap_frac=1e-6, time_limit_seconds=600, threads=1)
PLAN, SCENARIO = "plan.json", "scenario.json"
PROOF = (CERTIFICATE, LOG)
OUTPUTS = tuple(output.name for output in outputs() if not output.is_source)
CELLS = (
    "", "zzz", "-1", "7", "1e17", "1e308", "1e999", "NaN", "inf", "-inf", "1_000", "١٢", "0x10", "true",
    "false", "0001-01-01", "2027-01-01", "2031-07-02", "9999-12-31", "2027-02-30", "20270101", "x" * 140_000,
    "a\nb", "\x1b[31m", "'", "=1+1",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 7.5, 1e300, "zzz", [], {}, [[]], {"a": None}, "9" * 5000,
)  # fmt: skip
BYTES = (
    b"",
    b"\x00\xff\xfe" * 99,
    b"PK\x03\x04",
    b'"',
    b"[" * 50_000,
    b'{"a":' * 2000,
    b"NaN",
    b"\n" * 9,
)
REDERIVED = ("objective_usd", "any_plan_usd", "audit", "status", "gap", "bound_usd", "goals")
"""Keys of ``plan.json`` whose loss is found also under new seals."""


@dataclass(frozen=True)
class Change:
    """What was done: file, in words, and whether rules have to find it under new seals."""

    file: str
    what: str
    matters: bool


def written_plans(folder: Path) -> list[Path]:
    """The plans that are tampered with, written below a folder."""
    plans = []
    for seed in SEEDS:
        write_plan(plan_of(any_scenario(seed), LIMITS), folder / str(seed))
        plans.append(folder / str(seed))
    return plans


def failures(plans: list[Path], seed: int, count: int) -> Iterator[str]:
    """Changes that crash the audit, or that it does not find and name."""
    with TemporaryDirectory() as scratch:
        for number in range(count):
            rng = Random(f"{seed} {number}")
            source, target = rng.choice(plans), Path(scratch) / str(number)
            shutil.copytree(source, target)
            change = rng.choices(KINDS, WEIGHTS)[0](target, rng)
            is_sealed_anew = rng.random() < 0.5 and seal_anew(target)
            failure = _failure(target, change, is_sealed_anew=is_sealed_anew)
            if failure is not None:
                new = ", sealed anew" if is_sealed_anew else ""
                what = f"{change.file}: {change.what[:90]!r}"
                yield f"seed {seed}, case {number}, plan {source.name}, {what}{new}: {failure}"
            shutil.rmtree(target)


def _failure(folder: Path, change: Change, *, is_sealed_anew: bool) -> str | None:
    """What is wrong with the answer to a change."""
    try:
        audited = audit_whole(folder)
    except InputError as error:
        return None if change.file in (PLAN, SCENARIO) else f"refused: {str(error)[:200]}"
    except Exception as error:  # what else is raised is a bug, and the campaign goes on
        return f"{type(error).__name__}: {error}"
    if is_sealed_anew:
        return "not found" if change.matters and not audited.findings else None
    named = audited.changed if change.file in OUTPUTS else audited.findings
    return None if any(change.file in line for line in named) else "not named"


def seal_anew(folder: Path) -> bool:
    """Give every file that is there the seal of what it holds; whether that could be done."""
    try:
        stated = json.loads((folder / PLAN).read_bytes())
        for name in stated[SEALS]:
            path = folder / name
            if path.is_file() and not path.is_symlink() and name != PLAN:
                stated[SEALS][name] = sha256_of(path)
        stated[SEALS][PLAN] = _sha256(stated)
        (folder / PLAN).write_text(json.dumps(stated), encoding="utf-8")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    return True


def _table(folder: Path, rng: Random) -> tuple[Path, list[list[str]]]:
    """A table with rows, and its cells."""
    paths = sorted(p for p in (folder / "tables").iterdir() if p.read_bytes().count(b"\n") > 1)
    path = rng.choice(paths)
    text = path.read_bytes().decode()
    usual = csv.field_size_limit(max(len(text), 1))  # cells may have been blown up before
    try:
        return path, list(csv.reader(StringIO(text, newline="")))
    finally:
        csv.field_size_limit(usual)


def _store(path: Path, rows: list[list[str]]) -> None:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _cell(folder: Path, rng: Random) -> Change:
    """Another value in a cell."""
    path, rows = _table(folder, rng)
    line, column = rng.randrange(1, len(rows)), rng.randrange(len(rows[0]))
    before = rows[line][column]
    others = [row[column] for row in rows[1:] if row[column] != before]
    after = rng.choice([cell for cell in (*CELLS, *others[:9]) if cell != before])
    rows[line][column] = after
    _store(path, rows)
    try:
        was, now = (parse_cell(rows[0][column], text) or None for text in (before, after))
        matters = was != now
    except ValueError:
        matters = True
    what = f"line {line + 1} {rows[0][column]} {before!r} -> {after[:40]!r}"
    return Change(f"tables/{path.name}", what, matters)


def _row(folder: Path, rng: Random) -> Change:
    """A row taken out, doubled, cut, put together from two, or all taken out."""
    path, rows = _table(folder, rng)
    line = rng.randrange(1, len(rows))
    how = rng.choice(("out", "doubled", "cut", "longer", "all out"))
    if how == "out":
        del rows[line]
    elif how == "doubled":
        rows.insert(line, rows[line])
    elif how == "cut":
        rows[line] = rows[line][:-1]
    elif how == "longer":
        rows[line] = [*rows[line], "7"]
    else:
        del rows[1:]
    _store(path, rows)
    return Change(f"tables/{path.name}", f"line {line + 1} {how}", matters=True)


def _column(folder: Path, rng: Random) -> Change:
    """A column taken out, renamed, or doubled."""
    path, rows = _table(folder, rng)
    column, how = rng.randrange(len(rows[0])), rng.choice(("out", "renamed", "doubled"))
    for row in rows:
        if how == "out":
            del row[column]
        elif how == "doubled":
            row.insert(column, row[column])
    if how == "renamed":
        rows[0][column] = rng.choice(("", "zzz", rows[0][column].upper()))
    _store(path, rows)
    return Change(f"tables/{path.name}", f"column {column} {how}", matters=True)


def _file(folder: Path, rng: Random) -> Change:
    """A file missing, cut, replaced by bytes, by a link, a folder or what is no file."""
    names = [f"tables/{p.name}" for p in sorted((folder / "tables").iterdir())]
    name = rng.choice((rng.choice(names), rng.choice(names), PLAN, SCENARIO, *PROOF, *OUTPUTS))
    path = folder / name
    whole = path.read_bytes()
    how = rng.choice(("missing", "cut", "bytes", "longer", "link", "folder"))
    path.unlink()
    if how == "cut":
        path.write_bytes(whole[: rng.randrange(len(whole) - 1)])
    elif how == "bytes":
        path.write_bytes(rng.choice(BYTES))
    elif how == "longer":
        path.write_bytes(whole + b"zzz\n")
    elif how == "link":
        path.symlink_to(rng.choice(("/etc/hostname", "nowhere", name.rsplit("/")[-1])))
    elif how == "folder":
        path.mkdir()
    return Change(name, how, matters=name not in OUTPUTS)


def _json(folder: Path, rng: Random) -> Change:
    """A key of ``plan.json`` or ``scenario.json`` taken out or given another value."""
    name = rng.choice((PLAN, PLAN, SCENARIO))
    data = json.loads((folder / name).read_bytes())
    here: Any = data
    way: list[Any] = []
    while True:
        keys = sorted(here) if isinstance(here, dict) else list(range(len(here)))
        if not way:
            keys = [key for key in keys if key not in (SEALS, "files")]
        key = rng.choice(keys)
        way.append(key)
        if not isinstance(here[key], dict | list) or not here[key] or rng.random() < 0.3:
            break
        here = here[key]
    before = here[key]
    after = rng.choice([value for value in VALUES if value != before or value is None])
    is_out = before is None or rng.random() < 0.3
    if is_out:
        del here[key]
    else:
        here[key] = after
    (folder / name).write_text(json.dumps(data), encoding="utf-8")
    matters = name == PLAN and way[0] in REDERIVED and len(way) == 1 and before is not None
    what = f"{'.'.join(map(str, way))} {'out' if is_out else repr(after)[:40]}"
    return Change(name, what, matters)


def _certificate(folder: Path, rng: Random) -> Change:
    """A dual changed, a row dropped, doubled or renamed, a number or a branch of the proof replaced; half
    of them with the certificate's own seal made anew."""
    path = folder / CERTIFICATE
    data = json.loads(path.read_bytes())
    relaxation = data["relaxation"]
    hows = ("value",) if "duals" not in relaxation else tuple(PROOF_CHANGES)
    how = rng.choice(hows)
    is_hidden = how != "value" and rng.random() < 0.5
    what = PROOF_CHANGES[how](data, rng)
    if is_hidden:
        data[SEAL] = sha256_of_rest(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    # another dual may prove as much, and is a proof like any once it is sealed
    matters = how != "dual" or not is_hidden
    return Change(CERTIFICATE, f"{how} {what}{', hidden' if is_hidden else ''}", matters)


def _entries(data: Any, rng: Random) -> list[Any]:
    """The duals of the rows of one name."""
    named: list[list[Any]] = [rows for rows in data["relaxation"]["duals"].values() if rows]
    return rng.choice(named)


def _one_dual(data: Any, rng: Random) -> str:
    """One dual changed."""
    entry = rng.choice(_entries(data, rng))
    entry[-1] *= rng.choice((-1.0, 0.5, 0.999, 1.001, 1.5, 1e6))
    return str(entry)


def _all_duals(data: Any, rng: Random) -> str:
    """All duals changed."""
    for rows in data["relaxation"]["duals"].values():
        for entry in rows:
            entry[-1] *= rng.uniform(1.01, 2)
    return ""


def _dual_dropped(data: Any, rng: Random) -> str:
    """A row dropped."""
    entries = _entries(data, rng)
    return str(entries.pop(rng.randrange(len(entries))))


def _dual_doubled(data: Any, rng: Random) -> str:
    """A row that stands there twice."""
    entries = _entries(data, rng)
    entries.append(rng.choice(entries))
    return str(entries[-1])


def _dual_renamed(data: Any, rng: Random) -> str:
    """A dual of a row that there is not."""
    entry = rng.choice(_entries(data, rng))
    entry[0] = "zzz"
    return str(entry)


def _proven_bound(data: Any, rng: Random) -> str:
    """Another bound."""
    data["relaxation"]["bound_usd"] *= rng.choice((-1.0, 0.9, 1.0001, 1.5, 1e9))
    return str(data["relaxation"]["bound_usd"])


def _proof_value(data: Any, rng: Random) -> str:
    """Anything in it replaced."""
    here = data
    while True:
        key = rng.choice(sorted(here) if isinstance(here, dict) else range(len(here)))
        if not isinstance(here[key], dict | list) or not here[key] or rng.random() < 0.3:
            break
        here = here[key]
    here[key] = rng.choice([value for value in VALUES if value != here[key]])
    return f"{key} {str(here[key])[:40]}"


PROOF_CHANGES: dict[str, Callable[[Any, Random], str]] = {
    "value": _proof_value,
    "dual": _one_dual,
    "all duals": _all_duals,
    "dropped": _dual_dropped,
    "doubled": _dual_doubled,
    "renamed": _dual_renamed,
    "bound": _proven_bound,
}
KINDS: tuple[Callable[[Path, Random], Change], ...] = (
    _cell,
    _row,
    _column,
    _file,
    _json,
    _certificate,
)
WEIGHTS = (10, 3, 1, 3, 3, 4)
