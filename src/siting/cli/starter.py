"""``siting init``: a scenario folder to start from."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from siting.core.claim import claim
from siting.core.errors import InputError, Issue
from siting.core.resources import builtin_path


def starters() -> tuple[str, ...]:
    """Names of the built-in scenarios."""
    return tuple(sorted(path.stem for path in builtin_path("models").glob("*.yaml")))


def chain(scenario: str) -> dict[str, str]:
    """Text of a scenario and of those that it extends, by file name."""
    texts: dict[str, str] = {}
    name = f"{scenario}.yaml"
    while name not in texts:
        texts[name] = builtin_path(f"models/{name}").read_text(encoding="utf-8")
        base = EXTENDS.search(texts[name])
        name = base.group(1) if base else name
    return texts


SCHEMA = "scenario.schema.json"
EDITOR_LINE = f"# yaml-language-server: $schema={SCHEMA}\n"
"""First line of a scenario, by which editors find its schema."""
EXTENDS = re.compile(r"^extends: (\S+)$", re.MULTILINE)


def create(folder: Path, scenario: str) -> list[Path]:
    """Copy a built-in scenario and its libraries to a new folder.

    Raises:
        InputError: an unknown scenario, or a folder that already holds something.
    """
    if scenario not in starters():
        raise InputError(
            [
                Issue(
                    "--scenario",
                    f"no scenario '{scenario}'",
                    f"one of {', '.join(starters())}",
                    "Choose one of them",
                )
            ]
        )
    new_folder(folder)
    texts = chain(scenario)
    created: list[Path] = []
    for name, text in texts.items():
        created.append(folder / ("scenario.yaml" if not created else name))
        created[-1].write_text(EDITOR_LINE + text, encoding="utf-8")
    created.append(with_schema(folder))
    if any("include: libraries/" in text for text in texts.values()):
        created += with_libraries(folder)
    return created


def with_schema(folder: Path) -> Path:
    """The schema with which editors complete, explain and check the scenarios of a folder."""
    from siting.reference.json_schema import editor_schema

    text = json.dumps(editor_schema(), sort_keys=True, separators=(",", ":"))
    (folder / SCHEMA).write_text(text + "\n", encoding="utf-8")
    return folder / SCHEMA


def new_folder(folder: Path) -> None:
    """Make a folder, and keep other runs from it until this process ends.

    Raises:
        InputError: it already holds something, or another run is writing it.
    """
    claim(folder)
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


def with_libraries(folder: Path) -> list[Path]:
    """The libraries, copied into a folder."""
    (folder / "libraries").mkdir()
    copied = []
    for source in sorted(builtin_path("models/libraries").glob("*.yaml")):
        copied.append(folder / "libraries" / source.name)
        shutil.copyfile(source, copied[-1])
    return copied
