"""Read a PyPSA network (netCDF) through ``pypsa`` itself, the optional extra ``siting[network]``.

It runs in a process of its own with limits of time and memory (``pypsa_case``): a file made to exhaust
or break PyPSA, netCDF or HDF5 is an input error here.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas

from siting.core.errors import InputError, Issue
from siting.layers.room import answering
from siting.layers.safety import MAX_BYTES
from siting.network.build import RawCase
from siting.network.case import Cost

SIGNATURES = (b"\x89HDF\r\n\x1a\n", b"CDF\x01", b"CDF\x02", b"CDF\x05")

TEXTS = {"id", "title", "from", "to", "bus"}


def read_pypsa(path: Path, name: str) -> RawCase:
    """Read a PyPSA network.

    Args:
        path: a netCDF file. name: how messages call it.

    Raises:
        InputError: PyPSA is not installed, or cannot read the file.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if not head.startswith(SIGNATURES):
        raise InputError([Issue(name, "the content is not netCDF", "a PyPSA netCDF file")])
    if path.stat().st_size > MAX_BYTES:
        raise InputError([Issue(name, "a file of more than 512 MiB", "a smaller network")])
    if find_spec("pypsa") is None:
        fix = "Install it: pip install 'siting[network]'"
        raise InputError([Issue(name, "pypsa is not installed", "pypsa", fix)])
    task = {"path": str(path.absolute()), "name": name}
    with answering("siting.network.pypsa_case", task, path, name) as (found, _):
        return _case(found, name)


def _case(found: dict[str, Any], name: str) -> RawCase:
    """The case that the process sent."""
    return RawCase(
        name,
        found["base_mva"],
        buses=_table(found["buses"]),
        branches=_table(found["branches"]),
        generators=_table(found["generators"]),
        costs=tuple(Cost(square, linear) for square, linear in found["costs"]),
        notes=tuple(found["notes"]),
    )


def _table(columns: dict[str, list[Any]]) -> pandas.DataFrame:
    """A table, also of no rows, with columns of texts, flags and numbers."""
    return pandas.DataFrame({c: np.array(cells, _kind(c)) for c, cells in columns.items()})


def _kind(column: str) -> type:
    """What a column holds."""
    if column.startswith("is_"):
        return bool
    return object if column in TEXTS else float
