"""Small inputs of the commands that are killed, two of each, whose outputs differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from siting.outputs.write import write_plan
from support.engine import plan_of, toy, write_scenario
from support.futures import banks_and_queue, with_futures
from support.hostile_series import QUEUE
from support.lands import land, rectangle, track, write_layer
from support.sweeps import factor, write_study

VARIANTS = ("a", "b")
BUSES = 30
"""More than one group of buses, so that two processes work."""


def make_inputs(folder: Path) -> None:
    """Write the inputs of all commands."""
    folder.mkdir()
    land(folder / "land.gpkg", [rectangle(0, 0, 3, 3), rectangle(8, 0, 10, 3)])
    write_layer(folder / "lines.gpkg", [track((-2, 4), (12, 4))], voltage=[345.0])
    for number, one in enumerate(VARIANTS):
        scenario = toy()
        scenario["components"]["energy"]["pue"] = 1.0 + 0.25 * number
        write_scenario(scenario, folder / f"toy-{one}.json")
        write_plan(plan_of(scenario), folder / f"plan-{one}")
        _futures(folder / f"hedge-{one}.json", number)
        _study(folder / f"study-{one}", number)
        _screening(folder / f"screening-{one}.yaml", number)
        _network(folder / f"network-{one}.m", number)
        _loads(folder / f"loads-{one}.csv", number)
        (folder / f"queue-{one}.csv").write_text(
            QUEUE.replace(",100,", f",{100 + number},"), encoding="utf-8"
        )


def _futures(path: Path, number: int) -> None:
    """The toy with four futures."""
    scenario = with_futures(banks_and_queue("2027-07"), has_units=False)
    scenario["components"]["energy"]["pue"] = 1.0 + 0.25 * number
    write_scenario(scenario, path)


def _study(folder: Path, number: int) -> None:
    """Three runs of the toy."""
    cheap = factor("zones.cheap.energy_usd_per_mwh", 5, 80 + number, 20)
    write_study(folder, {"cheap": cheap}, {"kind": "grid", "points": 3})


def _screening(path: Path, number: int) -> None:
    """A screening of two pieces of land; the second is too small for variant b."""
    layers = {
        "land": {"role": "land", "file": "land.gpkg"},
        "lines": {"role": "lines", "file": "lines.gpkg"},
    }
    settings = {
        "schema_version": 1,
        "name": f"made-{number}",
        "agencies": {"BLM": {}},
        "layers": layers,
        "campus": {"min_acres": 100 + 1600 * number, "max_acres": 100_000},
    }
    path.write_text(json.dumps(settings), encoding="utf-8")


def _network(path: Path, number: int) -> None:
    """A ring of buses with generation at the first."""
    rows = {
        "bus": [
            f"{i} {3 if i == 1 else 1} {10 + number} 0 0 0 1 1 0 345 1 1.1 0.9"
            for i in range(1, BUSES + 1)
        ],
        "gen": ["1 0 0 0 0 1 100 1 2000 0" + " 0" * 11],
        "branch": [
            f"{i} {i % BUSES + 1} 0 0.1 0 {900 + i} 0 0 0 0 1 -360 360" for i in range(1, BUSES + 1)
        ],
    }
    lines = ["function mpc = case", "mpc.version = '2';", "mpc.baseMVA = 100;"]
    for name, cells in rows.items():
        lines += [f"mpc.{name} = [", *(f"{row};" for row in cells), "];"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _loads(path: Path, number: int) -> None:
    """A year of hours."""
    from datetime import datetime, timedelta

    start = datetime(2023, 1, 1)
    lines = ["zone,time,load_mw"]
    for hour in range(8760):
        load = 1000 + number + 200 * (hour % 24 in range(14, 20)) + (hour // 24 * 7) % 60
        lines.append(f"A,{start + timedelta(hours=hour):%Y-%m-%dT%H:%M},{load}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _out(folder: Path) -> list[str]:
    return ["-o", str(folder / "out")]


INPUTS: dict[str, Callable[[Path, str, Path], list[str]]] = {
    "solve": lambda made, one, place: ["solve", str(made / f"toy-{one}.json"), *_out(place)],
    "compare": lambda made, one, place: [
        "compare", str(made / f"toy-{one}.json"), *_out(place),
        "--strategies", "build_now,wait_until", "--threads", "2",
    ],
    "screen": lambda made, one, place: [
        "screen", str(made / f"screening-{one}.yaml"), "-o", str(place / "out.gpkg"),
        "--map", str(place / "out.png"), "--scenario", str(place / "out.yaml"),
    ],
    "network": lambda made, one, place: [
        "headroom", "network", str(made / f"network-{one}.m"), *_out(place), "--n-1", "--jobs", "2",
    ],
    "hedge": lambda made, one, place: [
        "hedge", str(made / f"hedge-{one}.json"), *_out(place), "--threads", "2",
    ],
    "sweep": lambda made, one, place: [
        "sweep", str(made / f"study-{one}" / "study.json"), *_out(place), "--jobs", "2",
    ],
    "replan": lambda made, one, place: [
        "replan", str(made / f"plan-{one}"), "--as-of", "2027-10", *_out(place),
    ],
    "loads": lambda made, one, place: [
        "headroom", "loads", str(made / f"loads-{one}.csv"), *_out(place),
    ],
    "queue": lambda made, one, place: [
        "headroom", "queue", str(made / f"queue-{one}.csv"), "--zone", "Z", *_out(place),
    ],
}  # fmt: skip
"""Command lines by name: of the folder of inputs, a variant, and the place that is written."""
