"""The schema that editors use takes what a scenario may be, and sees what is wrong with it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from siting.cli.starter import EDITOR_LINE, create
from siting.cli.template import create_from_template
from siting.core.magnitude import odd_numbers
from siting.core.wording import PLANNER
from siting.core.yaml_source import parse_document
from siting.pipeline import load
from siting.reference.json_schema import editor_schema
from siting.scenario import schema
from support.engine import BUILTIN, TOY, toy
from support.instances_all import any_scenario
from support.language_server import Server, language_server

MODELS = sorted((BUILTIN / "models").glob("*.yaml"))
SERVER = "yaml-language-server@1.25.0"


@pytest.fixture(scope="module")
def editor() -> Any:
    """Checks data as an editor does."""
    found = editor_schema()
    jsonschema.Draft7Validator.check_schema(found)
    return jsonschema.Draft7Validator(found)


def faults(editor: Any, data: object) -> list[str]:
    """What an editor underlines."""
    return [error.message for error in editor.iter_errors(data)]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_shipped_scenario_validates(path: Path, editor: Any) -> None:
    data = parse_document(path.read_text(encoding="utf-8"), path.name).data
    assert faults(editor, data) == []


@pytest.mark.parametrize("is_federal", [False, True])
@pytest.mark.parametrize("kind", ["spreadsheet", "csv"])
def test_what_init_writes_validates(
    kind: Any, is_federal: bool, tmp_path: Path, editor: Any
) -> None:
    create_from_template(tmp_path / "plan", kind, is_federal=is_federal)
    text = (tmp_path / "plan" / "scenario.yaml").read_text(encoding="utf-8")
    assert text.startswith(EDITOR_LINE)
    assert faults(editor, parse_document(text, "scenario.yaml").data) == []
    written = json.loads((tmp_path / "plan" / "scenario.schema.json").read_text(encoding="utf-8"))
    assert written == editor.schema


def test_a_resolved_scenario_validates(editor: Any) -> None:
    resolved = load(TOY).instance.resolved
    assert faults(editor, json.loads(json.dumps(resolved, default=str))) == []


RIGHT: dict[str, dict[str, Any]] = {
    "a table in a file": {"sites": {"file": "a.csv", "columns": {"zone": "BA"}, "where": {"s": ["x"]}}},
    "rows beside a file": {"zones": {"file": "a.csv", "records": {"east": {"headroom_mw": 5}}}},
    "a join": {"zones": {"file": "a.xlsx", "layer": "zones", "join": [{"layer": "prices"}]}},
    "an included section": {"components": {**toy()["components"], "campus": {"include": "c.yaml"}}},
    "several includes": {"zones": {"include": ["a.yaml", "b.yaml"], "east": {"headroom_mw": 1}}},
    "a change of another scenario": {"extends": "a.yaml", "components": {"campus": {"shell_months": 9}}},
}  # fmt: skip
WRONG: dict[str, dict[str, Any]] = {
    "a misspelt key of a file": {"sites": {"file": "a.csv", "colums": {}}},
    "a file without a name": {"sites": {"file": 5}},
    "a misspelt key of a part": {"extends": "a.yaml", "horizon": {"strat": "2027-01"}},
    "a wrong record beside a file": {"zones": {"file": "a", "records": {"e": {"headroom_mw": "x"}}}},
    "a month that is none": {"horizon": {**toy()["horizon"], "start": "2027-13"}},
    "a day within a month": {"horizon": {**toy()["horizon"], "start": "2027-01-15"}},
    "a list that is none": {"objectives": {"goal": "least_cost"}},
    "an unknown goal": {"objectives": [{"goal": "least_cots"}]},
    "a duration beyond reason": {"zones": {"cheap": {"connection_months": 5000}}},
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT)
def test_right(case: str, editor: Any) -> None:
    assert faults(editor, {**toy(), **RIGHT[case]}) == []


@pytest.mark.parametrize("case", WRONG)
def test_wrong(case: str, editor: Any) -> None:
    assert faults(editor, {**toy(), **WRONG[case]}) != []


def test_a_part_needs_another_file(editor: Any) -> None:
    part = {"schema_version": 1, "name": "a"}
    assert faults(editor, part) != []
    assert faults(editor, {**part, "extends": "b.yaml"}) == []


def is_seen(data: object) -> bool | None:
    """Whether reading finds a fault that a schema can see; None for one that it cannot."""
    odd = [what for *_, what, expected in odd_numbers(data) if not expected.startswith("0, or")]
    try:
        schema().model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        kinds = {fault["type"] for fault in error.errors(include_url=False)}
        hidden = {PLANNER, "value_error", "assertion_error"}
        return True if kinds - hidden or odd else None
    return bool(odd)


def mutated(data: Any, rng: random.Random) -> Any:
    """A copy with one value spoiled somewhere."""
    changed = deepcopy(data)
    places: list[tuple[Any, Any]] = []

    def collect(part: Any) -> None:
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            places.append((part, key))
            if isinstance(value, dict | list) and key != "geometry":
                collect(value)

    collect(changed)
    part, key = rng.choice(places)
    way = rng.choice(
        ["remove", "rename", "text", "negative", "huge", "null", "list", "flag", "day"]
    )
    if way == "remove":
        del part[key]
    elif way == "rename" and isinstance(part, dict):
        part[f"{key}x"] = part.pop(key)
    else:
        spoiled = {
            "text": "lots",
            "negative": -7,
            "huge": 1e17,
            "null": None,
            "list": [],
            "flag": True,
        }
        part[key] = spoiled.get(way, "2027-02-15")
    return changed


@pytest.mark.parametrize("seed", range(400))
def test_an_editor_sees_what_reading_sees(seed: int, editor: Any) -> None:
    """Spoiled scenarios of every family: what the models refuse is underlined, and nothing else."""
    rng = random.Random(seed)
    data = mutated(json.loads(json.dumps(any_scenario(seed), default=str)), rng)
    seen, told = is_seen(data), faults(editor, data)
    if seen is not None:
        assert bool(told) == seen, told[:3]


@pytest.fixture(scope="session")
def program(request: pytest.FixtureRequest) -> Path:
    """The language server, installed once by npm into the cache of the tests."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm is not installed, which brings the language server")
    assert request.config.cache is not None
    folder = request.config.cache.mkdir("language-server")
    found = folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if not found.exists():
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), SERVER]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not found.exists():
            pytest.skip(f"npm cannot install {SERVER}: {done.stderr.strip()[-200:]}")
    return found


