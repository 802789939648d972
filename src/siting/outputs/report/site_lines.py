"""Three lines for each site that is built: why here, what it needs by when, which number would undo it.

Every line follows from the tables of the plan. The number that would undo it is the one with the least
room: below it the plan as it stands would break a rule at the site, whatever a plan without it costs, which
``siting explain`` tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import floor

from siting.core.audit import day, number
from siting.core.labels import words
from siting.core.marginal import marginal_text
from siting.core.plan import Plan
from siting.core.table import Row
from siting.families.steps import DEMAND
from siting.outputs.features import rows_in
from siting.outputs.report.blocks import Bullets, Section, Text
from siting.outputs.report.grid import name_of
from siting.outputs.report.words import month, power

NOTE = (
    "Why each site is in the plan, what has to be decided there by when, and the number with the least room: "
    "beyond it the plan as it stands does not hold at the site. What the best plan without a site costs, "
    "siting explain tells."
)
LEAST_MW = 0.5
"""MW below which a share of the load is not worth a word."""


@dataclass(frozen=True)
class Room:
    """A number of the scenario and how much of it the plan uses at a site.

    Attributes:
        path: dotted path of the number. words: what it is.
    """

    path: str
    words: str
    used: float
    limit: float
    unit: str

    @property
    def share(self) -> float:
        """Used of what there is."""
        return self.used / self.limit if self.limit > 0 else 1.0


@dataclass(frozen=True)
class SiteLines:
    """The three lines of a site, and the numbers behind the second and third.

    Attributes:
        needs: (date, what) of everything to be decided there, by date.
        rooms: numbers that the plan uses at the site, the one with the least room first.
    """

    site: str
    why: str
    needs: tuple[tuple[date, str], ...]
    rooms: tuple[Room, ...]
    undo: str

    @property
    def by_when(self) -> str:
        """The second line."""
        return "; ".join(f"{what} by {month(when)}" for when, what in self.needs) + "."


def site_section(plan: Plan) -> Section | None:
    """A heading and three lines for each site."""
    blocks = tuple(
        Bullets(
            name_of(plan, lines.site),
            (
                f"Why here: {lines.why}",
                f"What it needs by when: {lines.by_when}",
                f"What would undo it: {lines.undo}",
            ),
        )
        for lines in site_lines(plan)
    )
    if not blocks:
        return None
    worth = marginal_text(plan)
    texts = (Text(NOTE), Text(worth)) if worth else (Text(NOTE),)
    return Section("site-lines", "Site by site", "Site by site", (*texts, *blocks))


def site_lines(plan: Plan) -> tuple[SiteLines, ...]:
    """The lines of every site that is built, the largest first."""
    chosen = [row for row in rows_in(plan, "sites") if row["is_chosen"]]
    ranked = sorted(chosen, key=lambda row: (-number(row, "it_mw"), str(row["site"])))
    firsts = [d for row in chosen if (d := day(row, "first_energised_date")) is not None]
    return tuple(_lines(plan, row, min(firsts, default=None)) for row in ranked)


def _lines(plan: Plan, row: Row, first: date | None) -> SiteLines:
    """The lines of a site."""
    site = str(row["site"])
    held = [r for r in rows_in(plan, "committed") if r["decision"] == "core.commit"]
    is_held = any(r["item"] == site and number(r, "at_least_count") > 0 for r in held)
    rooms = tuple(sorted(_rooms(plan, row), key=lambda room: -room.share))
    return SiteLines(
        site=site,
        why=" ".join(_why(plan, row, first, is_held)),
        needs=tuple(sorted(_needs(plan, row))),
        rooms=rooms,
        undo=" ".join(_undo(row, rooms, is_held)),
    )


def _why(plan: Plan, row: Row, first: date | None, is_held: bool) -> Iterator[str]:
    """Whether the scenario commits to it, its status, its load, its first power, and what feeds it."""
    site = str(row["site"])
    status = plan.places.get(site, {}).get("land_status")
    chosen = "The scenario commits to it" if is_held else "The plan chooses it"
    yield f"{chosen}{f'; the land is {words(status).lower()}' if status else ''}."
    load = {
        key: mw
        for key, mw in sorted(_load(plan, site).items(), key=lambda i: -i[1])
        if mw > LEAST_MW
    }
    if not load:
        yield "No load is served there at the end."
    else:
        parts = ", ".join(f"{power(mw)} of {what}" for what, mw in load.items())
        yield f"At the end it serves {parts}."
    began = day(row, "first_energised_date")
    if began is not None:
        when = (
            "as early as any site of the plan"
            if began == first
            else f"{month(first)} at the first site of the plan"
        )
        yield f"First power {month(began)}, {when}."
    feeds = [(number(row, "grid_mw"), f"from the grid in {name_of(plan, row['zone'])}")]
    feeds.append((number(row, "onsite_mw"), "made on site"))
    fed = [f"{power(mw)} {how}" for mw, how in feeds if mw > LEAST_MW]
    if fed:
        yield f"It draws {' and '.join(fed)}."


def _load(plan: Plan, site: str) -> dict[str, float]:
    """Load served at a site in the last period, by workload and region [MW]."""
    rows = rows_in(plan, "service")
    last = max((str(row["period_start"]) for row in rows), default="")
    found: dict[str, float] = {}
    for row in rows:
        if row["site"] == site and str(row["period_start"]) == last:
            near = "" if row["region"] == "anywhere" else f" near {_region(plan, row['region'])}"
            key = f"{words(row['workload']).lower()}{near}"
            found[key] = found.get(key, 0.0) + number(row, "it_mw")
    return found


def _region(plan: Plan, region: object) -> str:
    """Name of a region."""
    return str(_stated(plan, "components", "workloads", "regions", str(region), "name") or region)


def _stated(plan: Plan, *path: str) -> object:
    """What the scenario of a plan states at a path; None where it states nothing."""
    found: object = plan.scenario
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _needs(plan: Plan, row: Row) -> Iterator[tuple[date, str]]:
    """What is decided for a site, each with its first date: there, at its point of interconnection, and in its
    zone where its energisations need plants of it."""
    firsts: dict[str, date] = {}
    at = {"node": row["node"] or row["site"]}
    for table, column, place, what in (
        ("commitments", "commit_date", "site", "the commitment"),
        ("connections", "start_date", "site", "the request for a connection"),
        ("halls", "start_date", "site", "the first halls"),
        ("orders", "order_date", "site", "the first transformers ordered"),
        ("plants", "start_date", "location", "the first plants of its own"),
        ("ride_through", "start_date", "site", "ride-through equipment"),
        ("upgrades", "start_date", "node", "upgrades of its point of interconnection"),
    ):
        for found in rows_in(plan, table):
            when = day(found, column)
            if found[place] == at.get(place, row["site"]) and when is not None:
                firsts[what] = min(when, firsts.get(what, when))
    for found in rows_in(plan, "critical_path"):
        when, what = day(found, "started_date"), "the first plants in its zone"
        is_of_zone = str(found["item"]).endswith(f"@{row['zone']}")
        if found["site"] == row["site"] and is_of_zone and when is not None:
            firsts[what] = min(when, firsts.get(what, when))
    for what, when in firsts.items():
        yield when, what


def _rooms(plan: Plan, row: Row) -> Iterator[Room]:
    """Acres, and the point of interconnection in the period in which it is used most."""
    site, acres = str(row["site"]), row["buildable_acres"]
    if acres is not None:
        used, limit = number(row, "acres_used"), number(row, "buildable_acres")
        is_binding = _stated(plan, "components", "land", "is_offer_binding") is not False
        is_offer = is_binding and _stated(plan, "sites", site, "offered_acres") == limit
        path = f"sites.{site}.{'offered' if is_offer else 'buildable'}_acres"
        yield Room(path, "for its halls and plants", used, limit, "acres")
    if number(row, "grid_mw") <= LEAST_MW:
        return
    node = str(row["node"])
    base = _stated(plan, "nodes", node, "capacity_mw")
    used_rows = [
        r
        for r in rows_in(plan, "headroom")
        if r["level"] == "node" and r["place"] == node and number(r, "used_mw") > LEAST_MW
    ]
    if used_rows and isinstance(base, int | float):
        # upgrades add to the number, and rivals take of it: what is left is what it may fall by
        least = min(used_rows, key=lambda r: number(r, "left_mw"))
        when = month(day(least, "period_start"))
        path = f"nodes.{node}.capacity_mw"
        used = base - number(least, "left_mw")
        yield Room(path, f"at its point of interconnection, from {when} on", used, base, "MW")


def _waits(row: Row) -> list[str]:
    """What the first power waited for, each once: the step, and its item where that says more."""
    found = []
    for part in str(row["waited_for"] or "").split("; "):
        step, _, item = part.partition(": ")
        if step:
            found.append(step if item in ("", step) else f"{step} ({item})")
    return list(dict.fromkeys(found))


def _undo(row: Row, rooms: tuple[Room, ...], is_held: bool) -> Iterator[str]:
    """The number with the least room, what moves the first power, and the commitment."""
    for room in rooms[:1]:
        yield (
            f"Less than {floor(room.used):,} {room.unit} {room.words} ({room.path}, "
            f"now {room.limit:,.0f})."
        )
    ends = [end for end in _waits(row) if not end.startswith(DEMAND)]
    if ends:
        yield f"Its first power comes with the end of {' and '.join(ends)}."
    elif row["first_energised_date"]:
        yield "Its first power waits for no step of its own."
    if is_held:
        yield "Without the commitment of the scenario the choice would be free."
