"""Plan folders and screenings made to break what reads them."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from siting.outputs.registry import outputs
from siting.outputs.write import write_outputs
from support.engine import plan_of, toy
from support.hostile_tables import TABLES, bytes_changed, picked, several
from support.tampering import KINDS, OUTPUTS, WEIGHTS, seal_anew


@cache
def _plan() -> dict[str, bytes]:
    """Files of a plan; its maps and reports are left empty, so that copies are quick."""
    with tempfile.TemporaryDirectory() as made:
        folder, plan = Path(made), plan_of(toy())
        for name in OUTPUTS:
            (folder / name).write_text("{}", encoding="utf-8")
        write_outputs(plan, folder, (output for output in outputs() if output.is_source))
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def _audit(rng: random.Random, folder: Path, url: str) -> list[str]:
    """A plan with a cell, row, column, key or file changed, perhaps sealed anew."""
    target = folder / "plan"
    (target / "tables").mkdir(parents=True)
    for name, content in _plan().items():
        (target / name).write_bytes(content)
    for _ in range(rng.choice((1, 1, 2))):
        match rng.randrange(4):
            case 0:
                name = rng.choice(sorted(_plan()))
                if (target / name).is_file() and not (target / name).is_symlink():
                    raw = (target / name).read_bytes()
                    (target / name).write_bytes(bytes_changed(rng, raw))
            case 1:
                name = rng.choice(("plan.json", "scenario.json"))
                data = several(rng, json.loads(_plan()[name]), url)
                if not (target / name).is_dir():
                    (target / name).unlink(missing_ok=True)
                    (target / name).write_text(json.dumps(data), encoding="utf-8")
            case _:
                try:
                    rng.choices(KINDS, WEIGHTS)[0](target, rng)
                except (OSError, ValueError, LookupError, TypeError):
                    continue  # an earlier change has left nothing of it
    if rng.random() < 0.5:
        seal_anew(target)
    return rng.choice(
        (
            ["audit", str(target)],
            ["audit", str(target), "--strict"],
            ["audit", str(target), "--json"],
            ["explain", str(target), rng.choice(("near", "far", str(picked(rng, "x"))[:50]))],
            ["export", str(target), "-o", str(folder / "out")],
        )
    )


LAYERS = {"geojson": "t.geojson", "gpkg": "t.gpkg", "shapefile": "t.zip", "parquet": "t.parquet"}


def _screen(rng: random.Random, folder: Path, url: str) -> list[str]:
    """A layer of any format, or the settings, changed; read as land of a screening."""
    kind = rng.choice(("geojson", "gpkg"))
    TABLES[kind](rng, folder, url)
    found = [path for path in sorted(folder.iterdir()) if path.name.startswith("t.")]
    settings = {
        "schema_version": 1,
        "name": "made",
        "agencies": {"BLM": {}},
        "layers": {
            "land": {
                "role": rng.choice(("land", "land", "exclusion", "zones", "lines")),
                "file": found[0].name,
                "values": {"agency": "BLM"},
            },
        },
        "campus": {"min_acres": 100, "max_acres": 100_000},
    }
    if rng.random() < 0.3:
        settings = several(rng, settings, url)
    (folder / "s.yaml").write_text(json.dumps(settings), encoding="utf-8")
    return ["screen", str(folder / "s.yaml"), "-o", str(folder / "out.gpkg"), "--threads", "1"]


def _raster(rng: random.Random, folder: Path, url: str) -> list[str]:
    """A raster of slopes with bytes changed."""
    raw = _geotiff()
    (folder / "slope.tif").write_bytes(bytes_changed(rng, raw))
    settings = {
        "schema_version": 1,
        "name": "made",
        "agencies": {"BLM": {}},
        "layers": {
            "land": {"role": "land", "file": "land.geojson", "values": {"agency": "BLM"}},
            "slope": {"role": "exclusion", "file": "slope.tif", "above": 10},
        },
        "campus": {"min_acres": 100, "max_acres": 100_000},
    }
    shape = {"type": "Polygon", "coordinates": [[[-77, 40], [-76.9, 40], [-76.9, 40.1], [-77, 40]]]}
    feature = {"type": "Feature", "properties": {"id": "a"}, "geometry": shape}
    land = {"type": "FeatureCollection", "features": [feature]}
    (folder / "land.geojson").write_text(json.dumps(land), encoding="utf-8")
    (folder / "s.yaml").write_text(json.dumps(settings), encoding="utf-8")
    return ["screen", str(folder / "s.yaml"), "-o", str(folder / "out.gpkg"), "--threads", "1"]


@cache
def _geotiff() -> bytes:
    import numpy as np
    import rasterio
    from rasterio.io import MemoryFile
    from rasterio.transform import from_origin

    place = from_origin(-77.05, 40.15, 0.01, 0.01)
    with MemoryFile() as file:
        with file.open(
            driver="GTiff", width=20, height=20, count=1, dtype="uint8", crs=rasterio.CRS.from_epsg(4326),
            transform=place, compress="deflate",
        ) as raster:  # fmt: skip
            raster.write(np.arange(400, dtype="uint8").reshape(1, 20, 20) % 20)
        return bytes(file.read())


PLANS: dict[str, Callable[[random.Random, Path, str], list[str]]] = {
    "plan": _audit, "screen": _screen, "raster": _raster,
}  # fmt: skip
