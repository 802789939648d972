"""The same bytes whatever the order of features and the number of threads; the command; the map."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from siting.cli.main import main
from siting.screening.picture import write_picture
from siting.screening.run import Screened
from siting.screening.write import write_screened
from support.lands import rectangle, screened, settings_of, track, write_layer

HOSTILE = ["<img src=x onerror=alert(1)>", '=HYPERLINK("http://x")', "$x$"]
LAYERS: dict[str, Any] = {
    "land": {"role": "land", "file": "land.geojson"},
    "parks": {"role": "exclusion", "file": "parks.geojson", "buffer_km": 0.2},
    "lines": {"role": "lines", "file": "lines.geojson"},
    "centers": {"role": "datacenters", "file": "centers.geojson"},
}
SETTINGS: dict[str, Any] = {
    "campus": {"min_acres": 200, "max_acres": 1500, "min_width_km": 0.3},
    "limits": {"max_line_km": 12},
    "zone_by_state": {"AZ": "AZPS"},
    "reduction": {"max_sites": 2},
    "title": "$x$ <b> \\frac{",
}


def make(folder: Path, seed: int) -> None:
    """Forty ragged parcels of two agencies, some broken, with lines and parks; features shuffled."""
    draw = random.Random(7)
    shapes, owners = [], []
    for n in range(40):
        x, y = draw.uniform(0, 40), draw.uniform(0, 30)
        shapes.append(rectangle(x, y, x + draw.uniform(0.5, 6), y + draw.uniform(0.5, 6)))
        owners.append(("DOE", "BLM", "NPS")[n % 3])
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    shapes.append(
        shapely.affinity.translate(shapely.affinity.scale(bow, 900, 900), -1.39e6, 1.59e6)
    )
    owners.append("BLM")
    order = list(range(len(shapes)))
    random.Random(seed).shuffle(order)
    write_layer(
        folder / "land.geojson", [shapes[i] for i in order], agency=[owners[i] for i in order]
    )
    short = {
        "type": "Feature",
        "properties": {"agency": "DOE"},
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
    }
    land = json.loads((folder / "land.geojson").read_text(encoding="utf-8"))
    land["features"][seed % 5 : seed % 5] = [short, short]
    (folder / "land.geojson").write_text(json.dumps(land), encoding="utf-8")
    turn = 1 if seed % 2 else -1
    parks = [rectangle(8, 8, 10, 20), rectangle(20, 3, 21, 9)]
    write_layer(folder / "parks.geojson", parks[::turn], name=HOSTILE[:2][::turn])
    lines = [track((0, 5), (20, 6), (40, 3)), track((0, 25), (45, 22)), track((15, 0), (16, 40))]
    kv = [345.0, 500.0, 230.0]
    write_layer(folder / "lines.geojson", lines[::turn], kv=kv[::turn])
    points = [shape.centroid for shape in shapes[:3]]
    write_layer(folder / "centers.geojson", points, name=HOSTILE)


def run(folder: Path, seed: int, threads: int) -> tuple[Screened, bytes]:
    """Screen shuffled layers; the result and its bytes."""
    folder.mkdir(exist_ok=True)
    make(folder, seed)
    found = screened(folder, LAYERS, threads=threads, **SETTINGS)
    write_screened(found, folder / "out.gpkg")
    return found, (folder / "out.gpkg").read_bytes()


def test_order_and_threads_change_no_byte(tmp_path: Path) -> None:
    found, first = run(tmp_path / "a", 1, 1)
    assert len(found.candidates) > 5 and found.dropped and found.refused and len(found.lost) == 2
    assert run(tmp_path / "b", 2, 1)[1] == first
    assert run(tmp_path / "c", 3, 3)[1] == first
    assert run(tmp_path / "c", 3, 3)[1] == first


def test_every_acre_and_every_feature_is_in_the_file(tmp_path: Path) -> None:
    run(tmp_path, 1, 2)
    layers = {
        n: geopandas.read_file(tmp_path / "out.gpkg", layer=n)
        for n in ("candidates", "rejected", "ledger", "nodes", "repaired", "layers")
    }
    total = layers["candidates"]["buildable_acres"].sum() + layers["rejected"]["acres"].sum()
    twice = layers["ledger"]["drawn_twice_acres"].sum()
    assert total + twice == pytest.approx(layers["ledger"]["read_acres"].sum(), rel=1e-6)
    lost = layers["rejected"][layers["rejected"]["reason"].str.startswith("degenerate")]
    assert len(lost) == 2 and lost["id"].is_unique
    assert list(layers["repaired"]["layer"]) == ["land"]
    assert set(layers["candidates"]["node"]) == set(layers["nodes"]["id"])
    dominated = layers["rejected"][layers["rejected"]["reason"] == "dominated"]
    assert len(dominated) and (dominated["proof"].str.len() > 100).all()
    assert set(";".join(dominated["dominated_by"]).split(";")) <= set(layers["candidates"]["id"])
    assert layers["candidates"].is_valid.all() and layers["candidates"].crs.to_epsg() == 4326


def test_the_picture_is_the_same_twice(tmp_path: Path) -> None:
    found, _ = run(tmp_path, 1, 1)
    for name in ("a.png", "b.png"):
        write_picture(found, tmp_path / name)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png"))
    assert first == second and first.startswith(b"\x89PNG") and len(first) > 20_000


def command(*arguments: str) -> int:
    """Exit code of the command line."""
    with pytest.raises(SystemExit) as caught:
        main(["screen", *arguments])
    return int(str(caught.value.code))


def write_settings(folder: Path, **changes: Any) -> Path:
    """The settings as a file."""
    data = settings_of(LAYERS, **{**SETTINGS, **changes}).model_dump(mode="json", exclude_none=True)
    path = folder / "screening.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_the_command_writes_all_three_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, 1)
    names = [str(tmp_path / n) for n in ("c.gpkg", "m.png", "plan.yaml")]
    settings = str(write_settings(tmp_path))
    code = command(settings, "-o", names[0], "--map", names[1], "--scenario", names[2], "--json")
    shown = json.loads(capsys.readouterr().out)
    assert code == 0 and shown["written"] == names and shown["candidates"] > 5
    assert sorted(p.name for p in tmp_path.glob(".*")) == []
    text = (tmp_path / "plan.yaml").read_text(encoding="utf-8")
    assert "max_sites: 2" in text and 'file: "c.gpkg"' in text
    assert command(settings, "-o", names[0]) == 0
    out = capsys.readouterr()
    assert "candidates in" in out.out and "cutting campuses" in out.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "c.csv"], "not a .gpkg file"),
        (["-o", "none/c.gpkg"], "in a folder that does not exist"),
        (["-o", "c.gpkg", "--map", "m.jpg"], "not a .png file"),
        (["-o", "c.gpkg", "--folder", "elsewhere"], "no file 'land.geojson'"),
    ],
)
def test_wrong_arguments_write_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path, 1)
    settings = write_settings(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert command(str(settings), *arguments) == 2
    assert words in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def test_a_mistake_in_the_file_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("schema_version: 1\nname: x\nagencies: {BLM: {}}\ncampus: {min_acre: 5}\n")
    assert command(str(path), "-o", str(tmp_path / "c.gpkg")) == 2
    assert "s.yaml:4:" in capsys.readouterr().err
