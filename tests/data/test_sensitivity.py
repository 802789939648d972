"""One change at a time, on the toy: costs, what moves, and that a stopped run goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from geo_effects import ROOT, effects
from sensitivity import (
    CATALOGUE,
    Case,
    Found,
    page,
    read_cases,
    rows_of,
    solve_cases,
    write_effects,
)
from siting.core.study import Change
from siting.pipeline import load
from siting.solver.highs import Limits
from siting.timeline import solves
from support.engine import TOY

CASES = [
    Case(
        "halls_dear",
        "Halls at 1.5 times their cost",
        (Change(path="components.campus.overnight_usd_per_it_mw", multiply=1.5),),
    ),
    Case("no_room", "No headroom at near", (Change(path="zones.cheap.headroom_mw", set=0.0),)),
    Case("elsewhere", "A number it has not", (Change(path="components.bridge.x", multiply=2),)),
]


LIMITS = Limits(0.01, 40.0)
MUST = "components.workloads.kinds.training.must_serve"


def found_in(kept: Path) -> tuple[list[Found], list[str]]:
    """What the cases come to, and those left out."""
    results = list(solve_cases(load(TOY), CASES, kept))
    return [r for r in results if not isinstance(r, str)], [
        r for r in results if isinstance(r, str)
    ]


def test_costs_and_sites_on_paper(tmp_path: Path) -> None:
    """79.90 M USD at `near` in the end. Halls at 1.5 times their cost are 2.5 hall-years of 5 more, 92.40, and
    `far` alone with cells would be 88.65 + 7.50; without room at `near`
    it is `far` with two cells, 88.65 (``models/toy.yaml``): 100 MW move."""
    found, skipped = found_in(tmp_path)
    base, dear, no_room = rows_of(found)
    assert skipped == ["elsewhere"]
    assert [row["status"] for row in (base, dear, no_room)] == ["OPTIMAL"] * 3
    assert base["cost_usd"] == pytest.approx(79.90e6)
    assert dear["cost_usd"] == pytest.approx(92.40e6)
    assert (dear["moved_mw"], dear["sites_in"], dear["sites_out"]) == (0, "", "")
    assert no_room["cost_usd"] == pytest.approx(88.65376e6)
    assert no_room["moved_mw"] == pytest.approx(100)
    assert (no_room["sites_in"], no_room["sites_out"]) == ("far", "near")
    assert no_room["against_frac"] == pytest.approx(88.65376 / 79.90 - 1)


def test_the_page_says_what_stays_and_what_is_left(tmp_path: Path) -> None:
    found, skipped = found_in(tmp_path)
    text = page("Toy", found, skipped, 0, LIMITS)
    assert "| Halls at 1.5 times their cost | 0.09 | +15.6% |" in text
    assert "Sites in every one of these 3 plans: none." in text
    assert "Sites in every one of these 2 plans: `near`." in page("Toy", found[:2], [], 1, LIMITS)
    assert "1 more changes are not solved yet" in page("Toy", found[:2], [], 1, LIMITS)
    assert "Not of this scenario: elsewhere." in text
    assert "asked for 1.00% in at most 40 s" in text


def test_a_change_that_leaves_no_plan_is_told(tmp_path: Path) -> None:
    """10 GW must be met on three sites: the limits are named, the other rows stay."""
    much = Change(path="components.workloads.kinds.training.targets.*.it_mw", set=10000)
    must = Case("must", "To be met", (Change(path=MUST, set=True, is_new=True), much))
    found = list(solve_cases(load(TOY), [must], tmp_path))
    assert [one.status for one in found if isinstance(one, Found)] == ["OPTIMAL", "INFEASIBLE"]
    text = page("Toy", [one for one in found if isinstance(one, Found)], [], 0, LIMITS)
    assert "No plan: To be met (" in text
    assert "Sites in every one of these 1 plans: `near`." in text


def test_a_stopped_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run solves nothing again, and says the same."""
    first, _ = found_in(tmp_path)

    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("solved again")

    monkeypatch.setattr(solves, "solve_linear", refuse)
    again, _ = found_in(tmp_path)
    assert rows_of(again) == rows_of(first)


def test_there_are_enough_cases_and_each_is_of_the_national_scenario() -> None:
    cases = read_cases(ROOT / "tools" / "sensitivity.yaml")
    assert len({case.name for case in cases}) == len(cases) >= 20
    perspectives = [c for c in cases if any("perspective" in ch.path for ch in c.changes)]
    assert len(perspectives) >= 5


RULES = ["points", "needs", "needs.PJM.year", "zone"]


def told(folder: Path, rules: list[str], text: str) -> dict[str, list[str] | str]:
    """Effects by a page, and by cases that tell of points and needs."""
    (folder / "cases.yaml").write_text(
        "a: {about: Halved, rules: [points]}\nb: {about: Doubled, rules: [points, needs]}\n"
        "c: {about: Cured, rules: [needs]}\nd: {about: Dear}\n",
        encoding="utf-8",
    )
    (folder / "page.md").write_text(text, encoding="utf-8")
    return effects(rules, folder / "cases.yaml", folder / "page.md", {"zone": "not measured"})


def test_each_rule_has_the_rows_of_its_changes(tmp_path: Path) -> None:
    text = "| Halved | 1,153.36 | -0.2% | 1.01%, FEASIBLE | 1,200 | - | A |\n\nNo plan: Cured (x short by 1).\n"
    assert told(tmp_path, RULES, text) == {
        "points": [
            "Halved: cost -0.2 %, 1,200 MW moved (gap 1.01 %)",
            "Doubled: not solved yet",
        ],
        "needs": ["Doubled: not solved yet", "Cured: no plan"],
        "zone": "not measured",
    }


@pytest.mark.parametrize(
    "rules", [[*RULES, "gas"], ["points", "needs"], ["points", "zone"]], ids=str
)
def test_a_rule_without_an_effect_or_an_effect_of_no_rule_is_refused(
    tmp_path: Path, rules: list[str]
) -> None:
    with pytest.raises(ValueError, match=r"^rules without one effect: (gas|zone|needs)$"):
        told(tmp_path, rules, "")


def test_the_catalogue_has_what_the_page_has(tmp_path: Path) -> None:
    """And writing it anew changes nothing."""
    (tmp_path / "layers.yaml").write_bytes(CATALOGUE.read_bytes())
    write_effects(tmp_path / "layers.yaml")
    assert (tmp_path / "layers.yaml").read_bytes() == CATALOGUE.read_bytes()
    found = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    assert {rule.partition(".")[0] for rule in found["rules"]} == set(found["effects"])
