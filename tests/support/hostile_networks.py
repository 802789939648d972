"""Network cases made to break a reader: MATPOWER, RTS-GMLC and PyPSA."""

from __future__ import annotations

import logging
import random
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from support.hostile_tables import bytes_changed, cells_changed, perhaps_bytes, picked

CASE = """function mpc = case3
%% a line and its ends
mpc.version = '2';
mpc.baseMVA = 100;
mpc.bus = [
 1 3 0 0 0 0 1 1 0 345 1 1.1 0.9;
 2 1 50 0 0 0 1 1 0 345 1 1.1 0.9;
 3 1 20 0 5 0 1 1 0 138 1 1.1 0.9;
];
mpc.gen = [
 1 0 0 0 0 1 100 1 200 0 0 0 0 0 0 0 0 0 0 0 0;
 3 0 0 0 0 1 100 1 90 10 0 0 0 0 0 0 0 0 0 0 0;
];
mpc.branch = [
 1 2 0 0.1 0 80 0 0 0 0 1 -360 360;
 2 3 0 0.2 0 0 0 0 1.02 3 1 -30 30;
 1 3 0.01 0.1 0 90 0 0 0 0 1 -360 360;
];
mpc.gencost = [
 2 0 0 3 0.01 10 0 0;
 1 0 0 2 0 0 100 2000;
];
mpc.bus_name = {
 'one';
 'it''s %2';
 'three';
};
"""
WORDS = (
    "", "0", "-1", "NaN", "Inf", "-Inf", "1e308", "1e-300", "1e999", "1_000", "1,5", "2.5", "9" * 400,
    "[", "]", "];", "...", "%{", "%}", "%", "'", "\"", "system('touch x')", "mpc.bus = load('/etc/passwd');",
    "\x1b[31m", "1:3", "ones(3)", "\u0661", "1i", "eye(1e9)",
    "mpc.dcline = [1 2 1 10 10 0 0 1 1 1 10 0 0 0 0 0 0];",
    "end", "function mpc = x", "mpc.version = '1';", "mpc.", "= 7;", "(", "{", "\0", "-0", "1d3", "0x10", "pi",
)  # fmt: skip
RTS = {
    "bus.csv": "Bus ID,Bus Name,BaseKV,Bus Type,MW Load,lat,lng\n"
    "101,One,138,Ref,0,33,-113\n102,Two,138,PQ,50,33,-112\n",
    "branch.csv": "UID,From Bus,To Bus,R,X,Cont Rating,Tr Ratio\nA1,101,102,0.01,0.1,80,0\n",
    "gen.csv": "GEN UID,Bus ID,PMax MW,PMin MW\n101_A,101,200,0\n",
}
PYPSA = {
    "buses.csv": "name,v_nom,x,y,carrier\nA,345,-77,40,AC\nB,345,-76,40,AC\n",
    "lines.csv": "name,bus0,bus1,x,s_nom\nAB,A,B,0.1,80\n",
    "generators.csv": "name,bus,p_nom\ng,A,200\n",
    "loads.csv": "name,bus,p_set\nd,B,50\n",
}


def _words(rng: random.Random, case: Path, folder: Path) -> list[str]:
    """The command that reads a case."""
    more = rng.choice(([], [], ["--n-1"], ["--dispatch"], ["--buses", "2"], ["--extra-mw", "5"]))
    return ["headroom", "network", str(case), "-o", str(folder / "out"), "--jobs", "1", *more]


def _matpower(rng: random.Random, folder: Path, url: str) -> list[str]:
    lines = CASE.split("\n")
    for _ in range(rng.choice((1, 1, 2, 5))):
        place = rng.randrange(len(lines))
        match rng.randrange(8):
            case 0:
                del lines[place]
            case 1:
                lines.insert(place, rng.choice(lines))
            case 2:
                lines.insert(place, rng.choice(WORDS))
            case 3:
                lines[place] = " ".join([lines[place], rng.choice(WORDS)])
            case _:
                words = lines[place].split(" ")
                words[rng.randrange(len(words))] = str(rng.choice((*WORDS, picked(rng, url))))
                lines[place] = " ".join(words)
        lines = lines or [""]
    raw = "\n".join(lines).encode("utf-8", "replace")
    (folder / "case.m").write_bytes(bytes_changed(rng, raw) if rng.random() < 0.2 else raw)
    return _words(rng, folder / "case.m", folder)


