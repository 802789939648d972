"""All instances of Holmberg, with demand split and of a single source, against their optima."""

from __future__ import annotations

from collections.abc import Iterator

from siting.pipeline import Loaded
from siting.pipeline import run as solve
from siting.solver.highs import Limits
from support.engine import instance_of
from support.facility_location import holmberg, holmberg_optima, scenario_of

ABOUT = "published optima of facility location, proven to 1e-9"
COUNT = 72
LIMITS = Limits(gap_frac=1e-9, time_limit_seconds=1_000, threads=2)
PRINTED_USD = 1e-3


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each; the seed is the number of the first instance."""
    split = holmberg_optima("highs_multi_source_optimum")
    single = holmberg_optima("published_single_source_optimum")
    cases = [(name, False, usd) for name, usd in split.items()]
    cases += [(name, True, usd) for name, usd in single.items()]
    for name, is_single_source, usd in cases[seed - 1 : seed - 1 + count]:
        scenario = scenario_of(holmberg(name), is_single_source=is_single_source)
        plan = solve(Loaded(instance_of(scenario), {}), limits=LIMITS)
        is_right = abs(plan.objective_usd - usd) <= PRINTED_USD
        if plan.status != "OPTIMAL" or not is_right:
            yield f"{name}, single source {is_single_source}: {plan.status} {plan.objective_usd}"
