"""How long a proof takes from the shortlist to the nation, and beside what one would write first.

Every figure comes from a process of its own, so that memory is its own and no solve warms another:

    shortlist  the flagship        region  500 screened sites       nation  5,000 sites
    full       500 screened sites with every family of the flagship, the hardest of them

Run with ``make bench``, or ``python benchmarks/scale.py NAME...``. It prints and asserts nothing
about time; that the peers agree on the optimum of small instances is checked.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from instances import FLAGSHIP, SEED, write_instance

from siting.core.resources import builtin_path
from siting.loading import load, size_by_family
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.outputs.write import write_plan
from siting.pipeline import limits_of, run
from siting.solver import highs
from siting.solver.highs import Progress, relative_gap
from siting.solver.search import search

KIB_PER_MIB = 1024
SAME = 2e-4
"""Relative difference of two optima that are proven to 0.01 %."""


@dataclass(frozen=True)
class Case:
    """An instance, and the gap and seconds of each search."""

    sites: int
    base: str
    searches: tuple[tuple[float, float], ...]

    def path(self) -> Path:
        """The scenario, written if it is not shipped."""
        if self.sites == 0:
            return builtin_path(f"models/{self.base}")
        options = {"base": self.base} if self.base else {}
        return write_instance(self.sites, **options)


CASES = {
    "shortlist": Case(0, FLAGSHIP, ((0.01, 60), (0.005, 60), (0.001, 120))),
    "region": Case(500, "", ((0.01, 120), (0.005, 300), (0.001, 300))),
    "nation": Case(5000, "", ((0.01, 1200), (0.005, 1200))),
    "full": Case(500, FLAGSHIP, ((0.01, 400),)),
}
GROWTH = (50, 100, 200, 500, 1000, 2000, 5000)
SMALL = (3, 8)
OTHERS_SECONDS = 100
RACES = {"shortlist": 20.0, "region": 120.0}
FULL_SECONDS = (60.0, 200.0)


def measured(kind: str, **options: Any) -> dict[str, Any]:
    """What a process of its own measures."""
    command = [sys.executable, __file__, "--one", json.dumps({"kind": kind, **options})]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one(kind: str, path: str, gap: float = 0.01, seconds: float = 60.0) -> dict[str, Any]:
    """A measurement, in this process."""
    started = perf_counter()
    instance = load(Path(path)).instance
    read = perf_counter() - started
    works = {"ours": _ours, "plain": _plain, "linopy": _linopy, "solver": _solver}
    found = works[kind](instance, gap, seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB
    return {"read": read, **found, "peak": peak}


def _ours(instance: Any, gap: float, seconds: float) -> dict[str, Any]:
    """The engine."""
    linear, found = _assembled(instance)
    first: list[tuple[float, float]] = []
    started = perf_counter()

    def note(progress: Progress) -> None:
        if progress.incumbent is not None and not first:
            first.append((perf_counter() - started, progress.incumbent))

    limits = replace(limits_of(instance), gap_frac=gap, time_limit_seconds=seconds)
    outcome = search(linear, limits, note)
    spent = perf_counter() - started
    at, value = first[0] if first else (spent, outcome.objective)
    return {
        **found,
        "first": at,
        "first_gap": relative_gap(value, outcome.bound),
        "seconds": spent,
        "gap": outcome.gap,
        "objective": outcome.objective,
        "bound": outcome.bound,
    }


def _assembled(instance: Any) -> tuple[Program, dict[str, Any]]:
    """The arrays, and the seconds to make them and to hand them over."""
    started = perf_counter()
    linear = assemble(instance).linear
    built = perf_counter()
    highs.loaded(linear, limits_of(instance))
    handed = perf_counter()
    size = {
        "rows": len(linear.row_lower),
        "columns": len(linear.cost),
        "integers": int(linear.is_integer.sum()),
        "nonzeros": len(linear.value),
    }
    return linear, {**size, "build": built - started, "hand": handed - built}


def _solver(instance: Any, gap: float, seconds: float) -> dict[str, Any]:
    """HiGHS alone on the engine's arrays."""
    linear, found = _assembled(instance)
    limits = replace(limits_of(instance), gap_frac=gap, time_limit_seconds=seconds)
    outcome = highs.solve(linear, limits)
    return {**found, **_reached(outcome.objective, outcome.bound, outcome.seconds)}


