"""One change at a time: ``python tools/sensitivity.py [SCENARIO] [--only NAME ...]``, ``--help`` for the rest.

Each case of ``sensitivity.yaml`` is the scenario with some numbers changed, solved from the plans known so far
and audited. Finished solves are kept in a folder, so that a run that was stopped goes on where it was, and
the page is written after each: what is not solved yet is left out and counted.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from geo_catalogue import written
from geo_effects import PAGE, ROOT, effects
from siting.core.audit import number
from siting.core.errors import InfeasibleError
from siting.core.plan import Plan
from siting.core.study import Change
from siting.instance.changes import changed
from siting.model.assemble import assemble
from siting.pipeline import Loaded, finish, limits_of, load
from siting.solver.highs import Limits
from siting.timeline.solves import Solver

CATALOGUE = ROOT / "data" / "geo" / "layers.yaml"
BASE = "as it is"
COLUMNS = (
    "case",
    "about",
    "status",
    "gap",
    "cost_usd",
    "against_frac",
    "moved_mw",
    "sites_in",
    "sites_out",
)
SMALL_MW = 0.5
"""IT load below which a site counts as empty."""


@dataclass(frozen=True)
class Case:
    """A change of the scenario, or a file that extends it; seconds in place of those of the others."""

    name: str
    about: str
    changes: tuple[Change, ...] = ()
    file: Path | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Found:
    """What a case came to.

    Attributes:
        mw: IT load of each site at the end of the horizon.
        findings: of the audit; none in a plan that passes.
        broken: limits that no plan keeps, where there is none.
    """

    case: Case
    status: str
    gap: float
    cost_usd: float
    mw: Mapping[str, float]
    findings: int
    broken: tuple[str, ...] = ()


def read_cases(path: Path) -> list[Case]:
    """Cases of a file, in its order."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Case(
            name,
            row["about"],
            tuple(Change.model_validate(change) for change in row.get("changes", ())),
            path.parent / row["file"] if "file" in row else None,
            row.get("seconds"),
        )
        for name, row in rows.items()
    ]


def solve_cases(
    loaded: Loaded, cases: Sequence[Case], kept: Path, limits: Limits | None = None
) -> Iterable[Found | str]:
    """What each case came to, the scenario as it is first; the name of one that it has no numbers for."""
    limits = limits or limits_of(loaded.instance)
    solver = Solver(limits, (kept,))
    yield _solved(loaded, Case(BASE, "The scenario as it is"), solver)
    for case in cases:
        there = _changed(loaded, case)
        seconds = case.seconds or limits.time_limit_seconds
        solver.limits = replace(limits, time_limit_seconds=seconds)
        if there is None:
            yield case.name
            continue
        try:
            yield _solved(there, case, solver)
        except InfeasibleError as none:
            yield Found(case, "INFEASIBLE", 0.0, 0.0, {}, 0, none.limits)


def _changed(loaded: Loaded, case: Case) -> Loaded | None:
    """The scenario of a case; None where it has no numbers for the change."""
    if case.file is not None:
        return load(case.file)
    instance = changed(loaded.instance, case.changes, f"sensitivity '{case.name}'")
    return None if instance is None else Loaded(instance, loaded.inputs)


def _solved(there: Loaded, case: Case, solver: Solver) -> Found:
    """One case: its audited plan."""
    model = assemble(there.instance)
    ranked = solver.solve(f"sensitivity {case.name}", there.instance, model.linear)
    plan = finish(there, model, model.linear, ranked, solver.limits)
    return Found(case, plan.status, plan.gap, plan.objective_usd, loads(plan), len(plan.findings))


def loads(plan: Plan) -> dict[str, float]:
    """IT load of each site at the end of the horizon [MW]."""
    mw = {str(row["site"]): number(row, "it_mw") for row in plan.tables["sites"]}
    return {site: load for site, load in sorted(mw.items()) if load > SMALL_MW}


def rows_of(found: Sequence[Found]) -> list[dict[str, object]]:
    """Rows of the table, one a plan; the first is what the others are compared with."""
    base = found[0]
    rows: list[dict[str, object]] = []
    for one in planned(found):
        sites = {*base.mw, *one.mw}
        moved = sum(max(0.0, base.mw.get(s, 0.0) - one.mw.get(s, 0.0)) for s in sites)
        cells = (
            one.case.name,
            one.case.about,
            one.status if not one.findings else "AUDIT_FAILED",
            one.gap,
            one.cost_usd,
            one.cost_usd / base.cost_usd - 1 if base.cost_usd else 0.0,
            moved,
            ", ".join(sorted(set(one.mw) - set(base.mw))),
            ", ".join(sorted(set(base.mw) - set(one.mw))),
        )
        rows.append(dict(zip(COLUMNS, cells, strict=True)))
    return rows


