"""Read ``bus.csv``, ``branch.csv`` and ``gen.csv`` in the layout of RTS-GMLC.

The layout states no system base (100 MVA), no status and no commitment: every branch is in service,
and every unit may run between 0 and its ``PMax MW``, since it may also be off. Costs are heat rates
there, not a cost curve, so such a case has no cost of dispatch. ``Cont Rating`` is the limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas

from siting.core.errors import InputError, Issue
from siting.core.magnitude import number_of
from siting.layers.safety import check_file
from siting.layers.tabular import read_csv
from siting.network.build import RawCase

BASE_MVA = 100.0
MAX_ISSUES = 20
BUS = {"Bus ID": "id", "BaseKV": "base_kv", "MW Load": "load_mw"}
BRANCH = {"UID": "id", "From Bus": "from", "To Bus": "to", "X": "x_pu", "Cont Rating": "rating_mw"}
GENERATOR = {"GEN UID": "id", "Bus ID": "bus", "PMax MW": "max_mw"}
OPTIONAL = {
    "Bus Name": "title", "Bus Type": "kind", "MW Shunt G": "shunt_mw", "Tr Ratio": "tap",
    "lat": "latitude", "lng": "longitude",
}  # fmt: skip
TEXTS = {"id", "from", "to", "bus", "title", "kind"}


def read_rts(folder: Path, name: str) -> RawCase:
    """Read a folder in the layout of RTS-GMLC.

    Args:
        folder: holds the three files. name: how messages call it.

    Raises:
        InputError: a missing file or column, or cells that are not numbers.
    """
    issues: list[Issue] = []
    tables = {}
    for file, needed in (("bus.csv", BUS), ("branch.csv", BRANCH), ("gen.csv", GENERATOR)):
        try:
            tables[file] = _table(folder / file, f"{name}/{file}", needed)
        except InputError as error:
            issues += error.issues
    if issues:
        raise InputError(issues)
    bus, branch, gen = tables["bus.csv"], tables["branch.csv"], tables["gen.csv"]
    none = pandas.Series(np.nan, index=bus.index)
    plain = pandas.Series("", index=bus.index)
    buses = bus.assign(
        title=bus.get("title", plain),
        load_mw=bus.load_mw + bus.get("shunt_mw", none).fillna(0.0),
        longitude=bus.get("longitude", none),
        latitude=bus.get("latitude", none),
        is_reference=bus.get("kind", plain).str.lower() == "ref",
        is_on=True,
    )
    branches = branch.assign(
        tap=branch.get("tap", pandas.Series(0.0, index=branch.index)).fillna(0.0),
        shift_deg=0.0,
        is_on=True,
    )
    notes = [f"{len(gen)} units may each run between 0 and PMax: the layout states no commitment"]
    if (folder / "dc_branch.csv").is_file():
        notes.append("DC lines in dc_branch.csv are left out")
    return RawCase(
        name, BASE_MVA, buses, branches, gen.assign(min_mw=0.0, is_on=True), (), tuple(notes)
    )


def _table(path: Path, name: str, needed: Mapping[str, str]) -> pandas.DataFrame:
    """Needed and optional columns of a file under our names."""
    check_file(path, name)
    rows = read_csv(path, name)
    found = set(rows[0][1]) if rows else set()
    missing = [column for column in needed if column not in found]
    if missing:
        raise InputError(
            [
                Issue(name, f"no column '{column}'", "the columns of RTS-GMLC", "Rename the column")
                for column in missing
            ]
        )
    columns = {**needed, **{k: v for k, v in OPTIONAL.items() if k in found}}
    issues: list[Issue] = []
    data: dict[str, list[object]] = {ours: [] for ours in columns.values()}
    for where, values in rows:
        for theirs, ours in columns.items():
            cell = values.get(theirs)
            data[ours].append(_cell(cell, ours, f"{where}: {theirs}", theirs in needed, issues))
    if issues:
        raise InputError(issues[:MAX_ISSUES])
    return pandas.DataFrame(data)


def _cell(cell: object, ours: str, where: str, is_needed: bool, issues: list[Issue]) -> object:
    """Text or a number; a needed cell may not be empty."""
    if cell is None and is_needed:
        issues.append(Issue(where, "an empty cell", "a value", "Fill it in"))
        return None
    if ours in TEXTS:
        return str(cell or "").strip()
    number = np.nan if cell is None else number_of(str(cell))
    if number is None:
        issues.append(Issue(where, f"'{str(cell)[:40]}'", "a number", "Correct it"))
    return number
