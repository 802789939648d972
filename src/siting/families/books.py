"""Books of a plan: sums over its tables, and whether a site or a zone would miss something.

A thing serves if the plan, as it runs, would break a rule with one of it fewer, or with the order, upgrade
or connection left out. Each family says of its own rules whether they would be broken, with the load, the
draw and the output of the plan. What is asked is only whether they hold with less, so that every reason
counts for which a thing may be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from siting.core.audit import (
    Finding,
    cover_by,
    day,
    facility_load,
    firm_by_zone,
    firm_draw_by_site,
    number,
    rows_of,
    sum_by,
    supply_by,
)
from siting.core.calendar import Calendar
from siting.core.system import System
from siting.core.table import Row, Tables

ROUNDING = 1e-10
"""Shortage that is nothing but rounding: of MW, and as a share."""
SitePeriod = tuple[str, int]
Sums = Mapping[SitePeriod, float]


def is_short(need: float, there: float) -> bool:
    """Whether something is missing beyond rounding; in doubt it is."""
    return need - there > ROUNDING * max(1.0, abs(need), abs(there))


def periods_from(calendar: Calendar, row: Row) -> range:
    """Periods in which what a row bought is in service."""
    ready = day(row, "in_service_date")
    first = None if ready is None else calendar.period_from(ready)
    return range(len(calendar) if first is None else first, len(calendar))


def idle(family: str, row_name: str, what: str) -> Finding:
    """A purchase that serves nothing."""
    return Finding(f"{family}.serves", row_name, what)


@dataclass(frozen=True)
class Less:
    """What a plan would be without, at a site or in a zone, in a period.

    Attributes:
        place: a site or a zone.
        firm_mw, plate_mw: firm and nameplate power of a unit.
        room_mw: what an upgrade adds to what a zone takes; 0 of a unit.
        is_low: whether the unit feeds in below the main banks of a site.
        last: technology of which no unit is left then.
    """

    place: str
    period: int
    firm_mw: float = 0.0
    plate_mw: float = 0.0
    room_mw: float = 0.0
    is_low: bool = False
    last: str = ""

    @property
    def key(self) -> SitePeriod:
        """Place and period."""
        return self.place, self.period


class Books:
    """Sums over the tables of a plan, by place and period.

    Args:
        rules: of each family, whether one of its rules would be broken with less.
    """

    def __init__(
        self,
        system: System,
        tables: Tables,
        rules: Iterable[Callable[[Books, Less], bool]],
    ) -> None:
        self.system = system
        self.tables = tables
        self.calendar = system.calendar
        self._rules = tuple(rules)
        self._sums: dict[tuple[str, tuple[str, ...], str], Sums] = {}
        self._kept: dict[str, Sums] = {}

    def misses(self, less: Less) -> bool:
        """Whether some rule would be broken with less."""
        return any(rule(self, less) for rule in self._rules)

    def sums(self, table: str, columns: tuple[str, ...], quantity: str) -> Sums:
        """Sum of a quantity of a table."""
        key = (table, columns, quantity)
        if key not in self._sums:
            self._sums[key] = sum_by(self.tables, table, columns, quantity, self.calendar)
        return self._sums[key]

    def once(self, name: str, make: Callable[[], Sums]) -> Sums:
        """Sums of a family, made once."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    @cached_property
    def it_mw(self) -> Sums:
        """IT load of each site."""
        return self.sums("service", ("site",), "it_mw")

    @cached_property
    def load(self) -> Sums:
        """Facility load of each site."""
        return facility_load(self.system, self.tables)

    @cached_property
    def draw(self) -> Sums:
        """Grid draw of each site."""
        return self.sums("power", ("site",), "grid_mw")

    @cached_property
    def firm_draw(self) -> Sums:
        """Grid draw that does not give way."""
        return firm_draw_by_site(self.tables, self.calendar)

    @cached_property
    def site_firm(self) -> Sums:
        """Firm power of plants and rented units."""
        return supply_by(self.tables, ("location",), "firm_mw", self.calendar)

    @cached_property
    def zone_firm(self) -> Sums:
        """Firm power of supply in a zone, and what neighbours send, net."""
        return firm_by_zone(self.tables, self.calendar)

    @cached_property
    def nameplate(self) -> Sums:
        """What holds a site's load when a unit is out."""
        return cover_by(self.tables, self.calendar)

    @cached_property
    def low_voltage_firm(self) -> Sums:
        """Firm power that does not pass the main banks of a site."""
        total: dict[SitePeriod, float] = {}
        for table in self.tables.supplies:
            for (key, p), mw in self.sums(table, ("connection", "location"), "firm_mw").items():
                connection, _, place = key.partition("|")
                if connection == "medium_voltage":
                    total[place, p] = total.get((place, p), 0.0) + mw
        return total

    @cached_property
    def upgrade_mw(self) -> Mapping[tuple[str, str, int], float]:
        """What upgrades add to a node or a zone: by ``node`` or ``zone``, its name and period."""
        total: dict[tuple[str, str, int], float] = {}
        for _, row in rows_of(self.tables, "upgrades"):
            level = "node" if row["node"] else "zone"
            for p in periods_from(self.calendar, row):
                key = (level, str(row[level]), p)
                total[key] = total.get(key, 0.0) + number(row, "added_mw")
        return total

    def delivered(self, less: Less) -> float:
        """What a zone takes beyond its headroom with less: supply in it, and upgrades of it."""
        z, p = less.key
        there = self.zone_firm.get((z, p), 0.0) + self.upgrade_mw.get(("zone", z, p), 0.0)
        return there - (less.room_mw or less.firm_mw)

    def drawn(self, draw: Sums, sites: tuple[str, ...], p: int) -> float:
        """What some sites draw together."""
        return sum(draw.get((s, p), 0.0) for s in sites)