@pytest.fixture
def server(program: Path) -> Iterator[Server]:
    """A language server."""
    with language_server(program) as running:
        yield running


def test_a_language_server_checks_explains_and_completes(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    create(folder, "toy")
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    lines = text.splitlines()
    document, found = server.opened(folder / "right.yaml", text)
    assert found == []
    line = next(i for i, content in enumerate(lines) if "hall_it_mw: 100" in content)
    hint = server.ask("textDocument/hover", textDocument=document, position=at(line, 6))
    assert "IT load of one hall" in hint["contents"]["value"]
    _, found = server.opened(
        folder / "wrong.yaml", text.replace("shell_months: 6", "shel_months: 6")
    )
    assert any(f"{line + 2}: Property shel_months is not allowed" in fault for fault in found)
    assert any("shell_months" in fault and "issing" in fault for fault in found)
    started = text.replace("    shell_months: 6\n", "    shell_months: 6\n    \n")
    document, _ = server.opened(folder / "started.yaml", started)
    offered = server.ask("textDocument/completion", textDocument=document, position=at(line + 2, 4))
    labels = {item["label"] for item in offered["items"]}
    assert {"fixed_om_usd_per_it_mw_year", "include"} <= labels
    assert "hall_it_mw" not in labels


def test_a_language_server_knows_files_and_parts(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    create_from_template(folder, "spreadsheet", is_federal=False)
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    assert server.opened(folder / "right.yaml", text)[1] == []
    _, found = server.opened(folder / "wrong.yaml", text.replace("use_column", "use_colum"))
    assert len(found) == 1 and "use_colum" in found[0]
    part = f"{EDITOR_LINE}extends: scenario.yaml\nzones:\n  east: {{headroom_mw: lots}}\n"
    _, found = server.opened(folder / "part.yaml", part)
    assert len(found) == 1 and found[0].startswith("4: Incorrect type")


def at(line: int, character: int) -> dict[str, int]:
    """A position in a text."""
    return {"line": line, "character": character}
