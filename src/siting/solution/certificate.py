"""The certificate of a plan: what proves its bound, and what of that plain arithmetic can tell.

Two proofs stand in it. The duals of the linear relaxation give a bound by weak duality
(``model/dual_bound.py``): the audit builds the rows of the model again from the scenario and multiplies;
no solver has a part in it, and no dual that was changed can make the bound false, only worse. What the
bound has above that comes of the search in whole units and is the solver's word, with the record of its
steps and the SHA-256 of that. With several goals the bound on the cost holds beside the goals before it,
which the relaxation does not prove; under a strategy it is one of the plans of the strategy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Any

import numpy as np

from siting.core.audit import Finding, is_same_usd
from siting.core.errors import InfeasibleError, InputError
from siting.families.base import Index, LazyRow
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.model.dual_bound import dual_bound, priced_sides
from siting.model.program import Program
from siting.solver.record import HEAD
from siting.solver.rows import with_lazy_rows

CERTIFICATE, LOG = "certificate.json", "search.log"
SEAL = "sha256"
"""Key of the certificate: SHA-256 of all else in it."""
GOALS, STUDY, STOPPED = (
    "the bound on the cost holds beside the goals before it",
    "the bound holds for plans of what a study asks alone",
    "the search had no time to solve its linear relaxation",
)
"""Why there are no duals."""
REASONS = (GOALS, STUDY, STOPPED)
SHOWN = 20
"""Faults of a certificate that are named; the others are counted."""
NO_DUALS = "its certificate has no duals"
LARGEST = 1e15
"""Size beyond which no number is a dual, and products with it may overflow."""
DIGITS = 12
"""Digits of a dual; any number is valid, and what is cut off costs less than rounding."""
SAME_FRAC = 1e-7
"""Share by which the solver's bound may lie above that of its duals: its feasibility tolerance."""
REFUTED = 1e-6
"""Share by which a bound may lie above a plan: whole units and rows hold to the solver's tolerance."""
MIRRORED = ("objective_usd", "bound_usd", "gap", "status")
"""Keys of ``plan.json`` that the certificate states, each with how it was obtained."""


@dataclass(frozen=True)
class Proof:
    """What the audit makes of a certificate.

    Attributes:
        bound_usd: proven by arithmetic alone; None where nothing is. why_not: why nothing is.
        gap: of the plan to that bound. of_rows: how many rows have a dual.
    """

    findings: tuple[Finding, ...]
    bound_usd: float | None = None
    gap: float = inf
    of_rows: int = 0
    why_not: str = ""


def relaxation_proof(
    model: Program, program: Program, duals: np.ndarray | None, cost: float
) -> dict[str, Any]:
    """What ``certificate.json`` says of the linear relaxation.

    Args:
        model: that of the scenario, or of a strategy.
        program: what was solved, with rows stated on the way last.
        duals: by row of that; none where the search was stopped before it had any.
        cost: of the plan, in the unit of the model.
    """
    if duals is None:
        return {"why_not": STOPPED}
    y = priced_sides(program, duals)
    y[y != 0] = [float(f"{dual:.{DIGITS}g}") for dual in y[y != 0].tolist()]
    bound = dual_bound(program, y, cost)
    by_name: dict[str, list[list[Any]]] = {}
    for row in np.flatnonzero(y).tolist():
        name, index = program.row_names[row]
        by_name.setdefault(name, []).append([*index, float(y[row])])
    return {
        "bound_usd": bound.value * USD_PER_OBJECTIVE,
        "rounding_usd": bound.allowance * USD_PER_OBJECTIVE,
        "rows": len(model.row_lower),
        "columns": len(model.cost),
        "rows_stated_in_search": int(np.count_nonzero(y[len(model.row_lower) :])),
        "rows_with_dual": int(np.count_nonzero(y)),
        "columns_capped": len(bound.capped),
        "duals": by_name,
    }


def reaches(proven_usd: float, claimed_usd: float) -> bool:
    """Whether arithmetic proves a bound as far as the solver tells it: duals hold to its tolerance, and
    what they are short of that is taken off by arithmetic."""
    return proven_usd >= claimed_usd - SAME_FRAC * abs(claimed_usd)


def is_known(model: Program, program: Program) -> bool:
    """Whether a program is one that can be built again, but for rows that families state on the way."""
    rows = len(model.row_lower)
    families = {name for name, component in COMPONENTS.items() if component.restate is not None}
    return (
        all(name.partition(".")[0] in families for name, _ in program.row_names[rows:])
        and np.array_equal(model.row_lower, program.row_lower[:rows])
        and np.array_equal(model.row_upper, program.row_upper[:rows])
        and np.array_equal(model.lower, program.lower)
        and np.array_equal(model.upper, program.upper)
        and np.array_equal(model.cost, program.cost)
    )


