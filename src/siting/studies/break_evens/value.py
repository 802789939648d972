"""The scenario with another value of the number of a break-even."""

from __future__ import annotations

from siting.core.errors import InputError
from siting.core.study import BreakEven, Change
from siting.instance.build import Instance
from siting.instance.changes import changed
from siting.timeline.library import no_path


def with_value(instance: Instance, name: str, study: BreakEven, value: float) -> Instance:
    """The scenario with a value of the number of a break-even.

    Raises:
        InputError: no path names a number, or the schema refuses the value.
    """
    way = {study.way: value} if study.way == "set" else {study.way: value, "at_least": 0.0}
    changes = [Change.model_validate({"path": path, **way}) for path in study.paths]
    found = changed(instance, changes, f"break-even '{name}'")
    if found is None:
        raise InputError([no_path(f"break_evens.{name}.paths", "no path names a number")])
    return found
