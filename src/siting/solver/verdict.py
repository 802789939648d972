"""Runs of HiGHS, and the one place where a program is called infeasible.

The presolve of HiGHS 1.16 calls feasible programs infeasible. Two guards:

* The rule at fault is off: probing combined with dual fixing, new in 1.16. It is wrong for two scenarios
  with curtailment of some 850 random ones. A rule that removes every plan can as well remove the best one,
  so it is off in every run. That mends both, as rule 6 or 15 off does, which earlier versions rely on.
  CPU seconds to 0.5 % on shipped scenarios, with the rule and without: flagship over three seeds 68 and
  76, restart-pjm 2.1 and 1.9, eight-gigawatt 5.3 and 5.1, ride-through 8.1 and 6.5, headroom 0.9 and 0.9,
  permits 6.1 and 6.5. Of 1,000 small random scenarios all have the optimum that SCIP finds.
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
