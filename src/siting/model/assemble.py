"""Assemble the model: core variables, then each family declares, then each constrains."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, count
from time import perf_counter

import numpy as np

from siting.core.committed import NAME as COMMITTED
from siting.core.errors import InfeasibleError
from siting.expressions.labels import at
from siting.families.base import Index
from siting.families.registry import COMPONENTS, totals_of
from siting.instance.build import Instance
from siting.model.arrays import ArrayWriter, names_of
from siting.model.build import ModelBuild
from siting.model.columns import decided_at, places
from siting.model.committed import declare_committed
from siting.model.declared import check_declared
from siting.model.goals import declare_reach
from siting.model.ledger import Ledger
from siting.model.program import Program

logger = logging.getLogger(__name__)

USD_PER_OBJECTIVE = 1e6
"""The solver minimises million dollars, which keeps its numbers near one."""


@dataclass(frozen=True)
class Model:
    """The assembled model: arrays for solving, the ledger for reporting.

    Attributes:
        declared: column of each variable in the order of declaration, the order by which the
            ledger's expressions number them; -1 where no constraint has it.
        variables: ``family.variable`` of all that were declared.
        cumulative: states that count what was started, each with the constraint that keeps it from
            falling.
    """

    linear: Program
    ledger: Ledger
    declared: np.ndarray
    variables: frozenset[str]
    cumulative: Mapping[str, str]


@lru_cache(maxsize=4)
def assemble(instance: Instance) -> Model:
    """Evaluate the rules of an instance to sparse arrays; those of the last instances are kept, as the
    parts of a study ask for the same one again.

    Raises:
        InfeasibleError: a constraint without any variable that cannot hold.
    """
    started = perf_counter()
    with paused_collection():
        build = written(instance)
        linear, declared = _compile(build, build.writer, instance)
    logger.info(
        "model: %d rows, %d columns, %d integers, %d nonzeros in %.2f s",
        len(linear.row_lower),
        len(linear.cost),
        int(linear.is_integer.sum()),
        len(linear.value),
        perf_counter() - started,
    )
    return Model(linear, build.ledger, declared, frozenset(build.items), build.cumulative)


def written(instance: Instance) -> ModelBuild:
    """Core variables, then every family declares, then every family constrains, then the goals."""
    system = instance.system
    labels = {
        "site": system.sites,
        "zone": system.zones,
        "node": system.nodes,
        "period": system.calendar.periods,
    }
    build = ModelBuild(ArrayWriter(), totals_of(COMPONENTS.values()), labels)
    _declare_core(build, instance)
    families = {name: build.family(name) for name in instance.data}
    for name, data in instance.data.items():
        COMPONENTS[name].declare(families[name], data)
    for name, data in instance.data.items():
        COMPONENTS[name].constrain(families[name], data)
    declare_committed(build, instance)
    declare_reach(build, instance)
    check_declared(build)
    return build


@contextmanager
def paused_collection() -> Iterator[None]:
    """Without garbage collection: building makes many objects and no cycles.

    What was made in the meantime is old at once, so that the next collection does not look at it; not
    where the program around has frozen objects of its own, which would come to life again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def describe(name: str, key: Index, instance: Instance) -> str:
    """A constraint in the planner's words: periods as dates."""
    starts = instance.system.calendar.starts
    words = [
        str(starts[part]) if isinstance(part, int) and part < len(starts) else str(part)
        for part in key
    ]
    return f"{name}[{', '.join(words)}]"


def _declare_core(build: ModelBuild, instance: Instance) -> None:
    """The variables that every family may use."""
    system = instance.system
    core = build.family("core")
    pairs = system.commit_periods
    build.commit = core.variable("commit", pairs, domain="binary", doc="site committed")
    core.cumulative("commit_monotone", build.commit, pairs)
    build.it_mw = core.variable(
        "it_mw",
        system.service_periods,
        upper=lambda s, p: at(system.period_limit_mw, s, p),
        doc="IT load of a site",
    )


def _compile(
    build: ModelBuild, writer: ArrayWriter, instance: Instance
) -> tuple[Program, np.ndarray]:
    """The arrays, rows and columns in the order of declaration; and the column of each variable.

    A variable that no constraint has is left out: its cost or its bounds alone decide it.
    """
    rows = writer.matrix(["core", *instance.data, COMMITTED, "goals"])
    if rows.impossible:
        raise InfeasibleError(
            f"{describe(name, key, instance)} cannot hold, whatever is planned"
            if name in build.bare
            else f"{describe(name, key, instance)} short by {excess:.6g} {build.units[name]}".rstrip()
            for name, key, excess in sorted(rows.impossible)
        )
    cost, offset = writer.total(build.ledger.costs.sums.in_order())
    is_used = cost != 0
    is_used[rows.matrix.indices] = True
    used = np.flatnonzero(is_used)
    declared = np.full(len(is_used), -1)
    declared[used] = np.arange(len(used))
    matrix = rows.matrix.tocsc()
    if len(used) < len(is_used):
        matrix = matrix[:, used]
    matrix.sort_indices()
    names = compress(names_of(writer.declared), is_used.tolist())
    columns = dict(zip(names, count(), strict=False))
    site, area = places(writer.declared, instance)
    return Program(
        cost=cost[used] / USD_PER_OBJECTIVE,
        offset=offset / USD_PER_OBJECTIVE,
        start=matrix.indptr.astype(np.int32),
        row=matrix.indices.astype(np.int32),
        value=matrix.data,
        row_lower=rows.lower,
        row_upper=rows.upper,
        lower=np.zeros(len(used)),
        upper=np.concatenate([part.upper for part in writer.declared])[used],
        is_integer=np.repeat(
            [part.is_integer for part in writer.declared],
            [len(part.index) for part in writer.declared],
        )[used],
        row_names=rows.names,
        units=dict(build.units),
        cuts=frozenset(build.cuts),
        columns=columns,
        area=area[used],
        site=site[used],
        decided_at=decided_at(writer.declared)[used],
    ), declared
