"""Budget: caps on overnight spending, a year and in total.

Question: is what is ordered and started in each year within the money for it?
Assumptions: the whole overnight cost of an item counts in the period in which it is started or
ordered, undiscounted; this is a cap on commitments, not a cash-flow model of progress payments.

Formulation
-----------
    (yearly_cap)   sum_{p in y} sum_f w[f,p] <= B[y]
    (total_cap)    sum_p sum_f w[f,p] <= T

Symbols
-------
    w[f,p]   overnight cost started by family f in period p, ledger ``overnight_usd``   USD
    B, T     cap of a year, cap of the horizon                                           USD

Sources: the scenario. Limits: see assumptions.
"""

from __future__ import annotations

from siting.families.base import Component
from siting.families.budget.audit import audit
from siting.families.budget.data import prepare
from siting.families.budget.limits import LIMITS
from siting.families.budget.rules import constrain, declare
from siting.families.budget.settings import BudgetConfig, check
from siting.families.budget.tables import report

COMPONENT = Component(
    name="budget",
    title="Budget",
    config=BudgetConfig,
    prepare=prepare,
    declare=declare,
    constrain=constrain,
    report=report,
    audit=audit,
    check=check,
    limits=LIMITS,
    formulation=__doc__ or "",
)
