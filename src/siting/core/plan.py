"""A finished plan: frozen, self-contained, ready to be written or shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from siting.core.goals import GoalResult
from siting.core.table import Cell, Table

UNAVOIDABLE = "unavoidable_late_mw_months"
"""Setting of a plan: load that no plan serves in time, since no site can be ready or hold it [MW-months]."""


@dataclass(frozen=True)
class ModelSize:
    """Size of the mixed-integer program that was solved."""

    rows: int
    columns: int
    integers: int
    nonzeros: int


@dataclass(frozen=True)
class Plan:
    """Decisions, dates, costs and provenance of a solved scenario.

    Attributes:
        status: OPTIMAL (every goal proven to the asked gap), FEASIBLE, or AUDIT_FAILED.
        objective_usd, bound_usd: discounted cost, and the proven lower bound of plans that keep the
            goals before the cost.
        gap: relative gap between the two.
        ended_by: why the search ended before its proof; empty where it did not.
        any_plan_usd: what every plan pays that serves the same load in each period.
        inputs: file as given -> SHA-256.
        tables: result tables by name.
        places: id -> map record (kind, name, longitude, latitude, geometry, source, ...).
        scenario: the resolved scenario; solving it again needs no other file.
        findings: what the audit found; empty when it passed.
        goals: what came of each goal, in order; the last one is the cost.
        warnings: what is allowed in the scenario or the plan, but probably not meant.
        relaxation: duals of the linear relaxation and the bound that they prove, or why there are none.
        site_notes: what studies say of a site, for its map, by site and column.
        search_log: the steps by which the search bettered plan and bound, a line each.
    """

    name: str
    title: str
    status: str
    objective_usd: float
    bound_usd: float
    gap: float
    solve_seconds: float
    model: ModelSize
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    settings: Mapping[str, object]
    tables: Mapping[str, Table]
    places: Mapping[str, Mapping[str, object]]
    scenario: Mapping[str, object]
    findings: tuple[str, ...]
    goals: tuple[GoalResult, ...] = ()
    ended_by: str = ""
    any_plan_usd: float = 0.0
    warnings: tuple[str, ...] = ()
    relaxation: Mapping[str, Any] = field(default_factory=dict)
    search_log: str = ""
    site_notes: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
