"""What is read in a process of its own: networks of PyPSA and GeoTIFF, within limits, asking for nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from siting.core.errors import InputError
from siting.layers import room
from siting.network.read import read_network
from siting.screening.raster import cells_above
from siting.screening.settings import LayerSettings
from support.hostile_networks import netcdf

netCDF4 = pytest.importorskip("netCDF4")
rasterio = pytest.importorskip("rasterio")
ALONE = """
import os, sys
asks = {"socket.connect", "socket.getaddrinfo", "urllib.Request", "socket.bind"}
sys.addaudithook(lambda event, given: os._exit(3) if event in asks else None)
"""
SLOPE = LayerSettings.model_validate({"role": "exclusion", "file": "slope.tif", "above": 0.5})


def test_a_network_is_read_without_asking_for_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyPSA asks for its newest release unless it is told not to."""
    (tmp_path / "sitecustomize.py").write_text(ALONE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    asks = [sys.executable, "-c", "import socket; socket.getaddrinfo('127.0.0.1', 80)"]
    assert subprocess.run(asks, check=False).returncode == 3
    (tmp_path / "n.nc").write_bytes(netcdf(False))
    assert read_network(tmp_path / "n.nc").buses.ids == ("A", "B")


@pytest.mark.parametrize("is_classic", [False, True])
def test_both_forms_of_netcdf_give_the_same_network(tmp_path: Path, is_classic: bool) -> None:
    """80 MW of line, 200 of generation, 60 of load in the hour with the most."""
    (tmp_path / "n.nc").write_bytes(netcdf(is_classic))
    network = read_network(tmp_path / "n.nc")
    assert list(network.buses.load_mw) == [0.0, 60.0]
    assert list(network.branches.rating_mw) == [80.0]
    assert list(network.generators.max_mw) == [200.0]
    assert network.generators.costs[0].linear == 10.0


@pytest.mark.parametrize("count", [60_000_000, 10**9, 2**40])
def test_small_netcdf_with_huge_tables_is_refused(tmp_path: Path, count: int) -> None:
    path = tmp_path / "n.nc"
    path.write_bytes(netcdf(False))
    with netCDF4.Dataset(path, "a") as file:
        file.createDimension("huge", count)
        # 60 million cells are less than the header may promise, and more than memory may hold
        file.createVariable("generators_t_p_max_pu", "f8", ("huge",), zlib=True, fill_value=0.0)
        file.createDimension("wide", count)
        file.createVariable("generators_t_p_min_pu", "f8", ("wide",), zlib=True, fill_value=0.0)
    assert path.stat().st_size < 2**20
    with pytest.raises(InputError):
        read_network(path)


def test_small_raster_of_countless_polygons_is_refused(tmp_path: Path) -> None:
    """A chessboard of 49 million cells; each black one is a polygon."""
    path, size = tmp_path / "slope.tif", 7000
    board = (np.indices((size, size)).sum(axis=0) % 2).astype("uint8")
    with rasterio.open(
        path, "w", driver="GTiff", width=size, height=size, count=1, dtype="uint8", compress="deflate",
        crs=rasterio.CRS.from_epsg(4326), transform=rasterio.Affine(1e-3, 0, -110, 0, -1e-3, 45),
    ) as raster:  # fmt: skip
        raster.write(board, 1)
    assert path.stat().st_size < 2**20
    with pytest.raises(InputError, match="more time or memory"):
        cells_above(path, path.name, SLOPE)


def test_what_a_raster_names_elsewhere_is_not_opened(tmp_path: Path) -> None:
    """A VRT under the name of a GeoTIFF, and one behind its first bytes."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    text = f'<VRTDataset rasterXSize="1" rasterYSize="1"><SourceFilename>{secret}</SourceFilename>'
    for head in (b"", b"II*\x00"):
        path = tmp_path / "slope.tif"
        path.write_bytes(head + text.encode())
        with pytest.raises(InputError):
            cells_above(path, path.name, SLOPE)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose reader waits for ever for a writer."""
    monkeypatch.setattr(room, "PATIENCE", 0.3)
    os.mkfifo(tmp_path / "t.parquet")
    asked = room.Asked(str(tmp_path / "t.parquet"), ".parquet")
    with pytest.raises(InputError, match="more time or memory"), room.reading(asked, "t.parquet"):
        pass


def test_limits_that_a_shell_has_set_lower_stay() -> None:
    """A batch system's limits are no fault of the file, and cannot be raised."""
    pytest.importorskip("resource")
    program = (
        "import resource as r; r.setrlimit(r.RLIMIT_CPU, (500, 500));"
        "r.setrlimit(r.RLIMIT_DATA, (2**33, 2**33));"
        "from siting.layers.room_main import limit;"
        "limit({'seconds': 1000, 'memory': 2**40, 'patience': 600, 'path': '.'});"
        "print(r.getrlimit(r.RLIMIT_CPU), r.getrlimit(r.RLIMIT_DATA), r.getrlimit(r.RLIMIT_FSIZE))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "(500, 500) (8589934592, 8589934592) (0, 0)", found.stderr
