"""What is doubted about the settings of ``transformers``."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.errors import Issue
from siting.core.yaml_source import Path_
from siting.families.doubts import SHARE, Asked, Begins, Doubts, Usual
from siting.families.transformers.settings import TransformersConfig


def more(asked: Asked, config: TransformersConfig, data: object) -> Iterator[Issue]:
    """Equipment that is there on the day on which it is ordered."""
    rows: list[Path_] = [
        ("components", "transformers", "classes", name)
        for name, kind in sorted(config.classes.items())
        if not any(row.weeks for row in kind.lead_times)
    ]
    yield from asked.warn(rows, "{names}: every lead time is 0 weeks", "State the weeks")


DOUBTS = Doubts(
    usual=(
        Usual("classes.*.overnight_usd_per_unit", 1e4, 1e9, "dollars, not thousands or millions"),
        Usual("classes.*.unit_mva", 0.1, 2_000, "a kVA is a thousandth of a MVA"),
        Usual("classes.*.lead_times.*.weeks", 0, 520, "weeks, not days"),
        Usual("pool_premium_frac", 0, 1, SHARE),
    ),
    begins=(
        Begins("classes.*.reserve_from", "a draw is allowed"),
        Begins("classes.*.booked.*.delivered", "it is delivered"),
        Begins("classes.*.lead_times.*.ordered_from", "the row holds"),
    ),
    leads=("classes.*.lead_times.*.weeks",),
    reads=tuple(
        f"components.plants.technologies.*.{key}" for key in ("step_up_class", "step_up_per_unit")
    ),
    more=more,
)
