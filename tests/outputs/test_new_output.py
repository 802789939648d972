"""An output that a test registers is written, sealed and audited, and nothing else is changed for it.

MW of IT load by state at the end of the horizon, as CSV: the toy serves 100 MW at `near` in Pennsylvania then,
and keeps a hall at `far` in Nevada that serves none (``models/toy.yaml``).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from siting.cli.audit_plan import audit_whole
from siting.cli.main import main
from siting.core.audit import number
from siting.core.errors import SitingError
from siting.core.plan import Plan
from siting.core.table import Row, Table
from siting.outputs.output import Output
from siting.outputs.plain import sha256_of
from siting.outputs.registry import output_of, outputs, register, registered
from siting.outputs.seals import sealed_anew
from siting.outputs.stored import read_plan
from siting.outputs.tables import write_json, write_table
from siting.outputs.write import write_plan
from support.engine import TOY, plan_of, toy

NAME = "states.csv"
COLUMNS = ("state", "it_mw")


def by_state(tables: Mapping[str, Table]) -> Table:
    """IT load of each state that has a site of the plan."""
    found: dict[str, float] = {}
    for row in tables["sites"]:
        if row["is_chosen"]:
            state = str(row["state"])
            found[state] = found.get(state, 0.0) + number(row, "it_mw")
    rows: list[Row] = [{"state": state, "it_mw": mw} for state, mw in sorted(found.items())]
    return Table.of(COLUMNS, rows)


def write(plan: Plan, path: Path) -> None:
    """The table as CSV."""
    write_table(by_state(plan.tables), path)


def check(tables: Mapping[str, Table], path: Path) -> Iterator[str]:
    """States whose load is another than that of the tables."""
    with path.open(encoding="utf-8", newline="") as file:
        shown = {row["state"]: float(row["it_mw"]) for row in csv.DictReader(file)}
    for row in by_state(tables):
        state = str(row["state"])
        if shown.get(state) != row["it_mw"]:
            yield f"{state} has {shown.get(state)} MW, {row['it_mw']} in the tables"


OUTPUT = Output(name=NAME, about="IT load by state", write=write, is_compared=True, check=check)


@pytest.fixture
def known() -> Iterator[None]:
    """The output is known as long as a test runs."""
    with registered(OUTPUT):
        yield


@pytest.fixture
def folder(known: None, tmp_path: Path) -> Path:
    """A plan with it."""
    write_plan(plan_of(toy()), tmp_path / "plan")
    return tmp_path / "plan"


def code(*arguments: str) -> int:
    """Exit code of a command line."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    return int(stop.value.code or 0)


def seal(folder: Path, name: str) -> None:
    """Seal a file anew, as if siting had changed it."""
    write_json(sealed_anew(folder, name, folder / name), folder / "plan.json")


@pytest.mark.usefixtures("known")
def test_the_command_writes_seals_and_audits_it(tmp_path: Path) -> None:
    out = tmp_path / "plan"
    assert code("solve", str(TOY), "-o", str(out)) == 0
    assert (out / NAME).read_text(encoding="utf-8") == "state,it_mw\nNV,0\nPA,100\n"
    said = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert said["seals"][NAME] == sha256_of(out / NAME)
    assert NAME in said["files"]
    assert code("audit", str(out), "--strict") == 0


def test_it_is_named_when_it_is_missing_or_changed(folder: Path) -> None:
    (folder / NAME).write_text("state,it_mw\nNV,0\nPA,500\n", encoding="utf-8")
    audited = audit_whole(folder)
    assert (audited.findings, audited.changed) == (
        (),
        (f"seal.changed: {NAME}: not what was written",),
    )
    assert code("audit", str(folder)) == 0
    assert code("audit", str(folder), "--strict") == 6
    (folder / NAME).unlink()
    assert audit_whole(folder).changed == (f"seal.missing: {NAME}: the file is missing",)


def test_under_a_new_seal_its_own_check_names_it(folder: Path) -> None:
    (folder / NAME).write_text("state,it_mw\nNV,0\nPA,500\n", encoding="utf-8")
    seal(folder, NAME)
    (what,) = audit_whole(folder).changed
    assert what == f"output.differs: {NAME}: PA has 500.0 MW, 100.0 in the tables"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"state,it_mw\nPA,many\n", b"a\nb\n"])
def test_what_cannot_be_read_back_is_named(folder: Path, content: bytes) -> None:
    (folder / NAME).write_bytes(content)
    seal(folder, NAME)
    audited = audit_whole(folder)
    assert audited.findings == ()
    assert audited.changed and all(NAME in what for what in audited.changed)


def test_as_a_source_its_change_fails_the_audit(tmp_path: Path) -> None:
    with registered(replace(OUTPUT, is_source=True)):
        write_plan(plan_of(toy()), tmp_path / "plan")
        (tmp_path / "plan" / NAME).write_text("mine", encoding="utf-8")
        audited = audit_whole(tmp_path / "plan")
    assert (audited.findings, audited.changed) == (
        (f"seal.changed: {NAME}: not what was written",),
        (),
    )


