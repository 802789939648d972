"""Parts of the shared system that families provide, and how those of several families are combined.

A family declares ``provides={"pue": pue}`` with a function of what stands before any family and of
its own settings. Each part says here what it is, how parts of several families make one, and what
holds where no family provides it. Mappings are combined entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from siting.core.calendar import Calendar
from siting.core.records import Node, Site, Zone
from siting.core.warnings import nearest


class Frame(Protocol):
    """What a family sees while it provides a part: the records, and parts that come before its own."""

    @property
    def calendar(self) -> Calendar:
        """Periods of the horizon."""

    @property
    def sites(self) -> Mapping[str, Site]:
        """Sites by id, sorted."""

    @property
    def zones(self) -> Mapping[str, Zone]:
        """Zones by id, sorted."""

    @property
    def nodes(self) -> Mapping[str, Node]:
        """Points of interconnection that the scenario states, by id."""

    @property
    def committed_items(self) -> Collection[str]:
        """What the scenario commits to: the parts of the items of which it asks for at least some."""

    @property
    def peak_target_mw(self) -> float:
        """Largest sum of all targets in any period [IT MW]."""

    @property
    def first_reviewed(self) -> Mapping[str, int]:
        """First period in which the review of a site can be complete; never where missing."""


Provider = Callable[[Any, Any], Any]
"""A function of the ``Frame`` and of the family's settings."""


@dataclass(frozen=True)
class Part:
    """A part of the shared system.

    Attributes:
        doc: what it is, with its unit.
        combine: how the values of several families make one.
        default: where no family provides it; a part ``is_needed`` has none.
    """

    doc: str
    combine: Callable[[Iterable[Any]], Any]
    default: Any = None
    is_needed: bool = False


def _together(values: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Every name, sorted."""
    return tuple(sorted({name for names in values for name in names}))


def _first(values: Iterable[Any]) -> Any:
    """The value of the first family."""
    return next(iter(values))


PARTS: Mapping[str, Part] = {
    "targets_mw": Part("load that is wanted, by period [IT MW]", sum, is_needed=True),
    "workloads": Part("names of the kinds of load", _together, ()),
    "rack_kw": Part("densest rack of each workload that states one [kW]", max, {}),
    "review_dates": Part(
        "when the review of a site is complete, by site and date of commitment",
        max,
        is_needed=True,
    ),
    "usable_acres": Part("acres of each site that may be used, where fewer than it has", min, {}),
    "tiered_dates": Part("the same of sites that tier, by dates that can", max, {}),
    "build_months": Part("from the review to the first load [months]", max, 0.0),
    "hall_it_mw": Part("load of the halls of which sites are built, 0 for any [IT MW]", max, 0.0),
    "it_limit_mw": Part("most IT load of each site that is limited [MW]", min, {}),
    "period_limit_mw": Part("the same by site and period [MW]", min, {}),
    "pue": Part("most facility MW per IT MW", max, 1.0),
    "load_factor_frac": Part("average over peak load", min, 1.0),
    "rival_mw": Part("headroom that others take, by level, place and period [MW]", sum, {}),
    "rival_load_mw": Part("draw of others beyond forecasts, by zone and period [MW]", sum, {}),
    "needs": Part("accredited requirement and surplus by season, zone and period", _first, {}),
    "is_zone_limited": Part("whether zones limit what their sites draw", any, True),
    "is_zone_linked": Part("whether firm power may be sent between zones", any, False),
    "tier_months": Part("connection by zone and curtailment tier [months]", _first, {}),
    "facility_load_table": Part("table that states the load of each site with cooling", _first),
    "step_up_classes": Part("classes of step-up transformers on offer", _together),
}


def combined(part: Part, values: list[Any]) -> Any:
    """One value of those of several families; mappings entry by entry."""
    if not values:
        return part.default
    if not isinstance(values[0], Mapping):
        return part.combine(values)
    keys = dict.fromkeys(key for value in values for key in value)
    return {key: combined(part, [v[key] for v in values if key in v]) for key in keys}


def check_parts(family: str, provides: Iterable[str]) -> None:
    """Raise where a family provides a part that nothing reads."""
    for name in provides:
        if name not in PARTS:
            near = nearest(name, PARTS)
            hint = f", did you mean '{near}'" if near else ""
            raise ValueError(f"'{family}' provides the unknown part '{name}'{hint}")
