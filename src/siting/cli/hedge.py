"""``siting hedge``: one plan for now, what to do when the news comes, what knowing earlier is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table as RichTable

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
    warning_lines,
)
from siting.cli.show import MONEY_DECIMALS, Show
from siting.core.money import unit_of

if TYPE_CHECKING:
    from siting.futures.study import Hedge

NAME_WIDTH = 26


def hedge(  # noqa: PLR0913 - each option of the command is an argument
    scenario: Scenario,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the plan.")],
    hold: Annotated[
        Path | None,
        typer.Option(help="Keep what the plan in this folder decides before anything is known."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Solve the futures first by the workers of this dask scheduler."),
    ] = None,
    set_: Sets = None,
    time_limit: Seconds = None,
    gap: Gap = None,
    threads: Threads = None,
    outside: Outside = False,
    strict: Strict = False,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Plan under uncertainty: now, and when the news comes. Ctrl-C keeps plan and finished solves."""
    from contextlib import ExitStack

    from siting.core.stop import held
    from siting.futures.cluster import helped, solve_all_ahead
    from siting.futures.study import hedge as study
    from siting.futures.tree import futures_of
    from siting.outputs.folder import HEDGE, take_target
    from siting.outputs.hedge.write import write_hedge
    from siting.outputs.stored import read_plan
    from siting.outputs.study_folder import SOLVES, working_store
    from siting.pipeline import limits_of, load
    from siting.solver.highs import with_limits
    from siting.timeline.solves import Solver

    show = Show(json_)
    take_target(output, HEDGE)
    loaded = load(scenario, overrides(set_), allow_outside=outside)
    refuse_warnings(loaded.warnings, strict)
    kept = None if hold is None else read_plan(hold)
    limits = with_limits(limits_of(loaded.instance), time_limit, gap, threads)
    with held():
        with show.study() as (on_progress, on_done), show.kept(), ExitStack() as stack:
            solver = Solver(limits, (output / SOLVES, working_store(output)), on_progress)
            if scheduler is not None:
                stated = loaded.instance.scenario.futures
                names = [] if stated is None else [one.name for one in futures_of(stated)]
                solver = stack.enter_context(helped(solver, scheduler))
                solve_all_ahead(solver, loaded.instance, names, on_done)
            found = study(loaded, limits, solver, kept, lambda *where: on_done(_where(*where)))
        with held(firm=True), show.busy("writing the plan"):
            write_hedge(found, output, solver.used)
    show.result(*_summary(found, output))
    if code := _exit_code(found, strict=strict):
        raise typer.Exit(code)


def _where(what: str, value: float, bound: float) -> str:
    """Where the search stands."""
    plan = "no plan yet" if value == float("inf") else f"plan {value:,.1f}"
    return f"{what}: {plan}, bound {bound:,.1f} M USD"


def _exit_code(found: Hedge, *, strict: bool) -> int:
    """How a plan that was written ends."""
    if found.status == "AUDIT_FAILED":
        return 6
    if strict and found.likeliest.warnings:
        return 2
    return 4 if found.status != "OPTIMAL" else 0


def _summary(found: Hedge, output: Path) -> tuple[dict[str, Any], list[RenderableType]]:
    """The answer, and the futures in a table that fits eighty columns."""
    from siting.core.audit import number
    from siting.outputs.hedge.write import hedge_summary

    table = RichTable(box=SIMPLE_HEAD, pad_edge=False, padding=0)
    table.add_column("future", min_width=NAME_WIDTH, max_width=NAME_WIDTH, no_wrap=True)
    rows = found.tables["futures"]
    unit = unit_of(*(number(row, "cost_usd") for row in rows))
    for name in ("chance", unit.name, "if known", "first", "all"):
        table.add_column(f" {name}", justify="right", no_wrap=True)
    for row in rows:
        dates = [str(row[f"{name}_date"] or "never")[:7] for name in ("first", "full")]
        table.add_row(
            str(row["future"]),
            f"{number(row, 'probability'):.1%}",
            unit.shown(number(row, "cost_usd"), MONEY_DECIMALS),
            unit.shown(number(row, "known_cost_usd"), MONEY_DECIMALS),
            *(f" {day}" for day in dates),
        )
    lines: list[RenderableType] = [
        found.title,
        table,
        *found.answer,
        *warning_lines(found.likeliest.warnings),
        f"Open {output / 'hedge.html'}; tables and a plan for each future are beside it.",
    ]
    return hedge_summary(found), lines
