r"""Main and total Sobol indices: the share of an answer's variance that a factor makes alone, and with others.

For an answer f of independent factors, with V its variance,

    main   S_i  = V[ E[f | x_i] ] / V
    total  T_i  = 1 - V[ E[f | all but x_i] ] / V

estimated by SALib from the rows of Saltelli's scheme, with confidence intervals by resampling. Factors of a
group are one dimension. Points of which any row has no answer are left out, whole. An index whose interval
is wide, or of few points, is no answer: the table has its interval, and no index.

Sources: Saltelli et al., Computer Physics Communications 181 (2010) 259; Iwanaga, Usher and Herman,
Socio-Environmental Systems Modelling 4 (2022) (SALib).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from math import isfinite

import numpy as np

from siting.core.errors import InputError, Issue
from siting.core.table import Cell, Table
from siting.sweep.design import dimension_name, dimensions_of
from siting.sweep.run import Run
from siting.sweep.study import Sweep
from siting.sweep.tables import planned, sites_in

COLUMNS = (
    "answer",
    "factor",
    "main_frac",
    "main_confidence_frac",
    "total_frac",
    "total_confidence_frac",
    "sample_count",
    "is_told",
)
LEVEL = 0.95
"""Confidence of the intervals."""
RESAMPLES = 500
LEAST_POINTS = 16
MOST_HALF_WIDTH = 0.3
"""Points, and half the width of its interval, from which on an index tells something."""
UNTOLD = "too few runs to tell"
ANSWERS: dict[str, Callable[[Run], float]] = {
    "cost_usd": lambda run: float(run.record["cost_usd"]),
    "late_mw_months": lambda run: float(run.record["late_mw_months"]),
    "site_count": lambda run: float(len(run.sites)),
}


def has_rows(sweep: Sweep) -> bool:
    """Whether the design has what indices need."""
    return sweep.design.kind == "sobol" and sweep.design.with_indices


def indices_table(sweep: Sweep, runs: Sequence[Run]) -> Table:
    """Indices of cost, lateness, the number of sites, and of each site that is in some plans only."""
    size = len(dimensions_of(sweep)) + 2
    sampled = [run for run in runs if run.point.label.startswith("sample ")]
    whole = [
        sampled[n : n + size]
        for n in range(0, len(sampled), size)
        if all(run.has_plan for run in sampled[n : n + size])
    ]
    used = [run for rows in whole for run in rows]
    answers = dict(ANSWERS)
    for site in sites_in(planned(used)):
        answers[f"site {site}"] = lambda run, site=site: float(site in run.sites)  # type: ignore[misc]
    rows: list[dict[str, Cell]] = []
    for answer, of in answers.items():
        values = np.array([of(run) for run in used])
        rows += [{"answer": answer, **told(row)} for row in indices(sweep, values)]
    return Table.of(COLUMNS, rows)


def told(row: Mapping[str, Cell]) -> dict[str, Cell]:
    """An answer and factor without the indices that the points cannot tell; ``is_told`` where both are."""
    found = dict(row)
    is_few = int(str(row["sample_count"])) < LEAST_POINTS
    for kind in ("main", "total"):
        width = float(str(row[f"{kind}_confidence_frac"]))
        # of few points the interval itself says nothing, and may be no number
        if is_few or not isfinite(width):
            found[f"{kind}_confidence_frac"] = None
        if is_few or not width <= MOST_HALF_WIDTH:
            found[f"{kind}_frac"] = None
    return {**found, "is_told": None not in (found["main_frac"], found["total_frac"])}


def indices(sweep: Sweep, values: np.ndarray) -> list[dict[str, Cell]]:
    """Indices of one answer.

    Args:
        values: of each row of the scheme, point by point.

    Raises:
        InputError: SALib is not installed.
    """
    names = [dimension_name(d, sweep.factors) for d in dimensions_of(sweep)]
    count = len(values) // (len(names) + 2)
    if count < 2 or np.ptp(values) == 0:
        # an answer that never changes is decided by nothing
        return []
    try:
        analyze = import_module("SALib.analyze.sobol").analyze
    except ImportError as error:
        fix = "pip install 'siting[sweep]'"
        raise InputError(
            [Issue("Sobol indices", "SALib is not installed", "the extra", fix)]
        ) from error
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    found = analyze(
        problem,
        values,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=LEVEL,
        seed=sweep.design.seed,
    )
    return [
        {
            "factor": name,
            "main_frac": float(found["S1"][n]),
            "main_confidence_frac": float(found["S1_conf"][n]),
            "total_frac": float(found["ST"][n]),
            "total_confidence_frac": float(found["ST_conf"][n]),
            "sample_count": count,
        }
        for n, name in enumerate(names)
    ]
