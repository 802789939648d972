"""What a study found, in one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from siting.core.plan import Plan
from siting.core.table import Table
from siting.timeline.alternatives import Alternative
from siting.timeline.bottlenecks import Gain
from siting.timeline.break_even import BreakEvenResult
from siting.timeline.compare import StrategyResult
from siting.timeline.site_timing import SiteTiming


@dataclass(frozen=True)
class Comparison:
    """What a study found.

    Attributes:
        results: by strategy, ``optimal`` first. The other parts are empty where not asked for.
        tables: everything as tables, by name.
        answer: the result in sentences.
        notes: what of the libraries does not apply to the scenario and was left out.
    """

    name: str
    title: str
    results: tuple[StrategyResult, ...]
    break_evens: tuple[BreakEvenResult, ...]
    bottlenecks: tuple[Gain, ...]
    timings: tuple[SiteTiming, ...]
    alternatives: tuple[Alternative, ...]
    tables: Mapping[str, Table]
    answer: tuple[str, ...]
    inputs: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def best(self) -> Plan:
        """The plan of ``optimal``."""
        plan = self.results[0].plan
        assert plan is not None
        return plan
