"""The outputs of a plan, one declaration each, in the order of writing. ``register`` adds one of your own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from siting.core.errors import SitingError
from siting.core.plan import Plan
from siting.outputs.folder import PLAN
from siting.outputs.output import FOLDER, Output
from siting.solution.certificate import CERTIFICATE, LOG

SCENARIO, TABLES = "scenario.json", "tables/"


def _in(module: str, function: str) -> Callable[..., Any]:
    """A function of a module of this package that is imported when it is first used: the audit asks what the
    outputs are, and none of the libraries that write them."""

    def called(*arguments: Any) -> Any:
        return getattr(import_module(f"siting.outputs.{module}"), function)(*arguments)

    return called


def _write_tables(plan: Plan, path: Path) -> None:
    """Every table of a plan."""
    _in("tables", "write_tables")(plan.tables, path)


def _write_scenario(plan: Plan, path: Path) -> None:
    """The scenario with every table in it."""
    _in("tables", "write_json")(plan.scenario, path)


SUMMARY = Output(
    name=PLAN,
    about="status, objective, bound, gap, model size, versions, checksums of input and of every file",
    write=_in("seals", "write_sealed_summary"),
    is_source=True,
    is_compared=True,
)
"""Written last: it seals all others."""
_outputs: dict[str, Output] = {
    output.name: output
    for output in (
        Output(
            name=TABLES,
            about="the plan itself; all else is drawn from these",
            write=_write_tables,
            is_source=True,
            is_compared=True,
        ),
        Output(
            name=SCENARIO,
            about="the scenario with every table in it",
            write=_write_scenario,
            is_source=True,
            is_compared=True,
        ),
        Output(
            name="plan.geojson",
            about="sites, plants and upgrades (RFC 7946, longitude and latitude)",
            write=_in("geojson", "write_geojson"),
            is_compared=True,
        ),
        Output(
            name="plan.gpkg",
            about="styled layers for QGIS",
            write=_in("geopackage", "write_geopackage"),
        ),
        Output(
            name="plan.xlsx",
            about="a sheet a table, with filters",
            write=_in("workbook", "write_workbook"),
        ),
        Output(
            name="orders.ics",
            about="a calendar entry for each day on which something must be ordered",
            write=_in("order_calendar", "write_order_calendar"),
            check=_in("order_calendar", "differences"),
        ),
        Output(
            name="report.html",
            about="one page that needs no network",
            write=_in("report.page", "write_report"),
        ),
        Output(
            name=CERTIFICATE,
            about="what proves the bound",
            write=_in("certificate", "write_certificate"),
            is_source=True,
            is_compared=True,
        ),
        Output(
            name=LOG,
            about="the record of the search",
            write=_in("certificate", "write_search_log"),
            is_source=True,
            is_compared=True,
        ),
        Output(
            name="plan.stac.json",
            about="the plan as an item for a catalogue of maps (STAC)",
            write=_in("stac", "write_stac"),
        ),
    )
}


def outputs() -> tuple[Output, ...]:
    """Every output in the order of writing; the one with the seals comes last."""
    return (*_outputs.values(), SUMMARY)


def output_of(file: str) -> Output | None:
    """The output that a file, by its name below the folder of the plan, is or lies in."""
    return next((output for output in outputs() if output.holds(file)), None)


def register(output: Output) -> None:
    """Make an output known, as if it stood above: it is written, sealed and audited with the rest.

    Raises:
        SitingError: its name is no plain one below the folder of a plan, or holds or lies in another output.
    """
    parts = PurePosixPath(output.name).parts
    is_plain = bool(parts) and ".." not in parts and not PurePosixPath(output.name).is_absolute()
    if not is_plain or output.name != "/".join(parts) + FOLDER * output.name.endswith(FOLDER):
        raise SitingError(f"'{output.name}' cannot be the name of an output: a file below the plan")
    for other in outputs():
        if other.holds(output.name) or output.holds(other.name):
            raise SitingError(f"an output '{other.name}' is known already")
    _outputs[output.name] = output


@contextmanager
def registered(output: Output) -> Iterator[None]:
    """An output that is known as long as the block lasts."""
    register(output)
    try:
        yield
    finally:
        del _outputs[output.name]
