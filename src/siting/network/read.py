"""Read a network case of any known layout, and coordinates of buses beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from siting.core.errors import InputError, Issue
from siting.layers.read import read_layer
from siting.layers.row import RawRow
from siting.network.build import build_network
from siting.network.case import Network
from siting.network.read_matpower import read_matpower
from siting.network.read_pypsa import read_pypsa
from siting.network.read_rts import read_rts

NETCDF = {".nc", ".netcdf"}
KINDS = "a MATPOWER .m file, a folder with bus.csv, branch.csv and gen.csv, or a PyPSA .nc file"
MAX_ISSUES = 20


def read_network(
    path: Path, coordinates: Path | None = None, id_column: str | None = None
) -> Network:
    """Read and check a network.

    Args:
        path: a MATPOWER ``.m`` file, a folder in RTS-GMLC layout, or a PyPSA netCDF file.
        coordinates: a table or map layer with the buses' places, longitude and latitude in degrees.
        id_column: of the buses' ids in it, by default ``bus`` or else ``id``.

    Raises:
        InputError: everything wrong with the case.
    """
    name = path.name or str(path)
    if (path / "buses.csv").is_file() and not (path / "bus.csv").is_file():
        fix = "In PyPSA: network.export_to_netcdf"
        raise InputError([Issue(name, "a folder of CSV as PyPSA writes it", KINDS, fix)])
    if path.is_dir():
        raw = read_rts(path, name)
    elif not path.is_file():
        raise InputError([Issue(name, "no such file or folder", KINDS, "Correct the path")])
    elif path.suffix.lower() == ".m":
        raw = read_matpower(path, name)
    elif path.suffix.lower() in NETCDF:
        raw = read_pypsa(path, name)
    else:
        what = f"unknown kind of file '{path.suffix}'"
        fix = "Unpack it first" if path.suffix.lower() in (".gz", ".zip") else ""
        raise InputError([Issue(name, what, KINDS, fix)])
    network = build_network(raw)
    return network if coordinates is None else with_places(network, coordinates, id_column)


def with_places(network: Network, path: Path, id_column: str | None = None) -> Network:
    """The network with coordinates from a file; buses without are listed in the notes.

    Args:
        network: as read. path: a table or map layer. id_column: of the buses' ids, by default
            ``bus`` or else ``id``.

    Raises:
        InputError: a file that cannot be read, or one that places no bus of the network.
    """
    rows = _rows(path, id_column)
    ids = network.buses.ids
    points = np.array(
        [(bus in rows and rows[bus].point) or (np.nan, np.nan) for bus in ids], float
    ).reshape(-1, 2)
    lost = [bus for bus, point in zip(ids, points, strict=True) if np.isnan(point).any()]
    if len(lost) == len(ids):
        what = f"no place of any bus; the network has {', '.join(ids[:5])}, the file {[*rows][:5]}"
        fix = "Name the column of the buses' ids with --id-column"
        raise InputError([Issue(path.name, what, "longitude and latitude by bus", fix)])
    buses = replace(network.buses, longitude=points[:, 0], latitude=points[:, 1])
    if not lost:
        return replace(network, buses=buses)
    more = f" and {len(lost) - MAX_ISSUES} more" if len(lost) > MAX_ISSUES else ""
    note = f"{len(lost)} of {len(ids)} buses have no place in {path.name}: "
    notes = (*network.notes, f"{note}{', '.join(lost[:MAX_ISSUES])}{more}")
    return replace(network, buses=buses, notes=notes)


def _rows(path: Path, id_column: str | None) -> dict[str, RawRow]:
    """Rows of a file of places, by bus."""
    try:
        key = id_column or "bus"
        rows = read_layer(path, name=path.name, id_column=key)
    except InputError as error:
        if id_column or not any("no column 'bus'" in issue.what for issue in error.issues):
            raise
        rows, key = read_layer(path, name=path.name), "id"
    return {_plain(row.values[key]): row for row in rows}


def _plain(value: object) -> str:
    """A bus id as text; 101.0 is 101."""
    text = str(value).strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text
