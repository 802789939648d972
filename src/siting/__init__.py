"""Where, when and with what power to build AI data centers on US federal land.

    >>> import siting
    >>> plan = siting.solve(siting.load("models/toy.yaml"))
    >>> plan.sites                      # a GeoDataFrame; plan.timeline(), plan.explore(): figures
    >>> siting.write(plan, "out/toy")

The names are imported when first used, so that reading a plan never loads the model or the solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siting.core.errors import InfeasibleError, InputError, Issue, NoPlanError, SitingError
    from siting.core.table import Table
    from siting.model.pyomo_form import pyomo_model
    from siting.outputs.notebook.plan import Plan, read_plan
    from siting.outputs.notebook.study import Comparison, compare, solve
    from siting.outputs.write import write_plan as write
    from siting.pipeline import Loaded, load
    from siting.solver.highs import Limits, Progress
    from siting.timeline.study import Asked

__all__ = [
    "Asked",
    "Comparison",
    "InfeasibleError",
    "InputError",
    "Issue",
    "Limits",
    "Loaded",
    "NoPlanError",
    "Plan",
    "Progress",
    "SitingError",
    "Table",
    "compare",
    "load",
    "pyomo_model",
    "read_plan",
    "solve",
    "write",
]

_HOMES = {
    "Asked": ("siting.timeline.study", "Asked"),
    "Comparison": ("siting.outputs.notebook.study", "Comparison"),
    "InfeasibleError": ("siting.core.errors", "InfeasibleError"),
    "InputError": ("siting.core.errors", "InputError"),
    "Issue": ("siting.core.errors", "Issue"),
    "Limits": ("siting.solver.highs", "Limits"),
    "Loaded": ("siting.pipeline", "Loaded"),
    "NoPlanError": ("siting.core.errors", "NoPlanError"),
    "Plan": ("siting.outputs.notebook.plan", "Plan"),
    "Progress": ("siting.solver.highs", "Progress"),
    "SitingError": ("siting.core.errors", "SitingError"),
    "Table": ("siting.core.table", "Table"),
    "compare": ("siting.outputs.notebook.study", "compare"),
    "load": ("siting.pipeline", "load"),
    "pyomo_model": ("siting.model.pyomo_form", "pyomo_model"),
    "read_plan": ("siting.outputs.notebook.plan", "read_plan"),
    "solve": ("siting.outputs.notebook.study", "solve"),
    "write": ("siting.outputs.write", "write_plan"),
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'siting' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
