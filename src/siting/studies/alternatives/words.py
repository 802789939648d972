"""Plans on other sites in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from siting.core.audit import number
from siting.studies.alternatives.question import Alternatives
from siting.studies.base import Result


def sentences(result: Result[Alternatives]) -> Iterator[str]:
    """Sites in every plan, in some."""
    if len(result.found) == 1:
        yield "No plan on other sites was found that is no dearer than allowed."
        return
    rows = list(result.tables["site_choices"])
    always = [str(row["site"]) for row in rows if row["is_in_all"]]
    some = sum(0 < number(row, "plan_count") < number(row, "of_count") for row in rows)
    yield (
        f"In all {len(result.found)} near-optimal plans: "
        f"{', '.join(always) or 'no site'}; {some} sites are in some."
    )
