"""Options of a study: each form on the command line and in the API, and what they refuse."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.main import get_command

import siting
from siting.cli.main import app, main
from siting.core.errors import InputError
from siting.core.table import Table
from siting.pipeline import Loaded
from siting.studies.base import Study
from siting.studies.option import Asked, Form, Option
from siting.studies.registry import TAKEN, registered
from support.engine import TOY

COMMAS: Option[tuple[str, ...]] = Option("echo_commas", "--commas", "Names.", (), Form.COMMAS)
REPEATED: Option[tuple[str, ...]] = Option("echo_each", "--each", "Names.", (), Form.REPEATED)
FLAG: Option[bool] = Option("echo_flag", "--flagged", "Or not.", False, Form.FLAG, given=True)
TEXT: Option[str | None] = Option("echo_text", "--said", "Words.", None, Form.TEXT)
COUNT: Option[int] = Option("echo_count", "--count", "How many.", 1, Form.COUNT, least=0, most=9)
NUMBER: Option[float] = Option("echo_frac", "--frac", "A share.", 0.5, Form.NUMBER, least=0.0)
OPTIONS: tuple[Option[Any], ...] = (COMMAS, REPEATED, FLAG, TEXT, COUNT, NUMBER)


def check(
    loaded: Loaded, asked: Asked, left_out: Callable[[str], None]
) -> tuple[tuple[str, object], ...]:
    """Everything that was asked."""
    return tuple((option.argument, asked[option]) for option in OPTIONS)


ECHO: Study[Any, Any, Any] = Study(
    name="echo",
    title="Echo",
    options=OPTIONS,
    check=check,
    search=lambda run, checked: checked,
    settle=lambda run, checked, searched: dict(searched),
    tables=lambda found: {"echo": Table.of(("x",), [{"x": 1.0}])},
    summary=lambda result: result.found,
)
DEFAULTS = {
    "echo_commas": [],
    "echo_each": [],
    "echo_flag": False,
    "echo_text": None,
    "echo_count": 1,
    "echo_frac": 0.5,
}


@pytest.mark.parametrize(
    ("given", "heard"),
    [
        ([], {}),
        (["--commas", " a, b,,c "], {"echo_commas": ["a", "b", "c"]}),
        (["--each", "a,b", "--each", "c"], {"echo_each": ["a,b", "c"]}),
        (["--flagged"], {"echo_flag": True}),
        (["--said", "so, it is"], {"echo_text": "so, it is"}),
        (["--count", "7", "--frac", "12.5"], {"echo_count": 7, "echo_frac": 12.5}),
    ],
)
def test_each_form_on_the_command_line(
    tmp_path: Path, given: list[str], heard: dict[str, object]
) -> None:
    out = tmp_path / "study"
    words = ["compare", str(TOY), "-o", str(out), "--strategies", "optimal", *given]
    with registered(ECHO), pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 0
    said = json.loads((out / "compare.json").read_text(encoding="utf-8"))
    assert said["echo"] == {**DEFAULTS, **heard}


@pytest.mark.parametrize(
    "given", [["--count", "10"], ["--count", "-1"], ["--frac", "-0.5"], ["--count", "x"]]
)
def test_numbers_out_of_range_are_refused_on_the_command_line(
    tmp_path: Path, given: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", str(TOY), "-o", str(tmp_path / "out"), *given]
    with registered(ECHO), pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert given[0] in capfd.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "heard"),
    [
        (COMMAS, ["a", "b"], ("a", "b")),
        (REPEATED, (name for name in "ab"), ("a", "b")),
        (FLAG, True, True),
        (TEXT, None, None),
        (COUNT, np.int64(12), 12),
        (NUMBER, 7, 7),
        (NUMBER, np.float64(0.25), 0.25),
    ],
)
def test_values_of_the_api(option: Option[Any], value: object, heard: object) -> None:
    asked = Asked(**{option.argument: value})
    asked.check(OPTIONS)
    assert asked[option] == heard


@pytest.mark.parametrize(
    ("option", "values"),
    [
        (COMMAS, ["a", b"a", 7, None, {"a": 1}, [1], True]),
        (FLAG, [1, None, "yes", ()]),
        (TEXT, [7, ("a",), True]),
        (COUNT, [1.5, -1, True, "7", None, float("nan")]),
        (NUMBER, [-1, False, "7", None, float("nan"), [1]]),
    ],
)
def test_values_of_another_kind_are_refused(option: Option[Any], values: list[object]) -> None:
    for value in values:
        with pytest.raises(InputError, match=f"{option.argument}: is .* Expected"):
            Asked(**{option.argument: value})[option]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    asked = Asked(echo_count=-1, echo_frac="x", unheard=1, echo_text="so")
    with pytest.raises(InputError) as caught:
        asked.check(OPTIONS)
    assert [issue.where for issue in caught.value.issues] == ["echo_count", "echo_frac", "unheard"]


def test_what_is_left_out_has_its_default() -> None:
    assert Asked()[replace(COUNT, default=4)] == 4


@pytest.mark.parametrize("argument", ["output", "gap", "json_", "strict", "context"])
def test_an_argument_may_be_called_as_a_parameter_of_the_command(
    tmp_path: Path, argument: str
) -> None:
    """Defaults that are no empty lists hold on the command line too."""
    names = replace(COMMAS, argument=argument, default=("x", "y"))
    heard: list[object] = []
    echo = replace(
        ECHO,
        options=(names,),
        check=lambda loaded, asked, left_out: heard.append(asked[names]),
    )
    words = ["compare", str(TOY), "-o", str(tmp_path / "out"), "--strategies", "optimal"]
    for given in ([], ["--commas", "z"]):
        with registered(echo), pytest.raises(SystemExit) as stop:
            main([*words, *given])
        assert stop.value.code == 0
    assert heard == [("x", "y"), ("z",)]


def test_what_the_command_and_the_api_use_themselves_is_taken() -> None:
    arguments = set(inspect.signature(siting.compare).parameters) - {"strategies", "asked"}
    group: Any = get_command(app)
    own = group.commands["compare"].params
    flags = {flag for parameter in own for flag in parameter.opts if flag.startswith("-")}
    assert {"--output", "-o", "--set", "--json"} <= flags
    assert arguments | flags <= TAKEN
