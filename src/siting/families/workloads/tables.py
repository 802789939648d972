"""Result tables of ``workloads`` from the solved values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from siting.core.audit import rest, sum_by
from siting.core.table import Cell, Table
from siting.families.base import Values
from siting.families.columns import Columns
from siting.families.workloads.data import WorkloadsData

COLUMNS = ("period_start", "workload", "region", "site", "it_mw", "it_mw_months")


MOVE_COLUMNS = ("period_start", "workload", "site", "moved_mw", "move_usd")
TABLES = {
    "service": Columns(COLUMNS),
    "moves": Columns(MOVE_COLUMNS, when=lambda data: bool(data.move_usd)),
}


def report(values: Values, data: WorkloadsData) -> dict[str, Table]:
    """Service by site, and the target and lateness of each workload."""
    starts = data.system.calendar.starts
    rows: list[dict[str, Cell]] = []
    for w, r, s, p in sorted(data.serve_index, key=lambda k: (k[3], k[:3])):
        it_mw = values.get("workloads.serve_mw", (w, r, s, p))
        if it_mw > 0:
            rows.append(
                {
                    "period_start": starts[p],
                    "workload": w,
                    "region": r,
                    "site": s,
                    "it_mw": it_mw,
                    "it_mw_months": it_mw * data.system.calendar.months(p),
                }
            )
    service = Table.of(COLUMNS, rows)
    if not data.move_usd:
        return {"service": service}
    moves = move_rows(data, campus_load(data, {"service": service}))
    return {"service": service, "moves": Table.of(MOVE_COLUMNS, moves)}


def campus_load(
    data: WorkloadsData, tables: Mapping[str, Table]
) -> dict[tuple[str, str, int], float]:
    """IT load by workload, site and period, of every region [MW]."""
    found: dict[tuple[str, str, int], float] = {}
    calendar = data.system.calendar
    for (key, p), mw in sum_by(tables, "service", ("workload", "site"), "it_mw", calendar).items():
        w, _, s = key.partition("|")
        found[w, s, p] = mw
    return found


def move_rows(
    data: WorkloadsData, load: Mapping[tuple[str, str, int], float]
) -> Iterator[dict[str, Cell]]:
    """What each site stops serving of a workload that costs to move."""
    for w, s, p in sorted(data.move_index, key=lambda k: (k[2], k[:2])):
        moved = rest(load.get((w, s, p - 1), 0.0), load.get((w, s, p), 0.0))
        if moved > 0:
            yield {
                "period_start": data.system.calendar.starts[p],
                "workload": w,
                "site": s,
                "moved_mw": moved,
                "move_usd": moved * data.move_usd[w],
            }
