"""Static pictures: marks counted against the tables, places against arithmetic, the same bytes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from math import atanh, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from outputs.sample import CHOSEN, full_plan, it_mw, with_rows
from siting.cli.main import main
from siting.core.errors import InputError
from siting.core.plan import Plan
from siting.core.table import Row, Table
from siting.outputs.pictures.canvas import MISSING, drawable, style
from siting.outputs.pictures.plan_map import drawn_at, plan_figure, write_plan_map
from siting.outputs.pictures.strategies import strategy_figure, write_strategy_chart
from siting.outputs.report.geometry import project
from siting.outputs.report.palette import LIGHT

KINDS = ("png", "svg", "pdf")


def figure_of(plan: Plan, at: date | None = None) -> Figure:
    """The map of a plan."""
    with style():
        return plan_figure(drawn_at(plan, at))


def marks(figure: Figure, prefix: str) -> int:
    """Marks drawn under names that begin so."""
    groups = [c for c in figure.axes[0].collections if str(c.get_gid()).startswith(prefix)]
    return sum(len(np.asarray(group.get_offsets())) for group in groups)


def words(figure: Figure, gid: str) -> str:
    """Text under a name."""
    return next(text.get_text() for text in figure.texts if text.get_gid() == gid)


def energised(plan: Plan, start: date) -> dict[str, float]:
    """Load of each site in a period, read from the service table."""
    load: dict[str, float] = {}
    for row in plan.tables["service"]:
        if row["period_start"] == start:
            load[str(row["site"])] = load.get(str(row["site"]), 0.0) + float(str(row["it_mw"]))
    return {site: mw for site, mw in load.items() if mw > 0}


def snyder_albers(longitude: float, latitude: float) -> tuple[float, float]:
    """Albers equal-area on GRS 80 by Snyder's formulas (USGS 1395, pages 98-103), in km."""
    a, f = 6378.137, 1 / 298.257222101
    e = sqrt(2 * f - f * f)

    def q(phi: float) -> float:
        s = sin(phi)
        return (1 - e**2) * (s / (1 - (e * s) ** 2) + atanh(e * s) / e)

    def m(phi: float) -> float:
        return cos(phi) / sqrt(1 - (e * sin(phi)) ** 2)

    one, two, origin, centre = radians(29.5), radians(45.5), radians(23.0), radians(-96.0)
    n = (m(one) ** 2 - m(two) ** 2) / (q(two) - q(one))
    c = m(one) ** 2 + n * q(one)

    def rho(phi: float) -> float:
        return a * sqrt(c - n * q(phi)) / n

    theta = n * (radians(longitude) - centre)
    own = rho(radians(latitude))
    return own * sin(theta), rho(origin) - own * cos(theta)


@pytest.mark.parametrize("place", [(-115.2, 36.1), (-76.7, 40.2), (-96.0, 23.0)])
def test_places_follow_the_formulas_of_the_projection(place: tuple[float, float]) -> None:
    assert project(*place) == pytest.approx(snyder_albers(*place), abs=1e-3)


def test_every_row_of_the_tables_is_a_mark() -> None:
    plan = full_plan()
    figure = figure_of(plan)
    chosen = [row for row in plan.tables["sites"] if row["is_chosen"]]
    assert marks(figure, "rings-") == len(chosen) == CHOSEN
    assert marks(figure, "candidates") == len(plan.tables["sites"]) - CHOSEN
    last = max(str(row["period_start"]) for row in plan.tables["timeline"])
    assert marks(figure, "energised-") == len(energised(plan, date.fromisoformat(last)))


def test_a_date_shows_what_is_energised_then() -> None:
    plan = full_plan()
    late = {f"SITE-{number:02d}" for number in range(4, CHOSEN)}
    kept = [
        row
        for row in plan.tables["service"]
        if row["site"] not in late or str(row["period_start"]) >= "2030"
    ]
    plan = with_rows(plan, "service", kept)
    starts = sorted({str(row["period_start"]) for row in plan.tables["timeline"]})
    seen = set()
    for text in starts:
        start = date.fromisoformat(text)
        figure = figure_of(plan, start)
        load = energised(plan, start)
        seen.add(len(load))
        assert marks(figure, "energised-") == len(load)
        served = sum(
            float(str(row["served_mw"]))
            for row in plan.tables["timeline"]
            if row["period_start"] == start
        )
        assert words(figure, "state").startswith(f"{served:,.0f} of ")
        assert f"at {len(load)} site" in words(figure, "state")
    assert seen == {4, CHOSEN}


