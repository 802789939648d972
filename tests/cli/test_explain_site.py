"""``siting explain DIR SITE`` on the toy, whose costs are derived on paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from siting.cli.main import main
from siting.outputs.write import write_plan
from support.engine import plan_of, toy


def run(arguments: list[str]) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the toy."""
    target = tmp_path_factory.mktemp("plan") / "toy"
    write_plan(plan_of(toy()), target)
    return target


def told(
    folder: Path, site: str, capfd: pytest.CaptureFixture[str], *more: str
) -> dict[str, object]:
    """What is said of a site."""
    assert run(["explain", str(folder), site, "--json", *more]) == 0
    found: dict[str, object] = json.loads(capfd.readouterr().out)
    return found


def test_a_chosen_site_against_the_best_plan_without_it(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # without `near` the best is `far` with two cells, 88.65376 for 79.90
    found = told(folder, "near", capfd)
    assert found["is_chosen"] is True
    other = found["opposite_choice_usd"]
    assert isinstance(other, dict)
    assert other["planned"] == pytest.approx(8_753_760)
    assert other["least"] == pytest.approx(other["most"])
    assert run(["explain", str(folder), "near"]) == 0
    text = capfd.readouterr().out
    assert "near is in the plan." in text
    assert "connection near, 2027-01-01 to 2028-01-01  <- what it waited for" in text
    assert "Without it the best plan is 8.8 M USD dearer" in text


def test_a_limit_is_used_up_while_it_is(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`far` takes 100 MW and has them in the second half of 2027 only, `near` from 2028 to the end."""
    assert told(folder, "far", capfd)["limits"] == [
        "headroom of node far is used up from 2027-07-01 to 2028-01-01"
    ]
    assert told(folder, "near", capfd)["limits"] == [
        "headroom of node near is used up from 2028-01-01"
    ]


def test_a_site_that_is_not_chosen_and_what_it_would_take(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # opening `ranch` beside the others costs 2 and brings nothing
    found = told(folder, "ranch", capfd)
    assert found["is_chosen"] is False
    other = found["opposite_choice_usd"]
    assert isinstance(other, dict) and other["planned"] == pytest.approx(2_000_000)
    assert found["entry_weeks"] is None
    assert run(["explain", str(folder), "ranch"]) == 0
    assert "No shorter connection alone makes it pay." in capfd.readouterr().out


def test_weeks_that_bring_a_site_in(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    # with 18 months of connection `near` serves half a year only, and `far` with two cells is
    # better; from 12 months on, that is 2028-01 for 2028-07, it pays: 26.1 weeks
    scenario = toy()
    scenario["zones"]["cheap"]["connection_months"] = 18
    target = tmp_path / "late"
    write_plan(plan_of(scenario), target)
    found = told(target, "near", capfd, "--write")
    assert found["is_chosen"] is False
    assert found["entry_weeks"] == 27
    features = json.loads((target / "plan.geojson").read_text(encoding="utf-8"))["features"]
    (near,) = (f for f in features if f["properties"]["id"] == "near")
    assert near["properties"]["entry_weeks"] == 27
    assert near["properties"]["kind"] == "candidate"
    assert near["geometry"]["type"] == "Point"
    assert run(["audit", str(target)]) == 0


@pytest.mark.parametrize("months", [0, 12])
def test_no_weeks_of_a_site_that_is_as_good_as_the_one_in_the_plan(
    months: float, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # two sites alike, load for one of them: to open the other one too costs nothing, whether or not its
    # connection could be shorter
    scenario = {
        "schema_version": 1,
        "name": "twins",
        "discount_rate_frac": 0.05,
        "horizon": {"start": "2027-01", "steps": [{"until": "2030-01", "step": "quarter"}]},
        "sites": {"one": {"zone": "z"}, "two": {"zone": "z"}},
        "zones": {"z": {"connection_months": months, "energy_usd_per_mwh": 60}},
        "components": {
            "land": {},
            "energy": {},
            "headroom": {},
            "workloads": {
                "kinds": {
                    "training": {
                        "targets": [{"from_date": "2027-07", "it_mw": 100}],
                        "delay_cost_usd_per_mw_month": 300_000,
                    }
                }
            },
        },
    }
    plan = plan_of(scenario)
    chosen = {row["site"] for row in plan.tables["commitments"]}
    (other,) = {"one", "two"} - chosen
    write_plan(plan, tmp_path / "twins")
    found = told(tmp_path / "twins", other, capfd)
    assert found["is_chosen"] is False
    costs = found["opposite_choice_usd"]
    assert isinstance(costs, dict)
    assert [costs[k] for k in ("least", "planned", "most")] == pytest.approx([0, 0, 0], abs=2)
    assert (found["entry_weeks"], found["entry_least_weeks"]) == (None, None)
    assert run(["explain", str(tmp_path / "twins"), other]) == 0
    text = capfd.readouterr().out
    assert "week" not in text and "shorter" not in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain"], ["DIR SITE, or --family NAME"]),
        (["explain", "nowhere", "near"], ["nowhere", "no such file"]),
    ],
)
def test_wrong_questions(
    arguments: list[str], words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    message = capfd.readouterr().err
    for word in words:
        assert word in message


def test_wrong_site_and_broken_folders(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "toy"
    write_plan(plan_of(toy()), target)
    assert run(["explain", str(target), "<img src=x>"]) == 2
    assert "not a site of the scenario" in capfd.readouterr().err
    table = target / "tables" / "halls.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("100", "many"), encoding="utf-8")
    assert run(["explain", str(target), "near"]) == 2
    assert "holds 'many'" in capfd.readouterr().err
    (target / "tables" / "critical_path.csv").unlink()
    assert run(["explain", str(target), "near"]) == 2
    assert "Traceback" not in capfd.readouterr().err
