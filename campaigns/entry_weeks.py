"""Weeks by which a connection has to be shorter, each verified by solves of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from random import Random
from typing import Any

from siting.core.study import Change
from siting.core.units import DAYS_PER_MONTH, DAYS_PER_WEEK
from siting.instance.build import Instance
from siting.instance.changes import changed
from siting.model.assemble import USD_PER_OBJECTIVE, assemble
from siting.pipeline import Loaded
from siting.pipeline import run as solved
from siting.solver.search import search
from siting.timeline.plans import same_usd
from siting.timeline.reasons import SiteReasons, reasons_for
from siting.timeline.solves import Solver
from support.engine import EXACT, instance_of
from support.instances import tiny

ABOUT = "entry weeks of sites that are not in the plan, each solved with them and with a week less"
COUNT = 120
WEEKS_PER_MONTH = DAYS_PER_MONTH / DAYS_PER_WEEK


def scenario(seed: int) -> dict[str, Any]:
    """A random scenario whose sites wait long for their connection, by quarters."""
    rng = Random(f"{seed} entry")
    found = tiny(rng.randrange(10**6))
    found["horizon"]["steps"] = [{"until": "2030-01", "step": "quarter"}]
    for site in found["sites"].values():
        if "zone" in site:
            site["connection_months"] = rng.choice([0, 12, 18, 24, 30])
    return found


def costs(instance: Instance, site: str, weeks: int | None) -> float:
    """Cost of the best plan with a site whose connection is so many weeks shorter, or, for None, without
    it; solved alone."""
    if weeks is not None:
        months = instance.system.connection_months(site)
        left = max(0.0, months - weeks / WEEKS_PER_MONTH)
        path = f"sites.{site}.connection_months"
        sooner = changed(instance, [Change(path=path, set=left, is_new=True)], "case")
        assert sooner is not None
        instance = sooner
    linear = assemble(instance).linear
    lower, upper = linear.lower.copy(), linear.upper.copy()
    last = len(instance.system.calendar) - 1
    for (name, key), column in linear.columns.items():
        if name == "core.commit" and key[0] == site:
            if weeks is None:
                upper[column] = 0.0
            elif key[1] == last:
                lower[column] = 1.0
    outcome = search(replace(linear, lower=lower, upper=upper), EXACT)
    return outcome.objective * USD_PER_OBJECTIVE


def cases(seed: int, count: int) -> Iterator[tuple[int, Instance, SiteReasons]]:
    """What is said of every site that is not in the plan of a random scenario."""
    for number in range(seed * 100_000, seed * 100_000 + count):
        instance = instance_of(scenario(number))
        plan = solved(Loaded(instance, {}), limits=EXACT)
        for site in instance.system.sites:
            if any(row["site"] == site for row in plan.tables["commitments"]):
                continue
            cost = (plan.bound_usd, plan.objective_usd)
            yield number, instance, reasons_for(instance, plan.tables, cost, site, Solver(EXACT))


def wrong(instance: Instance, found: SiteReasons) -> Iterator[str]:
    """What is said of a site and does not hold."""
    weeks, most = found.entry_weeks, ceil(found.connection_weeks)
    without = costs(instance, found.site, None)
    margin = 2 * same_usd(without)
    if weeks is not None:
        if not 1 <= weeks <= most:
            yield f"{weeks} weeks of {most}"
        elif costs(instance, found.site, weeks) > without + margin:
            yield f"{weeks} weeks do not make it pay"
        elif costs(instance, found.site, weeks - 1) <= without - margin:
            yield f"{weeks - 1} weeks make it pay already"
    elif (
        most
        and found.other is not None
        and found.other.least > margin
        and costs(instance, found.site, most) < without - margin
    ):
        yield "a connection that takes no time makes it pay"


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each."""
    genuine = 0
    for number, instance, found in cases(seed, count):
        genuine += found.entry_weeks is not None
        for what in wrong(instance, found):
            yield f"scenario {number}, site {found.site}: {what}"
    print(f"  {genuine} entry weeks", flush=True)
