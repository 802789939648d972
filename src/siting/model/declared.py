"""Whether what the families declare is there: a name that is wrong fails where the model is built."""

from __future__ import annotations

from siting.core.errors import SitingError
from siting.core.names import known
from siting.families.core import DECISIONS
from siting.families.registry import COMPONENTS
from siting.model.build import ModelBuild


def check_declared(build: ModelBuild) -> None:
    """Check the declarations of the families that are on against what they wrote.

    Raises:
        SitingError: a decision that is no variable, a limit that is no rule, with the nearest name
            that is one; whole numbers that are no decision; a decision that may be taken back.
    """
    written = {name.partition(".")[0] for name in (*build.items, *build.units)}
    for family in sorted(written & set(COMPONENTS)):
        component = COMPONENTS[family]
        for variable in component.decisions:
            known(f"{family}.{variable}", build.items, f"variable of a decision of {family}")
        for rule in (*component.limits, *component.logic):
            known(f"{family}.{rule}", build.units, f"rule of a limit of {family}")
    for part in build.writer.declared:
        family, _, variable = part.name.partition(".")
        declared = DECISIONS[family] if family in DECISIONS else COMPONENTS[family].decisions
        decision = declared.get(variable)
        if decision is None:
            if part.is_integer:
                raise SitingError(f"{family} does not declare when '{variable}' is decided")
        elif not decision.is_recourse and part.name not in build.cumulative:
            raise SitingError(f"{family} declares '{variable}' decided, but it may fall again")
