"""Read a network case of any known layout, and coordinates of buses beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from siting.core.errors import InputError, Issue
from siting.layers.read import RawRow, read_layer
from siting.network.build import build_network
from siting.network.case import Network
from siting.network.read_matpower import read_matpower
from siting.network.read_pypsa import read_pypsa
from siting.network.read_rts import read_rts

NETCDF = {".nc", ".netcdf"}
KINDS = "a MATPOWER .m file, a folder with bus.csv, branch.csv and gen.csv, or a PyPSA .nc file"
MAX_ISSUES = 20


def read_network(path: Path, coordinates: Path | None = None) -> Network:
    """Read and check a network.

    Args:
        path: a MATPOWER ``.m`` file, a folder in RTS-GMLC layout, or a PyPSA netCDF file.
        coordinates: a table or map layer with the buses' places; ids in the column ``bus`` or
            ``id``, longitude and latitude in degrees.

    Raises:
        InputError: everything wrong with the case.
    """
    name = path.name or str(path)
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
    return network if coordinates is None else with_places(network, coordinates)


def with_places(network: Network, path: Path) -> Network:
    """The network with coordinates from a file.

    Raises:
        InputError: buses that the file does not have, or rows without a place.
    """
    rows = _rows(path)
    missing = [bus for bus in network.buses.ids if bus not in rows]
    issues = [
        Issue(path.name, f"no bus {bus}", "a row for each bus", "Add it")
        for bus in missing[:MAX_ISSUES]
    ]
    lost = [bus for bus in network.buses.ids if bus in rows and rows[bus].point is None]
    issues += [
        Issue(rows[bus].where, f"no place of bus {bus}", "longitude and latitude", "Fill it in")
        for bus in lost[:MAX_ISSUES]
    ]
    if len(missing) > MAX_ISSUES:
        issues.append(Issue(path.name, f"{len(missing) - MAX_ISSUES} more buses without a row"))
    if issues:
        raise InputError(issues)
    points = np.array([rows[bus].point for bus in network.buses.ids], float).reshape(-1, 2)
    buses = replace(network.buses, longitude=points[:, 0], latitude=points[:, 1])
    return replace(network, buses=buses)


def _rows(path: Path) -> dict[str, RawRow]:
    """Rows of a file of places, by bus."""
    try:
        rows, key = read_layer(path, name=path.name, id_column="bus"), "bus"
    except InputError as error:
        if not any("no column 'bus'" in issue.what for issue in error.issues):
            raise
        rows, key = read_layer(path, name=path.name), "id"
    return {_plain(row.values[key]): row for row in rows}


def _plain(value: object) -> str:
    """A bus id as text; 101.0 is 101."""
    text = str(value).strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text