def test_area_of_a_mark_grows_with_the_load() -> None:
    figure = figure_of(full_plan())
    groups = [c for c in figure.axes[0].collections if str(c.get_gid()).startswith("rings-")]
    sizes = sorted(float(size) for group in groups for size in group.get_sizes())  # type: ignore[attr-defined]
    expected = sorted((4.0 + 0.45 * sqrt(it_mw(number))) ** 2 for number in range(CHOSEN))
    assert sizes == pytest.approx(expected)


def test_alaska_is_drawn_only_where_something_stands() -> None:
    plan = full_plan()
    assert drawn_at(plan, None).has_alaska
    sites = plan.tables["sites"]
    south = Table(sites.columns, tuple(row for row in sites if row["site"] != "SITE-19"))
    without = replace(plan, tables={**plan.tables, "sites": south})
    assert not drawn_at(without, None).has_alaska
    texts = [text.get_gid() for text in figure_of(without).axes[0].texts]
    assert "alaska" not in texts


def test_a_plant_shows_on_an_upgrade_at_its_place() -> None:
    """Counting marks says nothing of what covers what: look at the pixels around the place."""
    plan = full_plan()
    place = plan.places["PLANT-1"]
    upgrades = [{**row, "node": "PLANT-1", "zone": ""} for row in plan.tables["upgrades"]]
    figure = figure_of(with_rows(plan, "upgrades", upgrades[:1]))
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)
    point = project(float(str(place["longitude"])), float(str(place["latitude"])))
    x, y = figure.axes[0].transData.transform(point)
    row, column = pixels.shape[0] - round(y), round(x)
    around = pixels[row - 10 : row + 11, column - 10 : column + 11].reshape(-1, 3)

    def shown(colour: str) -> int:
        wanted = [int(LIGHT[colour][i : i + 2], 16) for i in (1, 3, 5)]
        return int((np.abs(around - wanted).max(axis=1) < 40).sum())

    assert shown("teal") >= 12
    assert shown("ink") >= 12


def test_labels_meet_neither_each_other_nor_the_edge() -> None:
    figure = figure_of(full_plan())
    axes = figure.axes[0]
    boxes = [text.get_window_extent() for text in axes.texts if text.get_gid() == "label"]
    assert len(boxes) >= 5
    edge = axes.get_window_extent()
    for place, box in enumerate(boxes):
        assert not box.count_overlaps(boxes[:place])
        assert edge.x0 <= box.x0 and box.x1 <= edge.x1


def test_labels_cover_no_plant() -> None:
    """A plant just right of a site, where its label would stand."""
    plan = full_plan()
    site = plan.places["SITE-10"]
    beside = {"longitude": float(str(site["longitude"])) + 1.5, "latitude": site["latitude"]}
    moved = replace(plan, places={**plan.places, "PLANT-1": {**plan.places["PLANT-1"], **beside}})
    figure = figure_of(moved)
    axes = figure.axes[0]
    place = float(str(beside["longitude"])), float(str(beside["latitude"]))
    point = axes.transData.transform(project(*place))
    boxes = [text.get_window_extent() for text in axes.texts if text.get_gid() == "label"]
    assert boxes
    assert not any(box.contains(*point) for box in boxes)


