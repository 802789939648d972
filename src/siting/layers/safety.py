"""Refuse a file before any reader sees it: names that are not files, disguises, archives that burst.

One set of rules for every reader. What a file is follows from its first bytes, and each format has one
reader: text, JSON, workbooks and GeoPackage are read here in Python, shapefile, FlatGeobuf and Parquet
in a process of their own with limits (``room``). No library is left to guess what it opens.
"""

from __future__ import annotations

import gzip
import os
import shutil
import zipfile
import zlib
from pathlib import Path

from siting.core.errors import InputError, Issue
from siting.core.warnings import listed

MIB = 2**20
MAX_BYTES = 512 * MIB
SMALL_BYTES, MAX_GROWTH = 32 * MIB, 50
"""A file may grow to this and so many times its size when it is unpacked or decoded."""
MAX_ROWS = 1_000_000
MAX_COLUMNS = 10_000
MAX_COLUMN_NAME = 500
MAX_TEXT = 10_000
"""Characters of a cell."""
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
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""Parts of a shapefile that are read."""
CHUNK = 2**20


def growth(size: int) -> int:
    """Bytes that a file of a size may grow to."""
    return SMALL_BYTES + MAX_GROWTH * size


def check_file(path: Path, name: str, max_bytes: int = MAX_BYTES) -> str:
    """The extension of a file that may be read.

    Args:
        path: the file. name: how messages call it. max_bytes: largest size that is read.

    Raises:
        InputError: the name is not one of a plain file, or the content does not fit it.
    """
    if name.lstrip().startswith("<") or "://" in name or "/vsi" in name.lower():
        raise refused(name, "not the name of a file", "a path on this machine")
    check_plain(path, name, max_bytes)
    kind = path.suffix.lower()
    if kind not in KNOWN:
        raise refused(name, f"unknown kind of file '{kind}'", f"one of {', '.join(KNOWN)}")
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise refused(name, f"cannot be read: {error.strerror}", "a readable file") from error
    if not head:
        raise refused(name, "an empty file", "some rows")
    if kind in JSON and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise refused(name, "the content is not JSON", "a GeoJSON object, which starts with '{'")
    if kind in SIGNATURES and not head.startswith(SIGNATURES[kind]):
        raise refused(name, f"the content is not that of a {kind} file", f"a real {kind} file")
    return kind


def check_plain(path: Path, name: str, max_bytes: int = MAX_BYTES) -> None:
    """Refuse what is no plain file, such as a device that never ends, and one that is too large.

    Raises:
        InputError: which of them.
    """
    if not path.is_file():
        raise refused(name, "no such file", "an existing file", "Correct the path")
    size = path.stat().st_size
    if size > max_bytes:
        raise refused(name, f"a file of {size / MIB:.0f} MiB", f"at most {max_bytes // MIB} MiB")


def checked_members(path: Path, name: str) -> list[zipfile.ZipInfo]:
    """Members of an archive that stays small when unpacked and names no path outside itself.

    Raises:
        InputError: a broken archive, a burst, or a member outside it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refused(name, f"a broken archive: {error}", "a whole zip file") from error
    unpacked = sum(m.file_size for m in members)
    if unpacked > growth(path.stat().st_size):
        raise refused(name, f"an archive that unpacks to {unpacked / MIB:.0f} MiB", "less")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if member.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            what = f"an archive member '{member.filename[:60]}' outside it"
            raise refused(name, what, "plain names")
    return members


def member_bytes(path: Path, member: str, name: str, most: int) -> bytes:
    """Content of a member, at most so many bytes whatever the archive says of it.

    Raises:
        InputError: no such member, a broken or encrypted one, or one that is larger.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            content = file.read(most + 1)
    except (
        KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError,
        ValueError, zlib.error,
    ) as error:  # fmt: skip
        what = f"a broken archive: {member[:60]} cannot be unpacked ({str(error)[:100]})"
        raise refused(name, what, "a whole archive without password") from error
    if len(content) > most:
        raise refused(name, f"{member[:60]} unpacks to more than {most / MIB:.0f} MiB", "less")
    return content


def unpack_shapefile(path: Path, name: str, layer: str | None, folder: Path) -> Path:
    """Unpack the one shapefile of an archive, or the named one, into a folder; gives its ``.shp``.

    Raises:
        InputError: no shapefile, several and none named, or parts that are missing.
    """
    members = checked_members(path, name)
    found = {m.filename: m for m in members if not m.is_dir() and "__MACOSX" not in m.filename}
    layers = {Path(m).stem: m for m in sorted(found) if m.lower().endswith(".shp")}
    if not layers:
        kinds = listed(sorted({Path(m).suffix.lower() for m in found}), 8)
        what = f"no shapefile in the archive, which holds {kinds or 'nothing'}"
        raise refused(name, what, "a zip with .shp, .shx and .dbf", "Unpack other formats first")
    chosen = one_layer(name, layer, list(layers))
    stem = layers[chosen][: -len(".shp")].lower()
    most = growth(path.stat().st_size)
    for member in found:
        suffix = Path(member).suffix.lower()
        if suffix in SHAPEFILE and member[: -len(suffix)].lower() == stem:
            (folder / f"layer{suffix}").write_bytes(member_bytes(path, member, name, most))
    return folder / "layer.shp"


def copy_shapefile(path: Path, folder: Path) -> Path:
    """Copy the parts of a shapefile that are read, so that nothing else beside it is opened."""
    for part in sorted(path.parent.glob("*")):
        suffix = part.suffix.lower()
        if part.stem == path.stem and suffix in SHAPEFILE and part.is_file():
            target = folder / f"layer{suffix}"
            try:
                os.link(part.resolve(), target)
            except OSError:
                shutil.copyfile(part, target)
    return folder / "layer.shp"


def one_layer(name: str, layer: str | None, found: list[str]) -> str:
    """The named layer, or the only one there is.

    Raises:
        InputError: no such layer, or several and none named.
    """
    if layer is not None and layer not in found:
        raise refused(
            name, f"no layer '{layer[:60]}'", f"one of {listed(found, 20)}", "Correct layer"
        )
    if layer is None and len(found) > 1:
        what = f"several layers: {listed(found, 20)}"
        raise refused(name, what, "one layer", f"State which, for instance layer: {found[0]}")
    return layer if layer is not None else found[0]


def unpack_gzip(path: Path, target: Path, name: str) -> None:
    """Unpack a ``.gz`` within limits.

    Raises:
        InputError: a broken file, or one that grows too much.
    """
    most = growth(path.stat().st_size)
    size = 0
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as file:
            while chunk := packed.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise refused(name, f"unpacks to more than {most / MIB:.0f} MiB", "less")
                file.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise refused(name, f"cannot be unpacked: {error}", "a whole .gz file") from error


def refused(name: str, what: str, expected: str, fix: str = "") -> InputError:
    """An error about a whole file."""
    return InputError([Issue(name, what, expected, fix)])
