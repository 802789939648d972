"""The toy cases of planning under uncertainty, as plain data."""

from __future__ import annotations

from typing import Any

from support.engine import toy

WEEKS = "components.transformers.classes.main_bank.lead_times.*.weeks"
MONTHS = "zones.cheap.connection_months"
TARGET = "components.workloads.kinds.training.targets.*.it_mw"


def outcome(probability: float, **changes: tuple[str, float]) -> dict[str, Any]:
    """An outcome that sets some numbers."""
    found = [{"path": path, "set": value} for path, value in changes.values()]
    return {"probability": probability, "changes": found}


def with_futures(futures: dict[str, Any], *, has_units: bool = True) -> dict[str, Any]:
    """The toy with facts; without fuel cells and the ranch if asked."""
    scenario = toy()
    scenario["futures"] = futures
    if not has_units:
        scenario["components"]["plants"]["technologies"]["fuel_cell"]["delivery"] = []
        scenario["sites"]["ranch"]["buildable_acres"] = 0
    return scenario


def banks_and_queue(known: str) -> dict[str, Any]:
    """Banks and the connection at ``near`` are quick, slow or in between."""
    outcomes = {
        "quick": outcome(0.4, weeks=(WEEKS, 20), months=(MONTHS, 6)),
        "slow": outcome(0.35, weeks=(WEEKS, 60)),
        "mid": outcome(0.25, weeks=(WEEKS, 40), months=(MONTHS, 18)),
    }
    return {"facts": {"supply": {"known": known, "outcomes": outcomes}}}


def banks(known: Any) -> dict[str, Any]:
    """Banks take 20 or 60 weeks."""
    outcomes = {"quick": outcome(0.5, weeks=(WEEKS, 20)), "slow": outcome(0.5, weeks=(WEEKS, 60))}
    return {"facts": {"banks": {"known": known, "outcomes": outcomes}}}


def demand(known: str) -> dict[str, Any]:
    """The target is 100 or 200 MW."""
    outcomes = {"low": {"probability": 0.5}, "high": outcome(0.5, mw=(TARGET, 200))}
    return {"facts": {"demand": {"known": known, "outcomes": outcomes}}}
