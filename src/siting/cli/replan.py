"""``siting replan``: what was decided is held, news replaces assumptions, the rest is decided anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Gap, Json, Seconds, Sets, Threads, overrides
from siting.cli.show import Show
from siting.core.errors import InputError, Issue

Facts = Annotated[
    Path | None,
    typer.Option(help="CSV or xlsx of what was heard: item, ordered, date, price, note."),
]


def replan(  # noqa: PLR0913 - each option of the command is an argument
    plan: Annotated[Path, typer.Argument(help="Folder of the last plan.", metavar="PLAN_DIR")],
    as_of: Annotated[str, typer.Option(help="Day or month of the re-plan, such as 2027-10.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the re-plan.")],
    facts: Facts = None,
    set_: Sets = None,
    time_limit: Seconds = None,
    gap: Gap = None,
    threads: Threads = None,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Plan again as of a date: hold what was decided, take in the news, decide the rest anew."""
    from siting.core.stop import held
    from siting.core.strict import validate
    from siting.core.yaml_scan import Document
    from siting.outputs.folder import REPLAN, take_target
    from siting.outputs.replan import plan_folder, replan_summary, write_replan
    from siting.outputs.stored import read_plan
    from siting.pipeline import limits_by
    from siting.replan.run import replan as plan_again
    from siting.replan.told import read_facts
    from siting.replan.words import answer
    from siting.scenario import SolverSettings
    from siting.solver.highs import with_limits
    from siting.timeline.solves import Solver

    show = Show(json_)
    take_target(output, REPLAN)
    day = _day(as_of)
    last = read_plan(plan_folder(plan))
    known = () if facts is None else read_facts(facts)
    stated = Document.of(last.scenario.get("solver") or {}, f"solver in {plan}")
    limits = with_limits(limits_by(validate(SolverSettings, stated)), time_limit, gap, threads)
    with held():
        with show.busy("planning again"):
            found = plan_again(last, day, Solver(limits), overrides(set_), known)
        with held(firm=True), show.busy("writing the re-plan"):
            write_replan(found, output)
    lines = [
        *answer(found),
        f"Open {output / 'replan.html'}; the new plan is in {output / 'plan'}.",
    ]
    show.result(replan_summary(found), list(lines))
    if found.plan.findings:
        raise typer.Exit(6)
    if found.plan.status != "OPTIMAL":
        raise typer.Exit(4)


def _day(text: str) -> date:
    """A day, or the first of a month.

    Raises:
        InputError: neither.
    """
    try:
        return date.fromisoformat(text if text.count("-") != 1 else f"{text}-01")
    except ValueError as error:
        what, expected = f"'{text}'", "a month or a day, such as 2027-10 or 2027-10-15"
        raise InputError([Issue("--as-of", what, expected, "Write it so")]) from error
