"""Instances of any size: candidates of the national screening, and seeded variations of them beyond.

Candidates and points of interconnection come from ``siting screen models/screening/conus.yaml``. Of
its 2,900 candidates a seeded draw is taken; beyond that, drawn candidates are repeated with acres,
gen-tie and the capacity of a point of their own varied by seeded factors. Everything else is the
scenario that ``siting screen --scenario`` writes, over 36 periods.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "out" / "bench"
SEED = 1
SITE_COLUMNS = [
    "id", "name", "agency", "state", "zone", "node", "buildable_acres", "total_acres", "poi_kv",
    "gen_tie_km", "action", "review_path", "longitude", "latitude", "estimated", "source", "confidence",
]  # fmt: skip
NODE_COLUMNS = [
    "id", "name", "zone", "poi_kv", "capacity_mw", "longitude", "latitude", "estimated", "source",
    "confidence",
]  # fmt: skip
ACRES_SPREAD, TIE_SPREAD, CAPACITY_SPREAD = 0.3, 0.5, 0.2
"""Standard deviation of the logarithm of the factors."""
LEAST_ACRES, MOST_ACRES = 640, 10_000
SCENARIO = """extends: "builtin:models/{base}"
name: bench-{count}
sites: {{file: {stem}-sites.csv, id_column: id}}
nodes: {{file: {stem}-nodes.csv, id_column: id}}
solver: {{gap_frac: 0.01, time_limit_seconds: 1200, threads: 2, seed: 1}}
horizon:
  start: 2027-01
  steps:
    - {{until: 2032-01, step: quarter}}
    - {{until: 2036-01, step: half_year}}
    - {{until: 2044-01, step: year}}
"""
ZONE_UPGRADES = """components:
  headroom:
    # Upgrades of the built-in nodes do not concern screened ones; regional lines of a zone do.
    upgrades: {file: "builtin:data/geo/upgrades.csv", id_column: upgrade_id, where: {node: [""]}}
"""
SCREENED = "libraries/screened.yaml"
FLAGSHIP = "federal-2035.yaml"
"""Scenarios that an instance takes its families from."""


def write_instance(count: int, base: str = SCREENED) -> Path:
    """Write the scenario of a number of sites, its sites and its points; the screening runs once."""
    candidates = screened()
    columns = pd.DataFrame(gpd.read_file(candidates, layer="candidates"))[SITE_COLUMNS]
    points = pd.DataFrame(gpd.read_file(candidates, layer="nodes"))[NODE_COLUMNS]
    known = columns.sort_values("id").reset_index(drop=True)
    draw = np.random.default_rng(SEED)
    sites = known.iloc[np.sort(draw.permutation(len(known))[:count])]
    nodes = points[points["id"].isin(sites["node"])]
    if count > len(known):
        more, their = _varied(known, points, count - len(known), draw)
        sites, nodes = pd.concat([sites, more]), pd.concat([nodes, their])
    stem = f"{Path(base).stem}-{count}"
    sites.to_csv(FOLDER / f"{stem}-sites.csv", index=False)
    nodes.to_csv(FOLDER / f"{stem}-nodes.csv", index=False)
    text = SCENARIO.format(base=base, count=count, stem=stem)
    path = FOLDER / f"{stem}.yaml"
    path.write_text(text + (ZONE_UPGRADES if base == FLAGSHIP else ""), encoding="utf-8")
    return path


def screened() -> Path:
    """The candidates of the national screening."""
    path = FOLDER / "conus.gpkg"
    if not path.is_file():
        FOLDER.mkdir(parents=True, exist_ok=True)
        settings = ROOT / "models" / "screening" / "conus.yaml"
        command = [sys.executable, "-m", "siting.cli", "screen", str(settings), "-o", str(path)]
        # the layers lie beside the project
        subprocess.run([*command, "--allow-outside"], check=True)
    return path


def _varied(
    known: pd.DataFrame, points: pd.DataFrame, count: int, draw: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """More sites like those known, at points of their own."""
    sites = known.iloc[np.sort(draw.choice(len(known), count))].reset_index(drop=True).copy()
    acres = sites["buildable_acres"] * draw.lognormal(0, ACRES_SPREAD, count)
    sites["buildable_acres"] = acres.clip(LEAST_ACRES, MOST_ACRES).round(1)
    sites["total_acres"] = sites["buildable_acres"]
    sites["gen_tie_km"] = (sites["gen_tie_km"] * draw.lognormal(0, TIE_SPREAD, count)).round(3)
    nodes = points[points["id"].isin(sites["node"])].copy()
    capacity = nodes["capacity_mw"] * draw.lognormal(0, CAPACITY_SPREAD, len(nodes))
    nodes["capacity_mw"] = capacity.round(0)
    nodes["id"] = "VAR-" + nodes["id"]
    sites["node"] = "VAR-" + sites["node"]
    sites["id"] = [f"VAR-{n:04d}-{name}" for n, name in enumerate(sites["id"])]
    return sites, nodes
