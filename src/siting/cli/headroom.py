"""The commands ``siting headroom loads``, ``network`` and ``queue``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from siting.cli.show import Show

app = typer.Typer(
    help="Compute headroom: from hourly loads, from a network model, and what a queue takes of it.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show log and tracebacks.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Folder for the tables.")]


@app.command()
def loads(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV or Parquet files of hourly demand (EIA-930 or plain), or folders."
        ),
    ],
    output: Output = None,
    rate: Annotated[
        list[float] | None,
        typer.Option(help="Curtailment rate, a share; the default is 0.0025, 0.005, 0.01, 0.05."),
    ] = None,
    zone: Annotated[
        list[str] | None, typer.Option(help="Zones to keep; the default is all.")
    ] = None,
    unit: Annotated[Literal["MW", "kW", "GW"], typer.Option(help="Unit of the demand.")] = "MW",
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Headroom of balancing areas from hourly demand, by curtailment rate (Norris et al. 2025).

    The largest constant load that stays under the highest summer and winter peaks if it gives up a
    share of its energy. As zones of a scenario, at one rate or with all tiers:

      zones: {file: DIR/headroom.csv, id_column: zone, where: {curtailment_rate: ["0.005"]}}

      zones: {file: DIR/zones.csv, id_column: zone}
    """
    from siting.cli.headroom_loads import run

    run(files, output, rate or None, zone or None, unit, Show(json_))


@app.command()
def network(  # noqa: PLR0913 - each option of the command is an argument
    case: Annotated[
        Path,
        typer.Argument(
            help="MATPOWER .m, folder with RTS-GMLC tables, or PyPSA .nc.", metavar="CASE"
        ),
    ],
    output: Output = None,
    buses: Annotated[
        str | None, typer.Option(help="Buses, with commas between; the default is all.")
    ] = None,
    min_kv: Annotated[float, typer.Option(help="Leave out buses below this voltage.", min=0)] = 0.0,
    n_1: Annotated[
        bool, typer.Option("--n-1", help="Keep limits after the outage of any one branch too.")
    ] = False,
    extra_mw: Annotated[
        float | None,
        typer.Option(help="Only ask whether a bus can take this load [MW]; faster.", min=0.001),
    ] = None,
    coordinates: Annotated[
        Path | None, typer.Option(help="Table with bus, longitude and latitude; may be partial.")
    ] = None,
    id_column: Annotated[
        str | None, typer.Option(help="Column of buses in --coordinates; default bus or id.")
    ] = None,
    dispatch: Annotated[
        bool, typer.Option("--dispatch", help="Solve the DC optimal power flow instead.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(help="Processes; the default is one a core.", min=1)
    ] = None,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Headroom of the buses of a network: the largest extra constant load, with redispatch.

    Generators in service move between their limits, every branch stays within its rating (lossless
    DC flow). Ctrl-C writes the buses that are done; the same command then goes on with the others.
    As points of interconnection of a scenario, whose sites then name node: BUS:

      nodes: {file: DIR/headroom.csv, id_column: bus,
              columns: {capacity_mw: headroom_mw, poi_kv: base_kv}}
    """
    from siting.cli import headroom_network as work

    show = Show(json_)
    if dispatch:
        work.run_dispatch(case, output, show)
        return
    asked = work.Asked(
        buses=None if buses is None else [b.strip() for b in buses.split(",") if b.strip()],
        min_kv=min_kv,
        with_outages=n_1,
        cap_mw=extra_mw,
        jobs=jobs or os.cpu_count() or 1,
    )
    work.run_headroom(case, work.Places(coordinates, id_column), output, asked, show)


@app.command()
def queue(
    file: Annotated[
        Path, typer.Argument(help="Queue as published by an ISO or LBNL (CSV or xlsx).")
    ],
    zone: Annotated[str, typer.Option(help="Zone of the projects.")],
    output: Output = None,
    points: Annotated[
        Path | None, typer.Option(help="Table with poi (as in the queue) and node, both text.")
    ] = None,
    probability: Annotated[
        float | None, typer.Option(help="Completion probability of all projects.", min=0, max=1)
    ] = None,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Queue projects as rivals that take headroom, with completion probability and date.

    The probability is the share completed of the projects of the same technology that were completed
    or withdrawn. In a scenario:

      components: {headroom: {rivals: {file: DIR/rivals.csv}}}
    """
    from siting.cli.headroom_queue import run

    run(file, zone, output, points, probability, Show(json_))
