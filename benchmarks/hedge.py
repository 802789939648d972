"""Plans under uncertainty: how long the search takes to its gap, what is left open and what the plan costs.

    python benchmarks/hedge.py [CASE ...]

Cases, all without a name: ``pjm-9`` (the numbers of ``cases/hedge``, which are not part of the project),
``pjm-27`` (``hedge-pjm`` with demand too), ``nation-3`` and ``nation-9`` (``hedge-2035``). A search that takes
more than twice the seconds asked for is ended and says what it has. It prints, it asserts nothing.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

from siting.core.errors import NoPlanError
from siting.futures.build import hedged
from siting.futures.search import WHOLE, HedgeSearch
from siting.loading import load
from siting.pipeline import Loaded
from siting.solver.highs import Limits, Progress
from siting.timeline.solves import Solver

MODELS = Path(__file__).resolve().parents[1] / "models"
NUMBERS = Path(__file__).resolve().parents[2] / "shared" / "cases" / "hedge" / "restart-pjm.json"
THREADS, SEED = 2, 1
LATER_KEYS = {"is_contract_binding": False, "is_deferral_allowed": True}
"""Settings of plants that came after the numbers were written, as it was before them."""
GONE = {
    "zones": ("connection_months_low", "connection_months_high"),
    "named": ("grid_kv", "status_note"),
}
"""Columns of the numbers that no rule has ever used."""


@dataclass(frozen=True)
class Case:
    """A plan to be found: gap asked for, within so many seconds."""

    read: Callable[[], Loaded]
    gap_frac: float
    seconds: float


def numbers_9() -> Loaded:
    """Nine futures on the numbers that the case states."""
    scenario = json.loads(NUMBERS.read_text(encoding="utf-8"))
    plants = scenario["components"]["plants"]
    plants.update(LATER_KEYS)
    for rows, gone in ((scenario["zones"], GONE["zones"]), (plants["named"], GONE["named"])):
        for row in rows.values():
            for key in gone:
                row.pop(key, None)
    slipping = ("smr_bwrx300", "smr_natrium", "smr_next")
    slips = {
        name: {
            "probability": probability,
            "changes": [
                {
                    "path": f"components.plants.technologies.{each}.construction_months",
                    "add": months,
                }
                for each in slipping
                if months
            ],
        }
        for name, probability, months in (("none", 0.25, 0), ("two", 0.5, 24), ("four", 0.25, 48))
    }
    facts = shipped()
    facts["smr_slip"]["outcomes"] = slips
    with scenario_file(scenario) as path:
        return load(path, {"futures": {"facts": facts}}, allow_outside=True)


def pjm_27() -> Loaded:
    """The shipped sites of PJM with demand too."""
    library = yaml.safe_load((MODELS / "libraries" / "futures.yaml").read_text(encoding="utf-8"))
    facts = {**shipped(), "demand": library["demand"]}
    return load(MODELS / "hedge-pjm.yaml", {"futures": {"facts": facts}})


def nation(*facts: str) -> Loaded:
    """The national scenario with some facts of the library."""
    return load(MODELS / "hedge-2035.yaml", {"futures.only": list(facts)})


def shipped() -> dict[str, Any]:
    """Facts of `hedge-pjm`."""
    scenario = yaml.safe_load((MODELS / "hedge-pjm.yaml").read_text(encoding="utf-8"))
    facts: dict[str, Any] = scenario["futures"]["facts"]
    return facts


@contextmanager
def scenario_file(scenario: dict[str, Any]) -> Iterator[Path]:
    """A scenario in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.json"
        path.write_text(json.dumps(scenario), encoding="utf-8")
        yield path


CASES = {
    "pjm-9": Case(numbers_9, 0.003, 30),
    "pjm-27": Case(pjm_27, 0.005, 120),
    "nation-3": Case(lambda: nation("transformer_weeks"), 0.01, 300),
    "nation-9": Case(lambda: nation("transformer_weeks", "smr_slip"), 0.01, 900),
}


def measured(name: str, case: Case) -> str:
    """One line of the table."""
    begun, before = perf_counter(), spent()
    reached: list[float] = []

    def note(value: float, bound: float) -> float:
        now = perf_counter() - begun
        if not reached and value < inf and value - bound <= case.gap_frac * abs(value):
            reached.append(now)
        return now

    def shown(what: str, progress: Progress | None) -> None:
        is_plan = progress is not None and what == WHOLE and progress.phase != "relaxation"
        if is_plan and progress.incumbent is not None and progress.bound is not None:
            note(progress.incumbent, progress.bound)

    def tell(what: str, value: float, bound: float) -> None:
        now = note(value, bound)
        print(f"  {now:7.1f} s  {what}: plan {value:,.1f}, bound {bound:,.1f}", file=sys.stderr)

    model = hedged(case.read().instance)
    limits = Limits(case.gap_frac, 2 * case.seconds, THREADS, SEED)
    count = len(model.instances)
    asked = f"| {name} | {count} | {case.gap_frac:.1%} in {case.seconds:.0f} s |"
    try:
        found = HedgeSearch(model, Solver(limits, on_progress=shown), tell).run()
    except NoPlanError as error:
        return f"{asked} no plan: {error} |"
    near = f"{reached[0]:.0f} s" if reached else "not reached"
    gap = (found.value - found.bound) / abs(found.value)
    return (
        f"{asked} {near} | {perf_counter() - begun:.0f} s | {spent() - before:.0f} s | {gap:.2%} "
        f"| {found.value:,.1f} | {found.bound:,.1f} | {found.asked:,.1f} |"
    )


def spent() -> float:
    """Processor time so far [s]."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Print the table."""
    logging.basicConfig(level=logging.WARNING)
    print("| case | futures | asked | gap reached after | in all | processor | gap ", end="")
    print("| plan, M USD | bound | dollars left open on purpose |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in sys.argv[1:] or CASES:
        if name == "pjm-9" and not NUMBERS.is_file():
            print(f"{name}: no numbers in {NUMBERS}")
            continue
        print(measured(name, CASES[name]), flush=True)


if __name__ == "__main__":
    main()
