"""Seals: SHA-256 of every file of a plan, in ``plan.json``.

A plan follows from its scenario and its tables, ``plan.json`` says how good it is, and the certificate with
the record of the search what proves it: one of these sources (``Output.is_source``) that is missing or was
changed is a finding, and the audit fails. Maps, workbook, calendar and report are made from them for their
readers, who may write into them or leave them out: the audit names those and passes, unless it is strict.
Seals tell what was changed by mistake or without a word; who seals anew what he changed is found by the
rules, and by what an output checks itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siting.core.plan import Plan
from siting.outputs.folder import FILES, PLAN
from siting.outputs.plain import UnreadableError, sha256_of, shown
from siting.outputs.registry import SCENARIO, TABLES, output_of
from siting.outputs.tables import summary, write_json

SEALS = "seals"
"""Key of ``plan.json``: SHA-256 by file; of ``plan.json`` what it holds without seals and list of files."""


@dataclass(frozen=True)
class Broken:
    """What no longer is as it was written.

    Attributes:
        findings: in what the plan follows from. changed: in what was made from it. files: their names.
    """

    findings: tuple[str, ...]
    changed: tuple[str, ...]
    files: frozenset[str] = frozenset()


def write_sealed_summary(plan: Plan, path: Path) -> None:
    """``plan.json`` with the seals of all that is in its folder; to be written last."""
    folder = path.parent
    said = json.loads(json.dumps(summary(plan), default=str))
    files = {
        file.relative_to(folder).as_posix(): sha256_of(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file != path
    }
    write_json({**summary(plan), SEALS: {**files, PLAN: _sha256(said)}}, path)


def sealed_anew(folder: Path, name: str, changed: Path) -> dict[str, Any]:
    """``plan.json`` with the seal of a file that siting itself has changed, if it had one.

    Args:
        changed: what takes the place of the file.
    """
    stated: dict[str, Any] = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    if isinstance(stated.get(SEALS), dict):
        stated[SEALS][name] = sha256_of(changed)
    return stated


def broken_seals(folder: Path, stated: Mapping[str, Any]) -> Broken:
    """Files that are missing, were changed, or are tables that nobody wrote.

    Args:
        stated: ``plan.json`` as read.
    """
    seals = stated.get(SEALS)
    if not isinstance(seals, dict) or PLAN not in seals or SCENARIO not in seals:
        return Broken((f"seal.missing: {PLAN}: no seals of the files of the plan",), ())
    findings: list[str] = []
    changed: list[str] = []
    files: set[str] = set()
    if _sha256(stated) != seals[PLAN]:
        findings.append(f"seal.changed: {PLAN}: not what was written")
    for name, seal in sorted(seals.items()):
        what = None if name == PLAN else _broken(folder, name, seal)
        if what is not None:
            files.add(name)
            output = output_of(name)
            is_source = output is not None and output.is_source
            (findings if is_source else changed).append(f"{what[0]}: {shown(name)}: {what[1]}")
    inside = folder / TABLES
    there = inside.iterdir() if inside.is_dir() and not inside.is_symlink() else ()
    for name in sorted(f"{TABLES}{path.name}" for path in there if path.suffix == ".csv"):
        if name not in seals:
            findings.append(f"seal.extra: {shown(name)}: not written with the plan")
    return Broken(tuple(findings), tuple(changed), frozenset(files))


def _broken(folder: Path, name: str, seal: object) -> tuple[str, str] | None:
    """What is wrong with a file, by rule and in words."""
    if ".." in Path(name).parts or Path(name).is_absolute() or "\0" in name:
        return "seal.changed", "no file of a plan"
    path = folder / name
    if not path.exists() and not path.is_symlink():
        return "seal.missing", "the file is missing"
    try:
        return None if sha256_of(path) == seal else ("seal.changed", "not what was written")
    except UnreadableError as error:
        return "seal.changed", str(error)


def _sha256(stated: Mapping[str, Any]) -> str:
    """SHA-256 of what ``plan.json`` says, however it is laid out."""
    said = {key: value for key, value in stated.items() if key not in (SEALS, FILES)}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
