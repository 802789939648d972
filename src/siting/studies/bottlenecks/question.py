"""Which steps are tried: built in, of the scenario, by name; and what they gain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from siting.core.errors import InputError, Issue
from siting.core.study import Bottleneck
from siting.families.registry import COMPONENTS
from siting.instance.build import Instance
from siting.instance.changes import ANY, changed, has, items
from siting.pipeline import Loaded
from siting.studies.base import Run
from siting.studies.bottlenecks.gains import Gain, Stepped, gains, solve_steps
from siting.studies.option import Asked, Form, Option
from siting.timeline.library import chosen_of, library, no_path

Steps = Mapping[str, tuple[Bottleneck, Instance]]
Gains = tuple[Gain, ...]

BOTTLENECKS: Option[tuple[str, ...] | None] = Option(
    argument="bottlenecks",
    flag="--bottlenecks",
    help="Rank what one more step of each limit gains.",
    default=None,
    form=Form.FLAG,
    given=(),
)


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> Steps | None:
    """The steps that are named, all that apply if none is."""
    names = asked[BOTTLENECKS]
    return None if names is None else bottlenecks_for(loaded.instance, names, left_out)


def search(run: Run, steps: Steps) -> tuple[Stepped, ...]:
    """The scenario with each of the steps."""
    found = solve_steps(
        run.loaded, steps, run.solver, lambda step: run.on_done(f"{step.name}: solved")
    )
    return tuple(found)


def settle(run: Run, steps: Steps, stepped: tuple[Stepped, ...]) -> Gains:
    """What each gains over the best plan of the scenario, best first."""
    return gains(stepped, run.best_plan(), run.solver)


def bottlenecks_for(
    instance: Instance,
    names: Sequence[str] = (),
    left_out: Callable[[str], None] = lambda name: None,
) -> dict[str, tuple[Bottleneck, Instance]]:
    """The steps asked for by name, each with the scenario that has it; all that apply if none is named.

    Args:
        left_out: called with each step that nobody named and that does not apply: its family is off, or
            it is of the library and the scenario has none of its numbers or cannot take them.

    Raises:
        InputError: names that are not known; steps named, or stated by the scenario, that do not apply.
    """
    own = instance.scenario.bottlenecks
    known = library("bottlenecks", Bottleneck) | dict(own)
    chosen = chosen_of("bottleneck", known, names or sorted(known))
    issues: list[Issue] = []
    found: dict[str, tuple[Bottleneck, Instance]] = {}
    for name, step in chosen.items():
        if not names and step.family in COMPONENTS and step.family not in instance.data:
            left_out(name)
            continue
        try:
            found |= _with_step(instance, name, step)
        except InputError as error:
            if names or name in own:
                issues += error.issues
            else:
                left_out(name)
    if issues:
        raise InputError(issues)
    return found


def _with_step(
    instance: Instance, name: str, step: Bottleneck
) -> dict[str, tuple[Bottleneck, Instance]]:
    """A step, or each that it stands for, with the scenario that has it.

    Raises:
        InputError: it does not apply.
    """
    missing = [path for path in step.needs if not has(instance, path)]
    where = f"bottleneck '{name}'"
    if missing:
        raise InputError([no_path(where, f"the scenario has no {path}") for path in missing])
    found = {}
    for each, one in _each(instance, name, step):
        scenario = changed(instance, one.changes, f"bottleneck '{each}'")
        if scenario is not None:
            found[each] = (one, scenario)
    if not found:
        raise InputError([no_path(where, "no path names a number of the scenario")])
    return found


def _each(instance: Instance, name: str, step: Bottleneck) -> Iterator[tuple[str, Bottleneck]]:
    """A step, or one for each key that the first ``*`` of its paths stands for."""
    holder, star, _ = step.changes[0].path.partition(f".{ANY}")
    if not step.is_each or not star:
        yield name, step
        return
    for item in items(instance, holder):
        changes = [
            c.model_copy(update={"path": c.path.replace(ANY, item, 1)}) for c in step.changes
        ]
        about = f"{step.about}: {item}"
        yield f"{name} {item}", step.model_copy(update={"changes": changes, "about": about})
