"""Random facts on random scenarios, and their optimum by a program that is put together without the engine's
stacking: each future keeps all of its columns, and rows make pairs of futures agree, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from math import inf
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, csr_array, vstack

from siting.core.errors import InfeasibleError, InputError, NoPlanError
from siting.futures.build import Hedged, hedged
from siting.futures.search import HedgeSearch
from siting.model.program import Named, Program
from siting.solver.lazy_rows import separator
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of
from support.pairs import PAIRS, scenario_of
from support.tuned import tune

Data = dict[str, Any]
Told = dict[tuple[int, int], int]
"""By pair of futures the first period in which they are told apart."""
TAKEN_AT_A_DATE = {
    "core.commit", "headroom.connect", "headroom.upgrade", "plants.units", "plants.start",
    "transformers.pool_order", "transformers.site_order", "transformers.reserve_draw",
    "campus.halls", "land.programmatic", "land.tiered", "land.phases", "land.option", "land.released",
    "ride_through.equipped_mw",
}  # fmt: skip
AT_THE_START = {"transformers.keep"}
CHANGES: tuple[tuple[str, str, tuple[float, ...]], ...] = (
    ("components.transformers.classes.*.lead_times.*.weeks", "multiply", (0.4, 1.7)),
    ("zones.*.connection_months", "add", (-6, 6, 12)),
    ("components.plants.technologies.*.construction_months", "add", (6, 12)),
    ("components.plants.technologies.*.overnight_usd_per_kw", "multiply", (0.5, 1.8)),
    ("components.workloads.kinds.*.targets.*.it_mw", "multiply", (0.5, 1.5, 2)),
    ("components.workloads.kinds.*.delay_cost_usd_per_mw_month", "multiply", (0.2, 4)),
    ("zones.*.headroom_mw", "multiply", (0.2, 3)),
    ("zones.*.energy_usd_per_mwh", "multiply", (0.3, 3)),
    ("nodes.*.capacity_mw", "multiply", (0.4, 2)),
    ("components.campus.shell_months", "add", (6,)),
    ("components.headroom.upgrades.*.lead_time_months", "add", (6, 12)),
    ("components.land.*.*.months", "add", (3, 9)),
)
TOLERANCE = 1e-6
LONG = 3
"""One case in so many is searched in stages, as a large program is."""


def with_facts(number: int, act: str | None = None) -> Data | None:
    """A random scenario with one or two facts, of two to four futures; None where no draw is taken.

    Args:
        act: by which the only fact is learnt; dates if None.
    """
    rng = Random(f"futures {number} {act}")
    for _ in range(20):
        scenario = scenario_of(rng.choice(PAIRS), rng.randrange(1000))
        steps = instance_of(scenario).system.calendar.starts
        paths = [CHANGES[0]] if act == "delivery" else list(CHANGES)
        count = 1 if act else rng.choice([1, 1, 2])
        facts = {}
        for n in range(count):
            known: Any = act or f"{rng.choice(steps[1:]):%Y-%m}"
            facts[f"f{n}"] = {
                "known": known,
                "outcomes": _outcomes(rng, paths, 2 if count > 1 else 3),
            }
        try:
            instance_of({**scenario, "futures": {"facts": facts}})
        except InputError:
            continue
        return {**scenario, "futures": {"facts": facts}}
    return None


def _outcomes(rng: Random, paths: list[tuple[str, str, tuple[float, ...]]], most: int) -> Data:
    """Outcomes of one fact, the first of which may leave everything as it is."""
    path, way, amounts = paths.pop(rng.randrange(len(paths)))
    chosen = rng.sample(amounts, min(len(amounts), rng.randint(1, most - 1)))
    shares = [rng.randint(1, 5) for _ in range(len(chosen) + 1)]
    found: Data = {"o0": {"probability": shares[0] / sum(shares)}}
    for n, amount in enumerate(chosen, 1):
        change = {"path": path, way: amount}
        found[f"o{n}"] = {"probability": shares[n] / sum(shares), "changes": [change]}
    return found


def told_by_dates(scenario: Data, model: Hedged) -> Told:
    """First period that begins when a fact is known in which two futures differ."""
    starts = model.base.system.calendar.starts
    facts = scenario["futures"]["facts"]
    told = {}
    for i, j in combinations(range(len(model.tree.futures)), 2):
        one, other = model.tree.futures[i].outcomes, model.tree.futures[j].outcomes
        days = [date.fromisoformat(f"{facts[f]['known']}-01") for f in facts if one[f] != other[f]]
        told[i, j] = sum(start < min(days) for start in starts)
    return told


def plain_optimum(
    parts: Sequence[Program],
    probabilities: np.ndarray,
    told: Told,
    started: Sequence[tuple[int, Named, float]] | None = None,
) -> float:
    """Expected cost of the best plan [million USD], infinite where there is none.

    Args:
        started: terms over columns of futures of which one has to be started; None for no such row.
    """
    offset = np.cumsum([0, *(len(part.cost) for part in parts)])
    matrix = block_diag([part.matrix for part in parts], format="csr")
    lower = np.concatenate([part.row_lower for part in parts])
    upper = np.concatenate([part.row_upper for part in parts])
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for (i, j), period in told.items():
        for name, column in parts[i].columns.items():
            if name in parts[j].columns and _is_before(name, period):
                number = len(rows) // 2
                rows += [number, number]
                columns += [offset[i] + column, offset[j] + parts[j].columns[name]]
                values += [1.0, -1.0]
    count = len(rows) // 2
    ties = csr_array((values, (rows, columns)), shape=(count, int(offset[-1])))
    one = np.zeros(int(offset[-1]))
    for number, name, value in started or ():
        one[offset[number] + parts[number].columns[name]] += value
    acts = csr_array(one[np.newaxis, :] if started is not None else np.zeros((0, len(one))))
    least = np.concatenate([part.lower for part in parts])
    most = np.concatenate([part.upper for part in parts])
    found = milp(
        np.concatenate([p * part.cost for p, part in zip(probabilities, parts, strict=True)]),
        integrality=np.concatenate([part.is_integer for part in parts]).astype(int),
        bounds=Bounds(least, most),
        constraints=LinearConstraint(
            vstack([matrix, ties, acts]),
            np.concatenate([lower, np.zeros(count), np.ones(acts.shape[0])]),
            np.concatenate([upper, np.zeros(count), np.full(acts.shape[0], inf)]),
        ),
        options={"mip_rel_gap": 1e-9},
    )
    if found.fun is None:
        return inf
    constant = sum(p * part.offset for p, part in zip(probabilities, parts, strict=True))
    return float(found.fun + constant)


def _is_before(name: tuple[str, tuple[Any, ...]], period: int) -> bool:
    """Whether something is decided before a period."""
    variable, index = name
    return (variable in TAKEN_AT_A_DATE and index[-1] < period) or (
        variable in AT_THE_START and period > 0
    )


def compare_dates(number: int) -> str | None:
    """What engine and plain program differ in, on facts known at dates; None where they agree."""
    scenario = with_facts(number)
    if scenario is None:
        return None
    try:
        model = hedged(instance_of(scenario))
    except (InfeasibleError, InputError):  # a future with a limit that nothing keeps, or too short
        return None
    if any(separator(instance) is not None for instance in model.instances):
        return None
    told = told_by_dates(scenario, model)
    plain = plain_optimum(model.whole.parts, model.tree.probabilities, told)
    return _difference(model, plain, is_long=number % LONG == 0)


def compare_deliveries(number: int) -> str | None:
    """The same on two futures that the first delivery tells apart: the plain program is solved once for
    each period in which that may be, with an order that tells by then, and once without any."""
    scenario = with_facts(number, "delivery")
    if scenario is None:
        return None
    outcomes = scenario["futures"]["facts"]["f0"]["outcomes"]
    for name in sorted(outcomes)[2:]:
        outcomes["o0"]["probability"] += outcomes.pop(name)["probability"]
    try:
        model = hedged(instance_of(scenario))
    except (InfeasibleError, InputError):  # a future with a limit that nothing keeps, or too short
        return None
    if any(separator(instance) is not None for instance in model.instances):
        return None
    periods, best = len(model.base.system.calendar), inf
    for period in range(1, periods + 1):
        terms = None if period == periods else _orders_that_tell(model, period)
        if terms is None or terms:
            shares = model.tree.probabilities
            best = min(best, plain_optimum(model.whole.parts, shares, {(0, 1): period}, terms))
    return _difference(model, best, is_long=number % LONG == 0)


def _orders_that_tell(model: Hedged, period: int) -> list[tuple[int, Named, float]]:
    """Orders before a period that are delivered by then in one of the futures and not alike in both; of
    the first future, or of the one that has them."""
    one, other = (instance.data["transformers"].order_lag for instance in model.instances)
    found: list[tuple[int, Named, float]] = []
    columns = [part.columns for part in model.whole.parts]
    for name, index in dict.fromkeys([*columns[0], *columns[1]]):
        if name not in ("transformers.pool_order", "transformers.site_order"):
            continue
        owner = 0 if (name, index) in columns[0] else 1
        arrivals = [lag[index[0]].arrival[index[-1]] for lag in (one, other)]
        known = [arrival for arrival in arrivals if arrival is not None]
        if arrivals[0] != arrivals[1] and min(known) <= period and index[-1] < period:
            found.append((owner, (name, index), 1.0))
            before = (name, (*index[:-1], index[-1] - 1))
            for number in (owner, 1 - owner):
                if before in columns[number]:
                    found.append((number, before, -1.0))
                    break
    return found


def _difference(model: Hedged, plain: float, *, is_long: bool) -> str | None:
    """What the search says that the plain program does not.

    Args:
        is_long: whether it goes the way of large programs.
    """
    with pytest.MonkeyPatch.context() as patch:
        if is_long:
            tune(patch, large_integers=0, narrow_periods=2, neighbourhood_periods=4)
        return _said_otherwise(HedgeSearch(model, Solver(EXACT)), plain)


def _said_otherwise(search: HedgeSearch, plain: float) -> str | None:
    """Where a search differs from the optimum of the plain program."""
    try:
        found = search.run()
    except (InfeasibleError, NoPlanError) as error:
        return None if plain == inf else f"plain {plain}, engine {error}"
    search.hold_each()
    slack = TOLERANCE * max(1.0, abs(plain))
    if abs(found.value - plain) > slack:
        return f"plain {plain}, engine {found.value}"
    if found.bound_known > plain + slack:
        return f"plain {plain}, each future known {found.bound_known}"
    low = [name for name, held in found.held.items() if held.value < plain - slack]
    return f"plain {plain}, {low[0]} held costs less" if low else None
