"""The commands: init, check, solve, audit, explain, schema; and the group headroom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from siting.cli import headroom
from siting.cli.show import Show

Scenario = Annotated[Path, typer.Argument(help="Scenario file (YAML or JSON).", metavar="SCENARIO")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show log and tracebacks.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", help="Replace a number, for instance components.energy.pue=1.2."),
]
Seconds = Annotated[float | None, typer.Option(help="Stop after this many seconds.", min=0.1)]
Gap = Annotated[float | None, typer.Option(help="Relative gap that counts as proven.", min=0.0)]
Threads = Annotated[int | None, typer.Option(help="Solver threads.", min=1)]


def register(app: typer.Typer) -> None:
    """Add every command to the application."""
    for command in (init, check, solve, audit, explain, schema):
        app.command()(command)
    app.add_typer(headroom.app, name="headroom")


def init(
    name: Annotated[Path, typer.Argument(help="Folder to create.")],
    scenario: Annotated[
        str, typer.Option(help="Built-in scenario to start from; a wrong name lists them.")
    ] = "federal-2035",
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Create a folder with a commented scenario that solves as it is."""
    from siting.cli.starter import create

    files = create(name, scenario)
    Show(json_).result(
        {"created": [str(f) for f in files]},
        [f"Created {name}/. Next:", f"  siting solve {name / 'scenario.yaml'} -o out"],
    )


def check(scenario: Scenario, set_: Sets = None, json_: Json = False, debug: Debug = False) -> None:
    """Validate a scenario and its data; print its size; solve nothing."""
    from siting.cli.summary import check_summary
    from siting.pipeline import load, size_by_family

    show = Show(json_)
    loaded = load(scenario, _overrides(set_))
    with show.busy("building the model"):
        sizes = size_by_family(loaded.instance)
    show.result(*check_summary(loaded.instance, sizes))


def solve(
    scenario: Scenario,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the plan.")],
    set_: Sets = None,
    time_limit: Seconds = None,
    gap: Gap = None,
    threads: Threads = None,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Solve a scenario: plan, map, tables and report. Ctrl-C keeps the best plan so far."""
    from dataclasses import replace

    from siting.cli.summary import solve_summary
    from siting.outputs.folder import check_target
    from siting.outputs.write import write_plan
    from siting.pipeline import limits_of, load, run

    show = Show(json_)
    check_target(output)
    loaded = load(scenario, _overrides(set_))
    limits = limits_of(loaded.instance)
    if time_limit is not None:
        limits = replace(limits, time_limit_seconds=time_limit)
    if gap is not None:
        limits = replace(limits, gap_frac=gap)
    if threads is not None:
        limits = replace(limits, threads=threads)
    with show.progress() as on_progress:
        plan = run(loaded, on_progress, limits)
    with show.busy("writing the plan"):
        write_plan(plan, output)
    show.result(*solve_summary(plan, output))
    if plan.findings:
        raise typer.Exit(6)
    if plan.status != "OPTIMAL":
        raise typer.Exit(4)


def audit(
    directory: Annotated[Path, typer.Argument(help="Folder of a plan.", metavar="DIR")],
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Re-check every rule and every cost of a plan from its tables, without the solver."""
    from siting.cli.audit_plan import audit_folder

    findings = audit_folder(directory)
    Show(json_).result(
        {"passed": not findings, "findings": findings},
        [f"The plan in {directory} passes its audit."]
        if not findings
        else [f"The audit found {len(findings)}:", *(f"  {finding}" for finding in findings)],
    )
    if findings:
        raise typer.Exit(6)


def explain(
    family: Annotated[
        str, typer.Option(help="Constraint family, for instance headroom; 'all' lists them.")
    ],
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Print what a constraint family decides: question, assumptions, formulation, symbols, sources."""
    from siting.cli.formulation import formulation

    Show(json_).result(*formulation(family))


def schema(json_: Json = False, debug: Debug = False) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from siting.scenario import Scenario as Root

    print(json.dumps(Root.model_json_schema(), indent=1, sort_keys=True))


def _overrides(pairs: list[str] | None) -> dict[str, Any]:
    """``key=value`` pairs as overrides; values are read as YAML scalars."""
    from siting.core.errors import InputError, Issue
    from siting.core.yaml_source import parse_document

    overrides: dict[str, Any] = {}
    for pair in pairs or ():
        key, equals, text = pair.partition("=")
        if not equals or not key:
            raise InputError(
                [
                    Issue(
                        f"--set {pair}",
                        "not of the form key=value",
                        "for instance components.energy.pue=1.2",
                        "Write it so",
                    )
                ]
            )
        value = parse_document(f"value: {text}", f"--set {key}").data
        overrides[key] = value["value"] if isinstance(value, dict) else value
    return overrides
