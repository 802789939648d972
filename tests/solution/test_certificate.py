"""The certificate of a plan: what it proves without the solver, and that nothing false passes for proof."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from siting.cli.audit_plan import FolderAudit, audit_whole
from siting.core.plan import Plan
from siting.outputs.stored import read_plan
from siting.outputs.write import write_plan
from siting.pipeline import load
from siting.solution.certificate import CERTIFICATE, GOALS, LOG, SEAL, sha256_of_rest
from siting.solver.highs import Limits
from siting.timeline.compare import compare_strategies
from siting.timeline.library import strategies_for
from siting.timeline.solves import Solver
from support.engine import plan_of, toy
from support.tampering import seal_anew

MODELS = Path(__file__).parents[2] / "models"
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def written(toy_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy plan, written."""
    folder = tmp_path_factory.mktemp("certificate") / "toy"
    write_plan(toy_plan, folder)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """The same, free to change."""
    return Path(shutil.copytree(written, tmp_path / "plan"))


def changed(folder: Path, change: Change, *, is_thorough: bool = True) -> FolderAudit:
    """The audit of a plan whose certificate was changed and sealed anew, also within itself."""
    path = folder / CERTIFICATE
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    if is_thorough:
        data[SEAL] = sha256_of_rest(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    assert seal_anew(folder)
    return audit_whole(folder)


def test_the_toy_is_proven_without_the_solver_to_what_paper_says(folder: Path) -> None:
    audited = audit_whole(folder)
    assert audited.findings == ()
    # 79.9 million by hand in the file's comments; its relaxation is whole
    assert audited.proof.by_arithmetic_usd == pytest.approx(79.9e6, abs=1.0)
    assert audited.proof.is_whole
    assert "bound_usd" not in audited.claimed
    assert any(
        "no plan costs less than 79.900 M USD, a gap of 0 %" in x for x in audited.proof.lines()
    )


def test_what_the_search_adds_is_told_apart(pjm_folder: Path) -> None:
    audited = audit_whole(pjm_folder)
    proof = audited.proof
    assert proof.by_arithmetic_usd is not None
    assert proof.by_search_usd is not None
    assert proof.by_arithmetic_usd < proof.by_search_usd
    assert not proof.is_whole
    assert "bound_usd" in audited.claimed
    assert any(f"SHA-256 {proof.log_sha256[:12]}" in line for line in proof.lines())


def _raise_bound(data: dict[str, Any]) -> None:
    data["relaxation"]["bound_usd"] += 10.0


def _first(data: dict[str, Any]) -> list[Any]:
    """The entries of the first rows that have duals."""
    duals: dict[str, list[Any]] = data["relaxation"]["duals"]
    return duals[min(duals)]


def _duals_up(data: dict[str, Any]) -> None:
    for entries in data["relaxation"]["duals"].values():
        for entry in entries:
            entry[-1] *= 1.5


def _dual_up(data: dict[str, Any]) -> None:
    _first(data)[0][-1] *= 1.5


def _row_dropped(data: dict[str, Any]) -> None:
    _first(data).pop()


def _row_of_none(data: dict[str, Any]) -> None:
    _first(data)[0][0] = "zzz"


def _row_twice(data: dict[str, Any]) -> None:
    _first(data).append(_first(data)[0])


def _no_duals(data: dict[str, Any]) -> None:
    del data["relaxation"]["duals"]


def _claims_goals(data: dict[str, Any]) -> None:
    data["relaxation"] = {"why_not": GOALS}


def _without_relaxation(data: dict[str, Any]) -> None:
    del data["relaxation"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_raise_bound, "relaxation.bound_usd is"),
        (_duals_up, "relaxation.bound_usd is"),
        (_row_dropped, "relaxation.rows_with_dual is"),
        (_row_of_none, "is no row of the model"),
        (_row_twice, "stands there twice"),
        (_no_duals, "no duals, and no reason for it"),
        (_claims_goals, "no duals, and no reason for it"),
        (_without_relaxation, "not an object"),
    ],
)
def test_a_changed_proof_is_named(folder: Path, change: Change, what: str) -> None:
    findings = changed(folder, change).findings
    assert any(
        f.startswith(f"certificate.relaxation: {CERTIFICATE}: ") and what in f for f in findings
    )


def test_a_dual_that_changes_nothing_is_named_too(folder: Path) -> None:
    # the relaxation has other optimal duals: thoroughly sealed they are a proof like any
    assert changed(folder, _dual_up).findings == ()
    findings = changed(folder, _dual_up, is_thorough=False).findings
    assert findings == (f"certificate.changed: {CERTIFICATE}: sha256 is not that of what it says",)


@pytest.mark.parametrize("key", ["objective_usd", "bound_usd", "gap", "status"])
@pytest.mark.parametrize("value", [None, True, -1, 1e300, "zzz", [], {}, 10**400])
def test_what_the_plan_does_not_say_is_named(folder: Path, key: str, value: object) -> None:
    def change(data: dict[str, Any]) -> None:
        data[key]["value"] = value

    findings = changed(folder, change).findings
    assert any(f.startswith(f"certificate.{key}: {CERTIFICATE}") for f in findings)