def _plain(instance: Any, gap: float, seconds: float) -> dict[str, Any]:
    """The plain model, by Pyomo's own way to HiGHS."""
    from plain import plain_model, solve_plain

    started = perf_counter()
    model = plain_model(instance)
    built = perf_counter()
    objective, bound = solve_plain(model, seconds, gap)
    return {"build": built - started, **_reached(objective, bound, perf_counter() - built)}


def _linopy(instance: Any, gap: float, seconds: float) -> dict[str, Any]:
    """The engine's arrays in linopy: build, hand-over, and the optimum where time is given."""
    from plain import floor_seconds, linopy_model

    linear, found = _assembled(instance)
    floor = floor_seconds(linear)
    started = perf_counter()
    model = linopy_model(linear)
    built = perf_counter()
    model.to_highspy()
    handed = perf_counter()
    found |= {"linopy_build": built - started, "linopy_hand": handed - built, "floor": floor}
    if seconds == 0:
        return found
    model.solve(
        "highs",
        io_api="direct",
        output_flag=False,
        mip_rel_gap=gap,
        time_limit=seconds,
        threads=2,
    )
    value = float(model.objective.value)
    return {**found, **_reached(value, value * (1 - gap), perf_counter() - handed)}


def _reached(objective: float, bound: float, seconds: float) -> dict[str, Any]:
    """What a search came to."""
    gap = relative_gap(objective, bound) if np.isfinite(objective) else float("inf")
    return {"objective": objective, "bound": bound, "gap": gap, "seconds": seconds}


def show_case(name: str) -> None:
    """One instance: its size, then a line for each gap asked."""
    case = CASES[name]
    path = str(case.path())
    for number, (gap, seconds) in enumerate(case.searches):
        found = measured("ours", path=path, gap=gap, seconds=seconds)
        if number == 0:
            size = " ".join(f"{found[k]:,} {k}," for k in ("rows", "columns", "integers"))
            print(f"\n{name}: {size} {found['nonzeros']:,} nonzeros", flush=True)
        print(
            f"  read {found['read']:5.2f} s, build {found['build']:6.2f} s, hand over "
            f"{found['hand']:5.2f} s, first plan {found['first']:6.1f} s "
            f"({found['first_gap']:6.2%}), {gap:.1%} asked: {found['gap']:7.3%} after "
            f"{found['seconds']:6.1f} s, peak {found['peak']:6,.0f} MiB",
            flush=True,
        )


def show_agreement() -> None:
    """Every peer on small instances; an error if the optima differ."""
    print("\nthe same optimum on small instances [million USD]")
    for count in SMALL:
        path = str(write_instance(count))
        values = {
            kind: measured(kind, path=path, gap=1e-4, seconds=300)["objective"]
            for kind in ("ours", "solver", "plain", "linopy")
        }
        others, unproven = _others(path)
        values |= others
        shown = [f"{k} {v:,.3f}" for k, v in values.items()]
        shown += [f"{k} {v:,.3f} (not proven in {OTHERS_SECONDS} s)" for k, v in unproven.items()]
        print(f"  {count:3d} sites " + ", ".join(shown), flush=True)
        if max(values.values()) - min(values.values()) > SAME * min(values.values()):
            raise ArithmeticError(f"the peers disagree on {count} sites: {values}")


def _others(path: str) -> tuple[dict[str, float], dict[str, float]]:
    """Optima of the plain model by SCIP and, where it is installed, CBC; and plans not proven."""
    import pyomo.environ as pyo
    from plain import plain_model
    from pyscipopt import Model

    model = plain_model(load(Path(path)).instance)
    proven, unproven = {}, {}
    lp = Path(path).with_suffix(".lp")
    model.write(str(lp), io_options={"symbolic_solver_labels": False})
    scip = Model()
    scip.hideOutput()
    scip.setParam("limits/gap", SAME / 2)
    scip.setParam("limits/time", OTHERS_SECONDS)
    scip.readProblem(str(lp))
    scip.optimize()
    is_proven = scip.getStatus() in ("optimal", "gaplimit")
    (proven if is_proven else unproven)["SCIP"] = scip.getObjVal()
    cbc = pyo.SolverFactory("cbc")
    if cbc.available(exception_flag=False):
        logging.getLogger("pyomo").setLevel(logging.ERROR)
        result = cbc.solve(model, options={"ratioGap": SAME / 2, "seconds": OTHERS_SECONDS})
        is_proven = result.solver.termination_condition == pyo.TerminationCondition.optimal
        (proven if is_proven else unproven)["CBC"] = pyo.value(model.cost)
    return proven, unproven


