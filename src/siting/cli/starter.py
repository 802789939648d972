"""``siting init``: a scenario folder to start from."""

from __future__ import annotations

import shutil
from pathlib import Path

from siting.core.errors import InputError, Issue
from siting.core.resources import builtin_path

STARTERS = ("federal-2035", "restart-pjm", "toy")


def create(folder: Path, scenario: str) -> list[Path]:
    """Copy a built-in scenario and its libraries to a new folder.

    Raises:
        InputError: an unknown scenario, or a folder that already holds something.
    """
    if scenario not in STARTERS:
        raise InputError(
            [
                Issue(
                    "--scenario",
                    f"no scenario '{scenario}'",
                    f"one of {', '.join(STARTERS)}",
                    "Choose one of them",
                )
            ]
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            [
                Issue(
                    str(folder),
                    "something is already there",
                    "a new or empty folder",
                    "Choose another name",
                )
            ]
        )
    folder.mkdir(parents=True, exist_ok=True)
    text = builtin_path(f"models/{scenario}.yaml").read_text(encoding="utf-8")
    created = [folder / "scenario.yaml"]
    created[0].write_text(text, encoding="utf-8")
    if "include: libraries/" in text:
        (folder / "libraries").mkdir()
        for source in sorted(builtin_path("models/libraries").glob("*.yaml")):
            created.append(folder / "libraries" / source.name)
            shutil.copyfile(source, created[-1])
    return created
