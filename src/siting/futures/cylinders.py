"""The futures of a scenario as a module of mpi-sppy, whose ``generic_cylinders`` solves them under MPI.

A hub and its spokes, each one rank or more, bound the plan from both sides. What they come to is written as
JSON, in USD, to the file that ``--result`` names.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from siting.futures.build import hedged
from siting.futures.stochastic import node_names, scenario_creator, scenario_names
from siting.model.assemble import USD_PER_OBJECTIVE
from siting.pipeline import load


def inparser_adder(cfg: Any) -> None:
    """The options that the command has beside those of mpi-sppy."""
    about = {
        "scenario": "scenario with facts that become known at dates",
        "result": "file to write",
    }
    for name, what in about.items():
        cfg.add_to_config(name, description=what, domain=str, default=None)


def get_mpisppy_helper_object(cfg: Any) -> Cylinders:
    """What mpi-sppy takes in place of this module once options are read."""
    return Cylinders(Path(cfg.scenario))


class Cylinders:
    """The futures of a scenario, built once for each rank."""

    def __init__(self, scenario: Path) -> None:
        self.hedged = hedged(load(scenario).instance)
        self.nodes = node_names(self.hedged)
        self.scenario_creator = scenario_creator

    def kw_creator(self, cfg: Any) -> dict[str, Any]:
        """What ``scenario_creator`` takes beside a name."""
        return {"hedged": self.hedged}

    def scenario_names_creator(self, count: int | None, start: int | None = None) -> list[str]:
        """Names of some futures."""
        first = start or 0
        return scenario_names(self.hedged)[first : None if count is None else first + count]

    def scenario_denouement(self, rank: int, name: str, scenario: Any) -> None:
        """Nothing is left to be done with a future."""

    def hub_and_spoke_dict_callback(self, hub: Any, spokes: Any, cfg: Any) -> None:
        """Tell all of them the tree, which need not branch alike everywhere."""
        for one in (hub, *spokes):
            one["opt_kwargs"]["all_nodenames"] = self.nodes

    def ef_dict_callback(self, form: Any, cfg: Any) -> None:
        """Tell the extensive form the tree."""
        form["all_nodenames"] = self.nodes

    def custom_writer(self, solved: Any, cfg: Any) -> None:
        """Write the bounds."""
        if cfg.result is None:
            return
        if hasattr(solved, "get_objective_value"):
            value = bound = solved.get_objective_value()
        elif solved.strata_rank == 0 and solved.cylinder_rank == 0:
            value, bound = solved.BestInnerBound, solved.BestOuterBound
        else:
            return
        found = {"value_usd": value * USD_PER_OBJECTIVE, "bound_usd": bound * USD_PER_OBJECTIVE}
        path = Path(cfg.result)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(found), encoding="utf-8")
        os.replace(fresh, path)
