"""Settings of ``workloads``, and what they must agree with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pydantic import Field

from siting.core.errors import Issue
from siting.core.geodesy import great_circle_km
from siting.core.records import Place, Record
from siting.core.strict import Count, Identifier, MonthDate, NonNegative, Positive, StrictModel
from siting.core.system import System
from siting.core.warnings import listed
from siting.families.provides import Frame
from siting.families.workloads.value import Level, Perspective

KM_PER_1000 = 1000.0


def round_trip_ms(distance_km: float, ms_per_1000_km: float) -> float:
    """Round-trip latency [ms] over a great-circle distance [km]."""
    return 2 * distance_km * ms_per_1000_km / KM_PER_1000


def distance_km(a: Place, b: Place) -> float | None:
    """Distance between two places [km], None where either has no position."""
    if None in (a.longitude, a.latitude, b.longitude, b.latitude):
        return None
    return great_circle_km(
        float(a.longitude or 0.0),
        float(a.latitude or 0.0),
        float(b.longitude or 0.0),
        float(b.latitude or 0.0),
    )


def check(system: System, config: WorkloadsConfig) -> list[Issue]:
    """Links and regions that exist; a region with a latency limit has a position."""
    issues = [*_check_latency(system, config), *_check_perspectives(config)]
    places = {
        "workload": set(config.kinds),
        "site": set(system.sites),
        "region": {region for _, region in config.demands()},
    }
    some = {field: listed(sorted(known), 8) for field, known in places.items()}
    for name, link in config.links.items():
        for field, known in places.items():
            value = str(getattr(link, field))
            if value not in known:
                issues.append(
                    Issue(
                        f"components.workloads.links.{name}.{field}",
                        f"unknown {field} '{value}'",
                        f"one of {some[field]}",
                        "Correct it or remove the link",
                    )
                )
    for name, kind in config.kinds.items():
        seen: set[tuple[str, date]] = set()
        for position, target in enumerate(kind.targets):
            place = f"components.workloads.kinds.{name}.targets.{position}"
            if (target.region, target.from_date) in seen:
                what = f"a second target of '{target.region}' from {target.from_date}"
                fix = "Remove one of them, or tell workloads apart with where"
                issues.append(Issue(place, what, "one target a region and date", fix))
            seen.add((target.region, target.from_date))
            region = config.regions.get(target.region)
            if target.region != ANYWHERE and region is None and not config.links:
                issues.append(
                    Issue(
                        f"{place}.region",
                        f"unknown region '{target.region}'",
                        f"one of {listed([ANYWHERE, *sorted(config.regions)], 8)}",
                        "Correct it or add it to components.workloads.regions",
                    )
                )
            elif kind.max_latency_ms is not None and (
                region is None or region.longitude is None or region.latitude is None
            ):
                issues.append(
                    Issue(
                        f"{place}.region",
                        "a workload with max_latency_ms needs regions with a position",
                        "a region with longitude and latitude",
                        "Name such a region or remove max_latency_ms",
                    )
                )
    return issues


def _check_perspectives(config: WorkloadsConfig) -> Iterator[Issue]:
    """Perspectives that exist, with one share for each month or date."""
    for name, kind in config.kinds.items():
        if kind.perspective is not None and kind.perspective not in config.perspectives:
            yield Issue(
                f"components.workloads.kinds.{name}.perspective",
                f"unknown perspective '{kind.perspective}'",
                f"one of {sorted(config.perspectives)}",
                "Correct it or add it to components.workloads.perspectives",
            )
    for name, perspective in config.perspectives.items():
        rows: dict[str, Sequence[object]] = {
            "by_months_late": [row.months_late for row in perspective.by_months_late],
            "by_date": [row.at_date for row in perspective.by_date],
        }
        for field, keys in rows.items():
            if len(set(keys)) < len(keys):
                where = f"components.workloads.perspectives.{name}.{field}"
                yield Issue(where, "two shares at one time", "one of them", "Remove one")


def _check_latency(system: System, config: WorkloadsConfig) -> Iterator[Issue]:
    """Links that are listed keep the latency limit of their workload."""
    for name, link in config.links.items():
        kind, region = config.kinds.get(link.workload), config.regions.get(link.region)
        site = system.sites.get(link.site)
        km = None if site is None or region is None else distance_km(site, region)
        limit = None if kind is None else kind.max_latency_ms
        if km is None or limit is None:
            continue
        trip = round_trip_ms(km, config.latency_ms_per_1000_km)
        if trip > limit:
            yield Issue(
                f"components.workloads.links.{name}",
                f"{km:,.0f} km are {trip:.1f} ms there and back, over the {limit:g} ms of "
                f"'{link.workload}'",
                "a site within max_latency_ms of the region",
                "Remove the link, or raise max_latency_ms",
            )


ANYWHERE = "anywhere"
"""Region of a target that names none."""


class Target(StrictModel):
    """IT load wanted from a date on, until the next target of the same region."""

    from_date: MonthDate
    """Date from which the load is wanted."""
    it_mw: NonNegative
    """IT load that is wanted in all from the date on, not beside earlier targets [MW]."""
    region: Identifier = ANYWHERE
    """Region whose users it serves; the default may be served anywhere."""


class CampusFloor(StrictModel):
    """Least load of a campus from a date on."""

    from_date: MonthDate
    """Date from which the floor holds."""
    it_mw: NonNegative
    """Least IT load of a campus that hosts the workload [MW]."""


class Workload(Record):
    """A kind of compute to be served."""

    targets: list[Target] = Field(min_length=1)
    """IT load that is wanted by date, and by region where users are."""
    delay_cost_usd_per_mw_month: NonNegative | None = None
    """Cost of a target that is late [USD per IT MW and month]; none means that of the perspective, or
    nothing. It says what a month is worth, and not whether a target must be met."""
    perspective: Identifier | None = None
    """Whose loss it is, one of ``perspectives``: its level, and how it changes with time."""
    perspective_level: Level = "typical"
    """Which level of the perspective counts."""
    must_serve: bool = False
    """Whether every target must be met on its date."""
    must_serve_from: MonthDate | None = None
    """Date from which every target must be met, whatever a month is worth."""
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

    def target_mw(self, region: str, on: date) -> float:
        """Target of a region at a date [MW]."""
        past = [t for t in self.targets if t.region == region and t.from_date <= on]
        return max(past, key=lambda t: t.from_date).it_mw if past else 0.0

    def may_be_late(self, on: date) -> bool:
        """Whether a target may be late at a date."""
        is_due = self.must_serve_from is not None and on >= self.must_serve_from
        return not (self.must_serve or is_due)

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
    """Workload that the site may serve."""
    site: Identifier
    """Site that may serve."""
    region: Identifier = ANYWHERE
    """Region that it may serve."""
    service_usd_per_mw_year: NonNegative = 0.0
    """Cost of serving the region from the site [USD per IT MW and year]."""


class WorkloadsConfig(StrictModel):
    """Settings of ``workloads``."""

    kinds: dict[Identifier, Workload] = Field(min_length=1)
    """Kinds of compute to be served, by id."""
    perspectives: dict[Identifier, Perspective] = Field(default_factory=dict)
    """What a month of delay is worth to whom, for workloads that name one."""
    regions: dict[Identifier, Region] = Field(default_factory=dict)
    """Regions where users are, by id."""
    links: dict[Identifier, Link] = Field(default_factory=dict)
    """Which site may serve which region, by id; where none is listed every site may."""
    latency_ms_per_1000_km: NonNegative = 6.0
    """One-way fibre latency with route slack [ms per 1000 km]; light in fibre alone is 4.9."""

    def target_mw(self, workload: str, region: str, on: date) -> float:
        """Target of a workload and region at a date [MW]."""
        return self.kinds[workload].target_mw(region, on)

    def delay_usd(self, workload: str) -> float:
        """Level of the delay cost of a workload [USD per MW and month]."""
        kind = self.kinds[workload]
        if kind.delay_cost_usd_per_mw_month is not None:
            return kind.delay_cost_usd_per_mw_month
        perspective = self.perspectives.get(kind.perspective or "")
        return 0.0 if perspective is None else perspective.level_usd(kind.perspective_level)

    def demands(self) -> tuple[tuple[str, str], ...]:
        """(workload, region) pairs that have a target, sorted."""
        return tuple(
            sorted({(name, t.region) for name, kind in self.kinds.items() for t in kind.targets})
        )

    def total_mw(self, on: date) -> float:
        """Sum of all targets at a date [MW]."""
        return sum(self.target_mw(w, r, on) for w, r in self.demands())


def targets_mw(frame: Frame, config: WorkloadsConfig) -> dict[int, float]:
    """Sum of all targets by period [IT MW]."""
    return {p: config.total_mw(day) for p, day in enumerate(frame.calendar.starts)}


def workloads(frame: Frame, config: WorkloadsConfig) -> list[str]:
    """Names of the kinds of load."""
    return list(config.kinds)


def rack_kw(frame: Frame, config: WorkloadsConfig) -> dict[str, float]:
    """Densest rack of each workload that states one [kW]."""
    return {w: kind.rack_kw for w, kind in config.kinds.items() if kind.rack_kw is not None}