@pytest.mark.usefixtures("known")
def test_plans_of_a_comparison_have_it(tmp_path: Path) -> None:
    out = tmp_path / "study"
    assert code("compare", str(TOY), "-o", str(out), "--strategies", "wait_until") == 0
    for name, is_best in (("optimal", True), ("wait_until", False)):
        plan = out / "plans" / name
        assert (plan / NAME).exists()
        assert (plan / "report.html").exists() == is_best
        assert code("audit", str(plan), "--strict") == 0


def test_a_folder_of_files_is_one_output(tmp_path: Path) -> None:
    def write_all(plan: Plan, path: Path) -> None:
        path.mkdir()
        for row in by_state(plan.tables):
            (path / f"{row['state']}.txt").write_text(f"{row['it_mw']}\n", encoding="utf-8")

    with registered(Output("by/state/", "a file a state", write_all)):
        write_plan(plan_of(toy()), tmp_path / "plan")
        (tmp_path / "plan" / "by" / "state" / "PA.txt").unlink()
        audited = audit_whole(tmp_path / "plan")
    assert audited.changed == ("seal.missing: by/state/PA.txt: the file is missing",)


def test_without_it_nothing_is_left(folder: Path, tmp_path: Path) -> None:
    """A plan with it is read and audited where it is not known; the next plan has none of it."""
    del folder
    plan = read_plan(tmp_path / "plan")
    assert output_of(NAME) is OUTPUT
    write_plan(plan, tmp_path / "with")
    assert (tmp_path / "with" / NAME).exists()


def test_where_it_is_not_known_it_is_an_output_like_others(tmp_path: Path) -> None:
    with registered(OUTPUT):
        write_plan(plan_of(toy()), tmp_path / "plan")
    assert output_of(NAME) is None
    assert audit_whole(tmp_path / "plan").changed == ()
    (tmp_path / "plan" / NAME).write_text("mine", encoding="utf-8")
    assert audit_whole(tmp_path / "plan").changed == (
        f"seal.changed: {NAME}: not what was written",
    )
    write_plan(plan_of(toy()), tmp_path / "plan")
    assert not (tmp_path / "plan" / NAME).exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/x", "a/../b", "a//b", "./a", "/", "a//"])
def test_its_name_is_a_plain_one(name: str) -> None:
    with pytest.raises(SitingError, match="cannot be the name of an output"):
        register(replace(OUTPUT, name=name))


@pytest.mark.parametrize("name", ["plan.json", "tables/mine.csv", "tables/", "report.html", NAME])
@pytest.mark.usefixtures("known")
def test_it_is_known_once(name: str) -> None:
    with pytest.raises(SitingError, match="is known already"):
        register(replace(OUTPUT, name=name))


def test_every_output_is_there_and_described(tmp_path: Path) -> None:
    write_plan(plan_of(toy()), tmp_path / "plan")
    names = {path.name for path in (tmp_path / "plan").iterdir()}
    assert names == {output.name.rstrip("/") for output in outputs()}
    described = (TOY.parents[1] / "docs/guide/outputs.md").read_text(encoding="utf-8")
    assert [o.name for o in outputs() if f"`{o.name}" not in described] == []


@pytest.mark.parametrize("change", ["missing", "another day", "once more", "no calendar"])
def test_a_calendar_that_disagrees_with_the_orders_is_named(tmp_path: Path, change: str) -> None:
    """The toy orders one bank, on 2027-01-01 for 2028-01 or six months later."""
    plan = plan_of(toy())
    write_plan(plan, tmp_path / "plan")
    path = tmp_path / "plan" / "orders.ics"
    lines = path.read_bytes().split(b"\r\n")
    (start,) = [line for line in lines if line.startswith(b"DTSTART")]
    when = start[-8:].decode()
    ics = {
        "missing": [line for line in lines if line != start],
        "another day": [start[:-8] + b"20350101" if line == start else line for line in lines],
        "once more": [*lines, start, b""],
        "no calendar": [b"\xff"],
    }[change]
    path.write_bytes(b"\r\n".join(ics))
    seal(tmp_path / "plan", path.name)
    audited = audit_whole(tmp_path / "plan")
    assert audited.findings == ()
    said = {
        "missing": [f"0 entries on {when}, 1 orders in the tables"],
        "another day": [
            f"0 entries on {when}, 1 orders in the tables",
            "1 entries on 20350101, 0 orders in the tables",
        ],
        "once more": [f"2 entries on {when}, 1 orders in the tables"],
        "no calendar": ["byte 0 is no UTF-8"],
    }[change]
    assert audited.changed == tuple(f"output.differs: orders.ics: {what}" for what in said)
