"""``siting export``: layers of a plan as GeoParquet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json
from siting.cli.show import Show


def export(
    directory: Annotated[Path, typer.Argument(help="Folder of a plan.", metavar="DIR")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the layers.")],
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Write every layer of a plan as GeoParquet, for pandas, DuckDB and the like."""
    from siting.outputs.folder import LAYERS, take_target
    from siting.outputs.geoparquet import write_geoparquet
    from siting.outputs.stored import read_plan

    show = Show(json_)
    take_target(output, LAYERS)
    with show.busy("writing the layers"):
        write_geoparquet(read_plan(directory), output)
    files = sorted(str(path) for path in output.glob("*.parquet"))
    show.result({"layers": files}, [f"Wrote {len(files)} layers to {output}."])
