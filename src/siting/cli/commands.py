"""The commands: init, check, solve, audit, explain, schema; others have their own modules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from siting.cli import headroom
from siting.cli.compare import Compare, compare
from siting.cli.complete import family_names, scenario_names, starting_with, table_names
from siting.cli.export import export
from siting.cli.hedge import hedge
from siting.cli.options import (
    Debug,
    Gap,
    Json,
    Outside,
    Scenario,
    Seconds,
    Sets,
    Strict,
    Threads,
    overrides,
    refuse_warnings,
)
from siting.cli.picture import draw_map
from siting.cli.replan import replan
from siting.cli.show import Show
from siting.cli.sweep import sweep
from siting.core.errors import InputError, Issue


def register(app: typer.Typer) -> None:
    """Add every command to the application."""
    for command in (init, check, solve, audit, explain, export, schema, doctor):
        app.command()(command)
    app.command(cls=Compare)(compare)
    app.command()(hedge)
    app.command()(replan)
    app.command()(sweep)
    app.command("map")(draw_map)
    app.add_typer(headroom.app, name="headroom")


def init(
    name: Annotated[Path, typer.Argument(help="Folder to create.")],
    scenario: Annotated[
        str,
        typer.Option(
            help="Built-in scenario to start from; a wrong name lists them.",
            autocompletion=starting_with(scenario_names),
        ),
    ] = "federal-2035",
    template: Annotated[
        Literal["spreadsheet", "csv"] | None,
        typer.Option(help="Tables of your own to fill in, and the scenario that reads them."),
    ] = None,
    federal_sites: Annotated[
        bool,
        typer.Option("--federal-sites", help="With --template: the national case in the tables."),
    ] = False,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Create a folder with a commented scenario that solves as it is."""
    if federal_sites and template is None:
        what, fix = "no --template to put them in", "Add --template spreadsheet"
        raise InputError([Issue("--federal-sites", what, "spreadsheet or csv", fix)])
    if template is None:
        from siting.cli.starter import create

        files = create(name, scenario)
    else:
        from siting.cli.template import create_from_template

        files = create_from_template(name, template, is_federal=federal_sites)
    Show(json_).result(
        {"created": [str(f) for f in files]},
        [f"Created {name}/. Next:", f"  siting solve {name / 'scenario.yaml'} -o out"],
    )


def check(
    scenario: Scenario,
    set_: Sets = None,
    outside: Outside = False,
    strict: Strict = False,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Validate a scenario and its data; print its size; solve nothing."""
    from siting.cli.summary import MAX_BUILT, check_summary
    from siting.instance.build import place_periods
    from siting.loading import load, size_by_family

    show = Show(json_)
    loaded = load(scenario, overrides(set_), allow_outside=outside)
    refuse_warnings(loaded.warnings, strict)
    sizes = None
    if place_periods(loaded.instance.scenario, loaded.instance.system) <= MAX_BUILT:
        with show.busy("building the model"):
            sizes = size_by_family(loaded.instance)
    show.result(*check_summary(loaded.instance, sizes, loaded.warnings))


def solve(  # noqa: PLR0913 - each option of the command is an argument
    scenario: Scenario,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the plan.")],
    set_: Sets = None,
    time_limit: Seconds = None,
    gap: Gap = None,
    threads: Threads = None,
    outside: Outside = False,
    strict: Strict = False,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Solve a scenario: plan, map, tables and report. Ctrl-C keeps the best plan so far."""
    from siting.cli.summary import solve_summary
    from siting.core.stop import held
    from siting.outputs.folder import PLAN, take_target
    from siting.outputs.write import write_plan_somewhere
    from siting.pipeline import limits_of, load, run
    from siting.solver.highs import with_limits

    show = Show(json_)
    take_target(output, PLAN)
    loaded = load(scenario, overrides(set_), allow_outside=outside)
    refuse_warnings(loaded.warnings, strict)
    limits = with_limits(limits_of(loaded.instance), time_limit, gap, threads)
    with held():
        with show.progress() as on_progress:
            plan = run(loaded, on_progress, limits)
        with held(firm=True), show.busy("writing the plan"):
            write_plan_somewhere(plan, output)
    show.result(*solve_summary(plan, output))
    if plan.findings:
        raise typer.Exit(6)
    if strict and plan.warnings:
        raise typer.Exit(2)
    if plan.status != "OPTIMAL":
        raise typer.Exit(4)


def audit(
    directory: Annotated[Path, typer.Argument(help="Folder of a plan.", metavar="DIR")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail also on maps or reports that were changed.")
    ] = False,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Re-check every rule and every cost of a plan from its tables, without the solver."""
    from siting.cli.audit_plan import audit_whole
    from siting.cli.summary import audit_summary

    audited = audit_whole(directory)
    Show(json_).result(*audit_summary(audited, directory))
    if audited.findings or (strict and audited.changed):
        raise typer.Exit(6)


def explain(
    directory: Annotated[
        Path | None, typer.Argument(help="Folder of a plan.", metavar="[DIR]")
    ] = None,
    site: Annotated[str | None, typer.Argument(help="A site of it.", metavar="[SITE]")] = None,
    family: Annotated[
        str | None,
        typer.Option(
            help="Constraint family, for instance headroom; 'all' lists them.",
            autocompletion=starting_with(family_names),
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Add what entry takes to plan.geojson of the plan.")
    ] = False,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Say why a site is in a plan or not; list the sites; or print what a constraint family decides."""
    show = Show(json_)
    if family is not None and directory is None:
        from siting.cli.formulation import formulation

        show.result(*formulation(family))
        return
    if family is not None or directory is None:
        what, expected = "neither a plan nor a family", "DIR, DIR SITE, or --family NAME"
        raise InputError([Issue("explain", what, expected, "Add the folder of a plan")])
    from siting.cli.explain_site import explain_site, sites_of

    if site is None:
        show.result(*sites_of(directory))
        return
    explain_site(directory, site, show, is_written=write)


def doctor(json_: Json = False, debug: Debug = False) -> None:
    """Print versions and cores, and check that answers that are known come out."""
    from siting.cli.doctor import examined

    show = Show(json_)
    with show.busy("solving programs whose answers are known"):
        data, lines, is_well = examined()
    show.result(data, lines)
    if not is_well:
        raise typer.Exit(6)


def schema(
    table: Annotated[
        str | None,
        typer.Option(
            help="Part of a scenario or table of a plan, for instance sites; 'all' lists them.",
            autocompletion=starting_with(table_names),
        ),
    ] = None,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Print the JSON Schema of scenario files, for editors; or what each field of a table means."""
    if table is not None:
        from siting.cli.dictionary import told

        Show(json_).result(*told(table))
        return
    from siting.reference.json_schema import editor_schema

    print(json.dumps(editor_schema(), indent=1, sort_keys=True))
