"""The public surface: load a scenario, solve it, compare strategies, read a plan.

Whatever takes a scenario takes the path of its file too. Heavy parts are imported when they are
first used, so that ``import siting`` is quick and reading a plan never loads the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siting.instance.build import Instance
    from siting.outputs.hedge.shown import Hedge
    from siting.outputs.notebook.plan import Plan
    from siting.pipeline import Loaded
    from siting.solver.highs import Limits, Progress
    from siting.studies.comparison import Comparison

HOMES = {
    "Comparison": "siting.studies.comparison",
    "Hedge": "siting.outputs.hedge.shown",
    "Plan": "siting.outputs.notebook.plan",
    "InfeasibleError": "siting.core.errors",
    "InputError": "siting.core.errors",
    "Issue": "siting.core.errors",
    "NoPlanError": "siting.core.errors",
    "OutputError": "siting.core.errors",
    "SitingError": "siting.core.errors",
}
"""Modules of the public names that are defined elsewhere."""


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name == "__version__":
        return import_module("importlib.metadata").version("siting")
    if name not in HOMES:
        raise AttributeError(f"module 'siting' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def load(
    path: Path | str,
    overrides: Mapping[str, Any] | None = None,
    *,
    allow_outside: bool = False,
) -> Loaded:
    """Read, validate and cross-check a scenario file.

    Args:
        path: the file.
        overrides: values by dotted path, ``*`` for every row.
        allow_outside: whether it may name files that lie outside its folder.

    Raises:
        InputError: everything wrong with it, with file, line and what to do.

    >>> toy = load("models/toy.yaml", {"components.energy.pue": 1.25})
    >>> toy.instance.system.pue, toy.warnings
    (1.25, ())

    What is wrong is told with place and remedy:

    >>> load("models/toy.yaml", {"zones.cheap.energy_usd_per_mwh": -1})
    Traceback (most recent call last):
    siting.core.errors.InputError: override zones.cheap.energy_usd_per_mwh: found number -1. ...
    """
    from siting import loading

    return loading.load(path, overrides, allow_outside=allow_outside)


def solve(
    scenario: Loaded | Path | str,
    *,
    gap_frac: float | None = None,
    time_limit_seconds: float | None = None,
    threads: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Solve a scenario and audit the plan.

    Args:
        scenario: what ``load`` gave, or the path of its file.
        gap_frac, time_limit_seconds, threads: in place of those of the scenario.
        on_progress: called while the solver runs.

    Raises:
        InfeasibleError: no plan satisfies the limits; says which clash.
        NoPlanError: the solver stopped before it had a plan.

    >>> plan = solve("models/toy.yaml")
    >>> plan
    <siting plan 'toy': OPTIMAL, 2 of 3 federal sites carry 100 MW of IT load from 2027-07 on; ...>
    >>> sites = plan.frame("sites")
    >>> sites[sites["is_chosen"]]["site"].tolist()
    ['far', 'near']
    >>> round(plan.objective_usd / 1e6, 1)
    79.9
    """
    from siting import pipeline
    from siting.outputs.notebook.plan import shown

    loaded = _loaded(scenario)
    limits = _limits(loaded, gap_frac, time_limit_seconds, threads)
    return shown(pipeline.run(loaded, on_progress, limits))


def compare(
    scenario: Loaded | Path | str,
    strategies: Sequence[str] = (),
    *,
    gap_frac: float | None = None,
    time_limit_seconds: float | None = None,
    threads: int | None = None,
    on_done: Callable[[str], None] = lambda line: None,
    **asked: Any,
) -> Comparison:
    """Compare the strategies of a scenario, in memory.

    Args:
        scenario: what ``load`` gave, or the path of its file.
        strategies: names; every one that is known if empty.
        gap_frac, time_limit_seconds, threads: of each solve, in place of those of the scenario.
        on_done: called with a line for each solve that is finished.
        asked: what else is asked, by the argument of its study, as listed here.

    What else can be asked:

    - ``break_evens``: names of break-evens to look for.
    - ``bottlenecks``: steps to try: None for none, all that fit if empty.
    - ``sites``: sites to be timed: now, later or never.
    - ``month_value``: whether to look for the value of a month below which the marginal campus would not
      be built.
    - ``alternatives``: how many plans on other sites, at most ``within_frac`` dearer.
    - ``foresight_years``: years in sight of a plan that is made year by year, against perfect foresight.
    - ``stability_frac``: by how much dearer plans may be of which is proven which sites are in all, in none.
    - ``frontier``: whether cost and lateness by the date before which nothing is decided are found.
    - ``as_stated``: whether the futures of the scenario are left out.

    Raises:
        InputError: unknown names.
        InfeasibleError: the scenario has no plan.

    >>> study = compare("models/toy.yaml", ["build_now", "wait_until"])
    >>> study
    <siting comparison 'toy': optimal, build_now, wait_until>
    >>> study.plans["wait_until"].objective_usd > study.best.objective_usd
    True
    """
    from siting.studies import run
    from siting.studies.option import Asked

    loaded = _loaded(scenario)
    limits = _limits(loaded, gap_frac, time_limit_seconds, threads)
    return run.compare(loaded, Asked(strategies=strategies, **asked), limits, on_done)