def _folder(files: dict[str, str], rng: random.Random, folder: Path, url: str) -> list[str]:
    made = folder / "case"
    made.mkdir()
    for name, text in files.items():
        if rng.random() < 0.97:
            raw = cells_changed(rng, text, url) if rng.random() < 0.5 else text.encode()
            (made / name).write_bytes(raw)
    return _words(rng, made, folder)


def _rts(rng: random.Random, folder: Path, url: str) -> list[str]:
    return _folder(RTS, rng, folder, url)


def _pypsa_folder(rng: random.Random, folder: Path, url: str) -> list[str]:
    return _folder(PYPSA, rng, folder, url)


@cache
def netcdf(is_classic: bool) -> bytes:
    """A PyPSA network of two buses."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as made:
        warnings.simplefilter("ignore")
        import pypsa

        pypsa.options.general.allow_network_requests = False
        logging.getLogger("pypsa").setLevel(logging.ERROR)
        network = pypsa.Network()
        network.set_snapshots(range(3))
        for bus, x in (("A", -77.0), ("B", -76.0)):
            network.add("Bus", bus, v_nom=345.0, x=x, y=40.0)
        network.add("Line", "AB", bus0="A", bus1="B", x=0.1, r=0.01, s_nom=80.0)
        network.add("Generator", "g", bus="A", p_nom=200.0, marginal_cost=10.0)
        network.add("Load", "d", bus="B", p_set=[50.0, 60.0, 40.0])
        path = Path(made) / "n.nc"
        network.export_to_netcdf(str(path))
        if is_classic:
            import xarray

            with xarray.open_dataset(path) as tables:
                tables.load().to_netcdf(Path(made) / "c.nc", format="NETCDF3_64BIT")
            path = Path(made) / "c.nc"
        return path.read_bytes()


def _structured(rng: random.Random, path: Path, url: str) -> None:
    """A netCDF file with a variable, attribute or dimension changed within its structure."""
    import netCDF4

    with netCDF4.Dataset(path, "a") as file:
        names = sorted(file.variables)
        name = rng.choice(names)
        match rng.randrange(6):
            case 0:
                file.renameVariable(name, f"{name}_x")
            case 1 if file.data_model == "NETCDF4":  # others write it out
                size = rng.choice((10**9, 2**31, 10**6))
                file.createDimension("huge", size)
                file.createVariable("buses_huge", "f8", ("huge",), zlib=True, fill_value=0.0)
            case 2:
                file.setncattr(rng.choice(("name", "pypsa_version", "crs", "meta")), "x" * 5000)
            case 3:
                value: Any = picked(rng, url)
                file.variables[name].setncattr(
                    "units", str(value).encode("utf-8", "replace").decode()
                )
            case 4:
                values = file.variables[name]
                if values.dtype != str and values.size:
                    values[...] = rng.choice((0, -1, 1e30, float("nan")))
            case _:
                file.createGroup("g").createDimension("d", 3)


def _pypsa(rng: random.Random, folder: Path, url: str) -> list[str]:
    path = folder / "n.nc"
    path.write_bytes(netcdf(rng.random() < 0.3))
    if rng.random() < 0.5:
        try:
            _structured(rng, path, url)
        except Exception:  # what the library cannot write is left as it was
            path.write_bytes(netcdf(False))
        raw = perhaps_bytes(rng, path.read_bytes())
    else:
        raw = bytes_changed(rng, path.read_bytes())
    path.write_bytes(raw)
    return _words(rng, path, folder)


NETWORKS: dict[str, Callable[[random.Random, Path, str], list[str]]] = {
    "matpower": _matpower, "rts": _rts, "pypsa-folder": _pypsa_folder, "pypsa": _pypsa,
}  # fmt: skip
