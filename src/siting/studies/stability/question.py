"""Within how much of the best plan the sites are looked at, and what came of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from siting.core.table import Cell
from siting.pipeline import Loaded
from siting.studies.base import Result, Run
from siting.studies.option import Asked, Form, Option
from siting.studies.stability.proof import Found, Near, prove, settled
from siting.studies.stability.verdict import Stability

WITHIN: Option[float | None] = Option(
    argument="stability_frac",
    flag="--stability",
    help="Prove which sites are in every plan so much dearer at most, as a share.",
    default=None,
    form=Form.NUMBER,
    least=0.0,
    most=1.0,
)


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> float | None:
    """The tolerance, where any is asked for."""
    return asked[WITHIN]


def search(run: Run, within_frac: float) -> tuple[Near, tuple[Found, ...]]:
    """Every site held as the best plan does not decide on it."""
    best = run.best()
    near = Near.of(run.loaded, run.best_plan(), best.ranked, within_frac, run.limits)
    return near, prove(near, run.solver, lambda site: run.on_done(f"{site}: decided"))


def settle(run: Run, within_frac: float, searched: tuple[Near, tuple[Found, ...]]) -> Stability:
    """Each site with what the plans of all others say of it, and the best plan of all studies."""
    near, found = searched
    return settled(near, found, run.best_plan())


def site_columns(result: Result[Stability]) -> Mapping[str, Mapping[str, Cell]]:
    """What a map says of each site."""
    return {
        str(row["site"]): {
            "stability": row["verdict"],
            "stability_within_frac": row["within_frac"],
            "stability_cost_increase_lower_usd": row["cost_increase_lower_usd"],
        }
        for row in result.tables["stability"]
    }
