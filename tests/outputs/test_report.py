"""Text, tables and figures of the report, without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from outputs.report_page import Page
from outputs.sample import (
    DOLLARS,
    HOSTILE,
    SCRIPT,
    SEPARATORS,
    full_plan,
    minimal_plan,
    with_rows,
)
from outputs.sample_families import family_plan
from siting.core.labels import words
from siting.core.plan import Plan
from siting.core.proof import share
from siting.outputs.report.charts import (
    cost_figure,
    months_by_year,
    slot_figure,
    supply_figure,
    workload_figure,
)
from siting.outputs.report.gantt import MS_PER_DAY, gantt_figure
from siting.outputs.report.geometry import project
from siting.outputs.report.map import map_view
from siting.outputs.report.page import script_json, write_report
from siting.outputs.report.palette import DARK, LIGHT, SERIES
from siting.outputs.report.provenance import proof
from siting.outputs.report.schedule import schedule_of
from siting.outputs.report.sections import plan_sections
from siting.outputs.report.tables import cost_table, order_table, site_tables
from siting.outputs.report.words import headline, key_numbers, money, power, text_of

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of a plan with every table."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(family_plan(), path)
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
    assert names.count("script") == 4
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


def test_policy_admits_only_the_three_scripts(page: Page) -> None:
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
    figures = set(json.loads(data)["figures"])
    assert {"map", "workloads", "supply", "generation", "gantt", "slots", "costs"} <= figures
    assert json.loads(script_json({"a": {"b": SEPARATORS + SCRIPT}})) == {
        "a": {"b": SEPARATORS + SCRIPT}
    }


def test_plotly_text_is_escaped_and_no_formula(page: Page) -> None:
    for shown in texts(json.loads(page.scripts[0])["figures"]):
        bare = re.sub(r"</?b>|<br>|<extra></extra>", "", shown)
        assert "<" not in bare, shown
        assert "$" not in bare, shown
    assert text_of("$x$ & <b>") == "&#36;x&#36; &amp; &lt;b&gt;"


def texts(value: object) -> Iterator[str]:
    """Every text in some data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(key)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_same_plan_same_bytes(html: str, tmp_path: Path) -> None:
    write_report(family_plan(), tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == html


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, attributes in page.tags:
        if tag == "a":
            assert (attributes["href"] or "")[1:] in ids


def test_headline_and_numbers() -> None:
    # 100 + 200 + ... + 1100 MW = 6,600 MW; the gap is given as 0.004, of 30.12 billion
    assert headline(full_plan()) == (
        "11 of 20 federal sites carry 6.6 GW of IT load from 2030-01 on; first power 2029-01; "
        "proven within 0.4 % (0.12 B USD) of the optimum."
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
        ({"gap": 0.0321, "bound_usd": 0.9679 * 30.12e9}, "proven within 3.3 % (0.97 B USD)"),
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
    assert [share(x) for x in (0.00432, 0.0321, 1e-6)] == ["0.44 %", "3.3 %", "0.0001 %"]
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
    grid, on_site, missing, target = (trace["y"] for trace in supply["data"])
    assert (grid[-1], on_site[-1], missing[-1], target[-1]) == (4.95, 1.65, 0.0, 6.6)
    # in 2029 half is missing
    assert (grid[4], on_site[4], missing[4], target[4]) == (2.475, 0.825, 3.3, 6.6)


def test_gantt_bars_span_their_dates() -> None:
    plan = full_plan()
    figure = gantt_figure(plan, schedule_of(plan))
    assert figure is not None
    review = figure["data"][0]
    assert review["name"] == "Review"
    assert review["base"][0] == "2027-01-01"
    assert review["x"][0] == (date(2028, 1, 1) - date(2027, 1, 1)).days * MS_PER_DAY
    axis = figure["layout"]["yaxis"]
    # eleven sites, then by date what feeds the grid: an upgrade of a zone, transformers for its
    # plants, and two plants
    assert len(axis["tickvals"]) == 15
    assert "Zone ZONE-A" in axis["ticktext"][-4:-2]
    assert axis["tickvals"] == sorted(axis["tickvals"])
    assert len(set(axis["ticktext"][-2:])) == 1
    lines = axis["ticktext"][-1].split("<br>")
    assert len(lines) == 2
    assert "".join(lines).replace(" ", "") == text_of(DOLLARS).replace(" ", "")


def test_map_marks_estimates_and_inset() -> None:
    view = map_view(full_plan())
    assert view.has_alaska
    traces = view.block.figure["data"]
    layers = {layer["words"]: layer["id"] for layer in view.block.data["layers"]}
    ring = next(
        t for t in traces if t.get("meta") == {"layers": [layers["DOE site"]], "role": "ring"}
    )
    # sites 0, 4 and 8 are of the first agency; only number 0 is weak
    assert ["(est.)" in text for text in ring["hovertext"]] == [True, False, False]
    sizes = ring["marker"]["size"]
    assert sizes[0] < sizes[1] < sizes[2]
    assert ["est." in text for text in ring["text"]] == [True, False, False]
    upgrades = next(t for t in traces if t.get("meta", {}).get("role") == "upgrade")
    assert upgrades["marker"]["symbol"] == ["triangle-up-open"] * 2


def test_popup_says_where_a_number_comes_from() -> None:
    data = map_view(full_plan()).block.data
    site = next(p for p in data["popups"] if p["kind"] == "site" and p["name"] == SCRIPT)
    facts = {
        label: (value, source, is_estimate) for label, value, source, is_estimate in site["facts"]
    }
    assert facts["IT load at the end"] == ("100 MW", -1, False)
    value, source, is_estimate = facts["Buildable land"]
    assert (value, is_estimate) == ("5,000 acres", True)
    reference = data["references"][source]
    assert reference["source"] == f"{SCRIPT} register of land, page 0"
    assert reference["confidence"] == "low"
    assert reference["row"] == 0
    assert facts["Agency and state"][1] == source


def test_region_is_shown_alone() -> None:
    plan = full_plan()
    near = {name: r for name, r in plan.places.items() if name in ("SITE-00", "SITE-01", "SITE-02")}
    x, y = (
        map_view(replace(plan, places=near)).block.figure["layout"][axis]["range"]
        for axis in ("xaxis", "yaxis")
    )
    assert x[1] - x[0] < 2000
    for name in near:
        east, north = project(near[name]["longitude"], near[name]["latitude"])  # type: ignore[arg-type]
        assert x[0] < east < x[1]
        assert y[0] < north < y[1]


def test_waterfall_adds_up() -> None:
    figure = cost_figure(full_plan())
    assert figure is not None
    trace = figure["data"][0]
    assert trace["measure"] == ["relative"] * 3 + ["total"]
    # 24 + 6 + 0.12 B USD
    assert trace["x"] == [24.0, 6.0, 0.12, 30.12]
    assert trace["text"] == ["24.00 B", "6.00 B", "0.12 B", "30.12 B"]


def test_orders_against_slots() -> None:
    figure = slot_figure(family_plan())
    assert figure is not None
    ordered, slots = figure["data"]
    # orders of 3 and 4 units in 2027, of 1 and 2 in 2028; 38 slots a year
    assert dict(zip(ordered["x"], ordered["y"], strict=True)) == {"2027": 7.0, "2028": 3.0}
    assert dict(zip(slots["x"], slots["y"], strict=True)) == {"2027": 38.0, "2028": 38.0}
    assert months_by_year(full_plan()) == dict.fromkeys(range(2027, 2033), 12)


def test_sections_appear_where_they_have_something_to_say() -> None:
    lean = [section.id for section in plan_sections(minimal_plan())]
    assert lean == ["where", "when", "schedule", "site-lines", "sites", "cost", "proof", "from"]
    further = {section.id for section in plan_sections(family_plan())} - {
        section.id for section in plan_sections(full_plan())
    }
    assert further == {
        "network", "interfaces", "curtailment", "rentals", "ride-through", "bills",
        "water", "emissions",
    }  # fmt: skip


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_contrast(theme: dict[str, str]) -> None:
    """WCAG AA: text colours reach 4.5 to 1; lines, marks and edges of controls 3 to 1."""
    for name, ground in (
        *((n, g) for n in ("ink", "soft", "accent", "bad") for g in ("paper", "card")),
        ("est", "est-bg"),
        ("est", "land"),
    ):
        assert contrast(theme[name], theme[ground]) >= 4.5, (name, ground)
    for name, ground in (
        *((n, g) for n in (*SERIES, "red") for g in ("paper", "land")),
        *(("edge", g) for g in ("paper", "card")),
    ):
        assert contrast(theme[name], theme[ground]) >= 3.0, (name, ground)


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("point", [(144.8, 13.5), (-157.8, 21.3), (10.0, 50.0), (5.0, -90.0)])
def test_place_beyond_the_map_is_named(point: tuple[float, float]) -> None:
    plan = full_plan()
    record = {**plan.places["SITE-00"], "longitude": point[0], "latitude": point[1]}
    view = map_view(replace(plan, places={**plan.places, "SITE-00": record}))
    assert view.beyond == (SCRIPT,)
    json.dumps(view.block.figure, allow_nan=False)


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