@pytest.mark.parametrize("kind", KINDS)
def test_same_plan_same_bytes(kind: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_plan_map(full_plan(), tmp_path / name, kind, date(2031, 2, 1))
    first, second = ((tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind]
    assert first.startswith(start)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    write_plan_map(full_plan(), tmp_path / "map.svg", "svg")
    root = ElementTree.parse(tmp_path / "map.svg").getroot()
    texts = {"".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")}
    for shown in (
        "<img src=x onerror=alert(1)>",
        '=HYPERLINK("http://example.in…',
        "@cmd",
        "'quoted",
    ):
        assert shown in texts
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert not list(root.iter("{http://www.w3.org/2000/svg}image"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("北京 site", f"{MISSING}{MISSING} site"),
        ("a\x1b[31mred\n two", f"a{MISSING}[31mred two"),
        ("$x$ & <b>", "$x$ & <b>"),
        ("y" * 50, "y" * 29 + "…"),
        ("Ærø", "Ærø"),
    ],
)
def test_what_cannot_be_drawn_is_a_box(name: str, shown: str) -> None:
    assert drawable(name, 30) == shown


@pytest.mark.parametrize("at", [date(2026, 12, 31), date(2033, 1, 1)])
def test_a_date_outside_the_horizon_is_refused(at: date) -> None:
    with pytest.raises(InputError, match="from 2027-01-01 to before 2033-01-01"):
        drawn_at(full_plan(), at)


def study_tables() -> dict[str, Table]:
    """Two strategies over two periods; the second serves less and costs 3 to 5 M USD more."""
    strategies: list[Row] = [
        {
            "strategy": "optimal",
            "cost_usd": 10e6,
            "cost_increase_lower_usd": 0.0,
            "cost_increase_upper_usd": 1e6,
        },
        {
            "strategy": "$wait$",
            "cost_usd": 14e6,
            "cost_increase_lower_usd": 3e6,
            "cost_increase_upper_usd": 5e6,
        },
        {
            "strategy": "no",
            "cost_usd": None,
            "cost_increase_lower_usd": None,
            "cost_increase_upper_usd": None,
        },
    ]
    timeline: list[Row] = [
        {
            "strategy": name,
            "period_start": date(2027, 1, 1) if first else date(2028, 1, 1),
            "period_end": date(2028, 1, 1) if first else date(2030, 1, 1),
            "workload": "all",
            "target_mw": 1000.0,
            "served_mw": mw,
        }
        for name, first, mw in (
            ("optimal", True, 500.0),
            ("optimal", False, 1000.0),
            ("$wait$", True, 0.0),
            ("$wait$", False, 1000.0),
        )
    ]
    return {
        "strategies": Table.of(strategies[0], strategies),
        "timeline": Table.of(timeline[0], timeline),
    }


def test_the_chart_of_strategies_shows_the_tables() -> None:
    tables = study_tables()
    with style():
        figure = strategy_figure(tables, tables["strategies"].rows[:2], "A title")
    served, extra = figure.axes
    curves = {line.get_gid(): list(np.asarray(line.get_ydata())) for line in served.lines}
    assert curves["served-0"] == [0.5, 1.0, 1.0]
    assert curves["served-1"] == [0.0, 1.0, 1.0]
    interval = next(line for line in extra.lines if line.get_gid() == "extra-1")
    assert list(np.asarray(interval.get_xdata())) == [3.0, 5.0]
    assert [label.get_text() for label in extra.get_yticklabels()] == ["$wait$"]


@pytest.mark.parametrize("kind", KINDS)
def test_same_study_same_bytes(kind: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_strategy_chart(study_tables(), "A title", tmp_path / name, kind)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy, solved."""
    folder = tmp_path_factory.mktemp("toy") / "out"
    assert run(["solve", "models/toy.yaml", "-o", str(folder)]) == 0
    return folder


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as done:
        main(arguments)
    return int(str(done.value.code))


def test_map_command(solved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", str(solved), "--date", "2028-07", "--json"]) == 0
    path = Path(json.loads(capsys.readouterr().out)["picture"])
    assert path == solved / "map.png" and path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--date", "2040-01"], "outside the horizon"),
        (["--date", "soon"], "is not a date"),
        (["-o", "/nowhere/at/all.png"], "cannot be written"),
        (["--format", "bmp"], "bmp"),
        (["--format", "pdf", "-o", "map.svg"], "a name that ends in .pdf"),
        (["-o", "map.gif"], "one of .png, .svg, .pdf"),
    ],
)
def test_wrong_input_is_said_in_words(
    arguments: list[str], said: str, solved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["map", str(solved), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_the_name_of_the_file_says_its_format(solved: Path, tmp_path: Path) -> None:
    assert run(["map", str(solved), "-o", str(tmp_path / "map.svg")]) == 0
    assert (tmp_path / "map.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("name", ["plan.json", "scenario.json", "tables/sites.csv"])
def test_a_file_that_is_no_text_is_said(
    name: str, solved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(solved, tmp_path / "copy")
    (folder / name).write_bytes(b"\xff\xfe")
    assert run(["map", str(folder)]) == 2
    assert "no UTF-8" in capsys.readouterr().err


def test_a_folder_that_is_no_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", str(tmp_path)]) == 2
    assert "a folder written by 'siting solve'" in capsys.readouterr().err
