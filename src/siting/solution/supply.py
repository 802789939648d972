"""Whether supply serves something: what a site or a zone would be short of with one unit fewer.

The balances are those of the families, with the load, the draw and the output of the plan: firm
capacity and N+1 of a site, load in peak hours, the reserve margin, what a zone takes, and the bills of its
other customers. What is asked is only whether they hold with less, so that every reason counts for which
a unit may be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from siting.core.audit import (
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
from siting.core.table import Row, Table
from siting.core.units import DAYS_PER_YEAR
from siting.families.adequacy.data import AdequacyData
from siting.families.curtailment.data import CurtailmentData
from siting.families.headroom.data import HeadroomData
from siting.families.plants.data import PlantsData
from siting.families.ratepayer.data import RatepayerData
from siting.families.transformers.data import TransformersData
from siting.instance.build import Instance

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


class Books:
    """Sums over the tables of a plan, by place and period."""

    def __init__(self, instance: Instance, tables: Mapping[str, Table]) -> None:
        self.instance = instance
        self.tables = tables
        self.calendar = instance.system.calendar
        self._sums: dict[tuple[str, tuple[str, ...], str], Sums] = {}

    def sums(self, table: str, columns: tuple[str, ...], quantity: str) -> Sums:
        """Sum of a quantity of a table."""
        key = (table, columns, quantity)
        if key not in self._sums:
            self._sums[key] = sum_by(self.tables, table, columns, quantity, self.calendar)
        return self._sums[key]

    @cached_property
    def it_mw(self) -> Sums:
        """IT load of each site."""
        return self.sums("service", ("site",), "it_mw")

    @cached_property
    def load(self) -> Sums:
        """Facility load of each site."""
        return facility_load(self.instance.system, self.tables)

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
        """Firm power of plants in a zone, and what neighbours send, net."""
        return firm_by_zone(self.tables, self.calendar)

    @cached_property
    def nameplate(self) -> Sums:
        """What holds a site's load when a unit is out."""
        own = dict(self.sums("generation", ("location",), "capacity_mw"))
        for key, mw in self.sums("rentals", ("location",), "outage_cover_mw").items():
            own[key] = own.get(key, 0.0) + mw
        return own

    @cached_property
    def low_voltage_firm(self) -> Sums:
        """Firm power that does not pass the main banks of a site."""
        total: dict[SitePeriod, float] = {}
        for table in ("generation", "rentals"):
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

    @cached_property
    def banks_mw(self) -> Sums:
        """What the banks of a site carry."""
        data: TransformersData | None = self.instance.data.get("transformers")
        if data is None:
            return {}
        if data.counts_banks:
            return self.sums("banks", ("site",), "firm_mw")
        total: dict[SitePeriod, float] = {}
        for _, row in rows_of(self.tables, "orders"):
            if row["equipment_class"] in data.main_classes:
                mw = number(row, "quantity") * data.classes[str(row["equipment_class"])].rated_mw
                for p in periods_from(self.calendar, row):
                    total[str(row["site"]), p] = total.get((str(row["site"]), p), 0.0) + mw
        return total

    def drawn(self, draw: Sums, sites: tuple[str, ...], p: int) -> float:
        """What some sites draw together."""
        return sum(draw.get((s, p), 0.0) for s in sites)


