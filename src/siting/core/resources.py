"""Where the built-in data and scenarios are: in the wheel, or beside a source checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
PREFIX = "builtin:"


def builtin_root() -> Path:
    """Folder that holds ``data/geo`` and ``models``."""
    packaged = _PACKAGE / "_builtin"
    return packaged if packaged.is_dir() else _PACKAGE.parent.parent


def builtin_path(relative: str) -> Path:
    """Path of a built-in file, for instance ``data/geo/states.geojson``."""
    return builtin_root() / relative
