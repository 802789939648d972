"""Runs of HiGHS, and the one place where a program is called infeasible.

The presolve of HiGHS 1.16 calls feasible programs infeasible. Two guards:

* The rule at fault is off. It came with 1.16 (probing combined with dual fixing) and is wrong for two
  scenarios with curtailment of the tests; each of rules 6, 15 and 20 off mends both, and 20 is the one
  that earlier versions do without. Of 795 small random scenarios none has another optimum without it.
  A rule that removes every plan can as well remove the best one, so it is off in every run.
* What is called infeasible is run once more without presolve, which has no such rules, and that second
  answer holds. It costs nothing where there is a plan.
"""

from __future__ import annotations

import logging

import highspy

logger = logging.getLogger(__name__)

DUAL_FIXING_IN_PROBING = 1 << 20
"""Bit of the presolve rule, as HiGHS 1.16 numbers them."""
PRESOLVE_RULES_OFF = DUAL_FIXING_IN_PROBING
DOUBTFUL = (
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


def run(highs: highspy.Highs) -> None:
    """Run; a program is infeasible afterwards only where a run without presolve says so."""
    highs.run()
    _, presolve = highs.getOptionValue("presolve")
    if highs.getModelStatus() not in DOUBTFUL or presolve == "off":
        return
    highs.setOptionValue("presolve", "off")
    highs.clearSolver()
    highs.run()
    highs.setOptionValue("presolve", presolve)
    if highs.getModelStatus() not in DOUBTFUL:
        status = highs.modelStatusToString(highs.getModelStatus())
        logger.warning("presolve calls the program infeasible; without it: %s", status)
