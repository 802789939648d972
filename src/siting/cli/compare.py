"""``siting compare``: build now or wait, with what, and what is worth paying for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.table import Table as RichTable
from typer.core import TyperCommand

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
from siting.core.errors import InputError, Issue
from siting.core.money import MoneyUnit, unit_of

if TYPE_CHECKING:
    from siting.studies.comparison import Comparison

NAME_WIDTH = 18
LEGEND = "late: GW-months; first, half, all: when the target is served; GW: at the end."
NO_FUTURES = Issue(
    "--scheduler",
    "the scenario has no futures",
    "futures in the scenario, which workers solve",
    "Leave it out, or state them",
)
AFTER = 2
"""Place of what studies can be asked among the options: after scenario and output."""


class Compare(TyperCommand):
    """The command with the options that studies declare; looked up when it is used, since they are heavy."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its own parameters and theirs."""
        from siting.cli.asked import parameters

        own = super().get_params(ctx)
        return [*own[:AFTER], *parameters(), *own[AFTER:]]

    def invoke(self, ctx: Any) -> Any:
        """Run it; what is asked of studies goes with the context."""
        from siting.cli.asked import asked

        own = {parameter.name for parameter in self.params}
        theirs = {name: ctx.params.pop(name) for name in set(ctx.params) - own}
        ctx.obj = asked(theirs)
        return super().invoke(ctx)


def compare(  # noqa: PLR0913 - each option of the command is an argument
    context: typer.Context,
    scenario: Scenario,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the study.")],
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Solve each strategy in each future first by the workers of this dask scheduler."
        ),
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
    """Compare strategies: now, wait, bridge. Ctrl-C keeps the finished solves for the next run."""
    from contextlib import ExitStack

    from siting.core.stop import held
    from siting.futures.cluster import helped
    from siting.outputs.folder import COMPARISON, take_target
    from siting.outputs.study_folder import SOLVES, working_store
    from siting.pipeline import limits_of, load
    from siting.solver.highs import with_limits
    from siting.studies.run import run_study
    from siting.studies.write import write_comparison
    from siting.timeline.solves import Solver

    show = Show(json_)
    take_target(output, COMPARISON)
    loaded = load(scenario, overrides(set_), allow_outside=outside)
    refuse_warnings(loaded.warnings, strict)
    if scheduler is not None and loaded.instance.scenario.futures is None:
        raise InputError([NO_FUTURES])
    limits = with_limits(limits_of(loaded.instance), time_limit, gap, threads)
    with held():
        with show.study() as (on_progress, on_done), show.kept(), ExitStack() as stack:
            solver = Solver(limits, (output / SOLVES, working_store(output)), on_progress)
            if scheduler is not None:
                solver = stack.enter_context(helped(solver, scheduler))
            found = run_study(loaded, context.obj, solver, on_done)
        with held(firm=True), show.busy("writing the study"):
            write_comparison(found, output, solver.used)
    show.result(*_summary(found, output))
    if code := _exit_code(found, strict=strict):
        raise typer.Exit(code)


def _exit_code(found: Comparison, *, strict: bool) -> int:
    """How a comparison that was written ends."""
    if any(plan.findings for plan in found.all_plans().values()):
        return 6
    if strict and found.best.warnings:
        return 2
    return 4 if found.is_open else 0


def _summary(found: Comparison, output: Path) -> tuple[dict[str, Any], list[RenderableType]]:
    """The answer, and a table that fits eighty columns."""
    from siting.core.audit import number
    from siting.studies.write import comparison_summary

    table = RichTable(box=SIMPLE_HEAD, pad_edge=False, padding=0)
    table.add_column("strategy", min_width=NAME_WIDTH, max_width=NAME_WIDTH, no_wrap=True)
    rows = found.tables["strategies"]
    unit = unit_of(*(number(row, "cost_usd") for row in rows))
    for name in (unit.name, "gap", "late", "first", "half", "all", "GW"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row, unit))
    lines: list[RenderableType] = [
        found.title,
        table,
        LEGEND,
        *found.answer,
        *warning_lines(found.best.warnings),
        f"Open {output / 'compare.html'}; tables and plans are beside it.",
    ]
    return comparison_summary(found), lines


def _cells(row: Any, unit: MoneyUnit) -> list[str]:
    """A strategy as text."""
    from siting.studies.columns import gap_text

    if row["cost_usd"] is None:
        return [str(row["strategy"]), str(row["status"]).lower(), *([""] * 6)]
    gap = gap_text(row)
    dates = [str(row[f"{name}_date"] or "never")[:7] for name in ("first", "half", "full")]
    return [
        str(row["strategy"]),
        unit.shown(row["cost_usd"], MONEY_DECIMALS),
        f"{gap}%" if row["gap_frac"] is not None else gap,
        f"{row['late_mw_months'] / 1e3:,.1f}",
        *dates,
        f"{row['end_it_mw'] / 1e3:,.2f}",
    ]
