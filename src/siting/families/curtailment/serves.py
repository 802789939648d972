"""Whether load that gives way would not suffice with less supply or room."""

from __future__ import annotations

from siting.families.books import Books, Less, is_short
from siting.families.curtailment.data import CurtailmentData


def misses(books: Books, data: CurtailmentData, less: Less) -> bool:
    """Whether a site, or the sites of a zone, would have to give way more than they do."""
    return _misses_site(books, less) or _misses_zone(books, data, less)


def _misses_site(books: Books, less: Less) -> bool:
    """Whether the load of a site is not covered in peak hours, in which part of it gives way."""
    gives = books.sums("curtailment", ("site",), "give_way_mw").get(less.key, 0.0)
    pauses = books.sums("curtailment", ("site",), "paused_mw").get(less.key, 0.0)
    load, draw = books.load.get(less.key, 0.0), books.draw.get(less.key, 0.0)
    firm = books.site_firm.get(less.key, 0.0) - less.firm_mw
    short = is_short(load - pauses, draw - gives + firm) or is_short(gives, pauses + firm)
    return bool(gives) and short


def _misses_zone(books: Books, data: CurtailmentData, less: Less) -> bool:
    """Whether the sites of a zone draw more than it takes, with what their tiers offer."""
    z, p = less.key
    if (z, p) not in data.curve:
        return False
    beyond = books.drawn(books.draw, data.sites_in[z], p) - books.delivered(less)
    rivals = data.system.rival_mw.get(("zone", z, p), 0.0)
    tiers = books.sums("curtailment", ("site", "tier"), "draw_mw")
    offered = sum(
        data.share[t] * tiers.get((f"{s}|{t}", p), 0.0)
        for s in data.sites_in[z]
        for t in data.tiers
    )
    needed = data.needed_mw(z, p, rivals + beyond) - data.needed_mw(z, p, rivals)
    return is_short(needed, offered) or is_short(beyond, data.end_mw(z, p))
