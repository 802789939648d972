"""What the runs of a sweep say of sites, factor by factor, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from siting.core.table import Cell, Table
from siting.instance.build import Instance
from siting.sweep.design import base_of
from siting.sweep.run import Run, along
from siting.sweep.study import Sweep

RUN_COLUMNS = (
    "status",
    "cost_usd",
    "bound_usd",
    "first_date",
    "half_date",
    "full_date",
    "late_mw_months",
    "end_it_mw",
    "site_count",
    "sites",
    "message",
    "key",
)
FREQUENCY_COLUMNS = ("site", "year", "run_count", "of_count", "share_frac")
THRESHOLD_COLUMNS = ("factor", "site", "change", "low", "high", "unit_way")
TORNADO_COLUMNS = (
    "factor",
    "low",
    "high",
    "low_cost_usd",
    "base_cost_usd",
    "high_cost_usd",
    "swing_usd",
)
MESSAGE = 300
"""Characters of a message in a table; records hold all of it."""


def runs_table(sweep: Sweep, runs: Sequence[Run]) -> Table:
    """One row a run, in the order of the design."""
    names = tuple(sweep.factors)
    rows = (_run_row(number, names, run) for number, run in enumerate(runs))
    return Table.of(("run", "label", *names, *RUN_COLUMNS), rows)


def _run_row(number: int, names: Sequence[str], run: Run) -> dict[str, Cell]:
    """A run."""
    record = run.record
    return {
        "run": number,
        "label": run.point.label,
        **{name: run.point.values[name] for name in names},
        "status": str(record["status"]),
        "cost_usd": record.get("cost_usd"),
        "bound_usd": record.get("bound_usd"),
        **{
            f"{name}_date": day_of(record.get(f"{name}_date")) for name in ("first", "half", "full")
        },
        "late_mw_months": record.get("late_mw_months"),
        "end_it_mw": record.get("end_it_mw"),
        "site_count": len(run.sites) if run.has_plan else None,
        "sites": ";".join(sorted(run.sites)),
        "message": str(record.get("message", ""))[:MESSAGE],
        "key": run.key,
    }


def day_of(text: object) -> date | None:
    """A date of a record."""
    return date.fromisoformat(text) if isinstance(text, str) and text else None


def planned(runs: Sequence[Run]) -> list[Run]:
    """Runs that have a plan."""
    return [run for run in runs if run.has_plan]


def sites_in(runs: Sequence[Run]) -> list[str]:
    """Sites of any run."""
    return sorted(set().union(*(run.sites for run in runs)))


def names_of(instance: Instance) -> dict[str, str]:
    """What each site is called, where it has a name; its id where not."""
    return {site: record.name or site for site, record in instance.system.sites.items()}


def frequency_table(runs: Sequence[Run], sites: Sequence[str], years: Sequence[int]) -> Table:
    """In which share of the runs with a plan a site is committed by the end of a year."""
    known = planned(runs)
    rows: list[dict[str, Cell]] = []
    for site in sites:
        days = [day_of(run.record["sites"].get(site)) for run in known]
        for year in years:
            count = sum(day is not None and day.year <= year for day in days)
            share = count / len(known) if known else None
            cells = (site, year, count, len(known), share)
            rows.append(dict(zip(FREQUENCY_COLUMNS, cells, strict=True)))
    return Table.of(FREQUENCY_COLUMNS, rows)


def thresholds_table(sweep: Sweep, runs: Sequence[Run]) -> Table:
    """Between which values of a factor a site enters or leaves, all others at their base.

    Of values between those that were solved nothing is said.
    """
    return Table.of(THRESHOLD_COLUMNS, _thresholds(sweep, runs))


def _thresholds(sweep: Sweep, runs: Sequence[Run]) -> Iterator[dict[str, Cell]]:
    """One row a site that enters or leaves."""
    base = base_of(sweep)
    for name, factor in sweep.factors.items():
        line = [(value, run) for value, run in along(runs, base, name) if run.has_plan]
        for site in sites_in([run for _, run in line]):
            for (low, first), (high, second) in pairwise(line):
                if (site in first.sites) != (site in second.sites):
                    change = "enters" if site in second.sites else "leaves"
                    cells = (name, site, change, low, high, factor.way)
                    yield dict(zip(THRESHOLD_COLUMNS, cells, strict=True))


def tornado_table(sweep: Sweep, runs: Sequence[Run]) -> Table:
    """Cost at the least and the largest solved value of each factor, all others at their base."""
    base = base_of(sweep)
    rows: list[dict[str, Cell]] = []
    for name in sweep.factors:
        line = [(value, run) for value, run in along(runs, base, name) if run.has_plan]
        middle = [run for value, run in line if value == base[name]]
        if len(line) < 2 or not middle:
            continue
        (low, first), (high, last) = line[0], line[-1]
        costs = [float(run.record["cost_usd"]) for run in (first, middle[0], last)]
        swing = max(costs) - min(costs)
        rows.append(dict(zip(TORNADO_COLUMNS, (name, low, high, *costs, swing), strict=True)))
    rows.sort(key=lambda row: (-float(str(row["swing_usd"])), str(row["factor"])))
    return Table.of(TORNADO_COLUMNS, rows)


def kept_tables(sweep: Sweep, runs: Sequence[Run]) -> Mapping[str, Table]:
    """Tables of plans that were asked for, of all runs, with the number of the run before each row."""
    found = {}
    for name in sweep.keep:
        parts = [
            (number, run.record["tables"][name])
            for number, run in enumerate(runs)
            if name in run.record.get("tables", {})
        ]
        if parts:
            columns = tuple(parts[0][1]["columns"])
            rows = (
                {"run": number, **dict(zip(columns, row, strict=True))}
                for number, part in parts
                for row in part["rows"]
            )
            found[f"kept_{name}"] = Table.of(("run", *columns), rows)
    return found
