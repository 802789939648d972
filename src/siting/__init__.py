"""Where, when and with what power to build AI data centers on US federal land.

    >>> import siting
    >>> plan = siting.solve(siting.load("models/toy.yaml"))
    >>> siting.write(plan, "out/toy")

The names are imported when first used, so that reading a plan never loads the model or the solver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siting.core.errors import InfeasibleError, InputError, Issue, NoPlanError, SitingError
    from siting.core.plan import Plan
    from siting.core.table import Table
    from siting.outputs.stored import read_plan
    from siting.outputs.write import write_plan as write
    from siting.pipeline import Loaded, load
    from siting.pipeline import run as solve
    from siting.solve.highs import Limits, Progress
    from siting.timeline.study import Asked, Comparison, compare

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
    "read_plan",
    "solve",
    "write",
]

_HOMES = {
    "Asked": ("siting.timeline.study", "Asked"),
    "Comparison": ("siting.timeline.study", "Comparison"),
    "InfeasibleError": ("siting.core.errors", "InfeasibleError"),
    "InputError": ("siting.core.errors", "InputError"),
    "Issue": ("siting.core.errors", "Issue"),
    "Limits": ("siting.solve.highs", "Limits"),
    "Loaded": ("siting.pipeline", "Loaded"),
    "NoPlanError": ("siting.core.errors", "NoPlanError"),
    "Plan": ("siting.core.plan", "Plan"),
    "Progress": ("siting.solve.highs", "Progress"),
    "SitingError": ("siting.core.errors", "SitingError"),
    "Table": ("siting.core.table", "Table"),
    "compare": ("siting.timeline.study", "compare"),
    "load": ("siting.pipeline", "load"),
    "read_plan": ("siting.outputs.stored", "read_plan"),
    "solve": ("siting.pipeline", "run"),
    "write": ("siting.outputs.write", "write_plan"),
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'siting' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
