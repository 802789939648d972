"""Refuse a file before any reader sees it: names that are not files, disguises, archives that burst.

A VRT or XML file renamed ``.geojson`` makes GDAL open other files, and ``/vsicurl/`` opens a
socket; so names and first bytes are checked first, and archives by their central directory.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from siting.core.errors import InputError, Issue

MAX_BYTES = 512 * 2**20
MAX_UNPACKED_BYTES = 2**30
MAX_RATIO = 200
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    ".gpkg": (b"SQLite format 3\x00",),
    ".parquet": (b"PAR1",),
    ".zip": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".fgb": (b"fgb",),
}
TEXT = (".csv",)
JSON = (".geojson", ".json", ".topojson")
KNOWN = sorted({*SIGNATURES, *TEXT, *JSON})


def check_file(path: Path, name: str, max_bytes: int = MAX_BYTES) -> str:
    """The extension of a file that may be read.

    Args:
        path: the file. name: how messages call it. max_bytes: largest size that is read.

    Raises:
        InputError: the name is not one of a plain file, or the content does not fit it.
    """
    if name.lstrip().startswith("<") or "://" in name or "/vsi" in name.lower():
        raise _refused(name, "not the name of a file", "a path on this machine")
    if not path.is_file():
        raise _refused(name, "no such file", "an existing file", "Correct the path")
    size = path.stat().st_size
    if size > max_bytes:
        raise _refused(
            name, f"a file of {size / 2**20:.0f} MiB", f"at most {max_bytes // 2**20} MiB"
        )
    kind = path.suffix.lower()
    if kind not in KNOWN:
        raise _refused(name, f"unknown kind of file '{kind}'", f"one of {', '.join(KNOWN)}")
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise _refused(name, "an empty file", "some rows")
    if kind in JSON and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise _refused(name, "the content is not JSON", "a GeoJSON object, which starts with '{'")
    if kind in SIGNATURES and not head.startswith(SIGNATURES[kind]):
        raise _refused(name, f"the content is not that of a {kind} file", f"a real {kind} file")
    if kind in (".zip", ".xlsx"):
        _check_archive(path, name)
    return kind


def _check_archive(path: Path, name: str) -> None:
    """An archive that stays small when unpacked and names no path outside itself."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _refused(name, f"a broken archive: {error}", "a whole zip file") from error
    packed = sum(max(m.compress_size, 1) for m in members)
    unpacked = sum(m.file_size for m in members)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(packed, 2**16):
        raise _refused(name, f"an archive that unpacks to {unpacked / 2**20:.0f} MiB", "less")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if member.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            raise _refused(
                name, f"an archive member '{member.filename[:60]}' outside it", "plain names"
            )


def _refused(name: str, what: str, expected: str, fix: str = "") -> InputError:
    """An error about a whole file."""
    return InputError([Issue(name, what, expected, fix)])
