"""Settings of ``workloads``: kinds with their targets, regions, and the links that may serve them."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from siting.core.records import Place, Record
from siting.core.strict import Count, Identifier, MonthDate, NonNegative, Positive, StrictModel

ANYWHERE = "anywhere"
"""Region of a target that names none."""


class Target(StrictModel):
    """IT load wanted from a date on, until the next target of the same region."""

    from_date: MonthDate
    it_mw: NonNegative
    region: Identifier = ANYWHERE


class CampusFloor(StrictModel):
    """Least load of a campus from a date on."""

    from_date: MonthDate
    it_mw: NonNegative


class Workload(Record):
    """A kind of compute to be served."""

    targets: list[Target] = Field(min_length=1)
    delay_cost_usd_per_mw_month: NonNegative = 0.0
    """Cost of a target that is late [USD per IT MW and month]."""
    must_serve: bool = False
    """Whether every target must be met on its date."""
    min_campus_it_mw: NonNegative = 0.0
    """Least load at a site that hosts it [MW]."""
    campus_floors: list[CampusFloor] = Field(default_factory=list)
    """Least load by date, where it is more: a campus that hosts a growing run grows with it."""
    max_sites: Count | None = None
    """Most sites that ever host it; 1 keeps it in one place."""
    move_usd_per_mw: NonNegative = 0.0
    """Cost of each MW that a site serves in one period and no longer in the next [USD per MW]."""
    max_latency_ms: Positive | None = None
    """Longest round trip between a region and its site [ms]."""
    rack_kw: Positive | None = None
    """Densest rack [kW]; ``cooling`` keeps it at sites whose cooling can take it."""

    def floor_mw(self, on: date) -> float:
        """Least load at a site that hosts it on a date [MW]."""
        begun = [f for f in self.campus_floors if f.from_date <= on]
        latest = max(begun, key=lambda f: f.from_date).it_mw if begun else 0.0
        return max(self.min_campus_it_mw, latest)

    def is_hosted(self) -> bool:
        """Whether sites that host it are told apart from those that do not."""
        return bool(self.min_campus_it_mw or self.campus_floors or self.max_sites is not None)


class Region(Place):
    """Where users are."""


class Link(Record):
    """A site that may serve a region, and at what cost; listing any link of a workload means that
    only the listed ones are allowed."""

    workload: Identifier
    site: Identifier
    region: Identifier = ANYWHERE
    service_usd_per_mw_year: NonNegative = 0.0


class WorkloadsConfig(StrictModel):
    """Settings of ``workloads``."""

    kinds: dict[Identifier, Workload] = Field(min_length=1)
    regions: dict[Identifier, Region] = Field(default_factory=dict)
    links: dict[Identifier, Link] = Field(default_factory=dict)
    latency_ms_per_1000_km: NonNegative = 6.0
    """One-way fibre latency with route slack [ms per 1000 km]; light in fibre alone is 4.9."""

    def target_mw(self, workload: str, region: str, on: date) -> float:
        """Target of a workload and region at a date [MW]."""
        past = [t for t in self.kinds[workload].targets if t.region == region and t.from_date <= on]
        return max(past, key=lambda t: t.from_date).it_mw if past else 0.0

    def demands(self) -> tuple[tuple[str, str], ...]:
        """(workload, region) pairs that have a target, sorted."""
        return tuple(
            sorted({(name, t.region) for name, kind in self.kinds.items() for t in kind.targets})
        )

    def total_mw(self, on: date) -> float:
        """Sum of all targets at a date [MW]."""
        return sum(self.target_mw(w, r, on) for w, r in self.demands())
