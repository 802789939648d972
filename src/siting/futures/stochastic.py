"""The futures of a scenario as Pyomo models for mpi-sppy, which solves them under MPI.

mpi-sppy takes a ``scenario_creator`` that gives a model by name with its probability and the variables that
are decided at each node of the tree. Facts that are learnt by acting have no tree and are refused.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pyomo.environ as pyo

from siting.core.errors import InputError, Issue
from siting.families.declared import agreed
from siting.futures.build import Hedged
from siting.futures.most import most_of
from siting.model.program import Named, Program
from siting.model.pyomo_form import pyomo_model

ROOT = "ROOT"


def scenario_creator(name: str, hedged: Hedged) -> Any:
    """The model of a future, with its probability and the nodes on its way through the tree.

    Args:
        name: of the future, one of ``scenario_names``.

    Raises:
        InputError: a fact that is learnt by acting, or mpi-sppy is not installed.
    """
    node = _library()
    tree = hedged.tree
    if any(known.act is not None for known in tree.known.values()):
        what = "a fact that is learnt by acting has no tree"
        raise InputError([Issue("futures.facts", what, "facts known at dates", "State dates")])
    number = [future.name for future in tree.futures].index(name)
    model = pyomo_model(hedged.instances[number])
    way, spare = _way(hedged, number), _spare(hedged, number)
    for decision, most in _most(hedged, [one for place in way for one in place[3]]).items():
        # with a price on agreeing a decision without a bound has no best value
        _variable(model, decision).setub(most)
    # mpi-sppy takes as many variables of each future
    model.spare = pyo.Var(range(max(spare)), bounds=(0, 0))
    if max(spare):
        # it refuses variables that stand in no row
        model.no_spare = pyo.Constraint(expr=pyo.quicksum(model.spare.values()) == 0)
    model._mpisppy_probability = tree.futures[number].probability
    model._mpisppy_node_list = [
        node(
            place,
            share,
            stage + 1,
            model.cost if stage == 0 else 0.0,
            [*(_variable(model, one) for one in names), *(model.spare[n] for n in range(more))],
            model,
            parent_name=parent,
        )
        for stage, ((place, parent, share, names), more) in enumerate(zip(way, spare, strict=True))
    ]
    return model


def _spare(hedged: Hedged, number: int) -> list[int]:
    """By how many decisions each node of a future falls short of the most of its stage."""
    ways = [_way(hedged, n) for n in range(len(hedged.instances))]
    most = [max(len(node[3]) for node in stage) for stage in zip(*ways, strict=True)]
    return [n - len(node[3]) for n, node in zip(most, ways[number], strict=True)]


def scenario_names(hedged: Hedged) -> list[str]:
    """Names of the futures, those of a node beside each other."""
    futures = hedged.tree.futures
    last = {future.name: _way(hedged, n)[-1][0] for n, future in enumerate(futures)}
    return sorted(last, key=lambda name: (last[name], name))


def node_names(hedged: Hedged) -> list[str] | None:
    """Every node of the tree, for ``all_nodenames``; None where there is but the root."""
    ways = [_way(hedged, number) for number in range(len(hedged.instances))]
    places = sorted({place for way in ways for place, *_ in way})
    if len(places) == 1:
        return None
    ends = [way[-1][0] for way in ways]
    leaves = [f"{place}_{n}" for place in places for n in range(ends.count(place))]
    return [*places, *leaves]


def _library() -> Any:
    """The node of mpi-sppy."""
    try:
        return import_module("mpisppy.scenario_tree").ScenarioNode
    except ImportError as error:
        what, fix = "mpi-sppy is not installed", "pip install 'siting[stochastic]'"
        raise InputError([Issue("stochastic", what, "the extra", fix)]) from error


Node = tuple[str, str | None, float, list[Named]]
"""Name, parent, conditional probability, and what is decided there."""


def _way(hedged: Hedged, number: int) -> list[Node]:
    """Nodes that a future passes: one for each span of time between two news, as long as any two futures
    cannot be told apart."""
    tree = hedged.tree
    begins = [0, *(p for p in tree.stages() if p > 0)]
    spans = zip(begins, [*begins[1:], tree.periods], strict=True)
    kept = [span for span in spans if any(len(group) > 1 for group in tree.groups(span[0]))]
    found: list[Node] = []
    above, place, before, total = list(range(len(tree.futures))), ROOT, None, 1.0
    for stage, (begin, end) in enumerate(kept):
        siblings = [group for group in tree.groups(begin) if set(group) <= set(above)]
        mine = next(group for group in siblings if number in group)
        if stage:
            before, place = place, f"{place}_{siblings.index(mine)}"
        share = float(tree.probabilities[mine].sum())
        names = _decided_alike([hedged.models[n].linear for n in mine], begin, end)
        found.append((place, before, share / total, names))
        above, total = mine, share
    return found


def _decided_alike(programs: list[Program], begin: int, end: int) -> list[Named]:
    """Decisions of some periods that all of some futures have, sorted."""
    how = agreed()
    common = set(programs[0].columns).intersection(*(program.columns for program in programs[1:]))
    return sorted(
        (name, index)
        for name, index in common
        if name in how and begin <= (0 if how[name] == "once" else index[-1]) < end
    )


def _most(hedged: Hedged, names: list[Named]) -> dict[Named, float]:
    """The most that decisions without a bound can be of use in any future."""
    found: dict[Named, float] = {}
    for model in hedged.models:
        program = model.linear
        columns = {name: program.columns[name] for name in names if name in program.columns}
        is_open = np.zeros(len(program.cost), dtype=bool)
        is_open[list(columns.values())] = True
        is_open &= ~np.isfinite(program.upper)
        if is_open.any():
            most = most_of(program, is_open)
            for name, column in columns.items():
                if is_open[column]:
                    found[name] = max(found.get(name, 0.0), float(most[column]))
    return found


def _variable(model: Any, name: Named) -> Any:
    """The Pyomo variable of a column."""
    family, _, own = name[0].partition(".")
    key = name[1] if len(name[1]) > 1 else name[1][0]
    return model.component(family).component(own)[key]