def zone_is_full(books: Books, z: str, p: int, lost_mw: float) -> bool:
    """Whether the sites of a zone draw more than it takes with so much less delivered or added."""
    delivered = (
        books.zone_firm.get((z, p), 0.0) + books.upgrade_mw.get(("zone", z, p), 0.0) - lost_mw
    )
    headroom: HeadroomData | None = books.instance.data.get("headroom")
    if headroom is not None and (z, p) in headroom.zone_mw:
        drawn = books.drawn(books.draw, headroom.sites_in.get(z, ()), p)
        if is_short(drawn, headroom.zone_mw[z, p] + delivered):
            return True
    soft: CurtailmentData | None = books.instance.data.get("curtailment")
    if soft is None or (z, p) not in soft.curve:
        return False
    beyond = books.drawn(books.draw, soft.sites_in[z], p) - delivered
    rivals = soft.system.rival_mw.get(("zone", z, p), 0.0)
    tiers = books.sums("curtailment", ("site", "tier"), "draw_mw")
    offered = sum(
        soft.share[t] * tiers.get((f"{s}|{t}", p), 0.0)
        for s in soft.sites_in[z]
        for t in soft.tiers
    )
    needed = soft.needed_mw(z, p, rivals + beyond) - soft.needed_mw(z, p, rivals)
    return is_short(needed, offered) or is_short(beyond, soft.end_mw(z, p))


def zone_is_short(books: Books, z: str, p: int, lost_mw: float) -> bool:
    """Whether a zone needs the last of its firm supply."""
    if zone_is_full(books, z, p, lost_mw):
        return True
    firm = books.zone_firm.get((z, p), 0.0) - lost_mw
    reserve: AdequacyData | None = books.instance.data.get("adequacy")
    if reserve is not None and z in reserve.sites_in:
        drawn = books.drawn(books.firm_draw, reserve.sites_in[z], p)
        if is_short((1 + reserve.margin[z, p]) * drawn, reserve.surplus_mw[z, p] + firm):
            return True
    bills: RatepayerData | None = books.instance.data.get("ratepayer")
    if bills is None or z not in bills.cap_usd:
        return False
    drawn = books.drawn(books.firm_draw, bills.sites_in[z], p)
    left = float(bills.left_mw(z, p, firm, drawn))
    rise = bills.price(z, left) - bills.price(z, bills.surplus_mw[z, p])
    network = books.sums("ratepayer", ("zone",), "network_usd").get((z, p), 0.0)
    return is_short(network + DAYS_PER_YEAR * bills.peak_mw[z] * rise, bills.cap_usd[z])


def site_is_short(
    books: Books, s: str, p: int, firm_mw: float, plate_mw: float, *, is_low: bool, last: str = ""
) -> bool:
    """Whether a site needs the last of its own power.

    Args:
        firm_mw, plate_mw: of the unit that is left out. is_low: whether it feeds in below the main banks.
        last: technology of which no unit is left then.
    """
    load, draw = books.load.get((s, p), 0.0), books.draw.get((s, p), 0.0)
    firm = books.site_firm.get((s, p), 0.0) - firm_mw
    if is_short(load, draw + firm):
        return True
    gives = books.sums("curtailment", ("site",), "give_way_mw").get((s, p), 0.0)
    pauses = books.sums("curtailment", ("site",), "paused_mw").get((s, p), 0.0)
    if gives and (is_short(load - pauses, draw - gives + firm) or is_short(gives, pauses + firm)):
        return True
    if is_low and "transformers" in books.instance.data:
        through = load - books.low_voltage_firm.get((s, p), 0.0) + firm_mw
        if is_short(through, books.banks_mw.get((s, p), 0.0)):
            return True
    return _is_short_in_outage(books, s, p, plate_mw, last)


def _is_short_in_outage(books: Books, s: str, p: int, plate_mw: float, last: str) -> bool:
    """Whether a site under N+1 is short with one unit fewer and another one out."""
    plants: PlantsData | None = books.instance.data.get("plants")
    if plants is None:
        return False
    there = books.sums("generation", ("technology", "location"), "capacity_mw")
    left = books.draw.get((s, p), 0.0) + books.nameplate.get((s, p), 0.0) - plate_mw
    return any(
        is_short(books.load.get((s, p), 0.0), left - plants.technologies[k].unit_mw)
        for k, site, q in plants.order.outage_index
        if (site, q) == (s, p) and k != last and there.get((f"{k}|{s}", p), 0.0) > 0
    )
