"""Glossary, dictionary, schema, help of commands and errors use the same terms."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from typer.main import get_command

from siting.cli.main import app
from siting.core.annotations import models_in
from siting.core.strict import issues_of
from siting.core.yaml_source import Document
from siting.families.registry import COMPONENTS
from siting.reference.columns import result_tables
from siting.reference.fields import UNITS, entries_of, sections
from siting.reference.json_schema import editor_schema
from siting.scenario import schema
from support.engine import BUILTIN

GLOSSARY = (BUILTIN / "docs" / "glossary.md").read_text(encoding="utf-8")
STRATEGIES = BUILTIN / "models" / "libraries" / "strategies.yaml"
OF_PLANS = {
    "objective_usd",
    "bound_usd",
    "plan.json",
    "certificate.json",
    "cost_increase_lower_usd",
}
"""Names of the summary of a plan and of a comparison."""
OTHER_WORDS = {
    "energized": "energised", "energization": "energisation", "data centre": "data center",
    "balancing authority": "balancing area", "interconnection point": "point of interconnection",
    "lead-time": "lead time", "power usage efficiency": "power usage effectiveness",
    "capacity accreditation factor": "capacity credit", "federal land parcel": "tract",
    "data-hall": "hall", "work load": "workload", "re-start": "restart",
    "hosting capacity": "headroom", "flexibility tier": "curtailment tier", "flex tier": "curtailment tier",
    "planning margin": "reserve margin", "unforced capacity": "accredited capacity",
    "optimality gap": "gap", "mip gap": "gap", "duality gap": "gap", "timestep": "period",
    "time step": "period",
    "lateness cost": "delay cost", "delay penalty": "delay cost", "penalty cost": "delay cost",
    "capex": "overnight cost", "capital expenditure": "overnight cost",
    "commissioning date": "in service", "online date": "in service", "go-live": "energised",
    "tie line": "gen-tie", "tie-line": "gen-tie", "generation tie": "gen-tie",
    "step up transformer": "generator step-up", "power transformer": "transformer",
    "rolling horizon": "re-plan", "scenario tree": "futures", "behind-the-meter": "on-site",
    "megawatt-month": "MW-month", "small modular reactor": "small reactor",
}  # fmt: skip
"""Words that the glossary does not use, and its own."""


def names() -> set[str]:
    """Everything that a scenario or a plan calls by a name."""
    known = {e.name for s in (*sections(), *result_tables()) for e in s.entries}
    known |= {table.path for table in result_tables()} | set(COMPONENTS) | OF_PLANS
    return known | set(yaml.safe_load(STRATEGIES.read_text(encoding="utf-8")))


def test_the_glossary_names_what_there_is() -> None:
    codes = set(re.findall(r"`([a-z][a-z0-9_.]*[a-z0-9])`", GLOSSARY))
    assert codes - names() == set()


def test_units_of_the_glossary_are_those_of_the_dictionary() -> None:
    """Each ending of the glossary has a unit, and numbers that end so have that one."""
    endings = {
        "mw": "MW", "mwh": "MWh", "mva": "MVA", "km": "km", "acres": "acres", "m3": "m3", "t": "tonnes",
        "usd": "US dollars", "months": "months", "weeks": "weeks", "frac": "share",
    }  # fmt: skip
    told = set(re.findall(r"`_([a-z0-9]+)`", GLOSSARY.rpartition("## Units in names")[2]))
    assert set(endings) <= told
    entries = [e for s in (*sections(), *result_tables()) for e in s.entries if e.unit]
    wrong = [
        (e.name, e.unit)
        for e in entries
        if e.name not in UNITS
        and "_per_" not in e.name
        and e.unit != endings.get(e.name.rpartition("_")[2], e.unit)
        and not e.name.endswith("_mw_months")
    ]
    assert wrong == []


def every_model() -> dict[str, Any]:
    """Models of a scenario."""
    found: dict[str, Any] = {}
    left: list[Any] = [schema()]
    while left:
        model = left.pop()
        if model.__name__ not in found:
            found[model.__name__] = model
            left += [m for f in model.model_fields.values() for m in models_in(f.annotation)]
    return found


@pytest.mark.parametrize("name", every_model())
def test_errors_ask_for_the_unit_that_the_dictionary_states(name: str) -> None:
    """Text in place of every number: the error names the unit of the dictionary."""
    model = every_model()[name]
    units = {
        e.name: e.unit for e in entries_of(model) if e.kind == "number" and e.name not in UNITS
    }
    data = dict.fromkeys(units, "lots")
    try:
        model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        told = {
            i.where.rpartition(": ")[2]: i for i in issues_of(error, Document(data, {}), (), model)
        }
        for field, unit in units.items():
            plain = re.sub(r"_(20[0-9]{2}|[0-9_]*[0-9]pct)$", "", field)
            if plain == field:
                assert unit.rpartition(" per ")[0] in told[field].expected or unit == "share"


def help_texts(command: Any, path: str = "siting") -> Iterator[tuple[str, str]]:
    """(place, text) of the help of a command, its options and its commands."""
    yield path, command.help or ""
    for parameter in command.params:
        yield f"{path} {parameter.name}", getattr(parameter, "help", None) or ""
    for name, below in getattr(command, "commands", {}).items():
        yield from help_texts(below, f"{path} {name}")


def error_texts() -> Iterator[tuple[str, str]]:
    """(place, text) of the words of errors and warnings, and of all other text that is shown; not the
    names of columns of files from elsewhere."""
    for path in sorted((BUILTIN / "src" / "siting").rglob("*.py")):
        if path.name in ("layouts.py", "queue_layouts.py"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield f"{path.name}:{node.lineno}", node.value


def page_texts() -> Iterator[tuple[str, str]]:
    """(place, text) of the pages for users: of the documentation, and what reports are made from."""
    source = BUILTIN / "src" / "siting"
    made = [path for kind in ("html", "j2", "js") for path in sorted(source.rglob(f"*.{kind}"))]
    for path in [*sorted((BUILTIN / "docs").rglob("*.md")), BUILTIN / "README.md", *made]:
        if "decisions" not in path.parts:
            yield path.name, path.read_text(encoding="utf-8")


def texts() -> list[tuple[str, str]]:
    """(place, text) of everything that a user reads."""
    return [
        *help_texts(get_command(app)),
        *error_texts(),
        *page_texts(),
        ("schema", json.dumps(editor_schema(), ensure_ascii=False)),
        *((t.path, e.meaning) for t in result_tables() for e in t.entries),
    ]


def terms() -> list[tuple[str, list[str]]]:
    """Each row of the glossary: its first cell, and the terms in it without what stands in brackets."""
    cells = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", GLOSSARY, re.MULTILINE)
    plain = [(cell, re.sub(r"\([^)]*\)", "", cell)) for cell in cells]
    return [(cell, [one.strip(" `") for one in text.split(",")]) for cell, text in plain]


def test_every_term_of_the_glossary_is_used() -> None:
    """The first term of each row, outside the glossary and in any of its forms: 'energised' for 'energise'."""
    whole = " ".join(text for place, text in texts() if place != "glossary.md").lower()
    rows = [row for row in terms() if row[0] != "term" and not set(row[0]) <= {"-"}]
    assert len(rows) > 100
    unused = [
        cell
        for cell, (first, *_) in rows
        if not re.search(rf"\b{re.escape(re.sub('(ies|y|e|ed|ing|s)$', '', first.lower()))}", whole)
    ]
    assert unused == []


def test_what_planners_ask_for_is_in_the_glossary() -> None:
    """The words of the trade that the texts cannot do without."""
    said = " ".join(cell for cell, _ in terms()).lower()
    words = (
        "firm",
        "headroom",
        "tier",
        "committed",
        "energised",
        "accredited",
        "restart",
        "gap",
        "future",
    )
    assert [word for word in words if word not in said] == []


def test_one_word_for_one_thing() -> None:
    words = re.compile(rf"\b({'|'.join(map(re.escape, OTHER_WORDS))})", re.IGNORECASE)
    wrong = [
        f"{place}: '{found[0]}' is '{OTHER_WORDS[found[0].lower()]}'"
        for place, text in texts()
        for found in words.finditer(text)
    ]
    assert wrong == []


def test_a_family_has_one_title() -> None:
    """In the schema as in the commands and reports."""
    families = editor_schema()["$defs"]["Families.whole"]["properties"]
    for name, family in COMPONENTS.items():
        assert families[name]["description"].startswith(f"{family.title}: ")


def test_every_command_is_in_the_guide() -> None:
    guide = (BUILTIN / "docs" / "guide" / "commands.md").read_text(encoding="utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert [name for name in commands if f"siting {name}" not in guide] == []
