"""Campuses that grow, in few places, and the cost of moving load, in the enumeration.

Nothing here imports the engine.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.brute_force import Brute, Path
    from support.brute_period import PeriodProgram

Data = dict[str, Any]


def is_hosted(kind: Data) -> bool:
    """Whether a workload asks which sites host it."""
    return bool(kind.get("min_campus_it_mw") or kind.get("campus_floors") or "max_sites" in kind)


def floor(brute: Brute, kind: Data, p: int) -> float:
    """Least load of a campus in a period."""
    now = f"{brute.starts[p]:%Y-%m}"
    begun = [f for f in kind.get("campus_floors", []) if f["from_date"] <= now]
    latest = max(begun, key=lambda f: str(f["from_date"]))["it_mw"] if begun else 0.0
    return float(max(kind.get("min_campus_it_mw", 0.0), latest))


def few_enough(brute: Brute, state: dict[str, Path]) -> bool:
    """No workload is hosted by more sites than it may be."""
    for w, kind in brute.families["workloads"]["kinds"].items():
        if "max_sites" in kind:
            hosts = sum(path[-1] for name, path in state.items() if name.startswith(f"host {w} "))
            if hosts > kind["max_sites"]:
                return False
    return True


def add_moves(
    programs: list[PeriodProgram],
    starts: list[int],
    rows: list[tuple[dict[int, float], float, bool]],
    cost: list[float],
    upper: list[float],
) -> None:
    """A column and a row for what each site stops serving from one period to the next."""
    brute = programs[0].brute
    for w, kind in brute.families["workloads"]["kinds"].items():
        usd = kind.get("move_usd_per_mw", 0.0)
        if not usd:
            continue
        for before, after in zip(range(len(programs) - 1), range(1, len(programs)), strict=True):
            for s in brute.sites:
                row: dict[int, float] = {}
                for at, sign in ((before, 1.0), (after, -1.0)):
                    for (n, *k), c in programs[at].names.items():
                        if n == "x" and k[0] == w and k[2] == s:
                            row[starts[at] + c] = sign
                row[len(cost)] = -1.0
                cost.append(brute.discount[programs[after].p] * usd)
                upper.append(inf)
                rows.append((row, 0.0, False))
