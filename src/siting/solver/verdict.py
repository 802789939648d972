"""Runs of HiGHS, and the one place where a program is called infeasible.

The presolve of HiGHS 1.16 calls feasible programs infeasible, and a dear plan the best. Three guards:

* Probing combined with dual fixing is off, new in 1.16: it calls two scenarios with curtailment of some 850
  random ones infeasible. A rule that removes every plan can as well remove the best one, so it is off in
  every run. That mends both, as rule 6 or 15 off does, which earlier versions rely on. CPU seconds to
  0.5 % on shipped scenarios, with the rule and without: flagship over three seeds 68 and 76, restart-pjm
  2.1 and 1.9, eight-gigawatt 5.3 and 5.1, ride-through 8.1 and 6.5, headroom 0.9 and 0.9, permits 6.1 and
  6.5. Of 1,000 small random scenarios all have the optimum that SCIP finds.
* The aggregator, which puts one row into another, is off. Where a row leaves room of 1e-12 to 1e-9 of its
  size, it proves an optimum that is none: of 156 scenarios near the first one found, 12 with room 1e-12
  and 2 with 5e-10; without the rule, none with any room. Such rows hold the cost of a plan or an earlier
  goal, and may stand in a scenario. Every other rule leaves the fault. CPU seconds with the rule and without:
  flagship 20.9 and 19.2, with another seed 27.0 and 20.0; restart-pjm 2.0 and 3.2, eight-gigawatt 5.4 and
  4.8, headroom 1.1 and 1.4. No presolve at all is no way out: of 320 programs with room of 1e-10 for an
  earlier goal it calls two infeasible, and in two more a dear plan the best, where the other rules do not.
* What is called infeasible is run once more without presolve, which has no such rules, and that second
  answer holds. It costs nothing where there is a plan.
"""

from __future__ import annotations

import logging

import highspy

logger = logging.getLogger(__name__)

AGGREGATOR, DUAL_FIXING_IN_PROBING = 1 << 12, 1 << 20
"""Bits of presolve rules, as HiGHS 1.16 numbers them."""
PRESOLVE_RULES_OFF = DUAL_FIXING_IN_PROBING | AGGREGATOR
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
        logger.info("presolve calls the program infeasible; without it: %s", status)
