"""Whether a site would be short of power with less of its own, or a zone buy more capacity."""

from __future__ import annotations

from siting.families.books import Books, Less, is_short
from siting.families.energy.data import EnergyData


def misses(books: Books, data: EnergyData, less: Less) -> bool:
    """Whether the load of a site is more than its draw and firm power, or the firm draw of a zone asks
    for more capacity than it has and buys."""
    if less.key in data.capacity_usd_per_mw_year and not less.room_mw:
        drawn = books.drawn(books.firm_draw, data.sites_of(less.place), less.period)
        own = books.zone_firm.get(less.key, 0.0)
        bought = data.needed_mw(*less.key, drawn, own)
        need = data.accredited_frac[less.key] * drawn
        return is_short(need, bought + (own - less.firm_mw))
    if less.place not in books.system.sites:
        return False
    there = books.draw.get(less.key, 0.0) + (books.site_firm.get(less.key, 0.0) - less.firm_mw)
    return is_short(books.load.get(less.key, 0.0), there)
