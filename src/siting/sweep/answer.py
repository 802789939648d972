"""A finished sweep: its tables, and what they say in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from siting.core.audit import number
from siting.core.table import Table
from siting.instance.build import Instance
from siting.sweep.indices import UNTOLD, has_rows, indices_table
from siting.sweep.regret import regret_tables, regrets_of
from siting.sweep.rules import rules_table
from siting.sweep.run import Run, Sweeping
from siting.sweep.study import Sweep
from siting.sweep.tables import (
    frequency_table,
    kept_tables,
    names_of,
    planned,
    runs_table,
    thresholds_table,
    tornado_table,
)
from siting.timeline.words import money

SHOWN = 4
"""Rules that are said."""


@dataclass(frozen=True)
class Swept:
    """A finished sweep."""

    sweep: Sweep
    instance: Instance
    runs: tuple[Run, ...]
    tables: Mapping[str, Table]
    inputs: Mapping[str, str]
    reused: int
    solved: int

    @property
    def answer(self) -> list[str]:
        """What the tables say, the most important first."""
        return list(_sentences(self))


def swept(sweeping: Sweeping) -> Swept:
    """Do every run of a sweep, and answer."""
    sweeping.prepare()
    sweep, instance = sweeping.sweep, sweeping.loaded.instance
    runs = sweeping.runs()
    calendar = instance.system.calendar
    years = sorted({day.year for day in calendar.starts})
    tables = {
        "runs": runs_table(sweep, runs),
        "site_frequency": frequency_table(runs, sorted(instance.system.sites), years),
        "thresholds": thresholds_table(sweep, runs),
        "tornado": tornado_table(sweep, runs),
        "rules": rules_table(sweep, runs, names_of(instance)),
        **kept_tables(sweep, runs),
    }
    if has_rows(sweep):
        tables["sobol_indices"] = indices_table(sweep, runs)
    regrets = regrets_of(sweeping, runs)
    if regrets is not None:
        tables |= regret_tables(regrets)
    return Swept(
        sweep,
        instance,
        tuple(runs),
        dict(sorted(tables.items())),
        sweeping.loaded.inputs,
        sweeping.reused,
        sweeping.solved,
    )


def _sentences(found: Swept) -> list[str]:
    """Costs, what decides them, sites, rules."""
    known = planned(found.runs)
    failed = Counter(str(run.record["status"]) for run in found.runs if not run.has_plan)
    with_plan = "all" if len(known) == len(found.runs) else f"{len(known):,}"
    said = [f"{len(found.runs):,} runs, {with_plan} with a plan."]
    if failed:
        said.append(
            f"Without one: {', '.join(f'{n:,} {s.lower()}' for s, n in sorted(failed.items()))}."
        )
    if not known:
        return said
    costs = [float(run.record["cost_usd"]) for run in known]
    said.append(f"Cost from {money(min(costs))} to {money(max(costs))}.")
    if "sobol_indices" in found.tables:
        said += _decides(found.tables["sobol_indices"])
    elif found.tables["tornado"].rows:
        row = found.tables["tornado"].rows[0]
        said.append(f"{row['factor']} moves the cost most: by {money(number(row, 'swing_usd'))}.")
    called = names_of(found.instance)
    always = sorted(set.intersection(*(set(run.sites) for run in known)))
    said.append(f"In every plan: {', '.join(called[site] for site in always) or 'no site'}.")
    said += [str(row["sentence"]) for row in found.tables["rules"].rows[:SHOWN]]
    if "plans" in found.tables:
        rows = [r for r in found.tables["plans"] if r["robust_rank"] == 1]
        said += [
            f"{str(row['plan']).capitalize()} ({_called(called, str(row['sites']))}) is within "
            f"{100 * found.sweep.regret.within_frac:.3g} % of the best in {row['covered_count']} of "
            f"{row['of_count']} runs, by its decisions alone."
            for row in rows
        ]
    return said


def _called(called: Mapping[str, str], sites: str) -> str:
    """Sites of a row by name."""
    return ", ".join(called[site] for site in sites.split(";") if site) or "no site"


def _decides(indices: Table) -> Iterator[str]:
    """Which factors decide the cost, or that the runs cannot tell."""
    rows = [row for row in indices if row["answer"] == "cost_usd"]
    told = [row for row in rows if row["total_frac"] is not None]
    told.sort(key=lambda row: -number(row, "total_frac"))
    if told:
        most = ", ".join(f"{row['factor']} {number(row, 'total_frac'):.0%}" for row in told[:3])
        yield f"What decides the cost, by total Sobol index: {most}."
    if left := [str(row["factor"]) for row in rows if row["total_frac"] is None]:
        points = number(rows[0], "sample_count")
        yield f"What {', '.join(left)} decide{'s' * (len(left) == 1)}: {UNTOLD}, {points:.0f} points."
