"""The audit of purchases: everything that a plan buys serves something, by name.

Arithmetic on the tables: a thing serves if the plan, as it runs, would break a rule with one of it
fewer, or with the order, upgrade or connection left out. So each reason counts for which it may be there,
a minimum campus or a spare, the reserve margin of a zone or the bill of its customers, a technology that
may only follow another. Which rules those are:

    commitments, halls        load of the site, its minimum campus, its plants
    lease phases              acres in use
    programmatic reviews      a site that tiers from one
    connections               draw
    upgrades                  draw of the node; what the zone takes
    units, named plants       energy; firm power of the site or zone; N+1; main banks; successors
    rented units              the same, when they come and before they leave
    transformers and the like load, spares, breakers, step-ups; a place
    ride-through equipment    what may trip at once

When something starts is not asked: slots, builders or a budget may have kept it from a later date.
Nor is it asked of a plan whose purchases were bought by order, as under a strategy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from siting.core.audit import Finding, number, rows_of
from siting.core.table import Row, Table
from siting.families.campus.data import CampusData
from siting.families.headroom.data import HeadroomData
from siting.families.land.data import LandData
from siting.families.ride_through.data import RideThroughData
from siting.families.transformers.data import TransformersData
from siting.instance.build import Instance
from siting.solution.supply import Books, is_short, periods_from, zone_is_full
from siting.solution.supply_needs import idle_plants, idle_rentals

LEAST = "is_least"
"""Setting of a plan: whether it is proven that nothing it buys can be left out."""
SOME_MW = 0.01
"""MW of equipment that must be missed, of what is bought by the MW."""
Rule = Callable[[Books], Iterator[Finding]]
ByPlace = dict[tuple[str, str, int], float]


def audit_purchases(instance: Instance, tables: Mapping[str, Table]) -> tuple[Finding, ...]:
    """What serves nothing in a plan."""
    books = Books(instance, tables)
    return tuple(finding for rule in RULES for finding in rule(books))


def _finding(family: str, row_name: str, what: str) -> Finding:
    """A purchase that serves nothing."""
    return Finding(f"{family}.serves", row_name, what)


def _idle_sites(books: Books) -> Iterator[Finding]:
    """Committed sites without load or plants, and reviews from which none tiers."""
    data: LandData | None = books.instance.data.get("land")
    used = {site for (site, _), mw in books.it_mw.items() if mw > 0}
    used |= {str(row["location"]) for _, row in rows_of(books.tables, "plants")}
    tiers = set()
    for row_name, row in rows_of(books.tables, "commitments"):
        if row["site"] not in used:
            yield _finding("land", row_name, f"nothing is served or built at {row['site']}")
        if data is not None and row["is_tiered"]:
            tiers.add(data.programmatic_of[str(row["site"])])
    for row_name, row in rows_of(books.tables, "programmatic_reviews"):
        if row["id"] not in tiers:
            yield _finding("land", row_name, f"no site tiers from {row['id']}")


def _idle_phases(books: Books) -> Iterator[Finding]:
    """More phases of a lease than the acres in use take."""
    data: LandData | None = books.instance.data.get("land")
    if data is None:
        return
    acres: dict[str, float] = {}
    for table, column in (("halls", "site"), ("plants", "location")):
        for _, row in rows_of(books.tables, table):
            acres[str(row[column])] = acres.get(str(row[column]), 0.0) + number(row, "acres")
    begun: dict[str, float] = {}
    for row_name, row in rows_of(books.tables, "lease_phases"):
        site = str(row["site"])
        begun[site] = begun.get(site, 0.0) + number(row, "count")
        held = (begun[site] - 1) * data.phase_acres[site]
        if not is_short(acres.get(site, 0.0), held):
            yield _finding("land", row_name, f"{held:g} acres are held without its last phase")


def _idle_halls(books: Books) -> Iterator[Finding]:
    """More halls than the load or the minimum campus fill."""
    data: CampusData | None = books.instance.data.get("campus")
    if data is None:
        return
    most: dict[str, float] = {}
    for (site, _), mw in books.it_mw.items():
        most[site] = max(most.get(site, 0.0), mw)
    built: dict[str, float] = {}
    for row_name, row in rows_of(books.tables, "halls"):
        site = str(row["site"])
        built[site] = built.get(site, 0.0) + number(row, "count")
        need_mw = max(most.get(site, 0.0), data.min_campus_it_mw)
        if not is_short(need_mw, (built[site] - 1) * data.hall_it_mw):
            what = f"{built[site]:g} halls at {site} for {need_mw:g} MW"
            yield _finding("campus", row_name, what)


def _idle_grid(books: Books) -> Iterator[Finding]:
    """Connections that carry nothing, and upgrades without which no node or zone were full."""
    data: HeadroomData | None = books.instance.data.get("headroom")
    if data is None:
        return
    for row_name, row in rows_of(books.tables, "connections"):
        site = str(row["site"])
        if not any(books.draw.get((site, p), 0.0) > 0 for p in periods_from(books.calendar, row)):
            yield _finding("headroom", row_name, f"{site} never draws from the grid")
    for row_name, row in rows_of(books.tables, "upgrades"):
        is_full = partial(_is_node_full, books, data) if row["node"] else partial(_zone, books)
        if not any(is_full(row, p) for p in periods_from(books.calendar, row)):
            place = row["node"] or row["zone"]
            yield _finding("headroom", row_name, f"{place} is never full without it")


def _is_node_full(books: Books, data: HeadroomData, row: Row, p: int) -> bool:
    """Whether the sites at a node draw more than it has without an upgrade."""
    n = str(row["node"])
    added = books.upgrade_mw[("node", n, p)] - number(row, "added_mw")
    drawn = books.drawn(books.draw, data.sites_at.get(n, ()), p)
    return is_short(drawn, data.node_mw.get((n, p), 0.0) + added)


def _zone(books: Books, row: Row, p: int) -> bool:
    """Whether a zone is full without an upgrade."""
    return zone_is_full(books, str(row["zone"]), p, number(row, "added_mw"))


def _idle_equipment(books: Books) -> Iterator[Finding]:
    """Transformers, breakers and switchgear without which every load, spare and unit has enough."""
    data: TransformersData | None = books.instance.data.get("transformers")
    if data is None:
        return
    there: ByPlace = {}
    for _, row in rows_of(books.tables, "orders"):
        for p in periods_from(books.calendar, row):
            key = (str(row["equipment_class"]), str(row["site"]), p)
            there[key] = there.get(key, 0.0) + number(row, "quantity")
    for row_name, row in rows_of(books.tables, "orders"):
        e, place = str(row["equipment_class"]), str(row["site"] or "")
        if row["procurement"] == "resold" or e not in data.classes:
            continue
        if not place:
            yield _finding("transformers", row_name, f"{row['quantity']} of {e} go nowhere")
        elif not any(
            _is_short_of(books, data, there, (e, place, p))
            for p in periods_from(books.calendar, row)
        ):
            what = f"{place} has enough without the last of {row['quantity']} of {e}"
            yield _finding("transformers", row_name, what)


def _is_short_of(
    books: Books, data: TransformersData, there: ByPlace, key: tuple[str, str, int]
) -> bool:
    """Whether a place is short with one unit of a class fewer."""
    e, place, p = key
    role = data.classes[e].role
    rest = there.get(key, 0.0) - 1
    if role == "main_bank" and data.counts_banks:
        own = (books.sums("banks", ("equipment_class", "site"), count) for count in BANKS)
        return is_short(sum(sums.get((f"{e}|{place}", p), 0.0) for sums in own), rest)
    if role == "step_up":
        steps = books.sums("generation", ("step_up_class", "location"), "step_up_count")
        return is_short(steps.get((f"{e}|{place}", p), 0.0), rest)
    alike = data.roles[role]
    if role == "breaker":
        per_bank, per_step_up = data.breaker_needs
        banks = sum(books.sums("banks", ("site",), c).get((place, p), 0.0) for c in BANKS)
        steps = books.sums("generation", ("location",), "step_up_count")
        need = per_bank * banks + per_step_up * steps.get((place, p), 0.0)
        return is_short(need, sum(there.get((c, place, p), 0.0) for c in alike) - 1)
    left = sum(data.classes[c].rated_mw * there.get((c, place, p), 0.0) for c in alike)
    load = books.load.get((place, p), 0.0)
    if role == "main_bank":
        through = load - books.low_voltage_firm.get((place, p), 0.0)
        load = max(through, books.draw.get((place, p), 0.0))
    return is_short(load, left - data.classes[e].rated_mw)


BANKS = ("firm_count", "spare_count")


def _idle_holding(books: Books) -> Iterator[Finding]:
    """Ride-through equipment without which no limit is broken."""
    data: RideThroughData | None = books.instance.data.get("ride_through")
    if data is None:
        return
    equipped: dict[tuple[str, int], float] = {}
    for _, row in rows_of(books.tables, "ride_through"):
        for p in periods_from(books.calendar, row):
            key = (str(row["site"]), p)
            equipped[key] = equipped.get(key, 0.0) + number(row, "equipped_mw")
    trips = books.sums("trip_groups", ("group",), "trip_mw")

    def is_needed(site: str, p: int, mw: float) -> bool:
        drawn, held = books.draw.get((site, p), 0.0), equipped[site, p]
        loose = min(drawn, held) - min(drawn, held - mw)
        return any(
            is_short(trips.get((group, p), 0.0) + loose, data.max_trip_mw[group])
            for group, sites in data.members.items()
            if site in sites
        )

    for row_name, row in rows_of(books.tables, "ride_through"):
        site, mw = str(row["site"]), min(SOME_MW, number(row, "equipped_mw"))
        if not any(is_needed(site, p, mw) for p in periods_from(books.calendar, row)):
            what = f"no limit is broken with {mw:g} MW less at {site}"
            yield _finding("ride_through", row_name, what)


RULES: tuple[Rule, ...] = (
    _idle_sites,
    _idle_phases,
    _idle_halls,
    _idle_grid,
    _idle_equipment,
    idle_plants,
    idle_rentals,
    _idle_holding,
)