def hedge(
    scenario: Loaded | Path | str,
    *,
    hold: Plan | Path | str | None = None,
    gap_frac: float | None = None,
    time_limit_seconds: float | None = None,
    threads: int | None = None,
    on_done: Callable[[str], None] = lambda line: None,
) -> Hedge:
    """Plan under the uncertainty that a scenario states under ``futures``.

    Args:
        scenario: what ``load`` gave, or the path of its file.
        hold: a plan, or its folder, whose decisions before anything is known are kept.
        gap_frac, time_limit_seconds, threads: in place of those of the scenario.
        on_done: called with a line for each step that is finished.

    Raises:
        InputError: no facts, or a future that is no scenario.
        InfeasibleError: a future without a plan.
        NoPlanError: the search stopped before it had a plan.

    >>> weeks = "components.transformers.classes.main_bank.lead_times.*.weeks"
    >>> outcomes = {
    ...     "quick": {"probability": 0.5, "changes": [{"path": weeks, "set": 20}]},
    ...     "slow": {"probability": 0.5, "changes": [{"path": weeks, "set": 60}]},
    ... }
    >>> facts = {"banks": {"known": "2027-07", "outcomes": outcomes}}
    >>> found = hedge(load("models/toy.yaml", {"futures": {"facts": facts}}))
    >>> found
    <siting hedge 'toy': OPTIMAL, 2 futures, 86.2 M USD expected>
    >>> sorted(found.plans)
    ['quick', 'slow']
    """
    from siting.futures.study import hedge as study
    from siting.outputs.hedge.shown import shown

    loaded = _loaded(scenario)
    limits = _limits(loaded, gap_frac, time_limit_seconds, threads)
    kept = read_plan(hold) if isinstance(hold, Path | str) else hold

    def tell(what: str, value: float, bound: float) -> None:
        on_done(f"{what}: plan {value:,.1f}, bound {bound:,.1f} M USD")

    return shown(study(loaded, limits, hold=kept, tell=tell))


def read_plan(folder: Path | str) -> Plan:
    """A finished plan from its folder: the one that was written, but for blank text, which is None.

    Raises:
        InputError: the folder is not a plan, or anything in it cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     solve("models/toy.yaml").write(f"{folder}/plan")
    ...     read_plan(f"{folder}/plan").status
    'OPTIMAL'
    """
    from siting.outputs.notebook.plan import shown
    from siting.outputs.stored import read_plan as read

    return shown(read(folder))


def pyomo_model(scenario: Loaded | Instance | Path | str) -> Any:
    """The program of a scenario as a Pyomo model, to read, extend or solve with another solver.

    Args:
        scenario: what ``load`` gave, its instance, or the path of its file.

    >>> model = pyomo_model("models/toy.yaml")
    >>> [block.name for block in model.block_data_objects()][1:4]
    ['core', 'campus', 'energy']
    """
    from siting.instance.build import Instance
    from siting.model.pyomo_form import pyomo_model as model_of

    return model_of(scenario if isinstance(scenario, Instance) else _loaded(scenario).instance)


def _loaded(scenario: Loaded | Path | str) -> Loaded:
    """A scenario, read if it is the path of one."""
    return load(scenario) if isinstance(scenario, Path | str) else scenario


def _limits(
    loaded: Loaded, gap_frac: float | None, time_limit_seconds: float | None, threads: int | None
) -> Limits:
    """Limits of a scenario, with those that are given in their place."""
    from siting.pipeline import limits_of
    from siting.solver.highs import with_limits

    return with_limits(limits_of(loaded.instance), time_limit_seconds, gap_frac, threads)
