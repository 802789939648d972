"""Whether the futures of the scenario are looked at."""

from __future__ import annotations

from collections.abc import Callable

from siting.futures.build import Hedged, hedged
from siting.pipeline import Loaded
from siting.studies.option import Asked, Form, Option

AS_STATED: Option[bool] = Option(
    argument="as_stated",
    flag="--as-stated",
    help="The numbers as they are stated alone, without the futures of the scenario.",
    default=False,
    form=Form.FLAG,
    given=True,
)


def check(loaded: Loaded, asked: Asked, left_out: Callable[[str], None]) -> Hedged | None:
    """The programs of the futures; None for a scenario that names none, or if they are not asked for."""
    is_left_out = asked[AS_STATED]
    if is_left_out or loaded.instance.scenario.futures is None:
        return None
    return hedged(loaded.instance)
