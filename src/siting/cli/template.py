"""``siting init --template``: a scenario that reads the tables of a planner, and the tables to fill in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Literal

from siting.cli.starter import EDITOR_LINE, chain, new_folder, with_libraries, with_schema
from siting.core.resources import builtin_path, builtin_root
from siting.core.yaml_source import read_document
from siting.reference.sheets import USE, Sheet, own_sheets, sheets_of

BOOK = "planning.xlsx"
NATIONAL = "federal-2035"
Kind = Literal["spreadsheet", "csv"]


def create_from_template(folder: Path, kind: Kind, *, is_federal: bool) -> list[Path]:
    """A new folder with a scenario and its tables.

    Args:
        kind: one workbook, or a CSV a table. is_federal: whether they hold the national case.

    Raises:
        InputError: a folder that already holds something.
    """
    new_folder(folder)
    name = "federal" if is_federal else "own"
    text = builtin_path(f"models/templates/{name}.yaml").read_text(encoding="utf-8")
    scenario = folder / "scenario.yaml"
    filled = Template(text).substitute(_references(kind))
    scenario.write_text(EDITOR_LINE + filled, encoding="utf-8")
    created = [
        scenario,
        with_schema(folder),
        *_write_tables(folder, kind, _sheets(is_federal=is_federal)),
    ]
    for other, content in (chain(NATIONAL) if is_federal else {}).items():
        created.append(folder / other)
        created[-1].write_text(EDITOR_LINE + content, encoding="utf-8")
    return [*created, *with_libraries(folder)]


def _sheets(*, is_federal: bool) -> list[Sheet]:
    """The tables, with two example rows each or the national case."""
    if is_federal:
        from siting.loading import load

        loaded = load(builtin_path(f"models/{NATIONAL}.yaml"))
        return sheets_of(loaded.instance.resolved)
    library = builtin_path("models/libraries/technologies.yaml")
    data = read_document(library, builtin=builtin_root()).data
    return own_sheets(sorted(data) if isinstance(data, dict) else [])


def _write_tables(folder: Path, kind: Kind, sheets: Sequence[Sheet]) -> list[Path]:
    """The workbook, or the CSVs."""
    from siting.outputs.planner_book import write_book, write_csv

    if kind == "spreadsheet":
        write_book(sheets, folder / BOOK)
        return [folder / BOOK]
    for sheet in sheets:
        write_csv(sheet, folder / f"{sheet.name}.csv")
    return [folder / f"{sheet.name}.csv" for sheet in sheets]


def _references(kind: Kind) -> dict[str, str]:
    """What the scenario says of each table."""

    def at(table: str, more: str = "") -> str:
        place = f"file: {BOOK}, layer: {table}" if kind == "spreadsheet" else f"file: {table}.csv"
        return f"{{{place}, id_column: id{more}}}"

    prices = "layer: prices" if kind == "spreadsheet" else "file: prices.csv"

    def targets(workload: str) -> str:
        of = re.sub(", id_column: id", "", at("demand", f", where: {{workload: [{workload}]}}"))
        return f"targets: {of}"

    return {
        "where": BOOK if kind == "spreadsheet" else "the CSV files beside this one",
        "sites": f"sites: {at('sites', f', use_column: {USE}')}",
        "zones": f"zones: {at('zones', f', join: [{{{prices}}}]')}",
        "nodes": f"nodes: {at('nodes')}",
        "upgrades": f"upgrades: {at('upgrades')}",
        "plants": f"named: {at('plants')}",
        "training": targets("training"),
        "inference": targets("inference"),
    }
