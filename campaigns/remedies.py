"""Scenarios without a plan: where every reason names a number and what it would have to be, the scenario
with all of them has a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from siting.core.errors import InfeasibleError
from siting.core.study import Change
from siting.instance.build import Instance
from siting.instance.changes import changed
from siting.pipeline import Loaded
from siting.pipeline import run as solved
from support.engine import EXACT, instance_of
from support.pairs import PAIRS, scenario_of

ABOUT = "what is said to mend a scenario without a plan mends it"
COUNT = 300
SET = re.compile(r"\. (?:Raise|Lower) (\S+) from \S+ to (\S+)$")


def reasons(instance: Instance) -> tuple[str, ...]:
    """Why an instance has no plan; none where it has one."""
    try:
        solved(Loaded(instance, {}), limits=EXACT)
    except InfeasibleError as error:
        return error.limits
    return ()


def failures(seed: int) -> Iterator[str]:
    """Reasons whose numbers, all set, still leave no plan."""
    rng = Random(f"{seed} remedies")
    pair = rng.choice(PAIRS)
    scenario = scenario_of(pair, seed)
    for kind in scenario["components"]["workloads"]["kinds"].values():
        kind["must_serve"] = True
        kind.pop("delay_cost_usd_per_mw_month", None)
    instance = instance_of(scenario)
    lines = reasons(instance)
    found = [SET.search(line) for line in lines]
    largest: dict[str, float] = {}
    for match in found:
        if match is None:
            return
        value = float(match[2])
        largest[match[1]] = max(value, largest.get(match[1], value))
    changes = [
        Change(path=path, set=int(value) if value == int(value) else value)
        for path, value in largest.items()
    ]
    if not changes:
        return
    after = changed(instance, changes, "mended")
    assert after is not None
    left = reasons(after)
    if left:
        yield f"{pair} {seed}: {' | '.join(lines)} -> {' | '.join(left)}"


def run(seed: int, count: int) -> Iterator[str]:
    """What the reasons of so many scenarios do not mend."""
    for number in range(seed, seed + count):
        yield from failures(number)