def planned(found: Sequence[Found]) -> list[Found]:
    """Those that have a plan."""
    return [one for one in found if not one.broken]


def _asked(limits: Limits) -> str:
    """Gap and seconds in words."""
    seconds = limits.time_limit_seconds
    return f"{limits.gap_frac:.2%}" + ("" if seconds is None else f" in at most {seconds:,.0f} s")


def page(
    title: str, found: Sequence[Found], skipped: Sequence[str], left: int, limits: Limits
) -> str:
    """The page in Markdown."""
    plans = planned(found)
    everywhere = set.intersection(*(set(one.mw) for one in plans))
    steady = ", ".join(f"`{site}`" for site in sorted(everywhere)) or "none"
    lines = [
        "# Sensitivity of the shipped answer",
        "",
        f"{title}: one change at a time, each solved and audited (`make sensitivity`). MW moved",
        "is the IT load of the last period that leaves a site; a cost within the gap of another is",
        f"not told from it. Each starts from the plans known before and was asked for {_asked(limits)}:",
        "where nothing moves, a plan on the same sites is that good, and another may be as good.",
        "",
        "| change | cost [B USD] | against | gap | MW moved | sites in | sites out |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows_of(found):
        gap, against = float(str(row["gap"])), round(float(str(row["against_frac"])), 3) + 0.0
        state = f"{gap:.2%}" if row["status"] == "OPTIMAL" else f"{gap:.2%}, {row['status']}"
        lines.append(
            f"| {row['about']} | {float(str(row['cost_usd'])) / 1e9:,.2f} | {against:+.1%} | {state} "
            f"| {float(str(row['moved_mw'])):,.0f} | {row['sites_in'] or '-'} | {row['sites_out'] or '-'} |"
        )
    lines += ["", f"Sites in every one of these {len(plans)} plans: {steady}."]
    for one in found:
        if one.broken:
            lines += ["", f"No plan: {one.case.about} ({'; '.join(one.broken)})."]
    if skipped:
        lines += ["", f"Not of this scenario: {', '.join(skipped)}."]
    if left:
        lines += [
            "",
            f"{left} more changes are not solved yet; the same command goes on with them.",
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Solve what is not yet solved; write the page and its table after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", type=Path, default=ROOT / "models/federal-2035.yaml")
    parser.add_argument("--cases", type=Path, default=ROOT / "tools" / "sensitivity.yaml")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--kept", type=Path, default=ROOT / "out" / "sensitivity")
    parser.add_argument("--gap", type=float, help="relative gap, in place of the scenario's")
    parser.add_argument("--time-limit", type=float, help="seconds of each solve, likewise")
    asked = parser.parse_args()
    cases = [c for c in read_cases(asked.cases) if not asked.only or c.name in asked.only]
    loaded = load(asked.scenario)
    title = loaded.instance.scenario.title or loaded.instance.scenario.name
    found: list[Found] = []
    skipped: list[str] = []
    limits = limits_of(loaded.instance)
    limits = replace(
        limits,
        gap_frac=asked.gap or limits.gap_frac,
        time_limit_seconds=asked.time_limit or limits.time_limit_seconds,
    )
    for one in solve_cases(loaded, cases, asked.kept, limits):
        if isinstance(one, str):
            skipped.append(one)
            continue
        found.append(one)
        told = f"{one.cost_usd / 1e9:,.2f} B USD, gap {one.gap:.2%}, {one.status}"
        print(f"{one.case.about}: {'no plan' if one.broken else told}", flush=True)
        left = len(cases) + 1 - len(found) - len(skipped)
        asked.page.write_text(page(title, found, skipped, left, limits), encoding="utf-8")
        write_table(asked.kept / "sensitivity.csv", found)
    if asked.page == PAGE:
        write_effects()


def write_effects(catalogue: Path = CATALOGUE) -> None:
    """What the page says of each rule, into the catalogue of the built-in data."""
    whole = yaml.safe_load(catalogue.read_text(encoding="utf-8"))
    catalogue.write_bytes(written({**whole, "effects": effects(whole["rules"])}))


def write_table(path: Path, found: Sequence[Found]) -> None:
    """The table as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows_of(found))


if __name__ == "__main__":
    main()
