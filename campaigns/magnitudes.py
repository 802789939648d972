"""Plans of any size and price pass their audit, as written too, and fail it once tampered with.

From ten watts on: the solver keeps rows to a tenth of a watt, so that less is no load to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from siting.core.plan import Plan
from siting.core.table import Table
from siting.instance.build import Instance
from siting.outputs.read import read_plan_tables
from siting.outputs.tables import write_tables
from siting.pipeline import Loaded
from siting.pipeline import run as solve
from siting.solution.audit import audit_tables
from support.engine import EXACT, instance_of

ABOUT = (
    "quantities of 1e-5 to 1e9 MW at prices of 1e-3 to 3e8 USD: audit of plans and of tampered ones"
)
COUNT = 1_000
TAMPERED_FRAC = 1e-5
"""Share by which a quantity is changed: ten times what the widest rule gives away."""
SEEN_MW = 1.0
"""Load from which on such a change is more than the absolute tolerance of the rules."""


def run(seed: int, count: int) -> Iterator[str]:
    """Failures, a line each."""
    for number in range(seed, seed + count):
        scenario = random_scenario(number)
        instance = instance_of(scenario)
        plan = solve(Loaded(instance, {}), limits=EXACT)
        if plan.status != "OPTIMAL":
            yield f"seed {number}: {plan.status}, gap {plan.gap:.3g}, {plan.findings[:1]}"
            continue
        yield from _tampered(number, instance, plan)


def _tampered(number: int, instance: Instance, plan: Plan) -> Iterator[str]:
    """What the audit says of the plan as written, and with one load changed."""
    with TemporaryDirectory() as folder:
        write_tables(plan.tables, Path(folder) / "tables")
        tables, unreadable = read_plan_tables(Path(folder))
    found = audit_tables(instance, tables, plan.objective_usd)
    if found or unreadable:
        yield f"seed {number}: as written {[*map(str, found[:1]), *unreadable[:1]]}"
    service = plan.tables["service"]
    for place, row in enumerate(service):
        mw = row["it_mw"]
        if not isinstance(mw, float | int) or mw < SEEN_MW:
            continue
        for factor in (1 - TAMPERED_FRAC, 1 + TAMPERED_FRAC):
            rows = list(service.rows)
            rows[place] = {**row, "it_mw": mw * factor}
            other = {**plan.tables, "service": Table(service.columns, tuple(rows))}
            if not audit_tables(instance, other, plan.objective_usd):
                yield f"seed {number}: {mw} MW as {mw * factor} went unnoticed"


def random_scenario(seed: int) -> dict[str, Any]:
    """Units behind sites whose sizes do not divide the target, at random sizes and prices."""
    rng = Random(f"{seed} magnitudes")
    size_mw = 10 ** rng.uniform(-5, 9)
    delay_usd, prepare_usd = 10 ** rng.uniform(-3, 8.5), 10 ** rng.uniform(-3, 9)
    sites = rng.choice([1, 2, 3, 5])
    targets = [
        {"from_date": start, "it_mw": size_mw * share}
        for start, share in (("2028-01", rng.uniform(0.2, 0.9)), ("2030-01", rng.uniform(0.9, 3)))
    ]
    technology = {
        "unit_mw": size_mw * rng.choice([1.0, 0.7, 1 / 3]),
        "delivery": ["on_site"],
        "capacity_factor_frac": rng.choice([0.3, 0.7, 0.93]),
        "overnight_usd_per_kw": 10 ** rng.uniform(-3, 4),
        "lifetime_years": 20,
        "max_units_per_place": rng.choice([1, 2]),
    }
    return {
        "schema_version": 1,
        "name": f"magnitudes-{seed}",
        "discount_rate_frac": rng.choice([0.0, 0.07]),
        "horizon": {
            "start": "2027-04",
            "steps": [
                {"until": "2028-10", "step": "half_year"},
                {"until": "2031-10", "step": "year"},
            ],
        },
        "sites": {f"s{n}": {"preparation_usd": prepare_usd * (1 + n)} for n in range(sites)},
        "components": {
            "land": {},
            "plants": {"technologies": {"gt": technology}},
            "workloads": {
                "kinds": {
                    "training": {
                        "targets": targets,
                        "delay_cost_usd_per_mw_month": delay_usd,
                        "move_usd_per_mw": rng.choice([0.0, delay_usd / 7]),
                    }
                }
            },
            "energy": {"pue": rng.choice([1.0, 1.1, 1.37])},
        },
    }
