"""``siting map``: a plan, or a comparison of strategies, as a picture for slides and papers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from siting.cli.options import Debug, Json
from siting.cli.show import Show
from siting.core.errors import InputError, Issue


class Kind(StrEnum):
    """File formats of pictures."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


def draw_map(
    directory: Annotated[
        Path, typer.Argument(help="Folder of a plan or a comparison.", metavar="DIR")
    ],
    kind: Annotated[
        Kind | None, typer.Option("--format", help="Format; that of the file's name, else png.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; in DIR if left out.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--date", help="Date shown, such as 2031-07; the end if left out.")
    ] = None,
    json_: Json = False,
    debug: Debug = False,
) -> None:
    """Draw a plan on a map of the US at a date; of a comparison, load served and extra cost."""
    show = Show(json_)
    from siting.outputs.folder import settle

    settle(directory)
    is_comparison = (directory / "compare.json").is_file()
    name = "strategies" if is_comparison else "map"
    form = _form(kind, output)
    path = output or directory / f"{name}.{form}"
    day = None if at is None else _date(at)
    if is_comparison and day is not None:
        fix = "Leave it out, or name the folder of one plan"
        raise InputError([Issue("--date", "of no use for a comparison", "a plan", fix)])
    with show.busy("drawing"):
        if is_comparison:
            from siting.outputs.pictures.strategies import write_strategy_chart
            from siting.outputs.stored import read_comparison_tables

            write_strategy_chart(*read_comparison_tables(directory), path, form)
        else:
            from siting.outputs.pictures.plan_map import write_plan_map
            from siting.outputs.stored import read_plan

            write_plan_map(read_plan(directory), path, form, day)
    show.result({"picture": str(path)}, [f"Drew {path}."])


def _form(kind: Kind | None, output: Path | None) -> Kind:
    """The format asked for, by option or by the name of the file.

    Raises:
        InputError: the two contradict each other, or the name is that of another format.
    """
    suffix = "" if output is None else output.suffix.lower().removeprefix(".")
    known = [form.value for form in Kind]
    if suffix and (suffix not in known or kind not in (None, suffix)):
        expected = f"a name that ends in .{kind}" if kind else f"one of .{', .'.join(known)}"
        raise InputError([Issue(str(output), f"the ending .{suffix[:20]}", expected, "Rename it")])
    return kind or Kind(suffix or Kind.PNG)


def _date(text: str) -> date:
    """A date as year and month, or with its day.

    Raises:
        InputError: text that is neither.
    """
    try:
        return date.fromisoformat(text if len(text) > len("2031-07") else f"{text}-01")
    except ValueError as error:
        what = f"'{text[:40]}' is not a date"
        raise InputError([Issue("--date", what, "2031-07 or 2031-07-15", "")]) from error
