"""Where, when and with what power to build AI data centers on US federal land.

    >>> import siting
    >>> plan = siting.solve("models/toy.yaml")
    >>> plan.sites                      # doctest: +SKIP
    >>> plan.write("out/toy")           # doctest: +SKIP

``plan.sites`` is a GeoDataFrame, ``plan.frame(name)`` any table, ``plan.timeline()`` and
``plan.explore()`` are figures; ``plan.write`` keeps it all in a folder, ``read_plan`` reads it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from siting import api as _api
from siting.api import compare, hedge, load, pyomo_model, read_plan, solve

if TYPE_CHECKING:
    from siting.core.errors import (
        InfeasibleError,
        InputError,
        Issue,
        NoPlanError,
        OutputError,
        SitingError,
    )
    from siting.outputs.hedge.shown import Hedge
    from siting.outputs.notebook.plan import Plan
    from siting.studies.comparison import Comparison

    __version__: str

__all__ = [
    "Comparison",
    "Hedge",
    "InfeasibleError",
    "InputError",
    "Issue",
    "NoPlanError",
    "OutputError",
    "Plan",
    "SitingError",
    "__version__",
    "compare",
    "hedge",
    "load",
    "pyomo_model",
    "read_plan",
    "solve",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    return getattr(_api, name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
