"""``siting sweep``: many solves over numbers that vary, stopped and continued at will."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json, Outside
from siting.cli.show import Show


def sweep(  # noqa: PLR0913 - each option of the command is an argument
    study: Annotated[Path, typer.Argument(help="Study file (YAML or JSON).", metavar="STUDY")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the sweep.")],
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a dask scheduler, such as tcp://host:8786.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Processes; as many as cores if left out.", min=1)
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(help="Folder of finished runs; beside the output if left out."),
    ] = None,
    outside: Outside = False,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Solve a scenario over a grid or a sample of its numbers. Ctrl-C keeps the finished runs."""
    from siting.core.stop import held
    from siting.outputs.folder import SWEEP, take_target
    from siting.pipeline import load
    from siting.sweep.answer import swept
    from siting.sweep.pool import pool_at
    from siting.sweep.run import Sweeping
    from siting.sweep.study import read_sweep
    from siting.sweep.write import store_of, sweep_summary, write_sweep

    show = Show(json_)
    take_target(output, SWEEP)
    asked = read_sweep(study)
    loaded = load(study.parent / asked.scenario, asked.set, allow_outside=outside)
    folder = store_of(output) if store is None else store
    with (
        pool_at(scheduler, jobs or os.cpu_count() or 1) as pool,
        show.lines() as tell,
        show.kept("runs"),
    ):
        found = swept(Sweeping(asked, loaded, folder, pool, tell))
    with held(firm=True), show.busy("writing the sweep"):
        write_sweep(found, output)
    lines = [
        *found.answer,
        f"{found.solved:,} runs solved, {found.reused:,} taken from {folder}.",
        f"Open {output / 'sweep.html'}; tables are beside it.",
    ]
    show.result(sweep_summary(found), list(lines))