def show_race() -> None:
    """The engine and its peers in the same seconds of solving."""
    for case, seconds in RACES.items():
        path = str(CASES[case].path())
        print(f"\n{case} in {seconds:.0f} s of solving")
        for kind, name in (
            ("ours", "engine"),
            ("solver", "its arrays, HiGHS alone"),
            ("plain", "plain Pyomo model, HiGHS"),
        ):
            found = measured(kind, path=path, gap=1e-3, seconds=seconds)
            print(
                f"  {name:26s} build {found['build']:6.2f} s, plan {found['objective']:12,.1f}, "
                f"bound {found['bound']:12,.1f}, gap {found['gap']:7.2%}, "
                f"peak {found['peak']:6,.0f} MiB",
                flush=True,
            )


def show_families() -> None:
    """What each family adds to the flagship with every family on, and what a minute reaches."""
    loaded = load(builtin_path("models/federal-2035-full.yaml"))
    print("\nthe flagship with every family on")
    for family, size in size_by_family(loaded.instance).items():
        print(f"  {family:14s}" + "".join(f"{size[key]:9,} {key}" for key in size))
    for seconds in FULL_SECONDS:
        limits = replace(limits_of(loaded.instance), time_limit_seconds=seconds)
        plan = run(loaded, limits=limits)
        print(
            f"  {seconds:.0f} s allowed: {plan.status}, gap {plan.gap:.2%} after "
            f"{plan.solve_seconds:.0f} s",
            flush=True,
        )
    with tempfile.TemporaryDirectory() as folder:
        started = perf_counter()
        write_plan(plan, Path(folder) / "plan")
        print(f"  everything written in {perf_counter() - started:.1f} s", flush=True)


def show_building() -> None:
    """Build and hand-over beside linopy, which is given the finished arrays, and bare numpy."""
    print("\nbuild and hand-over, microseconds per nonzero")
    for name in ("shortlist", "region", "full", "nation"):
        found = measured("linopy", path=str(CASES[name].path()), seconds=0)
        scale = 1e6 / found["nonzeros"]
        print(
            f"  {name:10s} engine {(found['build'] + found['hand']) * scale:6.2f}, linopy "
            f"{(found['linopy_build'] + found['linopy_hand']) * scale:6.2f}, bare numpy "
            f"{found['floor'] * scale:6.2f}",
            flush=True,
        )


def show_growth() -> None:
    """Seconds to 1 % by number of sites, with the exponent of a line through the logarithms."""
    print("\ngrowth: seconds to 1 % by sites, reading and building apart")
    points = []
    for count in GROWTH:
        found = measured("ours", path=str(write_instance(count)), gap=0.01, seconds=1200)
        points.append((count, found["seconds"], found["read"] + found["build"]))
        print(
            f"  {count:5d} sites: {found['seconds']:7.1f} s, gap {found['gap']:6.2%}, read and "
            f"build {found['read'] + found['build']:6.1f} s, peak {found['peak']:6,.0f} MiB",
            flush=True,
        )
    logs = np.log(np.array(points))
    for column, what in ((1, "solving"), (2, "reading and building")):
        slope = np.polyfit(logs[:, 0], logs[:, column], 1)[0]
        print(f"  {what} grows with sites to the power of {slope:.2f}")


def main(chosen: list[str]) -> None:
    """Print the parts that are asked for, all of them without a name."""
    print(
        f"python {platform.python_version()}, pyomo {version('pyomo')}, highspy "
        f"{version('highspy')}, linopy {version('linopy')}; {os.cpu_count()} cores, "
        f"{platform.machine()}; seed {SEED}"
    )
    parts = {name: (lambda name=name: show_case(name)) for name in CASES}
    parts |= {"agreement": show_agreement, "race": show_race}
    parts |= {"building": show_building, "growth": show_growth, "families": show_families}
    for name in chosen or list(parts):
        parts[name]()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(**json.loads(sys.argv[2]))))
    else:
        main(sys.argv[1:])
