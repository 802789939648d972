"""Plans and comparisons in a notebook: numbers against the tables, hostile names, the example."""

from __future__ import annotations

import json
import runpy
from datetime import date
from html.parser import HTMLParser
from math import sqrt
from pathlib import Path
from typing import Any

import pandas
import plotly.graph_objects
import pytest

import siting
from outputs.sample import CHOSEN, FORMULA, SCRIPT, full_plan, it_mw, position, site_name
from siting.core.audit import number
from siting.core.errors import InputError
from siting.outputs.notebook.plan import Plan, shown
from siting.outputs.write import write_plan
from support.engine import BUILTIN

EXAMPLE = BUILTIN / "models" / "examples" / "build_or_wait.py"


class Texts(HTMLParser):
    """Tags of a page and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Keep the tag."""
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.texts.append(data)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The sample plan as users get it."""
    return shown(full_plan())


@pytest.fixture(scope="module")
def study() -> siting.Comparison:
    """The toy, now or later."""
    toy = siting.load(BUILTIN / "models" / "toy.yaml")
    return siting.compare(toy, ["build_now", "wait_until"])


def test_html_shows_the_sites_and_no_name_is_markup(plan: Plan) -> None:
    page = Texts(plan._repr_html_())
    assert set(page.tags) <= {"div", "h3", "p", "table", "thead", "tbody", "tr", "th", "td"}
    assert {site_name(n) for n in range(CHOSEN)} - {"\tTab", "\rReturn"} <= set(page.texts)
    assert SCRIPT in page.texts and FORMULA in page.texts
    assert {f"{it_mw(n):,.6g}" for n in range(CHOSEN)} <= set(page.texts)


def test_prompt_shows_one_line(plan: Plan) -> None:
    assert "\n" not in repr(plan)
    assert len(repr(plan)) < 300


def test_sites_are_the_candidates_at_their_places(plan: Plan) -> None:
    sites = plan.sites
    assert sites.crs.to_epsg() == 4326
    assert len(sites) == len(plan.tables["sites"])
    assert int(sites["is_chosen"].sum()) == CHOSEN
    for number_, row in enumerate(sites.sort_values("site").itertuples()):
        assert (row.geometry.x, row.geometry.y) == pytest.approx(position(number_))


def test_frames_are_typed(plan: Plan) -> None:
    timeline = plan.frame("timeline")
    assert isinstance(timeline["period_start"].iloc[0], date)
    assert pandas.api.types.is_float_dtype(timeline["served_mw"].dtype)
    with pytest.raises(InputError, match="no table 'nothing'"):
        plan.frame("nothing")


def test_timeline_equals_the_table(plan: Plan) -> None:
    figure = plan.timeline()
    assert isinstance(figure, plotly.graph_objects.Figure)
    target: dict[date, float] = {}
    for row in plan.tables["timeline"]:
        start = row["period_start"]
        assert isinstance(start, date)
        target[start] = target.get(start, 0.0) + number(row, "target_mw")
    drawn = next(trace for trace in figure.data if trace.name == "Target")
    values = dict(zip([str(x)[:10] for x in drawn.x], drawn.y, strict=True))
    for start, mw in target.items():
        assert values[start.isoformat()] == pytest.approx(mw / 1000)


def test_explore_shows_a_date(plan: Plan) -> None:
    at = date(2031, 2, 1)
    discs = [t for t in plan.explore(at).data if t.meta and t.meta["role"] == "energised"]
    sizes = sorted(size for trace in discs for size in trace.marker.size)
    assert sizes == pytest.approx(sorted(8 + 0.6 * sqrt(it_mw(n)) for n in range(CHOSEN)))
    assert all(trace.visible for trace in plan.explore().data)
    for outside in (date(2020, 1, 1), date(2033, 1, 1)):
        with pytest.raises(InputError, match="outside the horizon"):
            plan.explore(outside)


def test_figures_name_no_place_of_the_network(plan: Plan) -> None:
    for figure in (plan.timeline(), plan.explore()):
        text = json.dumps(figure.to_plotly_json(), default=str)
        assert "http" not in text.replace("http://exam", "")  # a name of a site, perhaps cut
        assert '"@' not in text.replace('"@cmd', "")


def test_a_written_plan_reads_back(plan: Plan, tmp_path: Path) -> None:
    solved = siting.solve(siting.load(BUILTIN / "models" / "toy.yaml"))
    write_plan(solved, tmp_path / "toy")
    again = siting.read_plan(tmp_path / "toy")
    assert (again.status, again.objective_usd, again.goals) == (
        solved.status,
        solved.objective_usd,
        solved.goals,
    )
    assert set(again.tables) == set(solved.tables)
    assert again.timeline().to_plotly_json() == solved.timeline().to_plotly_json()
    with pytest.raises(InputError, match="a folder written by"):
        siting.read_plan(tmp_path)


def test_a_broken_summary_is_said(tmp_path: Path) -> None:
    solved = siting.solve(siting.load(BUILTIN / "models" / "toy.yaml"))
    write_plan(solved, tmp_path / "toy")
    path = tmp_path / "toy" / "plan.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    for broken in ({**summary, "goals": []}, {k: v for k, v in summary.items() if k != "model"}):
        path.write_text(json.dumps(broken), encoding="utf-8")
        with pytest.raises(InputError, match=r"plan\.json: cannot be read"):
            siting.read_plan(tmp_path / "toy")


def test_comparison(study: siting.Comparison) -> None:
    assert list(study.strategies["strategy"]) == ["optimal", "build_now", "wait_until"]
    assert set(study.plans) == {"optimal", "build_now", "wait_until"}
    page = Texts(study._repr_html_())
    assert set(study.answer) <= set(page.texts)
    served = {trace.name: list(trace.y) for trace in study.timeline().data}
    # 100 MW from July 2027 on, and nothing for those who wait
    assert max(served["optimal"]) == pytest.approx(0.1)
    assert max(served["wait_until"]) == 0
    assert "build_now" in repr(study)


def test_explore_of_a_comparison_shows_one_plan_at_a_time(study: siting.Comparison) -> None:
    """On 1 March 2028 the best plan has its 100 MW at `near`; those who wait have built nothing."""
    figure = study.explore(date(2028, 3, 1))
    buttons = {
        button.label: button.args[0]["visible"] for button in figure.layout.updatemenus[0].buttons
    }
    assert list(buttons) == list(study.plans)
    # what a menu shows of a plan is what the plan shows of itself
    for name, visible in buttons.items():
        own = study.plans[name].explore(date(2028, 3, 1)).data
        seen = [trace for trace, on in zip(figure.data, visible, strict=True) if on]
        assert len(seen) == len(own)
        assert sorted(map(discs, seen)) == sorted(map(discs, own))
    assert [trace.visible for trace in figure.data] == buttons["optimal"]
    large = {
        name: {s for t, on in zip(figure.data, of, strict=True) if on for s in discs(t)}
        for name, of in buttons.items()
    }
    # a disc of 100 MW is 8 + 0.6 * sqrt(100) = 14 px wide
    assert {name: max(sizes, default=0.0) for name, sizes in large.items()} == {
        "optimal": pytest.approx(14.0),
        "build_now": pytest.approx(14.0),
        "wait_until": 0.0,
    }
    with pytest.raises(InputError, match="outside the horizon"):
        study.explore(date(2040, 1, 1))


def discs(trace: Any) -> list[float]:
    """Sizes of the discs of load of a trace; none of any other."""
    is_disc = trace.meta is not None and trace.meta["role"] == "energised"
    return sorted(map(float, trace.marker.size)) if is_disc else []


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    names = runpy.run_path(str(EXAMPLE))
    printed = capsys.readouterr().out
    # derived on paper in models/toy.yaml
    assert names["plan"].objective_usd == pytest.approx(79_900_000)
    assert "A PUE of 1.25 costs" in printed
    assert names["again"].objective_usd == names["plan"].objective_usd
