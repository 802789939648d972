"""What a newcomer meets in the terminal: the gist of a plan, the sites of it, a doctor, right advice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from siting.cli import doctor
from siting.cli.gist import gist, gist_lines
from siting.core.errors import InputError
from siting.core.names import MEANT
from siting.core.paths import unknown
from siting.core.plan import Plan
from siting.outputs.write import write_plan
from siting.pipeline import load, run
from siting.reference.fields import sections
from siting.solver.known_answers import ASKED, answer
from support.engine import BUILTIN, TOY

SOURCE = BUILTIN / "src" / "siting"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The plan of the toy, whose figures stand in the comments of its file."""
    return run(load(TOY))


def test_the_gist_of_the_toy_is_that_of_the_paper(plan: Plan) -> None:
    """Energy 26.28 + 17.52, halls 15 + 10, opening 1 + 10, a bank 0.1, of 79.90 M USD."""
    found = gist(plan)
    assert found["cost_usd_by_family"] == pytest.approx(
        {"energy": 43.8e6, "campus": 25e6, "land": 11e6, "transformers": 0.1e6}
    )
    assert (found["late_mw_months"], found["wanted_mw_months"]) == (0, 100 * 18)
    lines = gist_lines(plan)
    assert lines[0] == "Nothing is late."
    assert lines[1] == (
        "Cost of 79.90 M USD: grid energy and capacity 55%, halls and campuses 31%, "
        "land and review 14% and 1 more."
    )
    # near and far both waited for their connection; of the rest only one did
    assert lines[-1] == "Most load waited for connection last: 200 of 200 MW energised."


def test_what_is_late_is_said_with_the_date_from_which_all_is_served() -> None:
    """A connection of 12 months at the only site on offer: half a year of 100 MW late of 18 months."""
    late = load(TOY, {"zones.dear.connection_months": 12})
    lines = gist_lines(run(late))
    assert lines[0] == "Late: 600 of 1,800 MW-months (33%); all is served from 2028-01 on."


def test_explain_lists_the_sites_of_a_plan(plan: Plan, tmp_path: Path) -> None:
    write_plan(plan, tmp_path / "out")
    done = siting("explain", str(tmp_path / "out"))
    assert "2 of 3 sites are in the plan:" in done
    assert "near: 100 MW at the end, from 2028-01-01 on" in done
    assert "Not in the plan:\n  ranch" in done
    told = json.loads(siting("explain", str(tmp_path / "out"), "--json"))
    assert told == {"chosen": ["near", "far"], "others": ["ranch"]}


def siting(*arguments: str, **environment: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "siting.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.stdout


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.about[:20])
def test_the_answers_of_the_doctor_are_right(asked: Any) -> None:
    """Enumerated: whole numbers up to 10, the continuous variable as small as the rows allow."""
    best = float("inf")
    for a in range(11):
        for b in range(11):
            x = [float(a), float(b)]
            if 0 not in asked.integers:
                (terms, least), *_ = asked.rows
                x[0] = max(0.0, (least - terms.get(1, 0.0) * b) / terms[0])
            if all(sum(c * x[i] for i, c in t.items()) >= least - 1e-9 for t, least in asked.rows):
                best = min(best, sum(c * v for c, v in zip(asked.cost, x, strict=True)))
    assert asked.answer == best
    assert answer(asked) == pytest.approx(best)


def test_the_doctor_says_when_an_answer_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    data, lines, is_well = doctor.examined()
    assert is_well and lines[-1] == "All is well."
    assert data["versions"]["highspy"] and data["usable_cores"] >= 1
    monkeypatch.setattr(doctor, "SCENARIOS", {"toy": ("made wrong", 79_900_002.0)})
    _, lines, is_well = doctor.examined()
    assert not is_well
    assert any("WRONG  siting, toy" in line for line in lines)


ADVICE = {
    "energy.pue": "Write components.energy.pue.",
    "pue": "Write it as components.energy.pue.",
    "horizon.end": "Write 'steps' instead.",
    "training.targets": "Write components.workloads.kinds.training.targets.",
    "zone.cheap.headroom_mw": "Write zones.cheap.headroom_mw.",
    "demand.kinds": "Write components.workloads.kinds.",
}


@pytest.mark.parametrize("path", ADVICE)
def test_advice_names_the_right_key(path: str) -> None:
    with pytest.raises(InputError) as caught:
        load(TOY, {path: 1.2})
    assert str(caught.value.issues[0]).endswith(ADVICE[path])


def test_words_of_planners_lead_to_keys_that_there_are() -> None:
    keys = {entry.name for section in sections() for entry in section.entries}
    assert set(MEANT.values()) <= keys
    assert not set(MEANT) & {
        e.name for s in sections() if s.path in ("", "components") for e in s.entries
    }


def test_a_list_that_is_cut_says_how_much_is_left() -> None:
    data: dict[str, Any] = {"sites": {f"site{number:02d}": {} for number in range(14)}}
    assert str(unknown(data, "sites.qq.zone", "here")).endswith("sites.site09 and 4 more.")
    cut = re.compile(r"\{[^{}\n]*\[:[0-9]+\]\}")
    found = {
        str(path.relative_to(SOURCE)): [
            part for part in cut.findall(path.read_text(encoding="utf-8")) if "sorted(" in part
        ]
        for path in SOURCE.rglob("*.py")
    }
    assert {path: parts for path, parts in found.items() if parts} == {}


def test_a_shell_completes_commands_and_names() -> None:
    completing = {"_SITING_COMPLETE": "complete_bash", "COMP_CWORD": "3"}
    names = siting(COMP_WORDS="siting init --scenario fed", **completing).split()
    assert names == ["federal-2035", "federal-2035-full"] or set(names) >= {"federal-2035"}
    completing["COMP_CWORD"] = "1"
    assert "solve" in siting(COMP_WORDS="siting so", **completing).split()
    assert siting("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
