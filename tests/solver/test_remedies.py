"""The number that a limit names is the one that sets it, and its change loosens the row by what is short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest

from campaigns import remedies
from siting.core.errors import InfeasibleError
from siting.core.study import Change
from siting.families.base import Index
from siting.families.declared import limits
from siting.instance.build import Instance
from siting.instance.changes import changed, find
from siting.model.assemble import assemble
from siting.model.program import Program
from siting.solver.remedies import given_to, remedy_of
from support.engine import instance_of, toy
from support.needs import WITH, with_needs
from support.pairs import PAIRS, scenario_of

SLACK = 7.0
ROWS = 6
"""Rows of each limit that are tried, each of another scenario."""
WITHOUT_A_NUMBER = {
    "cooling.rack_density",
    "curtailment.curve",
    "network.flow_limit",
    "workloads.campus_floor",
    "workloads.meet_target",
}
"""Limits that no one number sets, and the one whose rows follow as they are broken."""
RARE = {"water.basin_cap", "emissions.agency_cap"}


def excess(linear: Program) -> dict[tuple[str, Index], float]:
    """By how much each row is broken where every column is 1, a side that is one sum at most."""
    ones = np.asarray(linear.matrix.sum(axis=1)).ravel()
    is_upper = np.isfinite(linear.row_upper)
    over = np.where(is_upper, ones - linear.row_upper, linear.row_lower - ones)
    return dict(zip(linear.row_names, over.tolist(), strict=True))


def built() -> Iterator[tuple[Instance, Program]]:
    """Random scenarios of every pair of families, and of those with needs by season."""
    for number in (1, 2):
        for pair in PAIRS:
            with suppress(InfeasibleError):
                instance = instance_of(scenario_of(pair, number))
                yield instance, assemble(instance).linear
    for pair in WITH:
        with suppress(InfeasibleError):
            instance = instance_of(with_needs(pair, 1))
            yield instance, assemble(instance).linear


def test_each_remedy_loosens_its_row_by_what_is_short() -> None:
    declared, tried = limits(), Counter[str]()
    for instance, linear in built():
        before = excess(linear)
        last = {name: key for name, key in linear.row_names if name in declared}
        for name, key in last.items():
            given = given_to(name.partition(".")[0], instance)
            path = declared[name].path(given, key)
            change = declared[name].change(given, key, SLACK)
            if tried[name] == ROWS or not path or len(find(instance, path)) != 1 or not change:
                continue
            tried[name] += 1
            relaxed = changed(instance, [Change(path=path, add=change)], name)
            assert relaxed is not None
            after = excess(assemble(relaxed).linear)
            if name == "adequacy.deficit_cured" and (name, key) not in after:
                continue  # the whole deficit was less than what is short
            assert before[name, key] - after[name, key] == pytest.approx(SLACK, abs=1e-6), (
                name,
                key,
                path,
            )
    assert set(tried) >= set(declared) - WITHOUT_A_NUMBER - RARE


def test_a_number_that_is_not_stated_is_no_remedy() -> None:
    """Without a surplus that is stated, or none of which may be used, there is nothing to raise."""
    scenario = toy()
    scenario["components"]["adequacy"] = {"surplus_share_frac": 0.5}
    zone = next(iter(scenario["zones"]))
    scenario["zones"][zone]["accredited_surplus_mw"] = 10
    limit = limits()["adequacy.reserve_margin"]
    found = remedy_of("adequacy.reserve_margin", limit, instance_of(scenario), {(zone, 0): 5.0})
    assert found is not None and found.value == 20.0  # half of ten more is five
    scenario["components"]["adequacy"] = {"surplus_share_frac": 0}
    found = remedy_of("adequacy.reserve_margin", limit, instance_of(scenario), {(zone, 0): 5.0})
    assert found is None
    scenario["components"]["adequacy"] = {}
    del scenario["zones"][zone]["accredited_surplus_mw"]
    found = remedy_of("adequacy.reserve_margin", limit, instance_of(scenario), {(zone, 0): 5.0})
    assert found is None


def test_a_remedy_is_enough_for_every_period() -> None:
    """The period that is short by most need not be the one whose number is furthest off."""
    scenario = toy()
    scenario["components"]["plants"]["technologies"]["fuel_cell"]["max_starts_per_year"] = 2
    scenario["horizon"] = {
        "start": "2027-01",
        "steps": [{"until": "2030-01", "step": "year"}, {"until": "2031-01", "step": "quarter"}],
    }
    limit = limits()["plants.supply"]
    short = {("fuel_cell", 0): 4.0, ("fuel_cell", 3): 2.0}
    found = remedy_of("plants.supply", limit, instance_of(scenario), short)
    assert found is not None
    # 2 a year and 4 more need 6 a year; one a quarter, the least, and 2 more need 3 in 91 days
    assert found.now == 2
    assert found.value == pytest.approx(3 / (90 / 365.25), rel=0.02)


def test_what_is_said_to_mend_a_scenario_mends_it() -> None:
    """A short part of the campaign."""
    assert not list(remedies.run(70, 25))
