"""Whether a site would be short of power with less of its own."""

from __future__ import annotations

from siting.families.books import Books, Less, is_short
from siting.families.energy.data import EnergyData


def misses(books: Books, data: EnergyData, less: Less) -> bool:
    """Whether the load of a site is more than its draw and firm power."""
    if less.place not in books.system.sites:
        return False
    there = books.draw.get(less.key, 0.0) + (books.site_firm.get(less.key, 0.0) - less.firm_mw)
    return is_short(books.load.get(less.key, 0.0), there)