def audit_certificate(
    instance: Instance,
    stated: Mapping[str, Any],
    certificate: object,
    log: str | None,
    build: Callable[[], Program],
) -> Proof:
    """Findings on a certificate, and what it proves without a solver.

    Args:
        stated: ``plan.json``. certificate: ``certificate.json`` as read. log: ``search.log``.
        build: the program of the plan, built again; raises what it raises where there is none.
    """
    if not isinstance(certificate, Mapping):
        return Proof(
            (_finding("type", "not an object"),), why_not="the certificate is no certificate"
        )
    findings = [
        *_sealed(certificate),
        *_mirrored(stated, certificate),
        *_search(stated, certificate, log),
    ]
    proof = _relaxation(instance, stated, certificate.get("relaxation"), build)
    return replace(proof, findings=(*findings, *proof.findings))


def sha256_of_rest(certificate: Mapping[str, Any]) -> str:
    """SHA-256 of what a certificate says beside it, however it is laid out."""
    said = {key: value for key, value in certificate.items() if key != SEAL}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _sealed(certificate: Mapping[str, Any]) -> Iterator[Finding]:
    """Nothing in it was changed; other duals may prove as much, and are still not those of the search."""
    try:
        is_same = certificate.get(SEAL) == sha256_of_rest(certificate)
    except RecursionError:
        is_same = False
    if not is_same:
        yield _finding("changed", f"{SEAL} is not that of what it says")


def _finding(rule: str, what: str, file: str = CERTIFICATE) -> Finding:
    """A finding on the certificate."""
    return Finding(f"certificate.{rule}", file, what)


def _shown(value: object) -> str:
    """As much of a value as findings show."""
    return repr(value)[:40] if isinstance(value, str | int | float | bool | None) else "no number"


def _mirrored(stated: Mapping[str, Any], certificate: Mapping[str, Any]) -> Iterator[Finding]:
    """The numbers of the plan stand in both files."""
    for key in MIRRORED:
        told = certificate.get(key)
        value = told.get("value") if isinstance(told, Mapping) else told
        right = stated.get(key)
        if not isinstance(told, Mapping) or type(value) is not type(right) or value != right:
            what = f"{key} is {_shown(value)}, plan.json says {_shown(right)}"
            yield _finding(key, what)


def _search(
    stated: Mapping[str, Any], certificate: Mapping[str, Any], log: str | None
) -> Iterator[Finding]:
    """The record of the search is the one that the certificate means, and reaches the bound."""
    search = certificate.get("search")
    if log is None:
        return
    seal = hashlib.sha256(log.encode()).hexdigest()
    if not isinstance(search, Mapping) or search.get("log_sha256") != seal:
        yield _finding("log", f"log_sha256 is not that of {LOG}")
    bounds = _bounds_of(log)
    if bounds is None:
        yield _finding("log", "no record of a search", LOG)
        return
    bound = stated.get("bound_usd")
    if not isinstance(bound, int | float) or isinstance(bound, bool):
        return
    best = max(bounds, default=-inf) * USD_PER_OBJECTIVE
    if bound > best and not is_same_usd(float(bound), best, REFUTED * abs(best)):
        yield _finding("log", f"the best bound is {best:.2f}, plan.json says {bound:.2f}", LOG)


def _bounds_of(log: str) -> list[float] | None:
    """Bounds of the last goal in a record, in the unit of the model; None of what is none."""
    head, *lines = log.splitlines() or [""]
    if head != HEAD:
        return None
    bounds: list[tuple[str, float]] = []
    for line in lines:
        cells = line.split("\t")
        if len(cells) != 3:
            return None
        bound = -inf if cells[2] == "-" else _number(cells[2])
        if bound is None:
            return None
        bounds.append((cells[0].partition(": ")[0], bound))
    names = {name for name, _ in bounds}
    last = "least_cost" if "least_cost" in names else ""
    return [bound for name, bound in bounds if not last or name == last]


