"""Write a sweep: tables as CSV and Parquet, summary and page, in one folder."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pandas as pd

from siting.core.table import Table
from siting.outputs.folder import SWEEP, short_name, whole_folder
from siting.outputs.tables import write_json, write_tables
from siting.sweep.answer import Swept
from siting.sweep.page import write_sweep_page

STORE = "runs"


def store_of(target: Path) -> Path:
    """Folder of the finished runs of a sweep: beside its outputs, whatever becomes of them."""
    return target.parent / f".{short_name(target.name)}.{STORE}"


def write_sweep(found: Swept, target: Path) -> None:
    """Write a sweep to a folder that appears whole or not at all.

    Raises:
        InputError: the target is not a new folder nor that of an earlier run.
    """
    with whole_folder(target, SWEEP) as folder:
        write_tables(found.tables, folder / "tables")
        write_parquet(found.tables["runs"], folder / "tables" / "runs.parquet")
        write_sweep_page(found, folder / "sweep.html")
        write_json(sweep_summary(found), folder / SWEEP)


def write_parquet(table: Table, path: Path) -> None:
    """A table as Parquet, with the types of its cells."""
    frame = pd.DataFrame([dict(row) for row in table], columns=list(table.columns))
    frame.to_parquet(path, index=False)


def sweep_summary(found: Swept) -> dict[str, object]:
    """``sweep.json``."""
    return {
        "name": found.sweep.name,
        "title": found.sweep.title or found.sweep.name,
        "answer": found.answer,
        "runs": len(found.runs),
        "design": found.sweep.design.model_dump(mode="json"),
        "factors": {
            name: factor.model_dump(mode="json", exclude_none=True)
            for name, factor in found.sweep.factors.items()
        },
        "inputs": dict(found.inputs),
        "generated_by": f"siting {version('siting')}",
    }
