"""Text, tables and figures of the report, without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from outputs.sample import (
    DOLLARS,
    HOSTILE,
    SCRIPT,
    SEPARATORS,
    full_plan,
    minimal_plan,
    with_rows,
)
from siting.core.plan import Plan
from siting.outputs.report.charts import supply_figure, workload_figure
from siting.outputs.report.gantt import MS_PER_DAY, gantt_figure
from siting.outputs.report.geometry import project
from siting.outputs.report.map import map_view
from siting.outputs.report.page import proof, script_json, write_report
from siting.outputs.report.tables import cost_table, order_table, site_tables
from siting.outputs.report.words import headline, key_numbers, money, power, share, text_of, words

MEGABYTE = 1_000_000


class Page(HTMLParser):
    """Tags, attributes, scripts and visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        elif self.cdata_elem is None:
            self.text.append(data)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of the full plan."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(full_plan(), path)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    """The report, parsed."""
    return Page(html)


def test_size_and_one_library(html: str) -> None:
    assert len(html.encode()) <= 7 * MEGABYTE
    assert html.count("plotly.js v") == 1


def test_no_data_becomes_markup(page: Page) -> None:
    names = [tag for tag, _ in page.tags]
    assert "img" not in names
    assert names.count("script") == 3
    assert "iframe" not in names
    for tag, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on")], tag
        assert "src" not in attributes
        assert tag != "link"
        if tag == "a":
            assert (attributes["href"] or "").startswith("#")
    text = "".join(page.text)
    for name in (SCRIPT, DOLLARS, SEPARATORS):
        assert name in text


def test_policy_admits_only_the_two_scripts(page: Page) -> None:
    policy = next(
        a["content"] or ""
        for tag, a in page.tags
        if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    scripts = next(
        directive.split() for directive in policy.split(";") if directive.split()[0] == "script-src"
    )[1:]
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in page.scripts[1:]
    ]
    assert scripts == digests


def test_data_cannot_leave_its_script(page: Page) -> None:
    data = page.scripts[0]
    assert not set(data) & set("<>&\u2028\u2029")
    assert set(json.loads(data)) == {"map", "workloads", "supply", "generation", "gantt", "costs"}
    assert json.loads(script_json({"a": {"b": SEPARATORS + SCRIPT}})) == {
        "a": {"b": SEPARATORS + SCRIPT}
    }


def test_plotly_text_is_escaped_and_no_formula(page: Page) -> None:
    for text in re.findall(r'"((?:[^"\\]|\\.)*)"', page.scripts[0]):
        shown = json.loads(f'"{text}"')
        bare = re.sub(r"</?b>|<br>|<extra></extra>", "", shown)
        assert "<" not in bare, shown
        assert "$" not in bare, shown
    assert text_of("$x$ & <b>") == "&#36;x&#36; &amp; &lt;b&gt;"


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        if tag == "a":
            assert (attributes["href"] or "")[1:] in ids


def test_headline_and_numbers() -> None:
    # 100 + 200 + ... + 1100 MW = 6,600 MW; the gap is given as 0.004
    assert headline(full_plan()) == (
        "11 of 20 federal sites carry 6.6 GW of IT load from 2030-01 on; first power 2029-01; "
        "proven within 0.4 % of the optimum."
    )
    numbers = dict((meaning, value) for value, meaning in key_numbers(full_plan()))
    assert len(numbers) == 5
    assert numbers["discounted cost, delay included"] == "30.1 B USD"
    # half of 6,600 MW is late for the twelve months of 2029
    assert numbers["GW-months of load served late or not at all"] == "39.6"
    # 1 + 2 + 3 + 4 transformers, the soonest on 2027-02-01
    assert numbers["order the first of 10 transformers and breakers by then"] == "2027-02-01"
    assert numbers["of firm power built, revived or kept"] == "750 MW"


@pytest.mark.parametrize(
    ("change", "words_"),
    [
        ({"findings": ("a", "b")}, "the audit found 2 faults"),
        ({"gap": float("inf")}, "how far from the optimum is not known"),
        ({"gap": 0.0}, "proven optimal"),
        ({"gap": 0.0321}, "within 3.2 % of the optimum"),
    ],
)
def test_headline_says_how_good(change: dict[str, object], words_: str) -> None:
    assert words_ in headline(replace(full_plan(), **change))  # type: ignore[arg-type]


def test_plan_that_builds_nothing() -> None:
    plan = full_plan()
    none = [{**r, "is_chosen": False, "first_energised_date": None} for r in plan.tables["sites"]]
    idle = [{**r, "served_mw": 0.0} for r in plan.tables["timeline"]]
    plan = with_rows(with_rows(plan, "sites", none), "timeline", idle)
    assert headline(plan).startswith("0 of 20 federal sites carry no load")


def test_rounding() -> None:
    assert [money(x) for x in (112.807e9, 79.9e6)] == ["112.8 B USD", "79.9 M USD"]
    assert [power(x) for x in (999.0, 9840.0)] == ["999 MW", "9.8 GW"]
    assert [share(x) for x in (0.00432, 0.0321, 1e-6)] == ["0.43 %", "3.2 %", "0.0001 %"]
    assert words("doe_site_lease") == "DOE site lease"


def test_orders_come_soonest_first() -> None:
    lines = order_table(full_plan()).lines
    assert [line.cells[0] for line in lines] == [
        "2027-02-01", "2027-03-01", "2028-01-01", "2028-01-01",
    ]  # fmt: skip
    assert [line.cells[3] for line in lines] == [
        "Point of ZONE-A", SCRIPT, SEPARATORS, "Pool, not assigned",
    ]  # fmt: skip


def test_sites_come_largest_first_with_marks() -> None:
    built, others = site_tables(full_plan())
    assert [line.cells[0] for line in built.lines][:2] == ["Proving Ground 10", HOSTILE[9]]
    assert len(built.lines) == 11
    assert len(others.lines) == 9
    mark = built.lines[1].mark
    assert mark is not None
    assert (mark.confidence, mark.estimates, mark.is_weak, mark.source) == ("low", 2, True, 9)


def test_costs_add_up() -> None:
    # twelve periods of 2, 0.5 and 0.01 B USD
    table = cost_table(full_plan())
    assert [line.cells[:3] for line in table.lines] == [
        ("Halls and campuses", "24.00", "79.7"),
        ("Grid energy and capacity", "6.00", "19.9"),
        (SCRIPT, "0.12", "0.4"),
    ]
    assert table.total == ("Total", "30.12", "100.0", "40.00")
    assert table.lines[1].cells[3] == "–"


def test_figures_over_time() -> None:
    figure = workload_figure(full_plan())
    assert figure is not None
    assert [len(trace["x"]) for trace in figure["data"]] == [13] * 4
    supply = supply_figure(full_plan())
    assert supply is not None
    grid, on_site, target = (trace["y"][-1] for trace in supply["data"])
    assert (grid, on_site, target) == (4.95, 1.65, 6.6)


def test_gantt_bars_span_their_dates() -> None:
    figure = gantt_figure(full_plan())
    assert figure is not None
    review = figure["data"][0]
    assert review["name"] == "Review"
    assert review["base"][0] == "2027-01-01"
    assert review["x"][0] == (date(2028, 1, 1) - date(2027, 1, 1)).days * MS_PER_DAY
    rows = figure["layout"]["yaxis"]["categoryarray"]
    assert rows[-2:] == ["p:PLANT-1", "p:solar@ZONE-A"]
    assert figure["layout"]["yaxis"]["type"] == "category"


def test_map_marks_estimates_and_inset() -> None:
    view = map_view(full_plan())
    assert view.has_alaska
    doe = next(t for t in view.figure["data"] if t.get("name") == "DOE site")
    # sites 0, 4 and 8 are of the first agency; only number 0 is weak, so it comes last
    assert doe["marker"]["symbol"] == ["circle", "circle", "circle-open"]
    assert "(est.)" in doe["text"][2]
    assert "est.: Buildable acres, Zone" in doe["text"][2]
    assert "Confidence: low" in doe["text"][2]
    assert "(est.)" not in doe["text"][0]
    sizes = doe["marker"]["size"]
    assert sizes[1] > sizes[0] > sizes[2]


@pytest.mark.parametrize("point", [(144.8, 13.5), (-157.8, 21.3), (10.0, 50.0), (5.0, -90.0)])
def test_place_beyond_the_map_is_named(point: tuple[float, float]) -> None:
    plan = full_plan()
    record = {**plan.places["SITE-00"], "longitude": point[0], "latitude": point[1]}
    view = map_view(replace(plan, places={**plan.places, "SITE-00": record}))
    assert view.beyond == (SCRIPT,)
    json.dumps(view.figure, allow_nan=False)


def test_projection_centre() -> None:
    # EPSG:5070 has its origin at 96 W, 23 N
    assert project(-96.0, 23.0) == pytest.approx((0.0, 0.0), abs=1e-6)


def test_lower_states_alone_have_no_inset() -> None:
    plan = full_plan()
    places = {name: record for name, record in plan.places.items() if name != "SITE-19"}
    assert not map_view(replace(plan, places=places)).has_alaska


def test_failed_audit_is_loud(tmp_path: Path) -> None:
    plan = replace(full_plan(), status="AUDIT_FAILED", findings=(f"land: {SCRIPT}",))
    write_report(plan, tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "alert" in [a.get("role") for _, a in page.tags]
    assert f"land: {SCRIPT}" in "".join(page.text)
    assert ("Audit", "FAILED with 1 findings") in proof(plan)


def test_proof_without_a_bound() -> None:
    plan = replace(full_plan(), bound_usd=-float("inf"), gap=float("inf"), status="FEASIBLE")
    assert dict(proof(plan))["No plan can cost less than"] == "none"


@pytest.mark.parametrize("empty", ["timeline", "costs", "sources", "service", "sites"])
def test_minimal_plans_are_written(empty: str, tmp_path: Path) -> None:
    write_report(minimal_plan(), tmp_path / "minimal.html")
    thin: Plan = with_rows(minimal_plan(), empty, [])
    write_report(thin, tmp_path / "thin.html")
    assert (tmp_path / "thin.html").stat().st_size > MEGABYTE