def _number(text: str) -> float | None:
    """A finite number; None of what is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _relaxation(
    instance: Instance, stated: Mapping[str, Any], told: object, build: Callable[[], Program]
) -> Proof:
    """The bound that the duals give, against the one that the certificate states."""
    if not isinstance(told, Mapping):
        return Proof((_finding("relaxation", "not an object"),), why_not=NO_DUALS)
    if "duals" not in told:
        return _without_duals(instance, told.get("why_not"))
    if len(instance.scenario.goals()) > 1:
        return Proof((_finding("relaxation", f"has duals, and {GOALS}"),), why_not=GOALS)
    try:
        model = build()
    except (InfeasibleError, InputError) as error:
        what = "the model of the plan cannot be built"
        return Proof((_finding("relaxation", f"{what}: {str(error)[:80]}"),), why_not=what)
    given, misplaced = _duals(told["duals"])
    program, y, unknown = _placed(instance, model, given)
    wrong: list[str] = []
    cost = float(stated["objective_usd"])
    found = dual_bound(program, y, cost / USD_PER_OBJECTIVE)
    right, slack = found.value * USD_PER_OBJECTIVE, found.allowance * USD_PER_OBJECTIVE
    claim = told.get("bound_usd")
    is_number = isinstance(claim, int | float) and not isinstance(claim, bool)
    if not is_number or not is_same_usd(_real(claim), right, slack):
        wrong.append(f"relaxation.bound_usd is {_shown(claim)}, the duals give {right:.2f}")
    if right > cost + REFUTED * abs(cost):
        wrong.append(f"no plan costs less than {right:.2f}, and this one costs {cost:.2f}")
    sizes = {
        "rows": len(model.row_lower),
        "columns": len(model.cost),
        "rows_with_dual": int(np.count_nonzero(y)),
        "rows_stated_in_search": int(np.count_nonzero(y[len(model.row_lower) :])),
    }
    for key, size in sizes.items():
        if told.get(key) != size:
            wrong.append(f"relaxation.{key} is {_shown(told.get(key))}, the model has {size}")
    wrong += misplaced + unknown
    shown = wrong[:SHOWN] + (
        [f"{len(wrong) - SHOWN} more like these"] if len(wrong) > SHOWN else []
    )
    findings = tuple(_finding("relaxation", what) for what in shown)
    gap = max(0.0, cost - right) / abs(cost) if cost else inf
    return Proof(findings, min(right, cost), gap, sizes["rows_with_dual"])


def _real(value: Any) -> float:
    """A number of JSON, however large."""
    try:
        return float(value)
    except OverflowError:
        return inf


def _without_duals(instance: Instance, why: object) -> Proof:
    """A certificate without duals says why; it proves nothing, whatever the reason."""
    has_goals = len(instance.scenario.goals()) > 1
    if isinstance(why, str) and why in REASONS and (why == GOALS) == has_goals:
        return Proof((), why_not=why)
    return Proof((_finding("relaxation", "no duals, and no reason for it"),), why_not=NO_DUALS)


def _duals(told: object) -> tuple[dict[tuple[str, Index], float], list[str]]:
    """Duals by name and index of their row, and what is wrong with them."""
    given: dict[tuple[str, Index], float] = {}
    if not isinstance(told, Mapping):
        return given, ["relaxation.duals is not an object"]
    wrong = []
    for name, entries in told.items():
        for place, entry in enumerate(entries if isinstance(entries, Sequence) else [None]):
            where = f"{str(name)[:60]} entry {place + 1}"
            if not isinstance(entry, list) or not entry:
                wrong.append(f"{where}: not a row with its dual")
                continue
            *index, value = entry
            is_index = all(isinstance(part, str | int | float | None) for part in index)
            is_number = type(value) in (int, float) and abs(value) <= LARGEST
            if not is_index or not is_number:
                wrong.append(f"{where}: not a row with its dual")
            elif (name, tuple(index)) in given:
                wrong.append(f"{where}: stands there twice")
            else:
                given[name, tuple(index)] = float(value)
    return given, wrong


def _placed(
    instance: Instance, model: Program, given: Mapping[tuple[str, Index], float]
) -> tuple[Program, np.ndarray, list[str]]:
    """The model with the rows that were stated in the search, the dual of each row, and those of none."""
    place = {name: row for row, name in enumerate(model.row_names)}
    y = np.zeros(len(model.row_lower))
    others: dict[str, list[tuple[Index, float]]] = {}
    for (name, index), dual in given.items():
        row = place.get((name, index))
        if row is None:
            others.setdefault(name, []).append((index, dual))
        else:
            y[row] = dual
    rows: list[LazyRow] = []
    more: list[float] = []
    unknown: list[str] = []
    for name, entries in others.items():
        family = name.partition(".")[0]
        restate = COMPONENTS[family].restate if family in instance.data else None
        keys = [index for index, _ in entries]
        stated = restate(instance.data[family], keys) if restate else [None] * len(keys)
        for (index, dual), row_stated in zip(entries, stated, strict=True):
            if row_stated is None or (row_stated.name, row_stated.index) != (name, index):
                unknown.append(f"{name[:60]}{str(list(index))[:60]} is no row of the model")
            else:
                rows.append(row_stated)
                more.append(dual)
    return with_lazy_rows(model, rows) if rows else model, np.concatenate([y, more]), unknown
