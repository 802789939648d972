"""A study that a test registers is asked for, run, worded, shown and written; nothing else is changed for it.

What if one site is taken away? On paper (``models/toy.yaml``) the plan of the toy costs 79.90 MUSD. Without
`near` it is `far` alone with two cells, 88.65376. Without `far` no load is served before 2028-01: 100 MW are
late for six months, 180, and `near` is open for a year: 10 of opening, 10 of its hall, 17.52 of energy, the
bank from stock: 217.52. `ranch` is not used.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import siting
from outputs.report_page import Page
from siting.cli.main import main
from siting.core.errors import InputError, Issue, SitingError
from siting.core.money import MILLIONS
from siting.core.plan import Plan
from siting.core.study import Change
from siting.core.table import Table
from siting.instance.build import Instance
from siting.instance.changes import changed
from siting.model.assemble import assemble
from siting.outputs.report.blocks import Section, TableBlock
from siting.outputs.report.grid import dollars, plain_table, text
from siting.pipeline import Loaded, finish
from siting.solver.lexicographic import Ranked
from siting.studies.base import Result, Run, Study
from siting.studies.option import Asked, Form, Option
from siting.studies.registry import STUDIES, register, registered
from siting.studies.run import run_study
from siting.timeline.plans import Interval, bettered, cost_and_bound, difference, finite
from siting.timeline.solves import Solver, StudyStopped
from siting.timeline.words import dearer
from support.engine import EXACT, TOY, instance_of, toy
from support.hurried import Hurried

BEST_USD, WITHOUT_NEAR_USD, WITHOUT_FAR_USD = 79.90e6, 88.65376e6, 217.52e6

WITHOUT: Option[tuple[str, ...]] = Option(
    argument="without",
    flag="--without",
    help="Site that is taken away.",
    default=(),
    form=Form.REPEATED,
)
COLUMNS = ("site", "cost_usd", "cost_increase_lower_usd", "cost_increase_upper_usd")


@dataclass(frozen=True)
class Without:
    """The scenario without a site."""

    site: str
    plan: Plan | None
    """None where there is none."""
    cost_usd: float
    increase: Interval


def check(
    loaded: Loaded, asked: Asked, left_out: Callable[[str], None]
) -> Mapping[str, Instance] | None:
    """The scenario without each of the sites."""
    sites = loaded.instance.system.sites
    issues = [
        Issue(f"without '{site}'", "not a site of the scenario", f"one of {sorted(sites)}")
        for site in asked[WITHOUT]
        if site not in sites
    ]
    if issues:
        raise InputError(issues)
    found = {}
    for site in asked[WITHOUT]:
        if not sites[site].buildable_acres:
            left_out(site)
            continue
        none = Change(path=f"sites.{site}.buildable_acres", set=0)
        instance = changed(loaded.instance, [none], f"without {site}")
        assert instance is not None
        found[site] = instance
    return found or None


def search(run: Run, sites: Mapping[str, Instance]) -> dict[str, Ranked]:
    """Each without its site."""
    found = {}
    for site, instance in sites.items():
        found[site] = run.solver.solve(f"without {site}", instance, assemble(instance).linear)
        run.on_done(f"without {site}: solved")
    return found


def settle(
    run: Run, sites: Mapping[str, Instance], solved: dict[str, Ranked]
) -> tuple[Without, ...]:
    """Each against the best plan of all."""
    best = run.best_plan()
    found = []
    for site, instance in sites.items():
        model, points = assemble(instance), run.solver.points
        ranked = bettered(instance, model.linear, solved[site], points, run.limits)
        costs = cost_and_bound(ranked.outcome)
        loaded = Loaded(instance, run.loaded.inputs)
        plan = None
        if ranked.outcome.x is not None:
            plan = finish(loaded, model, model.linear, ranked, run.limits)
        known = (best.objective_usd, best.bound_usd)
        increase = difference(costs, known, is_never_less=True)
        found.append(Without(site, plan, costs[0], increase))
    return tuple(found)


def tables(found: tuple[Without, ...]) -> dict[str, Table]:
    """``without``, one row a site."""
    rows = (
        (one.site, *map(finite, (one.cost_usd, one.increase.least, one.increase.most)))
        for one in found
    )
    return {"without": Table.of(COLUMNS, (dict(zip(COLUMNS, row, strict=True)) for row in rows))}


def sentences(result: Result[tuple[Without, ...]]) -> Iterator[str]:
    """What each site is worth."""
    for one in result.found:
        if one.plan is None:
            yield f"Without {one.site} there is no plan."
        else:
            yield f"Without {one.site} the plan is {dearer(one.increase)}."


def sections(result: Result[tuple[Without, ...]]) -> Iterator[Section]:
    """The table on the page."""
    columns = (text("site", "Without"), dollars("cost_usd", "Cost", MILLIONS, 2))
    table = plain_table("without-table", "Sites taken away", columns, result.tables["without"].rows)
    yield Section("without", "Sites taken away", "Without", (TableBlock(table),))


def plans(found: tuple[Without, ...]) -> dict[str, Plan]:
    """The plan without each site."""
    return {f"without {one.site}": one.plan for one in found if one.plan is not None}


STUDY = Study(
    name="without",
    title="Sites",
    options=(WITHOUT,),
    check=check,
    search=search,
    settle=settle,
    tables=tables,
    sentences=sentences,
    sections=sections,
    numbers=lambda result: [(str(len(result.found)), "sites taken away")],
    summary=lambda result: {one.site: finite(one.cost_usd) for one in result.found},
    plans=plans,
    is_open=lambda found: any(plan.status != "OPTIMAL" for plan in plans(found).values()),
    displayed={"without": COLUMNS[:2]},
)


@pytest.fixture
def known() -> Iterator[None]:
    """The study is known as long as a test runs."""
    with registered(STUDY):
        yield


def code(*arguments: str) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    return int(stop.value.code or 0)


def studied(solver: Solver, **asked: object) -> siting.Comparison:
    """What studies of the toy found."""
    return run_study(Loaded(instance_of(toy()), {}), Asked(**asked), solver)


ASKED = {"strategies": ("optimal",), "without": ("near", "far")}


@pytest.mark.usefixtures("known")
def test_the_command_asks_for_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "study"
    given = ["compare", str(TOY), "-o", str(out), "--strategies", "optimal"]
    assert code(*given, "--without", "near", "--without", "far") == 0
    shown = capfd.readouterr()
    assert "Without near the plan is 8.8 M USD dearer." in shown.out
    assert "without near: solved" in shown.err
    with (out / "tables" / "without.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["site"] for row in rows] == ["near", "far"]
    for row, usd in zip(rows, (WITHOUT_NEAR_USD, WITHOUT_FAR_USD), strict=True):
        assert float(row["cost_usd"]) == pytest.approx(usd)
        for end in COLUMNS[2:]:
            assert float(row[end]) == pytest.approx(usd - BEST_USD, abs=200)
    said = json.loads((out / "compare.json").read_text(encoding="utf-8"))
    assert said["without"] == pytest.approx({"near": WITHOUT_NEAR_USD, "far": WITHOUT_FAR_USD})
    assert "Without near the plan is 8.8 M USD dearer." in said["answer"]
    page = Page((out / "compare.html").read_text(encoding="utf-8"))
    assert page.tables["without-table"][1:] == [["near", "88.65"], ["far", "217.52"]]
    assert "sites taken away" in page.text
    assert sorted(p.name for p in (out / "plans").iterdir()) == [
        "optimal",
        "without_far",
        "without_near",
    ]
    for plan in (out / "plans").iterdir():
        assert code("audit", str(plan), "--strict") == 0


@pytest.mark.usefixtures("known")
def test_help_names_it(capfd: pytest.CaptureFixture[str]) -> None:
    assert code("compare", "--help") == 0
    shown = capfd.readouterr().out
    assert "--without" in shown and "Site that is taken" in shown
    assert shown.index("--within") < shown.index("--without") < shown.index("--set")


@pytest.mark.usefixtures("known")
def test_the_api_asks_for_it_and_a_notebook_shows_it() -> None:
    found = siting.compare(TOY, ["optimal"], without=["near"])
    (one,) = found.found(STUDY)
    assert one.cost_usd == pytest.approx(WITHOUT_NEAR_USD)
    assert list(found.frame("without")["site"]) == ["near"]
    assert set(found.plans) == {"optimal", "without near"}
    page = Page(found._repr_html_())
    assert ["near", "88,653,760"] in [row for rows in page.tables.values() for row in rows]


@pytest.mark.usefixtures("known")
def test_everything_that_is_wrong_is_told_before_the_first_solve(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    given = ["compare", str(TOY), "-o", str(tmp_path / "out"), "--strategies", "hope"]
    assert code(*given, "--without", "moon", "--site", "mars") == 2
    said = capfd.readouterr().err
    for words in ("strategy 'hope'", "without 'moon'", "site 'mars'"):
        assert words in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("known")
def test_what_does_not_apply_is_said() -> None:
    scenario = toy()
    scenario["sites"]["ranch"]["buildable_acres"] = 0
    here = Loaded(instance_of(scenario), {})
    found = run_study(here, Asked(strategies=("optimal",), without=("ranch",)), Solver(EXACT))
    assert found.answer[-1] == "Sites that do not apply to this scenario are left out: ranch."
    with pytest.raises(SitingError, match="'without' was not asked for"):
        run_study(here, Asked(strategies=("optimal",)), Solver(EXACT)).found(STUDY)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("value", ["near", 7, None, {"near": 1}, [1]])
def test_a_value_of_another_kind_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"without: is .* Expected names"):
        studied(Solver(EXACT), without=value)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("kept", [0, 1, 2])
def test_stopped_it_goes_on_to_the_same_tables(tmp_path: Path, kept: int) -> None:
    class Stopping(Solver):
        def _write(self, key: str, ranked: Ranked) -> None:
            if len(list(tmp_path.glob("*.npz"))) == kept:
                raise StudyStopped
            super()._write(key, ranked)

    whole = studied(Solver(EXACT), **ASKED)
    with pytest.raises(StudyStopped):
        studied(Stopping(EXACT, (tmp_path,)), **ASKED)
    assert len(list(tmp_path.glob("*.npz"))) == kept
    found = studied(Solver(EXACT, (tmp_path,)), **ASKED)
    assert (found.tables, found.answer) == (whole.tables, whole.answer)


@pytest.mark.usefixtures("known")
def test_where_nothing_is_left_there_is_no_plan(tmp_path: Path) -> None:
    """100 MW from 2027-07 on must be served, which only `far` can."""
    scenario = toy()
    scenario["components"]["workloads"]["kinds"]["training"]["must_serve"] = True
    asked = Asked(strategies=("optimal",), without=("far",))
    found = run_study(Loaded(instance_of(scenario), {}), asked, Solver(EXACT))
    assert found.answer[-1] == "Without far there is no plan."
    assert found.tables["without"].rows[0]["cost_usd"] is None
    assert set(found.all_plans()) == {"optimal"}
    found.write(tmp_path / "study")
    said = json.loads((tmp_path / "study" / "compare.json").read_text(encoding="utf-8"))
    assert said["without"] == {"far": None}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tables": lambda found: {"strategies": tables(found)["without"]}}, "table 'strategies'"),
        ({"plans": lambda found: {"optimal": found[0].plan}}, "plan 'optimal'"),
    ],
)
def test_what_two_studies_call_the_same_is_not_dropped(
    change: dict[str, Any], message: str
) -> None:
    with registered(replace(STUDY, **change)), pytest.raises(SitingError, match=message):
        studied(Solver(EXACT), strategies=("optimal",), without=("near",))


def test_what_it_finds_betters_the_optimum() -> None:
    """The search for the optimum comes to nothing; a plan without `ranch` is one of the scenario."""

    class OneHurried(Hurried):
        def is_hurried(self, name: str) -> bool:
            return name == "optimal"

    with registered(STUDY):
        found = studied(OneHurried(EXACT), strategies=("optimal",), without=("ranch",))
    assert found.best.objective_usd == pytest.approx(BEST_USD)
    # 79.90 less the 70 that the search had proven
    assert found.answer[-1] == (
        "Without ranch the plan is 0 USD to 9.9 M USD dearer, perhaps as good."
    )


def test_without_it_nothing_is_left(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "without" not in STUDIES
    given = ["compare", str(TOY), "-o", str(tmp_path / "out")]
    assert code(*given, "--without", "near") == 2
    assert "--without" in capfd.readouterr().err
    with pytest.raises(InputError, match=r"without: not known\. Expected one of alternatives"):
        studied(Solver(EXACT), without=("near",))


@pytest.mark.parametrize("name", ["answer", "versions", "a b", "", "x/y"])
def test_its_name_is_a_plain_one(name: str) -> None:
    with pytest.raises(SitingError, match="cannot be the name of a study"):
        register(replace(STUDY, name=name))


def test_it_is_known_once_and_so_are_its_options() -> None:
    with registered(STUDY), pytest.raises(SitingError, match="a study 'without' is known already"):
        register(STUDY)
    for option in (
        replace(WITHOUT, flag="--set"),
        replace(WITHOUT, argument="gap_frac"),
        replace(WITHOUT, flag="--site"),
    ):
        with pytest.raises(SitingError, match="that is taken"):
            register(replace(STUDY, options=(option,)))
    for option in (
        replace(WITHOUT, argument="with out"),
        replace(WITHOUT, flag="without"),
        replace(WITHOUT, flag="--with out"),
    ):
        with pytest.raises(SitingError, match="cannot be an option"):
            register(replace(STUDY, options=(option,)))
    twice = (WITHOUT, replace(WITHOUT, argument="other"))
    with pytest.raises(SitingError, match="has the option '--without' that is taken"):
        register(replace(STUDY, options=twice))