@pytest.mark.parametrize(
    "value",
    [None, True, "zzz", [], {}, 10**400, -(10**400), 1e308, float("nan"), float("inf"), -1e16],
)
def test_no_dual_crashes_the_audit(folder: Path, value: object) -> None:
    def change(data: dict[str, Any]) -> None:
        for entry in _first(data):
            entry[-1] = value

    assert any("certificate.relaxation" in f for f in changed(folder, change).findings)


@pytest.mark.parametrize(
    "duals",
    [None, 7, "zzz", [], [[]], {"a": 7}, {"a": [7]}, {"a": [[]]}, {"a": [[[1], 2]]}, {"": [[1]]}],
)
def test_no_list_of_duals_crashes_the_audit(folder: Path, duals: object) -> None:
    def change(data: dict[str, Any]) -> None:
        data["relaxation"]["duals"] = duals

    assert any("certificate.relaxation" in f for f in changed(folder, change).findings)


@pytest.mark.parametrize("name", [CERTIFICATE, LOG])
@pytest.mark.parametrize(
    "content",
    [None, b"", b"\x00\xff\xfe", b"[" * 100_000, b"NaN", b"[]", b'{"a": ' * 2000, b"9" * 5000],
)
def test_garbage_is_named_whether_sealed_or_not(
    folder: Path, name: str, content: bytes | None
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    assert any(f.startswith("seal.") and name in f for f in audit_whole(folder).findings)
    assert seal_anew(folder)
    audited = audit_whole(folder)
    assert any(f.startswith("certificate.") for f in audited.findings)
    assert name == LOG or audited.proof.by_arithmetic_usd is None


def test_the_certificate_of_another_plan_is_named(folder: Path, pjm_folder: Path) -> None:
    for name in (CERTIFICATE, LOG):
        shutil.copy(pjm_folder / name, folder / name)
    assert seal_anew(folder)
    findings = audit_whole(folder).findings
    assert any(f.startswith("certificate.objective_usd") for f in findings)
    assert any("is no row of the model" in f for f in findings)


def test_a_bound_that_the_record_does_not_reach_is_named(folder: Path) -> None:
    text = (folder / LOG).read_text(encoding="utf-8")
    (folder / LOG).write_text(text.replace("79.900000\n", "70.000000\n"), encoding="utf-8")
    assert seal_anew(folder)
    findings = audit_whole(folder).findings
    assert f"certificate.log: {CERTIFICATE}: log_sha256 is not that of {LOG}" in findings
    assert any("the best bound is 70000000.00" in f for f in findings)


def test_with_other_goals_first_nothing_is_claimed_of_the_cost(tmp_path: Path) -> None:
    scenario = toy()
    scenario["objectives"] = [{"goal": "fewest_late_mw_months"}, {"goal": "least_cost"}]
    write_plan(plan_of(scenario), tmp_path / "plan")
    audited = audit_whole(tmp_path / "plan")
    assert audited.findings == ()
    assert audited.proof.by_arithmetic_usd is None
    assert audited.proof.why_not == GOALS
    assert "bound_usd" in audited.claimed


def test_rows_stated_in_the_search_are_stated_again(tmp_path: Path) -> None:
    plan = plan_of(dict(load(MODELS / "shared-line.yaml").instance.resolved))
    assert plan.relaxation["rows_stated_in_search"] > 0
    write_plan(plan, tmp_path / "plan")
    audited = audit_whole(tmp_path / "plan")
    assert audited.findings == ()
    assert audited.proof.is_whole

    def change(data: dict[str, Any]) -> None:
        data["relaxation"]["duals"]["network.flow_limit"][0][1] = "zzz out"

    assert any("is no row of the model" in f for f in changed(tmp_path / "plan", change).findings)


def test_a_plan_read_back_carries_its_certificate(
    toy_plan: Plan, folder: Path, tmp_path: Path
) -> None:
    again = read_plan(folder)
    assert again.relaxation == toy_plan.relaxation
    assert again.search_log == toy_plan.search_log
    write_plan(again, tmp_path / "again")
    for name in (CERTIFICATE, LOG):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_under_a_strategy_its_own_plans_are_bounded(tmp_path: Path) -> None:
    loaded = load(MODELS / "toy.yaml")
    solver = Solver(Limits(gap_frac=1e-6, threads=1))
    strategies = strategies_for(loaded.instance, ["nuclear_only", "grid_only"])
    results = compare_strategies(loaded, strategies, solver)
    bounds = {}
    for result in results:
        assert result.plan is not None
        write_plan(result.plan, tmp_path / result.name)
        audited = audit_whole(tmp_path / result.name)
        assert audited.findings == ()
        bounds[result.name] = audited.proof.by_arithmetic_usd
    assert bounds["optimal"] == pytest.approx(79.9e6, abs=1.0)
    # nothing is served: 100 MW are late for 18 months at 0.3 million USD
    assert bounds["nuclear_only"] == pytest.approx(540e6, abs=1.0)
    # sealed as a plan of no strategy, the same duals do not prove as much
    stated = json.loads((tmp_path / "nuclear_only" / "plan.json").read_bytes())
    for name in (None, "zzz", 7, "wait_until:9999-99"):
        stated["settings"]["strategy"] = name
        (tmp_path / "nuclear_only" / "plan.json").write_text(json.dumps(stated), encoding="utf-8")
        assert seal_anew(tmp_path / "nuclear_only")
        findings = audit_whole(tmp_path / "nuclear_only").findings
        assert any(f.startswith("certificate.relaxation") for f in findings)
